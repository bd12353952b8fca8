"""`restride record`: from worn sensors to a verified recording and its analysis, live."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from imu.cli.bluetooth import RadioOption, VirtualOption, VirtualSensorsOption, VirtualWorld, air
from imu.cli.live_screen import live_screen, recording_line, recording_text
from imu.cli.wearing import Places, analysed, let_go_of, places, remember_skews, worn_sensors


def record(
    minutes: Annotated[
        float | None,
        typer.Option(min=0.05, max=600, help="Stop after so many minutes; without it, Ctrl-C stops."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the new recording.  [default: among your recordings]")
    ] = None,
    rate: Annotated[int, typer.Option(min=25, max=800, metavar="HZ", help="Samples per second.")] = 200,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PLACEMENT", help="Use only this sensor; repeatable.")
    ] = None,
    no_standing: Annotated[
        bool, typer.Option("--no-standing", help="Do not wait for quiet standing: angles become relative.")
    ] = False,
    speed: Annotated[
        float | None, typer.Option(metavar="MPS", help="Known treadmill speed in m/s: fits a calibration.")
    ] = None,
    athlete: Annotated[str | None, typer.Option(help="Whose run this is.")] = None,
    notes: Annotated[str | None, typer.Option(help="Kept with the recording.")] = None,
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
    from imu.devices.sensor import Settings

    wish = Wish(
        settings=Settings(rate_hz=float(rate)),
        minutes=minutes,
        standing=not no_standing,
        athlete=athlete,
        notes=notes,
        speed_mps=speed,
    )

    def run_now(world: VirtualWorld) -> None:
        world.will_run(steady_run(minutes))

    start = datetime.now().astimezone()
    with air(radio=radio, virtual=virtual, virtual_sensors=virtual_sensors, prepare=run_now) as here:
        worn = worn_sensors(here, only or ())
        kept = places(here, start, out)
        with live_screen(recording_text, recording_line) as screen:
            go_out(here, worn, wish=wish, kept=kept, screen=screen)
    text = finished(kept, home=here.home)
    typer.echo((kept.results / "summary.json").read_text(encoding="utf-8") if as_json else text)


def steady_run(minutes: float | None) -> str:
    """What a virtual runner does during a session of this length."""
    return f"stand:12,run:{60 * (minutes or 60):g}@3,stand:20"


def finished(kept: Places, *, home: Path) -> str:
    """Make the session's recording, verify it, let go of the journals, and analyse."""
    from imu.collect.recover import finish

    typer.echo("Writing the recording ...", err=True)
    made = finish(kept.session, kept.recording)
    remember_skews(home, made)
    let_go_of(kept.session, made)
    typer.echo(f"{kept.recording}: verified. Analysing ...", err=True)
    return analysed(kept)
