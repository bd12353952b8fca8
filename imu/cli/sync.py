"""`restride sync`: what sensors logged becomes a recording, and only then their memory is freed."""

import asyncio
import json
from collections.abc import Mapping, Set
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imu.cli.awake import kept_awake
from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualWorld, air
from imu.cli.download_bars import Told, download_bars
from imu.cli.found_logs import taken_up
from imu.cli.run_facts import ShoeOption, SurfaceOption, run_facts
from imu.cli.told import echo
from imu.cli.wearing import (
    Places,
    analysed_if_long,
    known_as,
    let_go_of,
    let_go_of_little,
    remember,
    remember_skews,
    tell_unreadable,
)
from imu.errors import RestrideError, SensorError

if TYPE_CHECKING:
    from imu.collect.logged import Held
    from imu.collect.reach import Missing, Reach
    from imu.collect.recover import Finished
    from imu.collect.session import Session, Worn
    from imu.collect.syncing import Fetched, LogFetcher
    from imu.followup.run_facts import RunFacts

_PATIENCE_TRIES = 8  # reconnections of one sensor without a byte in between: a minute or so
_KEPT = "What was fetched is kept: run restride sync again, or go on without it (--without PLACEMENT)"


def sync(
    out: Annotated[
        Path | None, typer.Option(help="Folder of the new recording.  [default: among your recordings]")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACEMENT", help="Make the recording without this sensor, whose log stays; repeatable."
        ),
    ] = None,
    worn_as: Annotated[
        list[str] | None,
        typer.Option(
            "--as", metavar="SERIAL=PLACEMENT", help="Where a sensor was worn that is not paired; repeatable."
        ),
    ] = None,
    surface: SurfaceOption = None,
    shoe: ShoeOption = None,
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print recordings and summaries as JSON.")] = False,
) -> None:
    """Fetch the runs that armed sensors have logged.

    Goes on where an earlier download ended, writes and verifies the recording, and only then frees the
    sensors' memory. It can be interrupted at any time. Where no run was armed on this computer, it saves
    what the sensors in reach hold. A log that is too short for a recording, or cannot be placed in time, is
    kept as it came, and the exit code is 2. A MetaMotion S that is plugged in is fetched over its USB cable.

    Example:  restride sync
    """
    leave, facts = frozenset(without or ()), run_facts(surface, shoe)
    with kept_awake(), air(radio=radio, virtual=virtual, first=VirtualWorld.finish_run) as here:
        waiting = _waiting(here.home / "sessions", leave) or taken_up(here, worn_as or (), leave=leave)
        if out is not None and len(waiting) > 1:
            raise RestrideError(f"{len(waiting)} runs wait; leave out --out")
        if len(waiting) > 1 and (surface or shoe):
            raise RestrideError(
                f"{len(waiting)} runs wait, on how many days nobody knows; leave out --surface and --shoe"
            )
        told: list[dict[str, Any]] = []
        failed: list[RestrideError] = []
        for folder in waiting:
            try:
                told += _synced(here, folder, leave, out=out, is_quiet=as_json, facts=facts)
            except RestrideError as error:  # one run that cannot be had must not keep the others away
                failed.append(error)
    if as_json:
        echo(json.dumps(told, indent=2))
    if failed:
        kind = SensorError if isinstance(failed[0], SensorError) else RestrideError
        raise kind("; ".join(map(str, failed)))


def _waiting(root: Path, leave: Set[str]) -> list[Path]:
    """Sessions to finish. Sensors that are not to be waited for get sessions of their own, for later."""
    from imu.collect.logged import logged_sessions, set_apart, without_doubles
    from imu.collect.recover import is_finished

    tell_unreadable(root)
    without_doubles(root)
    sessions = logged_sessions(root)
    if sessions and (unknown := leave - {p for _, session in sessions for p in session.worn}):
        raise RestrideError(f"--without {sorted(unknown)[0]}: no run that waits was armed with such a sensor")
    waiting = []
    for folder, session in sessions:
        if session.worn.keys() <= leave:
            continue
        for placement in sorted(leave & session.worn.keys()):
            if not is_finished(folder):
                set_apart(folder, placement)
        waiting.append(folder)
    if sessions and not waiting:
        raise RestrideError("--without leaves out all that waits; name fewer")
    return waiting


def _synced(
    here: Air, folder: Path, leave: Set[str], *, out: Path | None, is_quiet: bool, facts: "RunFacts"
) -> list[dict[str, Any]]:
    """Download, write, verify, free and analyse; nothing where nothing was logged.

    Raises RestrideError for a log that becomes no recording: what came of it is set aside.
    """
    from imu.collect.assemble import NoRecordingError
    from imu.collect.session import remove_session

    out = out or here.home / "recordings" / folder.name
    try:
        finished, kept_logs = fetch_and_free(here, folder, leave=leave, out=out)
    except NoRecordingError as error:
        raise let_go_of_little(folder, error) from error
    if finished is None:
        echo(f"{folder.name}: nothing of this run lies on its sensors.", err=True)
        remove_session(folder)
        return []
    remember_skews(here.home, finished)
    told = _analysed(Places(folder, finished.recording), home=here.home, is_quiet=is_quiet, facts=facts)
    if kept_logs:
        raise SensorError(
            f"{finished.recording} is complete, but not all memory is free: {kept_logs}; "
            "run restride sync again"
        )
    let_go_of(folder, finished)
    return [told]


def fetch_and_free(
    here: Air, folder: Path, *, out: Path, leave: Set[str] = frozenset()
) -> "tuple[Finished | None, str]":
    """The verified recording of a session, if there is anything; and why sensors still hold what is in it.

    Raises SensorError where something is left to fetch another time.
    """
    from imu.collect.session import load_session

    session = load_session(folder)
    with download_bars(list(session.worn)) as progress:
        return here.run(
            partial(
                _fetched,
                here=here,
                folder=folder,
                session=session,
                progress=progress,
                leave=leave,
                out=out,
            )
        )


async def _fetched(
    reach: "Reach",
    *,
    here: Air,
    folder: Path,
    session: "Session",
    progress: Told,
    leave: Set[str],
    out: Path,
) -> "tuple[Finished | None, str]":
    from imu.collect.assemble import NoRecordingError
    from imu.collect.logged import is_nothing
    from imu.collect.recover import finish
    from imu.collect.registry import Registry
    from imu.collect.syncing import LogFetcher

    remembered = {sensor.serial: sensor.calibration for sensor in Registry(here.home).sensors()}
    fetcher = partial(LogFetcher, folder, opener=reach.placed, clock=here.clock, progress=progress)
    fetchers = {
        p: await asyncio.to_thread(fetcher, p, worn, remembered=remembered.get(worn.identity.serial))
        for p, worn in session.worn.items()
    }
    _tell_of_cable(session)
    needed = [p for p, fetcher in fetchers.items() if not fetcher.held.freed and p not in leave]
    missing = await reach.look_for(known_as(here, session.worn, needed).values()) if needed else None
    remember(here, session.worn, reach.addresses())
    absent = {sensor.placement for sensor in missing.sensors} if missing else set()
    present = {p: fetchers[p].held for p in needed if p not in absent and not fetchers[p].held.closed}
    await _check_room(reach, Places(folder, out), session, present, now_ns=here.clock.now_ns())
    await _fetch(fetchers, missing, session)
    if is_nothing(fetcher.held for fetcher in fetchers.values()):
        return None, ""
    echo("Writing and verifying the recording ...", err=True)
    try:
        finished = await asyncio.to_thread(finish, folder, out)
    except NoRecordingError as error:  # its journals hold what there is, and the next run needs the memory
        if kept_logs := await _free({p: fetchers[p] for p in needed}, missing):
            raise SensorError(
                f"{error}; not all memory is free: {kept_logs}; run restride sync again"
            ) from error
        raise
    return finished, await _free({p: fetchers[p] for p in needed}, missing)


async def _check_room(
    reach: "Reach", kept: Places, session: "Session", held: "Mapping[str, Held]", *, now_ns: int
) -> None:
    """Before the first byte is fetched: is there room for all of it, and for the recording?"""
    from imu.cli.room import check_room_for_logs, room_fault
    from imu.collect.enough import disk_need, log_disk_need

    if not held:
        return
    kinds = [session.worn[placement].identity.kind for placement in held]
    since_armed = (now_ns - session.start_ns) / 60e9
    most = disk_need(kinds, session.settings.rate_hz, since_armed, logged=True)
    was_armed_here = all(one.coding is not None for one in held.values())
    if was_armed_here and room_fault(kept, most, what="", minutes=None) is None:
        return  # they cannot hold more: nobody has to be asked
    needs = []
    for placement, one in held.items():
        try:
            async with reach.placed(placement) as sensor:
                used = (await sensor.log_status()).used
        except SensorError:
            continue  # fetching it says why, and tries again
        needs.append(log_disk_need(sensor.identity.kind, used=used, held=one.fetched))
    check_room_for_logs(kept, needs)


def _tell_of_cable(session: "Session") -> None:
    """Where a cable would save an hour, and its package is missing."""
    from imu.collect.cable import HAS_CABLE
    from imu.devices.metamotion import usb

    if not usb.is_available() and any(w.identity.model == HAS_CABLE for w in session.worn.values()):
        echo("A MetaMotion S is fetched faster over its USB cable: pip install 'restride[serial]'", err=True)


async def _fetch(fetchers: "Mapping[str, LogFetcher]", missing: "Missing | None", session: "Session") -> None:
    """Everything that can be had now. Raises SensorError where something is left for another time."""
    from imu.radio.again import BackOff

    def pauses_s() -> list[float]:
        return [pause for _, pause in zip(range(_PATIENCE_TRIES), BackOff().delays_s(Random()), strict=False)]

    absent = {sensor.placement for sensor in missing.sensors} if missing else set()
    present = {p: fetcher for p, fetcher in fetchers.items() if p not in absent or fetcher.held.closed}
    results = await asyncio.gather(
        *(fetcher.fetch(pauses_s) for fetcher in present.values()), return_exceptions=True
    )
    problems = []
    for placement, result in zip(present, results, strict=True):
        if isinstance(result, SensorError):
            problems.append(str(result))
        elif isinstance(result, BaseException):
            raise result
        elif result.missing:
            echo(f"{placement}: {_never_came(result, session.worn[placement], session)}", err=True)
    if missing and len(present) < len(fetchers):
        problems.append(missing.sentence)
    if problems:
        raise SensorError(f"{'; '.join(problems)}. {_KEPT}")


def _never_came(fetched: "Fetched", worn: "Worn", session: "Session") -> str:
    """How much of a run is missing, in words that need no knowledge of a sensor's memory."""
    from imu.collect.enough import log_size

    seconds = 60.0 * fetched.missing / log_size(worn.identity.kind, session.settings, minutes=1.0)
    share = "less than 0.1 s" if seconds < 0.1 else f"about {seconds:,.1f} s"
    return f"{share} of its log never came{f' ({fetched.why})' if fetched.why else ''}; all else is here"


async def _free(fetchers: "Mapping[str, LogFetcher]", missing: "Missing | None") -> str:
    """Have the sensors forget what is safe now; says which did not, and why."""
    absent = {sensor.placement for sensor in missing.sensors} if missing else set()
    present = {p: fetcher for p, fetcher in fetchers.items() if p not in absent}
    results = await asyncio.gather(*(fetcher.free() for fetcher in present.values()), return_exceptions=True)
    problems = [missing.sentence] if missing else []
    for placement, result in zip(present, results, strict=True):
        if isinstance(result, SensorError):
            problems.append(f"{placement}: {result}")
        elif isinstance(result, BaseException):
            raise result
        else:
            said = "memory freed" if result else "holds another log by now, which is left alone"
            echo(f"{placement}: {said}", err=True)
    return "; ".join(problems)


def _analysed(kept: Places, *, home: Path, is_quiet: bool, facts: "RunFacts") -> dict[str, Any]:
    text = analysed_if_long(kept, home=home, facts=facts)
    if text is None:
        return {"recording": str(kept.recording), "summary": None}
    if not is_quiet:
        echo(text)
    summary = json.loads((kept.results / "summary.json").read_text(encoding="utf-8"))
    return {"recording": str(kept.recording), "summary": summary}
