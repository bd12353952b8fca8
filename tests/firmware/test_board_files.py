"""The ESP-IDF project around the core: what can be said of its files without building them."""

import re
from pathlib import Path

import pytest

from imu.devices.esp32 import gatt

FIRMWARE = Path(__file__).parents[2] / "firmware"
PROJECT = FIRMWARE / "esp32"
README = (FIRMWARE / "README.md").read_text(encoding="utf-8")
SIZES = {"partitions.csv": 4, "partitions_8m.csv": 8, "partitions_16m.csv": 16}
PINS = {  # the row of the wiring table, and the pin's name in Kconfig
    "clock": "CLOCK",
    "to the chip": "OUT",
    "from the chip": "IN",
    "select": "SELECT",
    "interrupt": "INTERRUPT",
    "button, to ground": "BUTTON",
    "middle of the two resistors": "BATTERY",
    "LED": "LIGHT",
}


def partitions(name: str) -> list[tuple[str, str, int, int]]:
    """Name, type, offset and size of each."""
    lines = (PROJECT / name).read_text(encoding="utf-8").splitlines()
    rows = [[word.strip() for word in line.split(",")] for line in lines if not line.startswith("#")]
    return [(row[0], row[1], int(row[3], 16), int(row[4], 16)) for row in rows]


@pytest.mark.parametrize(("name", "megabytes"), SIZES.items())
def test_partitions_fill_the_flash_and_do_not_overlap(name: str, megabytes: int) -> None:
    rows = partitions(name)
    ends = 0x9000  # boot loader and this table
    for _, kind, offset, size in rows:
        assert offset == ends
        assert offset % (0x10000 if kind == "app" else 0x1000) == 0
        ends = offset + size
    assert ends == megabytes * 1024 * 1024
    assert [row[0] for row in rows if row[1] == "app"] == ["ota_0", "ota_1"]
    sectors = rows[-1][3] // 4096 - 2
    minutes = round(sectors * 8 * 41 / 200 / 60)
    assert rows[-1][0] == "log"
    assert re.search(
        rf"\| {megabytes} MB[^|]*\| {sectors} sectors \| {minutes} min \| {2 * minutes} min \|", README
    )


def test_an_image_that_fits_its_half_is_what_the_updater_sends() -> None:
    (half,) = {row[3] for name in SIZES for row in partitions(name) if row[1] == "app"}
    assert f"_LARGEST = 0x{half:X}" in (FIRMWARE / "update.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(("target", "column"), [("esp32s3", 1), ("esp32c3", 2)])
def test_the_wiring_table_says_the_pins_of_the_code(target: str, column: int) -> None:
    kconfig = (PROJECT / "main" / "Kconfig.projbuild").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in row.split("|")[1:-1]] for row in README.splitlines() if row.startswith("| ")
    ]
    table = {row[0]: row for row in rows if len(row) == 6}
    taken = []
    for wire, name in PINS.items():
        block = kconfig.partition(f"config RESTRIDE_PIN_{name}\n")[2].partition("\nconfig ")[0]
        defaults = re.findall(r"default (\d+)(?: if IDF_TARGET_(\w+))?", block)
        pin = next(pin for pin, only in defaults if only in ("", target.upper()))
        assert re.search(rf", {pin}(,|$)", table[wire][column]), (wire, pin, table[wire][column])
        taken.append(pin)
    assert len(set(taken)) == len(taken)


def test_characteristics_are_those_the_collector_knows() -> None:
    services = (PROJECT / "main" / "services.c").read_text(encoding="utf-8")
    ours = re.search(r"BLE_UUID128_INIT\((.*), n, 0x00, 0xab, 0x25\)", services)
    assert ours is not None
    tail = bytes(int(byte, 16) for byte in reversed(ours[1].split(", ")))
    for name, number in re.findall(r"(\w+)_uuid = OURS\(0x(\w\w)\)", services):
        uuid = f"25ab00{number}-{tail[:2].hex()}-{tail[2:4].hex()}-{tail[4:6].hex()}-{tail[6:].hex()}"
        if name == "update":
            assert uuid in (FIRMWARE / "update.py").read_text(encoding="utf-8")
        else:
            assert uuid == getattr(gatt, name.upper())
    for name in ("model", "serial", "firmware", "hardware"):
        assert f"{name}_uuid = BLE_UUID16_INIT(0x{getattr(gatt, name.upper())})" in services
    assert f"battery_uuid = BLE_UUID16_INIT(0x{gatt.BATTERY_LEVEL})" in services


def test_every_option_the_project_uses_is_its_own_or_espressifs() -> None:
    kconfig = (PROJECT / "main" / "Kconfig.projbuild").read_text(encoding="utf-8")
    known = set(re.findall(r"config (RESTRIDE_\w+)", kconfig))
    files = [*PROJECT.glob("main/*.[ch]"), PROJECT / "main" / "CMakeLists.txt"]
    used = {
        option
        for file in files
        for option in re.findall(r"CONFIG_(RESTRIDE_\w+)", file.read_text(encoding="utf-8"))
    }
    assert used <= known
    chosen = {"RESTRIDE_LSM6DSO32"}  # what is left when no other chip is chosen
    assert known - used <= chosen
