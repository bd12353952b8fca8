"""`restride sensors`: which sensors are yours, and where each is worn."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import VirtualOption, sensors_home
from imu.cli.summary import aligned
from imu.cli.told import echo

if TYPE_CHECKING:
    from imu.collect.registry import PairedSensor, Registry

sensors = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="Print the list as JSON.")]

Which = Annotated[
    str, typer.Argument(metavar="WHICH", help="Serial number, name or placement.", show_default=False)
]


@sensors.callback(invoke_without_command=True)
def yours(context: typer.Context, virtual: VirtualOption = False, as_json: JsonOption = False) -> None:
    """List your sensors, or change one.

    Without a command: who is worn where, and who was retired.

    Example:  restride sensors mount-height shank_left 0.15
    """
    from imu.collect.registry import Registry

    context.obj = Registry(sensors_home(virtual=virtual))
    if context.invoked_subcommand is None:
        _list(context.obj, as_json=as_json)


@sensors.command("list")
def list_sensors(context: typer.Context, virtual: VirtualOption = False, as_json: JsonOption = False) -> None:
    """List your sensors, as without a command.

    Who is worn where, and who was retired.

    Example:  restride sensors list
    """
    from imu.collect.registry import Registry

    before = {} if context.parent is None else context.parent.params  # options may stand before "list", too
    registry = Registry(sensors_home(virtual=True)) if virtual else _registry(context)
    _list(registry, as_json=as_json or bool(before.get("as_json")))


def _list(registry: "Registry", *, as_json: bool) -> None:
    known = registry.sensors()
    if as_json:
        echo(json.dumps([asdict(sensor) for sensor in known], indent=2, ensure_ascii=False))
    elif known:
        echo(_table(known))
    else:
        echo("No sensor is paired yet. Switch them on, keep them near, and run: restride pair")


@sensors.command()
def rename(
    context: typer.Context,
    which: Which,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it from now on.")],
) -> None:
    """Call a sensor something else.

    Example:  restride sensors rename 05A1B2 "the scratched one"
    """
    _say(_registry(context).change(which, name=name.strip()))


@sensors.command("mount-height")
def mount_height(
    context: typer.Context,
    which: Which,
    metres: Annotated[
        float, typer.Argument(metavar="METRES", help="From the sensor down to the ankle, along the shank.")
    ],
) -> None:
    """Say how far above the ankle a sensor sits.

    It sets the scale of speed and stride length: 3 cm wrong is 3 to 4 %.

    Example:  restride sensors mount-height shank_left 0.15
    """
    _say(_registry(context).change(which, mount_height_m=metres))


@sensors.command()
def retire(context: typer.Context, which: Which) -> None:
    """No longer use a sensor.

    It stays listed: its recordings name it. `restride sensors use` takes it back.

    Example:  restride sensors retire pelvis
    """
    _say(_registry(context).change(which, retired=True))


@sensors.command()
def use(context: typer.Context, which: Which) -> None:
    """Use a retired sensor again, where it was worn before.

    Example:  restride sensors use 05A1B2
    """
    _say(_registry(context).change(which, retired=False))


def _registry(context: typer.Context) -> "Registry":
    from imu.collect.registry import Registry

    assert isinstance(context.obj, Registry)
    return context.obj


def _say(sensor: "PairedSensor") -> None:
    height = "" if sensor.mount_height_m is None else f", {sensor.mount_height_m:g} m above the ankle"
    state = "retired" if sensor.retired else f"worn as {sensor.placement}"
    echo(f"{sensor.name}: {sensor.model} {sensor.serial}, {state}{height}")


def _table(known: "tuple[PairedSensor, ...]") -> str:
    lines = [("name", "worn as", "sensor", "serial", "mount height", "calibrated", "since")]
    for sensor in known:
        height = "" if sensor.mount_height_m is None else f"{sensor.mount_height_m:g} m"
        worn = "retired" if sensor.retired else sensor.placement
        calibrated = (sensor.calibration and sensor.calibration.date) or ""
        lines.append((sensor.name, worn, sensor.model, sensor.serial, height, calibrated, sensor.since))
    return aligned(lines)
