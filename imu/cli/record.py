"""`restride record`: from worn sensors to a verified recording and its analysis, live."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import RadioOption, VirtualOption, VirtualSensorsOption, VirtualWorld, air
from imu.cli.live_screen import live_screen, recording_line, recording_text
from imu.cli.room import check_room
from imu.cli.run_facts import ShoeOption, SurfaceOption, run_facts
from imu.cli.run_options import (
    USUAL_RATE_HZ,
    AthleteOption,
    MinutesOption,
    NoStandingOption,
    NotesOption,
    OnlyOption,
    OutOption,
    RateOption,
    SpeedOption,
)
from imu.cli.told import echo
from imu.cli.wearing import (
    Places,
    analysed,
    let_go_of,
    places,
    remember_skews,
    worn_references,
    worn_sensors,
)

if TYPE_CHECKING:
    from imu.followup.run_facts import RunFacts


def record(
    minutes: MinutesOption = None,
    out: OutOption = None,
    rate: RateOption = USUAL_RATE_HZ,
    only: OnlyOption = None,
    no_standing: NoStandingOption = False,
    speed: SpeedOption = None,
    athlete: AthleteOption = None,
    notes: NotesOption = None,
    surface: SurfaceOption = None,
    shoe: ShoeOption = None,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    virtual_sensors: VirtualSensorsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Record a run from the worn sensors, live.

    Connects, checks batteries and connections, asks for five seconds of quiet standing, records until Ctrl-C
    or the time is over, and analyses. Everything received is on disk within a second; a sensor that was out
    of reach goes on when it is back.

    Ctrl-C once in the run ends it properly: the recording is analysed, exit code 0. Ctrl-C before the run
    began, or twice, stops at once: exit code 130; what was received in the run waits for restride recover.

    Example:  restride record --minutes 30
    """
    from imu.cli.outing import Wish, go_out
    from imu.cli.sound import Sound
    from imu.cli.told_along import told_along
    from imu.cli.treadmill import treadmill
    from imu.collect.coach import Coach
    from imu.devices.sensor import Settings

    wish = Wish(
        settings=Settings(rate_hz=float(rate)),
        minutes=minutes,
        standing=not no_standing,
        athlete=athlete,
        notes=notes,
        speed_mps=speed,
        surface=surface,
        shoe=shoe,
    )
    start = datetime.now().astimezone()
    with air(
        radio=radio, virtual=virtual, virtual_sensors=virtual_sensors, prepare=steady_run(minutes)
    ) as here:
        worn = worn_sensors(here, only or ())
        kept = places(here, start, out)
        check_room(kept, [sensor.kind for sensor in worn.values()], rate_hz=rate, minutes=minutes)
        with (
            treadmill(Coach(), sound=Sound.bell) as feedback,
            live_screen(recording_text, recording_line) as own,
            told_along(own, here, feedback, verb="record") as screen,
        ):
            go_out(
                here,
                worn,
                references=worn_references(here, only or ()),
                wish=wish,
                kept=kept,
                screen=screen,
                follow=feedback.follow,
            )
    text = finished(kept, home=here.home, facts=run_facts(surface, shoe))
    echo((kept.results / "summary.json").read_text(encoding="utf-8") if as_json else text)


def steady_run(minutes: float | None) -> Callable[[VirtualWorld], None]:
    """Has a virtual runner run during a session of this length."""

    def prepare(world: VirtualWorld) -> None:
        world.will_run(f"stand:12,run:{60 * (minutes or 60):g}@3,stand:20")

    return prepare


def finished(kept: Places, *, home: Path, facts: "RunFacts | None" = None) -> str:
    """Make the session's recording, verify it, let go of the journals, and analyse."""
    from imu.collect.recover import finish

    echo("Writing the recording ...", err=True)
    made = finish(kept.session, kept.recording)
    remember_skews(home, made)
    let_go_of(kept.session, made)
    echo(f"{kept.recording}: verified. Analysing ...", err=True)
    return analysed(kept, home=home, facts=facts)
