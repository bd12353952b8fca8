"""`restride scan`: which sensors are in reach, and how they are."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import RadioOption, VirtualOption, air
from imu.cli.summary import aligned

if TYPE_CHECKING:
    from imu.collect.reach import Reach
    from imu.radio.scan import Found


@dataclass(frozen=True, slots=True)
class Row:
    """One sensor in reach."""

    name: str
    address: str
    signal_dbm: int
    kind: str
    serial: str | None = None
    model: str | None = None
    firmware: str | None = None
    battery_percent: float | None = None
    state: str | None = None
    placement: str | None = None
    problem: str | None = None


def scan(
    seconds: Annotated[float, typer.Option(min=1, max=120, help="How long to listen.")] = 5.0,
    quick: Annotated[bool, typer.Option("--quick", help="Only listen; do not connect to ask more.")] = False,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """List the sensors in reach.

    Connects to each for a moment: model, battery, firmware, and whether it still holds or logs a run.

    Example:  restride scan
    """
    from imu.collect.registry import Registry

    with air(radio=radio, virtual=virtual) as here:
        worn = {sensor.serial: sensor.placement for sensor in Registry(here.home).worn().values()}
        typer.echo(f"Listening for {seconds:g} s ...", err=True)
        rows = here.run(lambda reach: _rows(reach, seconds=seconds, quick=quick, worn=worn))
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows], indent=2))
    elif rows:
        typer.echo(_table(rows))
    else:
        typer.echo("No sensor heard. Wake them (press the button, or move them), and bring them within 2 m.")


async def _rows(reach: "Reach", *, seconds: float, quick: bool, worn: dict[str, str]) -> list[Row]:
    found = await reach.listen(seconds=seconds)
    return [await _row(reach, one, quick=quick, worn=worn) for one in found]


async def _row(reach: "Reach", found: "Found", *, quick: bool, worn: dict[str, str]) -> Row:
    from imu.collect.reach import driver_of
    from imu.errors import SensorError

    heard = Row(found.name, found.address, found.rssi_dbm, driver_of(found).kind)
    if quick:
        return heard
    try:
        async with reach.open(found) as sensor:
            who, battery, log = sensor.identity, await sensor.battery(), await sensor.log_status()
    except SensorError as error:
        return Row(heard.name, heard.address, heard.signal_dbm, heard.kind, problem=str(error))
    state = "logging a run" if log.running else "holds a run" if log.used else "ready"
    return Row(
        heard.name,
        heard.address,
        heard.signal_dbm,
        heard.kind,
        serial=who.serial,
        model=who.model,
        firmware=who.firmware,
        battery_percent=battery.percent,
        state=state,
        placement=worn.get(who.serial),
    )


def _table(rows: list[Row]) -> str:
    lines = [("sensor", "serial", "worn as", "firmware", "battery", "signal", "state")]
    for row in rows:
        battery = "" if row.battery_percent is None else f"{row.battery_percent:.0f} %"
        lines.append(
            (
                row.model or row.name or row.kind,
                row.serial or row.address,
                row.placement or "not paired",
                row.firmware or "",
                battery,
                f"{row.signal_dbm} dBm",
                row.state or row.problem or "",
            )
        )
    return aligned(lines)
