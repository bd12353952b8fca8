"""After a run: what sensors logged on board, into their journals, once and completely."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path

from imu.collect.arming import SensorOpener
from imu.collect.bursts import LOG_COUNT, exchange_burst
from imu.collect.logged import held_of
from imu.collect.records import Closed, Coded, Event, Progress
from imu.collect.session import Worn, journal_path
from imu.collect.writer import JournalWriter, opened_journal
from imu.devices.calibration import ChipCalibration
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Exchange, LogPart, LogStatus, Sensor
from imu.errors import SensorError, WrongSensorError

_FIRST_TRIES = 2  # of a sensor that was never met: what it says then, it will say again
_DRIFTS_S = 600.0  # what a crystal drifts in a download this long is worth another look at the clock


class Why(StrEnum):
    """What became of the rest of a log."""

    NEVER_SENT = "counted by the sensor, but twice not sent: a last page that it had not finished"
    REPLACED = "erased on the sensor before it was fetched"


@dataclass(frozen=True, slots=True)
class Fetched:
    """All of one sensor's log that there is to have."""

    packets: int  # none: nothing of the run lay on it
    missing: int  # of what it said it has, in the unit of its log
    why: Why | None = None  # where it is missing, and that showed in this download and no earlier one


class LogFetcher:
    """Downloads the log of one armed sensor into its journal.

    Making one reads how far that is already: from an event loop, in a thread.
    """

    def __init__(
        self,
        folder: Path,
        placement: str,
        worn: Worn,
        *,
        opener: SensorOpener,
        clock: HostClock,
        remembered: ChipCalibration | None = None,
        progress: Callable[[str, float], None] = lambda _placement, _share: None,
    ) -> None:
        """remembered: of its calibration, for a log that was armed elsewhere."""
        self.held = held_of(folder, placement)
        self._path = journal_path(folder, placement)
        self._placement = placement
        self._serial = worn.identity.serial
        self._opener = opener
        self._clock = clock
        self._remembered = remembered
        self._progress = progress
        self._met = False
        self._short: tuple[int, int] | None = None  # how an attempt ended that ended too early
        self._why: Why | None = None  # there is a rest, if there is one

    async def fetch(self, pauses_s: Callable[[], Iterable[float]]) -> Fetched:
        """Download to the end, reconnecting after `pauses_s`, which begin anew whenever something came.

        What is durable is confirmed, nothing else; the log stays on the sensor (see `free`). Raises
        SensorError where the sensor stays out of reach: what was downloaded is kept, and the next goes on
        there.
        """
        self._progress(self._placement, self.held.share)
        if not self.held.closed:
            async with opened_journal(self._path) as journal:
                await self._until_closed(journal, pauses_s)
        self._progress(self._placement, 1.0)
        missing = self.held.left or 0
        return Fetched(self.held.packets, missing, self._why if missing else None)

    async def free(self) -> bool:
        """Erase the log, once its recording was verified; False where another one lies there by now."""
        async with self._opened() as sensor:
            status = await sensor.log_status()
            is_it = self._is_ours(status) and not status.running and status.used in (0, self.held.whole)
            if is_it:
                await sensor.erase_log()
        async with opened_journal(self._path) as journal:
            journal.append(Event(self._clock.now_ns(), "freed", {}))
        return is_it

    async def _until_closed(self, journal: JournalWriter, pauses_s: Callable[[], Iterable[float]]) -> None:
        pauses: Iterator[float] = islice(pauses_s(), _FIRST_TRIES)
        came = self.held
        while not self.held.closed:
            try:
                async with self._opened() as sensor:
                    if not self._met:
                        self._met, pauses = True, iter(pauses_s())
                    journal.append(
                        Event(self._clock.now_ns(), "connected", {"firmware": sensor.identity.firmware})
                    )
                    await self._download(sensor, journal)
            except WrongSensorError:
                raise
            except SensorError as error:
                journal.append(Event(self._clock.now_ns(), "lost", {}))
                if self.held != came:
                    pauses, came = iter(pauses_s()), self.held
                await self._pause(pauses, error)

    async def _pause(self, pauses: Iterator[float], error: SensorError) -> None:
        pause_s = next(pauses, None)
        if pause_s is None:
            raise SensorError(f"{self._placement}: {error}") from error
        await asyncio.sleep(pause_s)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Sensor]:
        async with self._opener(self._placement) as sensor:
            if (serial := sensor.identity.serial) != self._serial:
                raise WrongSensorError(
                    f"{self._placement}: this is sensor {serial}, the run was armed with {self._serial}; "
                    "bring that one"
                )
            yield sensor

    async def _download(self, sensor: Sensor, journal: JournalWriter) -> None:
        status = await sensor.log_status()
        if not self._is_ours(status):  # ours was erased elsewhere, and this one began since
            self._why = Why.REPLACED
            return self._close(journal)
        if status.running:
            await sensor.stop_log()
            status = await sensor.log_status()
        if not await self._knows_coding(sensor, status, journal):
            return self._close(journal)
        await self._read_clock(sensor, journal)
        reached: tuple[int, int] | None = None
        async for part in sensor.download(held=self.held.done):
            await self._keep(part, journal)
            await sensor.confirm(part)
            reached = part.done, part.total
            self._progress(self._placement, self.held.share)
        # A sensor that sent less than it said is asked once more. It may have nothing else to say.
        if reached is not None and reached[0] < reached[1] and reached != self._short:
            self._short = reached
            raise SensorError(f"{self._serial} ended its download early")
        self._why = Why.NEVER_SENT
        if self._clock.now_ns() - self.held.clock_read_ns > _DRIFTS_S * 1e9:
            self._keep_clock(await exchange_burst(sensor, count=LOG_COUNT), journal)
        return self._close(journal)

    def _is_ours(self, status: LogStatus) -> bool:
        """Whether this is the log that the journal is of, as far as the sensor can tell them apart."""
        known = self.held.coding
        return known is None or status.coding is None or status.coding.facts == known.facts

    async def _knows_coding(self, sensor: Sensor, status: LogStatus, journal: JournalWriter) -> bool:
        """Whether there is something to read: a sensor may have been meant to log and never begun."""
        if self.held.coding is None:
            if status.coding is None:
                if status.used == 0:
                    return False
                raise WrongSensorError(
                    f"{self._placement}: {self._serial} does not know how its log was written"
                )
            # One coding for all of a log: its decoder must see what a resumed download repeats.
            # Which calibration it was armed with, nobody knows here; that of today is the best there is.
            coding = replace(status.coding, calibration=await sensor.calibration(self._remembered))
            journal.append(Coded(self._clock.now_ns(), coding))
            self.held = replace(self.held, coding=coding)
        return True

    async def _read_clock(self, sensor: Sensor, journal: JournalWriter) -> None:
        """A burst for every life of the sensor's clock, once."""
        first = await sensor.exchange()
        if first.reset_id not in self.held.resets:
            # Alone it would weigh as much as a burst, so it is kept with the others or not at all.
            burst = [first, *await exchange_burst(sensor, count=LOG_COUNT - 1)]
            self._keep_clock(burst, journal)

    def _keep_clock(self, burst: Iterable[Exchange], journal: JournalWriter) -> None:
        for exchange in burst:
            journal.append(exchange)
            self.held = self.held.with_exchange(exchange)

    async def _keep(self, part: LogPart, journal: JournalWriter) -> None:
        """On disk before the sensor may forget it."""
        for packet in part.packets:
            journal.append(packet)
        progress = Progress(self._clock.now_ns(), part.done, part.total)
        journal.append(progress)
        await asyncio.to_thread(journal.sync)
        self.held = replace(self.held.with_progress(progress), packets=self.held.packets + len(part.packets))

    def _close(self, journal: JournalWriter) -> None:
        journal.append(Closed(self._clock.now_ns()))
        self.held = replace(self.held, closed=True)
