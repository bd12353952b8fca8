"""`restride live`: feedback on the treadmill, without a recording unless one is wanted."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import RadioOption, VirtualOption, VirtualSensorsOption, VirtualWorld, air
from imu.cli.live_screen import live_screen
from imu.cli.sound import Sound
from imu.cli.wearing import places, worn_sensors
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.collect.cue import CueRule

_LOOK_S = 0.5  # between two looks at the newest strides
_MOST_CHANGE = 0.15  # of the runner's own cadence


def live(
    minutes: Annotated[
        float | None,
        typer.Option(min=0.05, max=600, help="Stop after so many minutes; without it, Ctrl-C stops."),
    ] = None,
    cue: Annotated[
        bool, typer.Option("--cue", help="Sound while a shank angle at contact stays above --limit.")
    ] = False,
    limit: Annotated[
        float | None,
        typer.Option(
            min=-30, max=60, metavar="DEG", help="The limit that you set: degrees at contact, ankle ahead."
        ),
    ] = None,
    hold: Annotated[
        float,
        typer.Option(min=5, max=600, metavar="S", help="The median of so many seconds must lie above it."),
    ] = 60.0,
    fade: Annotated[
        bool,
        typer.Option("--fade", help="After 10 minutes cue half of the time, after 20 a quarter."),
    ] = False,
    metronome: Annotated[
        str | None,
        typer.Option(
            metavar="CHANGE",
            help="Tick at your own cadence of the first two minutes, changed by so much: +5%, +0%.",
        ),
    ] = None,
    sound: Annotated[
        Sound, typer.Option(help="The terminal's bell, or a tone through the system's own player.")
    ] = Sound.bell,
    calibration: Annotated[
        Path | None, typer.Option(help="calibration.json of the same runner, from a run at a known speed.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Also record, into this new folder, and analyse afterwards.")
    ] = None,
    rate: Annotated[int, typer.Option(min=25, max=800, metavar="HZ", help="Samples per second.")] = 200,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PLACEMENT", help="Use only this sensor; repeatable.")
    ] = None,
    no_standing: Annotated[
        bool, typer.Option("--no-standing", help="Do not wait for quiet standing: angles have no zero.")
    ] = False,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    virtual_sensors: VirtualSensorsOption = None,
) -> None:
    """Show the shank angles while you run, large, with sounds if wanted.

    Compares with your own first three minutes and with the limit that you set; neither says what is good for
    you. Cues fade with --fade, so that you learn to do without them. Nothing is kept unless --out is given.

    Ctrl-C once ends it: exit code 0. Before the run began, or twice, it stops at once: exit code 130.

    Example:  restride live --cue --limit 12 --hold 60 --fade
    """
    rule = cue_rule(cue=cue, limit=limit, hold=hold, fade=fade)
    change = None if metronome is None else cadence_change(metronome)

    from imu.calibration import load_calibration
    from imu.cli.outing import Wish, go_out
    from imu.cli.record import finished, steady_run
    from imu.cli.treadmill import treadmill
    from imu.collect.coach import Coach
    from imu.devices.sensor import Settings

    wish = Wish(
        settings=Settings(rate_hz=float(rate)),
        minutes=minutes,
        standing=not no_standing,
        calibration=None if calibration is None else load_calibration(calibration),
    )

    def run_now(world: VirtualWorld) -> None:
        world.will_run(steady_run(minutes))

    start = datetime.now().astimezone()
    with air(radio=radio, virtual=virtual, virtual_sensors=virtual_sensors, prepare=run_now) as here:
        worn = worn_sensors(here, only or ())
        kept = None if out is None else places(here, start, out)
        coach = Coach(limit_deg=limit, rule=rule, cadence_change=change)
        with (
            treadmill(coach, sound=sound) as feedback,
            live_screen(feedback.text, feedback.line) as screen,
        ):
            go_out(here, worn, wish=wish, kept=kept, screen=screen, look_s=_LOOK_S, follow=feedback.follow)
    if kept is not None:
        typer.echo(finished(kept, home=here.home))


def cue_rule(*, cue: bool, limit: float | None, hold: float, fade: bool) -> "CueRule | None":
    """The rule that the options mean; None where no cue is wanted."""
    from imu.collect.cue import CueRule

    if fade and not cue:
        raise RestrideError("--fade is about cues: add --cue")
    if not cue:
        return None
    if limit is None:
        raise RestrideError("--cue needs --limit DEG, your own: for example your baseline and 3 degrees")
    return CueRule(limit, hold_s=hold) if fade else CueRule(limit, hold_s=hold, fading=())


def cadence_change(text: str) -> float:
    """`+5%` as 0.05."""
    if not re.fullmatch(r"[+-]?\d{1,2}(\.\d+)?%?", text):
        raise RestrideError(f"--metronome {text!r}: write a change of your own cadence, such as +5%")
    change = float(text.rstrip("%")) / 100
    if abs(change) > _MOST_CHANGE:
        raise RestrideError(f"--metronome {text!r}: at most {_MOST_CHANGE:.0%} either way")
    return change
