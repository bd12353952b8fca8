"""`restride simulate`: a recording on request, with its exact truth beside it."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import imu
from imu.cli.told import echo
from imu.errors import RestrideError


class Strike(StrEnum):
    """How the foot lands."""

    heel = "heel"
    midfoot = "midfoot"
    forefoot = "forefoot"


class Sensors(StrEnum):
    """How good the sensors are."""

    field = "field"
    ideal = "ideal"


def simulate(
    out: Annotated[Path, typer.Option(help="Folder of the new recording; its truth goes into OUT/truth.")],
    minutes: Annotated[float | None, typer.Option(help="Length of a steady run.  [default: 10]")] = None,
    speed: Annotated[
        float | None, typer.Option(metavar="MPS", help="Speed of a steady run in m/s.  [default: 3]")
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(
            help="Instead of a steady run: a plan such as stand:6,walk:60,run:120@3, or easy, intervals...; "
            "with exercises between standing: stand:6,chair_bridge:60,stand:6."
        ),
    ] = None,
    inject: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHANGE@MINUTE", help="left-shank+3@12, right-drop+2@12, cadence+5%@10; repeatable."
        ),
    ] = None,
    strike: Annotated[Strike, typer.Option(help="How the foot lands.")] = Strike.heel,
    sensors: Annotated[
        Sensors, typer.Option(help="field: with the errors of strapped-on sensors; ideal: with none.")
    ] = Sensors.field,
    placements: Annotated[
        str, typer.Option(metavar="A,B,...", help="Where sensors are worn.")
    ] = "shank_left,shank_right,pelvis",
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another runner with other sensors.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Simulate a run with its truth.

    Writes a recording, and beside it what every stride really was.

    Example:  restride simulate --minutes 20 --speed 3 --inject left-shank+3@12 --out run
    """
    from imu.simulate import SimulationConfig, steady_run

    if pattern is not None and (minutes is not None or speed is not None):
        raise RestrideError("--pattern says how long and how fast; leave out --minutes and --speed")
    if pattern is None:
        pattern = steady_run(10.0 if minutes is None else minutes, 3.0 if speed is None else speed)
    config = SimulationConfig(
        pattern=pattern,
        injections=tuple(inject or ()),
        strike=strike.value,
        errors=sensors.value,
        placements=tuple(placements.replace(" ", "").split(",")),
        seed=seed,
    )
    simulation = imu.simulate.simulate(config)
    simulation.save(out)
    minutes_long = simulation.recording.duration_s / 60
    strides = len(simulation.truth.strides)
    if as_json:
        written = {"recording": str(out), "truth": str(out / "truth"), "strides": strides, "seed": seed}
        echo(json.dumps(written | {"pattern": config.pattern, "injections": config.injections}, indent=2))
    else:
        sets = len(simulation.truth.exercises)
        done = f"{strides} strides" + (f" and {sets} sets of exercises" if sets else "")
        echo(f"{out}: {minutes_long:.1f} min; truth of {done} in {out / 'truth'}")
