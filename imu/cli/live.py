"""`restride live`: feedback on the treadmill, without a recording unless one is wanted."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualSensorsOption, air
from imu.cli.live_screen import live_screen
from imu.cli.room import check_room
from imu.cli.run_facts import ShoeOption, SurfaceOption, run_facts
from imu.cli.run_options import USUAL_RATE_HZ, MinutesOption, NoStandingOption, OnlyOption, RateOption
from imu.cli.sound import Sound
from imu.cli.told import echo
from imu.cli.wearing import Places, places, worn_references, worn_sensors
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.cli.outing import Wish
    from imu.collect.coach import Coach
    from imu.collect.cue import CueRule

_LOOK_S = 0.5  # between two looks at the newest strides
_MOST_CHANGE = 0.15  # of the runner's own cadence

CueOption = Annotated[
    bool, typer.Option("--cue", help="Sound while a shank angle at contact stays above --limit.")
]
LimitOption = Annotated[
    float | None,
    typer.Option(
        min=-30, max=60, metavar="DEG", help="The limit that you set: degrees at contact, ankle ahead."
    ),
]
HoldOption = Annotated[
    float, typer.Option(min=5, max=600, metavar="S", help="The median of so many seconds must lie above it.")
]
FadeOption = Annotated[
    bool, typer.Option("--fade", help="After 10 minutes cue half of the time, after 20 a quarter.")
]
MetronomeOption = Annotated[
    str | None,
    typer.Option(
        metavar="CHANGE",
        help="Tick at your own cadence of the first two minutes, changed by so much: +5%, +0%.",
    ),
]
SoundOption = Annotated[
    Sound, typer.Option(help="The terminal's bell, or a tone through the system's own player.")
]
CalibrationOption = Annotated[
    Path | None, typer.Option(help="calibration.json of the same runner, from a run at a known speed.")
]
AlsoOutOption = Annotated[
    Path | None, typer.Option(help="Also record, into this new folder, and analyse afterwards.")
]


def live(
    minutes: MinutesOption = None,
    cue: CueOption = False,
    limit: LimitOption = None,
    hold: HoldOption = 60.0,
    fade: FadeOption = False,
    metronome: MetronomeOption = None,
    sound: SoundOption = Sound.bell,
    calibration: CalibrationOption = None,
    out: AlsoOutOption = None,
    rate: RateOption = USUAL_RATE_HZ,
    only: OnlyOption = None,
    no_standing: NoStandingOption = False,
    surface: SurfaceOption = None,
    shoe: ShoeOption = None,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    virtual_sensors: VirtualSensorsOption = None,
) -> None:
    """Show the shank angles while you run, with sounds if wanted.

    Compares with your own first three minutes and with the limit that you set; neither says what is good for
    you. Cues fade with --fade, so that you learn to do without them. Nothing is kept unless --out is given.

    Ctrl-C once ends it: exit code 0. Before the run began, or twice, it stops at once: exit code 130.

    Example:  restride live --cue --limit 12 --hold 60 --fade
    """
    rule = cue_rule(cue=cue, limit=limit, hold=hold, fade=fade)
    change = None if metronome is None else cadence_change(metronome)
    if out is None and (surface or shoe):
        raise RestrideError("--surface and --shoe are about a recording: add --out")

    from imu.calibration import load_calibration
    from imu.cli.outing import Wish
    from imu.cli.record import finished, steady_run
    from imu.collect.coach import Coach
    from imu.devices.sensor import Settings

    wish = Wish(
        settings=Settings(rate_hz=float(rate)),
        minutes=minutes,
        standing=not no_standing,
        surface=surface,
        shoe=shoe,
        calibration=None if calibration is None else load_calibration(calibration),
    )
    start = datetime.now().astimezone()
    with air(
        radio=radio, virtual=virtual, virtual_sensors=virtual_sensors, prepare=steady_run(minutes)
    ) as here:
        kept = None if out is None else places(here, start, out)
        coach = Coach(limit_deg=limit, rule=rule, cadence_change=change)
        show_live(here, only or (), wish=wish, kept=kept, coach=coach, sound=sound, limit_deg=limit)
    if kept is not None:
        echo(finished(kept, home=here.home, facts=run_facts(surface, shoe)))


def show_live(
    here: Air,
    only: Sequence[str],
    *,
    wish: "Wish",
    kept: Places | None,
    coach: "Coach",
    sound: Sound,
    limit_deg: float | None = None,
) -> None:
    """Run with the worn sensors before this screen, until somebody or the time ends it."""
    from imu.cli.outing import go_out
    from imu.cli.told_along import told_along
    from imu.cli.treadmill import treadmill

    worn = worn_sensors(here, only)
    if kept is not None:
        kinds = [sensor.kind for sensor in worn.values()]
        check_room(kept, kinds, rate_hz=wish.settings.rate_hz, minutes=wish.minutes)
    with (
        treadmill(coach, sound=sound) as feedback,
        live_screen(feedback.text, feedback.line) as own,
        told_along(own, here, feedback, verb="live", limit_deg=limit_deg) as screen,
    ):
        go_out(
            here,
            worn,
            references=worn_references(here, only),
            wish=wish,
            kept=kept,
            screen=screen,
            look_s=_LOOK_S,
            follow=feedback.follow,
        )


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
