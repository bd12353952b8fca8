"""`restride record`: from worn sensors to a verified recording and its analysis, live."""

import asyncio
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer

import imu
from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualWorld, air
from imu.cli.live_screen import Screen, live_screen
from imu.cli.wearing import Places, analysed, places, worn_sensors
from imu.errors import SensorError

if TYPE_CHECKING:
    from imu.collect.keeper import Keeper
    from imu.collect.reach import Reach
    from imu.collect.registry import PairedSensor
    from imu.collect.writer import JournalWriter
    from imu.devices.sensor import Identity, Settings

_STANDING_S = 5.0
_STANDING_TRIES = 6  # of five seconds; then it goes on without, and the angles are relative
_SCREEN_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for on the command line."""

    minutes: float | None
    settings: "Settings"
    standing: bool
    athlete: str | None
    notes: str | None
    speed_mps: float | None


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
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Record a run from the worn sensors, live.

    Connects, asks for five seconds of quiet standing, records until Ctrl-C or the time is over, and analyses.

    Example:  restride record --minutes 30
    """
    from imu.devices.sensor import Settings

    wish = _Wish(minutes, Settings(rate_hz=float(rate)), not no_standing, athlete, notes, speed)

    def run_now(world: VirtualWorld) -> None:
        world.will_run(f"stand:12,run:{60 * (minutes or 60):g}@3,stand:20")

    start = datetime.now().astimezone()
    with air(radio=radio, virtual=virtual, prepare=run_now) as here:
        worn = worn_sensors(here, only or ())
        kept = places(here, start, out)
        with live_screen() as screen:
            here.run(partial(_record, here=here, worn=worn, kept=kept, wish=wish, screen=screen))
    text = finished(kept)
    typer.echo((kept.results / "summary.json").read_text(encoding="utf-8") if as_json else text)


def finished(kept: Places) -> str:
    """Make the session's recording, verify it, let go of the journals, and analyse."""
    import shutil

    from imu.collect.recover import finish

    typer.echo("Writing the recording ...", err=True)
    finish(kept.session, kept.recording)
    shutil.rmtree(kept.session)
    typer.echo(f"{kept.recording}: verified. Analysing ...", err=True)
    return analysed(kept)


async def _record(
    reach: "Reach",
    *,
    here: Air,
    worn: Mapping[str, "PairedSensor"],
    kept: Places,
    wish: _Wish,
    screen: Screen,
) -> None:
    from imu.collect.keeper import Keeper
    from imu.collect.streaming import stream
    from imu.radio.again import BackOff

    screen.say(f"Looking for {', '.join(worn)} ...")
    await reach.locate(worn.values())
    keepers = [
        Keeper(
            placement,
            opener=partial(reach.placed, placement),
            settings=wish.settings,
            clock=here.clock,
            pauses_s=lambda: BackOff().delays_s(Random()),
        )
        for placement in worn
    ]
    stop = asyncio.Event()
    with ExitStack() as open_files, _ctrl_c_sets(stop):
        journals: dict[str, JournalWriter] = {}

        def begin(identities: Mapping[str, "Identity"]) -> Mapping[str, "JournalWriter"]:
            journals.update(_new_session(open_files, here, kept, worn, identities, wish))
            return journals

        await stream(
            keepers,
            stop=stop,
            begin=begin,
            started=partial(_conduct, keepers, stop=stop, wish=wish, screen=screen),
            tell=screen.say,
        )
        _close(journals, here)


def _new_session(
    open_files: ExitStack,
    here: Air,
    kept: Places,
    worn: Mapping[str, "PairedSensor"],
    identities: Mapping[str, "Identity"],
    wish: _Wish,
) -> dict[str, "JournalWriter"]:
    import platform

    from imu.collect.session import Session, Worn, create_session, journal_path
    from imu.collect.writer import JournalWriter

    session = Session(
        start=datetime.now().astimezone(),
        start_ns=here.clock.now_ns(),
        mode="stream",
        worn={p: Worn(identities[p], worn[p].mount_height_m) for p in worn},
        settings=wish.settings,
        host=f"{platform.system()} {platform.release()}",
        version=imu.__version__,
        athlete=wish.athlete,
        notes=wish.notes,
        reference_speed_mps=wish.speed_mps,
    )
    create_session(kept.session, session)
    return {p: open_files.enter_context(JournalWriter(journal_path(kept.session, p))) for p in worn}


def _close(journals: Mapping[str, "JournalWriter"], here: Air) -> None:
    from imu.collect.records import Closed

    for journal in journals.values():
        journal.append(Closed(here.clock.now_ns()))


async def _conduct(keepers: Sequence["Keeper"], *, stop: asyncio.Event, wish: _Wish, screen: Screen) -> None:
    """Standing first, then the run, until the time is over."""
    if wish.standing:
        await _wait_for_standing(keepers, stop=stop, screen=screen)
    _check_bandwidth(keepers, stop)
    seconds = None if wish.minutes is None else 60 * wish.minutes
    screen.begin(seconds)
    loop = asyncio.get_running_loop()
    ends_s = None if seconds is None else loop.time() + seconds
    while not stop.is_set():
        screen.show([keeper.status for keeper in keepers])
        if ends_s is not None and loop.time() >= ends_s:
            stop.set()
        await asyncio.wait([asyncio.create_task(stop.wait())], timeout=_SCREEN_EVERY_S)


async def _wait_for_standing(keepers: Sequence["Keeper"], *, stop: asyncio.Event, screen: Screen) -> None:
    from imu.collect.streaming import standing_of

    for _ in range(_STANDING_TRIES):
        screen.say(f"Stand still for {_STANDING_S:g} s: all angles are measured from it ...")
        await asyncio.wait([asyncio.create_task(stop.wait())], timeout=_STANDING_S + 1.0)
        if stop.is_set():
            return
        found = {keeper.status.placement: standing_of(keeper.status, keeper.coding) for keeper in keepers}
        moved = [f"{placement} {still.sentence}" for placement, still in found.items() if not still.quiet]
        if not moved:
            screen.say("Standing is good. Run when you like.")
            return
        screen.say(f"Not quiet yet: {'; '.join(moved)}")
    screen.say("No quiet standing was found; angles will be relative to the start of the run.")


def _check_bandwidth(keepers: Sequence["Keeper"], stop: asyncio.Event) -> None:
    from imu.collect.streaming import bandwidth_fault

    if stop.is_set():
        return
    for keeper in keepers:
        if fault := bandwidth_fault(keeper.status, keeper.coding):
            raise SensorError(f"{keeper.status.placement}: {fault}")


@contextmanager
def _ctrl_c_sets(stop: asyncio.Event) -> Iterator[None]:
    """The first Ctrl-C ends the recording properly, a second one at once."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def told(*_args: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGINT, told)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
