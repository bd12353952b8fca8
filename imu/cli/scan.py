"""`restride scan`: which sensors are in reach, and how they are."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import RadioOption, VirtualOption, VirtualSensorsOption, air
from imu.cli.placements import spoken
from imu.cli.progress import changing_text
from imu.cli.summary import aligned
from imu.cli.told import echo

if TYPE_CHECKING:
    from imu.collect.registry import PairedSensor
    from imu.collect.roll_call import Present
    from imu.radio.scan import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sensor in reach."""

    name: str
    address: str
    signal_dbm: int | None  # None on a cable
    kind: str
    serial: str | None = None
    model: str | None = None
    firmware: str | None = None
    battery_percent: float | None = None
    state: str | None = None
    placement: str | None = None
    problem: str | None = None

    @property
    def title(self) -> str:
        """What it is called; of a strap or a pod also what it is."""
        from imu.devices.standard.reference import REFERENCES

        called = self.model or self.name
        if self.kind in REFERENCES:
            return f"{called} ({spoken(self.kind)})" if called else spoken(self.kind)
        return called or self.kind


def scan(
    seconds: Annotated[float, typer.Option(min=1, max=120, help="How long to listen.")] = 5.0,
    quick: Annotated[bool, typer.Option("--quick", help="Only listen; do not connect to ask more.")] = False,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    virtual_sensors: VirtualSensorsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """List the sensors in reach.

    Over the air and on a USB cable; heart-rate straps and foot pods, too. Connects to each for a moment:
    model, battery, firmware, and whether it still holds or logs a run. Nothing on them is changed.

    Example:  restride scan
    """
    from imu.collect.registry import Registry
    from imu.collect.roll_call import roll_call
    from imu.devices.metamotion import usb

    with air(radio=radio, virtual=virtual, virtual_sensors=virtual_sensors) as here:
        registry = Registry(here.home)
        worn = registry.worn() | registry.references()
        if not virtual and not usb.is_available():
            echo("Not looking at USB cables: that needs pip install 'restride[serial]'", err=True)
        echo(f"Listening for {seconds:g} s ...", err=True)
        with changing_text() as change:
            present = here.run(
                lambda reach: roll_call(
                    reach,
                    seconds=seconds,
                    quick=quick,
                    show=lambda known: change(_table(rows(known, worn), waiting=not quick)),
                    tell=lambda line: echo(f"restride: {line}", err=True),
                )
            )
    found = rows(present, worn)
    if as_json:
        echo(json.dumps([asdict(row) for row in found], indent=2))
    elif found:
        echo(_table(found))
    else:
        echo(
            "No sensor heard. Wake them (press the button, or move them), bring them within 2 m, and end "
            "their connections to other phones and computers: while connected they do not show themselves."
        )
    if found and not quick and (unheard := _unheard(found, worn)):
        echo(
            f"Not met: {unheard}. Asleep, out of reach, or connected to another phone or computer, "
            "where a sensor does not show itself.",
            err=True,
        )


def rows(present: "Iterable[Present]", worn: "Mapping[str, PairedSensor]") -> list[Row]:
    """What is shown of each sensor; `worn` by placement, to say where it is worn."""
    return [_row(one, {sensor.serial: sensor for sensor in worn.values()}) for one in present]


def _row(one: "Present", by_serial: "Mapping[str, PairedSensor]") -> Row:
    from imu.collect.reach import driver_of, reference_kind, where
    from imu.radio.scan import Found

    found = one.found
    if isinstance(found, Found) and (kind := reference_kind(found)) is not None:
        return _reference_row(one, found, kind, by_serial)
    who, log = one.identity, one.log
    state = log and ("logging a run" if log.running else "holds a run" if log.used else "ready")
    paired = by_serial.get(who.serial) if who else None
    on_air = found if isinstance(found, Found) else None
    return Row(
        name=on_air.name if on_air else "",
        address=where(found),
        signal_dbm=on_air.rssi_dbm if on_air else None,
        kind=driver_of(on_air).kind if on_air else "metamotion",
        serial=who.serial if who else None,
        model=who.model if who else None,
        firmware=who.firmware if who else None,
        battery_percent=one.battery.percent if one.battery else None,
        state=state or None,
        placement=paired.placement if paired else None,
        problem=one.problem,
    )


def _reference_row(one: "Present", found: "Found", kind: str, by_serial: "Mapping[str, PairedSensor]") -> Row:
    who = one.reference
    paired = by_serial.get(who.serial) if who else None
    return Row(
        name=found.name,
        address=found.address,
        signal_dbm=found.rssi_dbm,
        kind=kind,
        serial=who.serial if who else None,
        model=found.name or (who.model if who else None),
        firmware=who.firmware if who else None,
        battery_percent=one.battery.percent if one.battery else None,
        state="ready" if who else None,
        placement=paired.placement if paired else None,
        problem=one.problem,
    )


def _table(found: list[Row], *, waiting: bool = False) -> str:
    lines = [("sensor", "serial", "worn as", "firmware", "battery", "signal", "state")]
    for row in found:
        asked = row.serial is not None
        lines.append(
            (
                row.title,
                row.serial or row.address,
                row.placement or ("not paired" if asked else ""),
                row.firmware or "",
                "" if row.battery_percent is None else f"{row.battery_percent:.0f} %",
                "USB cable" if row.signal_dbm is None else f"{row.signal_dbm} dBm",
                row.state or ("no answer" if row.problem else "asking ..." if waiting else ""),
            )
        )
    problems = [row.problem for row in found if row.problem]
    return "\n".join([aligned(lines), *problems])


def _unheard(found: list[Row], worn: "Mapping[str, PairedSensor]") -> str:
    met = {row.serial for row in found} | {row.address for row in found}
    absent = [s for s in worn.values() if not {s.serial, s.address} & met]
    return ", ".join(f"{s.name} ({s.model} {s.serial})" for s in absent)
