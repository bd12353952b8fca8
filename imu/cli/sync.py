"""`restride sync`: what sensors logged becomes a recording, and only then their memory is freed."""

import asyncio
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.bluetooth import Air, RadioOption, VirtualOption, VirtualWorld, air
from imu.cli.wearing import Places, analysed
from imu.errors import RestrideError, SensorError

if TYPE_CHECKING:
    from imu.collect.reach import Reach
    from imu.collect.registry import PairedSensor
    from imu.collect.session import Session

Progress = Callable[[str, float], None]

_PATIENCE_TRIES = 8  # reconnections of one sensor without a pause in between to bring it back: a minute or so


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
    radio: RadioOption = "system",
    virtual: VirtualOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
) -> None:
    """Fetch the runs that armed sensors have logged.

    Goes on where an earlier download ended, writes and verifies the recording, analyses it, and only then
    frees the sensors' memory. It can be interrupted at any time.

    Example:  restride sync
    """
    from imu.collect.syncing import logged_sessions

    with air(radio=radio, virtual=virtual, first=VirtualWorld.finish_run) as here:
        sessions = logged_sessions(here.home / "sessions")
        if not sessions:
            raise RestrideError("no run was armed on this computer; see restride scan for what sensors hold")
        if out is not None and len(sessions) > 1:
            raise RestrideError(f"{len(sessions)} runs wait; leave out --out")
        for folder, session in sessions:
            kept = Places(folder, out or here.home / "recordings" / folder.name)
            wanted = [placement for placement in session.worn if placement not in (without or ())]
            with download_bars(wanted) as progress:
                here.run(
                    partial(_fetch, here=here, kept=kept, session=session, wanted=wanted, progress=progress)
                )
            text = analysed(kept)
            shutil.rmtree(folder)
            typer.echo((kept.results / "summary.json").read_text(encoding="utf-8") if as_json else text)


async def _fetch(
    reach: "Reach",
    *,
    here: Air,
    kept: Places,
    session: "Session",
    wanted: list[str],
    progress: Progress,
) -> None:
    """Download, write and verify, and only then free the sensors."""
    from imu.collect.recover import finish
    from imu.collect.syncing import free, held_of, sync_sensor
    from imu.radio.again import BackOff

    await reach.locate(_known(here, session, wanted).values())
    pauses = [pause for _, pause in zip(range(_PATIENCE_TRIES), BackOff().delays_s(Random()), strict=False)]
    results = await asyncio.gather(
        *(
            sync_sensor(
                kept.session,
                placement,
                opener=reach.placed,
                clock=here.clock,
                pauses_s=pauses,
                progress=progress,
            )
            for placement in wanted
        ),
        return_exceptions=True,
    )
    failed = [result for result in results if isinstance(result, BaseException)]
    for failure in failed:
        if not isinstance(failure, SensorError):
            raise failure
    if failed:
        raise SensorError("; ".join(map(str, failed)))
    if not all(held_of(kept.session, placement).closed for placement in wanted):
        raise RestrideError(f"{kept.session}: not everything was fetched; run restride sync again")
    typer.echo("Writing and verifying the recording ...", err=True)
    await asyncio.to_thread(finish, kept.session, kept.recording)
    for placement in wanted:
        await free(kept.session, placement, opener=reach.placed)
        typer.echo(f"{placement}: memory freed", err=True)


def _known(here: Air, session: "Session", wanted: list[str]) -> "Mapping[str, PairedSensor]":
    """The session's sensors, with the addresses they were met at last."""
    from imu.collect.registry import PairedSensor, Registry

    addresses = {sensor.serial: sensor.address for sensor in Registry(here.home).sensors()}
    return {
        placement: PairedSensor(
            serial=session.worn[placement].identity.serial,
            kind=session.worn[placement].identity.kind,
            model=session.worn[placement].identity.model,
            placement=placement,
            name=placement.replace("_", " "),
            since=date.today().isoformat(),
            address=addresses.get(session.worn[placement].identity.serial),
        )
        for placement in wanted
    }


@contextmanager
def download_bars(placements: list[str]) -> Iterator[Progress]:
    """A bar per sensor with the time it still needs; in a pipe a line per tenth."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_interactive:
        yield _lines(placements)
        return
    from rich.progress import BarColumn, Progress as Bars, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Bars(*columns, console=console) as bars:
        tasks = {placement: bars.add_task(placement, total=1.0) for placement in placements}
        yield lambda placement, share: bars.update(tasks[placement], completed=share)


def _lines(placements: list[str]) -> Progress:
    tenths = dict.fromkeys(placements, -1)

    def told(placement: str, share: float) -> None:
        if int(10 * share) > tenths[placement]:
            tenths[placement] = int(10 * share)
            typer.echo(f"{placement}: {100 * share:.0f} % fetched", err=True)

    return told
