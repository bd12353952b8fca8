"""After a run: what sensors logged on board, into their journals, once and completely."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from imu.collect import journal as journals
from imu.collect.arming import SensorOpener
from imu.collect.keeper import BURST
from imu.collect.records import Closed, Coded, Event, Progress
from imu.collect.session import FILE_NAME, Session, journal_path, load_session
from imu.collect.writer import JournalWriter
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Sensor
from imu.errors import LinkLostError, SensorError


@dataclass(frozen=True, slots=True)
class Held:
    """What of one sensor's log lies in its journal."""

    done: int  # where a sensor that can begins again, in the unit of its log
    left: int | None  # None: nothing was downloaded yet
    whole: int  # most that was ever left: a sensor may count only what it has not forgotten
    coded: bool  # how to read it is known
    closed: bool  # it is complete

    @property
    def share(self) -> float:
        if self.closed:
            return 1.0
        return 0.0 if self.left is None or not self.whole else 1.0 - self.left / self.whole


def logged_sessions(root: Path) -> list[tuple[Path, Session]]:
    """Sessions whose sensors log on board, or were not freed yet after it; oldest first."""
    found = [(path.parent, load_session(path.parent)) for path in root.glob(f"*/{FILE_NAME}")]
    return sorted((one for one in found if one[1].mode == "log"), key=lambda one: one[1].start_ns)


def held_of(folder: Path, placement: str) -> Held:
    """Read how far an earlier download came."""
    done, left, whole, coded, closed = 0, None, 0, False, False
    for record in journals.read(journal_path(folder, placement)):
        match record:
            case Coded():
                coded = True
            case Progress(_, done, total):
                left = total - done
                whole = max(whole, total)
            case Closed():
                closed = True
    return Held(done, left, whole, coded, closed)


async def sync_sensor(
    folder: Path,
    placement: str,
    *,
    opener: SensorOpener,
    clock: HostClock,
    pauses_s: Iterable[float],
    progress: Callable[[str, float], None] = lambda _placement, _share: None,
) -> None:
    """Download one sensor's log to the end, reconnecting for as long as `pauses_s` go on.

    What is durable is confirmed, nothing else; the log stays on the sensor (see `free`). Raises SensorError
    where the sensor stays out of reach: what was downloaded is kept, and the next call goes on there.
    """
    session = load_session(folder)
    pauses = iter(pauses_s)
    with JournalWriter(journal_path(folder, placement)) as journal:
        held = await asyncio.to_thread(held_of, folder, placement)
        while not held.closed:
            try:
                async with opener(placement) as sensor:
                    _check_serial(session, placement, sensor)
                    await _download(sensor, placement, held, journal, clock, progress)
            except LinkLostError as error:
                journal.append(Event(clock.now_ns(), "lost", {}))
                pause_s = next(pauses, None)
                if pause_s is None:
                    raise SensorError(
                        f"{placement}: {error}; run restride sync again, it goes on there"
                    ) from error
                await asyncio.sleep(pause_s)
            await asyncio.to_thread(journal.sync)
            held = await asyncio.to_thread(held_of, folder, placement)
    progress(placement, 1.0)


async def free(folder: Path, placement: str, *, opener: SensorOpener) -> None:
    """Erase the log of a sensor whose recording was verified."""
    session = load_session(folder)
    async with opener(placement) as sensor:
        _check_serial(session, placement, sensor)
        await sensor.erase_log()


async def _download(
    sensor: Sensor,
    placement: str,
    held: Held,
    journal: JournalWriter,
    clock: HostClock,
    progress: Callable[[str, float], None],
) -> None:
    journal.append(Event(clock.now_ns(), "connected", {"firmware": sensor.identity.firmware}))
    status = await sensor.log_status()
    if status.running:
        await sensor.stop_log()
        status = await sensor.log_status()
    if not held.coded:  # one coding for all of a log: its decoder must see what a resumed download repeats
        if status.coding is None:
            raise SensorError(f"{placement}: {sensor.identity.serial} does not know how its log was written")
        journal.append(Coded(clock.now_ns(), status.coding))
    for _ in range(BURST):
        journal.append(await sensor.exchange())
    complete = status.used == 0 and held.left is not None  # all was forgotten once all was confirmed
    async for part in sensor.download(held=held.done):
        for packet in part.packets:
            journal.append(packet)
        journal.append(Progress(clock.now_ns(), part.done, part.total))
        await asyncio.to_thread(journal.sync)
        await sensor.confirm(part)
        whole = max(held.whole, part.total)
        complete = part.done >= part.total
        progress(placement, 1.0 - (part.total - part.done) / whole if whole else 1.0)
    if not complete:
        raise LinkLostError(f"{sensor.identity.serial} ended its download early")
    journal.append(Closed(clock.now_ns()))


def _check_serial(session: Session, placement: str, sensor: Sensor) -> None:
    expected = session.worn[placement].identity.serial
    if sensor.identity.serial != expected:
        raise SensorError(
            f"{placement}: this is sensor {sensor.identity.serial}, the run was armed with {expected}; "
            "bring that one"
        )
