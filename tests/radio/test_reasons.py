"""What bleak raises on three operating systems, as one line that says what to do."""

import asyncio
import os
import subprocess
import sys

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason as Reason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)

from imu.errors import LinkLostError, SensorError
from imu.radio.radio import Radio
from imu.radio.reasons import in_plain_words, lost, plainly
from imu.radio.scan import scan

LINUX, MAC, WINDOWS = "Linux", "Darwin", "Windows"


def words(error: Exception, system: str) -> str:
    return str(in_plain_words(error, doing="scanning", system=system))


@pytest.mark.parametrize(
    ("error", "system", "advice"),
    [
        (
            BleakBluetoothNotAvailableError("x", Reason.NO_BLUETOOTH),
            LINUX,
            "plug one in, or .*bluetoothctl list",
        ),
        (BleakBluetoothNotAvailableError("x", Reason.NO_BLUETOOTH), WINDOWS, "no Bluetooth adapter found"),
        (BleakBluetoothNotAvailableError("x", Reason.NO_BLE_CENTRAL_ROLE), WINDOWS, "use another adapter"),
        (BleakBluetoothNotAvailableError("x", Reason.POWERED_OFF), LINUX, "rfkill unblock bluetooth"),
        (BleakBluetoothNotAvailableError("x", Reason.POWERED_OFF), MAC, "Control Centre"),
        (BleakBluetoothNotAvailableError("x", Reason.POWERED_OFF), WINDOWS, "Settings > Bluetooth"),
        (BleakBluetoothNotAvailableError("x", Reason.DENIED_BY_USER), MAC, "Privacy & Security > Bluetooth"),
        (BleakBluetoothNotAvailableError("x", Reason.DENIED_BY_SYSTEM), LINUX, "usermod -aG bluetooth"),
        (BleakBluetoothNotAvailableError("x", Reason.UNKNOWN), MAC, "turn it off and on again"),
        (
            BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["x"]),
            LINUX,
            "systemctl start bluetooth",
        ),
        (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["x"]), LINUX, "usermod -aG bluetooth"),
        (BleakDBusError("org.bluez.Error.NotReady", ["x"]), LINUX, "Bluetooth is off"),
        (BleakDBusError("org.bluez.Error.InProgress", ["x"]), LINUX, "another program is connecting"),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), LINUX, "another phone"),
        (BleakDeviceNotFoundError("C4", "not found"), WINDOWS, "keep it within 2 m"),
        (BleakGATTProtocolError(3), MAC, "refused .*Write Not Permitted"),
        (BleakCharacteristicNotFoundError("2a25"), MAC, "has no 2a25"),
        (FileNotFoundError(2, "No such file or directory"), LINUX, "no system bus .*is BlueZ installed"),
        (PermissionError(13, "Permission denied"), LINUX, "usermod -aG bluetooth"),
        (TimeoutError(), WINDOWS, "no answer in time; is it connected to another phone or computer"),
        (BleakError("two\nlines"), WINDOWS, "scanning: two lines"),
    ],
)
def test_each_failure_says_what_to_do_in_one_line(error: Exception, system: str, advice: str) -> None:
    with pytest.raises(SensorError, match=advice) as raised:
        raise in_plain_words(error, doing="scanning", system=system)
    assert str(raised.value).startswith("scanning: ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("system", [LINUX, MAC, WINDOWS, "FreeBSD"])
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_that_bleak_knows_has_words(reason: Reason, system: str) -> None:
    assert len(words(BleakBluetoothNotAvailableError("x", reason), system)) > len("scanning: ")


def test_an_error_in_our_own_words_stays_what_it_is() -> None:
    gone = lost("left shank")
    assert in_plain_words(gone, doing="scanning") is gone


def test_cancellation_passes_through() -> None:
    with pytest.raises(asyncio.CancelledError), plainly("scanning"):
        raise asyncio.CancelledError


def test_a_lost_link_is_a_sensor_error_that_names_the_sensor() -> None:
    assert (
        str(lost("left shank", "no answer in 10 s"))
        == "left shank: the connection was lost (no answer in 10 s)"
    )
    assert issubclass(LinkLostError, SensorError)


def test_an_unknown_radio_is_refused_at_once() -> None:
    with pytest.raises(SensorError, match=r"radio 'bluetooth': unknown; use 'system' or one of tcp-client:"):
        Radio("bluetooth")


@pytest.mark.parametrize(
    ("transport", "reason"),
    [
        ("tcp-client:127.0.0.1:1", "cannot be opened"),
        ("tcp-client:here", "cannot be opened"),
        ("serial:/dev/no-such-dongle,1000000", "cannot be opened"),
        ("usb:99", "cannot be opened"),
        ("usb:", "cannot be opened"),
    ],
)
def test_a_radio_that_is_not_there_says_so_in_one_line(transport: str, reason: str) -> None:
    async def story() -> None:
        async with Radio(transport):
            raise AssertionError("there is nothing to open")

    with pytest.raises(SensorError, match=f"radio {transport}: {reason}") as raised:
        asyncio.run(story())
    assert "\n" not in str(raised.value)


def test_the_systems_bluetooth_works_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without an adapter this is the sentence a user sees."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")

    async def story() -> None:
        async with Radio() as radio:
            await scan(radio, seconds=0.1)

    if sys.platform != "linux":
        pytest.skip("only Linux can be given a system without Bluetooth")
    with pytest.raises(SensorError, match="scanning: no system bus"):
        asyncio.run(story())


def test_without_bumble_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with Radio("usb:0"):
            raise AssertionError("cannot work without Bumble")

    for name in [name for name in sys.modules if name.startswith(("bumble", "imu.radio.controller"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "bumble", None)  # as Python marks what cannot be imported
    with pytest.raises(SensorError, match=r"radio usb:0: needs Bumble; pip install 'restride\[virtual\]'"):
        asyncio.run(story())


def test_importing_the_radio_loads_neither_bleak_nor_bumble() -> None:
    code = (
        "import sys, imu.radio.again, imu.radio.reasons;"
        "sys.exit(bool({'bleak', 'bumble', 'asyncio.windows_events'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, env=dict(os.environ)).returncode == 0
