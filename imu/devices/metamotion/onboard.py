"""The log on a board as the driver works it: what lies there, arming, stopping, downloading, erasing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from imu.devices.inbox import Inbox
from imu.devices.metamotion import debug, log
from imu.devices.metamotion.coding import Sampling, log_coding, nearest
from imu.devices.metamotion.conversation import Answer, Conversation
from imu.devices.metamotion.modules import Board
from imu.devices.metamotion.parameters import Parameters
from imu.devices.metamotion.sampling import READ_ACC, READ_GYR, decode_acc_setting, decode_gyr_setting
from imu.devices.metamotion.sensors import SENSORS_OFF, configure, sensors_on
from imu.devices.metamotion.stream import Signal
from imu.devices.sensor import Coding, LogPart, LogStatus, Packet, Settings
from imu.errors import LinkLostError, ProtocolError, SensorError

SOURCES: Mapping[Signal, log.Source] = {
    "acc": log.Source.ACCELERATION,
    "gyr": log.Source.ANGULAR_VELOCITY,
}
_ENTRIES, _PAGE, _PROGRESS = (
    command[:2] for command in (log.NOTIFY_ENTRIES, log.NOTIFY_PAGES, log.NOTIFY_PROGRESS)
)
_CREATED = b"\x0b\x02"
_ENTRY_BYTES = 9


class OnboardLog:
    """The log of one connected board."""

    def __init__(self, talk: Conversation, board: Board, *, parameters: Parameters) -> None:
        self._talk = talk
        self._board = board
        self._parameters = parameters
        self._running: bool | None = None  # None: started, if at all, before this connection
        self._page: LogPart | None = None  # that the board waits to have confirmed

    async def entries(self) -> int:
        """How many lie there, also those of a page that is still in memory."""
        if log.needs_flush(self._board):
            await self._talk.send(log.FLUSH_PAGE)
        return await self._length()

    async def status(self) -> LogStatus:
        """Ends nothing: a run armed by another process is found, with how to read it."""
        found = await self._recover()
        used = await self.entries()
        running = bool(found) and await self._is_running(used)
        return LogStatus(running, used, self._board.log_entries, "entries", await self._coding(found))

    async def arm(self, settings: Settings) -> Coding:
        status = await self.status()
        if status.running or status.used:
            raise SensorError(
                f"{self._talk.name}: a log of {status.used} entries lies on it; sync or erase it"
            )
        sampling = nearest(settings, logged=True)
        await self._talk.send(*SENSORS_OFF, log.STOP, *log.clear_entries(self._board))
        await self._talk.send(*configure(sampling, self._board))
        loggers = await self._create_loggers(sampling)
        # Keep what is there when the memory is full: the start of a run says how it was worn.
        await self._talk.send(log.overwrite_when_full(False), log.START, *sensors_on(sampling))
        self._running = True
        return log_coding(sampling, loggers)

    async def stop(self) -> None:
        """The loggers stay, so that the run can still be read by whoever connects next."""
        await self._talk.send(*SENSORS_OFF, log.STOP)
        if log.needs_flush(self._board):
            await self._talk.send(log.FLUSH_PAGE)
        self._running = False

    async def download(self) -> AsyncIterator[LogPart]:
        """All that the board still has. A part ends with a page where the board tells of pages.

        A board that sent less than it told is not blamed: the last part says `done` and `total` as they are.
        """
        self._page = None
        inbox = Inbox(capacity=self._parameters.download_packets)
        with self._talk.collecting((_ENTRIES, _PAGE, _PROGRESS), inbox):
            await self._talk.send(log.NOTIFY_PROGRESS, log.NOTIFY_PAGES, log.NOTIFY_ENTRIES)
            total = await self._length()
            if total == 0:  # nothing more would come, not even an end
                return
            notifications = self._parameters.progress_notifications
            await self._talk.send(log.read_entries(total, notifications=notifications))
            async for part in self._parts(inbox, total):
                yield part
                if part is self._page:
                    raise ValueError("a part must be confirmed before the next is taken")

    async def confirm(self, part: LogPart) -> None:
        if part is self._page:
            self._page = None
            await self._talk.send(log.CONFIRM_PAGE)

    async def erase(self) -> None:
        await self.stop()  # a board ignores clearing while it logs, and says nothing
        await self._talk.send(*log.clear_entries(self._board))
        try:
            async with asyncio.timeout(self._parameters.clear_s):
                while await self._length():
                    await asyncio.sleep(self._parameters.poll_s)
        except TimeoutError as error:
            limit = f"{self._parameters.clear_s:g} s"
            raise SensorError(
                f"{self._talk.name}: the log is not cleared after {limit}; try again"
            ) from error
        await self._talk.send(*debug.TEAR_DOWN)

    async def _length(self) -> int:
        answer = await self._talk.ask(log.READ_LENGTH, answer=log.READ_LENGTH, what="the length of its log")
        return log.decode_length(answer.packet).entries

    async def _is_running(self, used: int) -> bool:
        """A board does not tell, but a log that runs grows."""
        if self._running is not None:
            return self._running
        deadline = asyncio.get_running_loop().time() + self._parameters.growth_s
        while asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(self._parameters.poll_s)
            if await self._length() > used:
                return True
        return await self.entries() > used

    async def _parts(self, inbox: Inbox, total: int) -> AsyncIterator[LogPart]:
        held: list[Packet] = []
        done = 0
        arrivals = inbox.packets()
        while True:
            packet = await self._next(arrivals, done, total)
            if inbox.dropped:
                raise SensorError(f"{self._talk.name}: the log came faster than it could be kept; sync again")
            header = packet.data[:2]
            if header == _ENTRIES:
                entries, rest = divmod(len(packet.data) - 2, _ENTRY_BYTES)
                if rest:  # its page is not confirmed then, and comes again
                    raise ProtocolError(f"{self._talk.name}: a notification was cut after {done} entries")
                held.append(packet)
                done += entries
                if len(held) < self._parameters.part_packets:
                    continue
                yield LogPart(held, done, total)
            elif header == _PAGE:
                self._page = LogPart(held, done, total)
                yield self._page
            elif log.decode_progress(packet.data).entries_left == 0:
                if held:
                    yield LogPart(held, done, total)
                return
            else:
                continue
            held = []

    async def _next(self, arrivals: AsyncIterator[Packet], done: int, total: int) -> Packet:
        try:
            async with asyncio.timeout(self._parameters.stall_s):
                return await anext(arrivals)
        except TimeoutError as error:
            raise SensorError(
                f"{self._talk.name}: the download stood still for {self._parameters.stall_s:g} s "
                f"after {done} of {total} entries; sync again to go on"
            ) from error
        except LinkLostError as error:
            raise LinkLostError(
                f"{self._talk.name}: the connection was lost after {done} of {total} entries"
            ) from error

    async def _recover(self) -> dict[int, log.Trigger]:
        """The loggers that exist, by id.

        Answers do not repeat the id and an empty slot may be silent. All slots are asked at once to see how
        many answer; then one by one, until that many are found and the next is empty: where an answer was
        lost, once more.
        """
        slots = range(self._board.loggers)
        answers = await self._talk.ask_all(
            [log.read_logger(slot) for slot in slots],
            answer=log.read_logger(0)[:2],
            quiet_s=self._parameters.empty_slot_s,
            enough=len(slots),
        )
        expected = sum(log.decode_found(answer.packet).trigger is not None for answer in answers)
        found_at: dict[int, log.Trigger] = {}
        for _ in range(self._parameters.attempts if expected else 0):
            for slot in (slot for slot in slots if slot not in found_at):
                if (trigger := await self._trigger_at(slot)) is not None:
                    found_at[slot] = trigger
                elif len(found_at) >= expected:
                    return found_at
        return found_at

    async def _trigger_at(self, slot: int) -> log.Trigger | None:
        question = log.read_logger(slot)
        within_s = self._parameters.empty_slot_s
        answer = await self._talk.try_ask(question, answer=question[:2], within_s=within_s)
        return None if answer is None else log.decode_found(answer.packet).trigger

    async def _coding(self, found: Mapping[int, log.Trigger]) -> Coding | None:
        """How to read what these loggers keep; None where they are not ours or the board does not tell."""
        loggers: dict[Signal, tuple[int, ...]] = {}
        for signal, source in SOURCES.items():
            wanted = log.triggers(source, self._board)
            ids = [slot for trigger in wanted for slot, kept in found.items() if kept == trigger]
            if len(ids) == len(wanted):
                loggers[signal] = tuple(ids)
        if "acc" not in loggers:
            return None
        acc = await self._setting(READ_ACC)
        gyr = await self._setting(READ_GYR) if acc is not None and "gyr" in loggers else None
        if acc is None or (gyr is None and "gyr" in loggers):
            return None
        sampling = Sampling(
            decode_acc_setting(acc.packet, self._board.acc_chip),
            None if gyr is None else decode_gyr_setting(gyr.packet),
        )
        return log_coding(sampling, loggers)

    async def _setting(self, question: bytes) -> Answer | None:
        """An answer may be lost; a board that does not tell leaves all of them out."""
        for _ in range(self._parameters.attempts):
            within_s = self._parameters.empty_slot_s
            if (answer := await self._talk.try_ask(question, answer=question, within_s=within_s)) is not None:
                return answer
        return None

    async def _create_loggers(self, sampling: Sampling) -> dict[Signal, tuple[int, ...]]:
        """Raises SensorError, after resetting the board, where it does not answer rightly."""
        for _ in range(self._parameters.attempts):
            await self._talk.send(*debug.TEAR_DOWN)
            loggers: dict[Signal, tuple[int, ...]] = {}
            for signal in sampling.signals:
                wanted = log.triggers(SOURCES[signal], self._board)
                ids = [await self._create(trigger) for trigger in wanted]
                if None not in ids:
                    loggers[signal] = tuple(logger for logger in ids if logger is not None)
            if len(loggers) == len(sampling.signals):
                return loggers
        with suppress(LinkLostError):  # which is how a reset ends
            await self._talk.send(debug.RESET_AFTER_COLLECTION, debug.RESET)
        raise SensorError(
            f"{self._talk.name}: it did not take its loggers, {self._parameters.attempts} times; "
            "it was reset, connect again"
        )

    async def _create(self, trigger: log.Trigger) -> int | None:
        """The id of a new logger; None where no answer came, or one that was late for another."""
        answer = await self._talk.try_ask(
            log.create_logger(trigger), answer=_CREATED, within_s=self._parameters.answer_s
        )
        if answer is None:
            return None
        logger = log.decode_created(answer.packet).logger
        # Without a read-back it is believed; with another's it is late, and pairs would be wrong for ever.
        return logger if await self._trigger_at(logger) in (trigger, None) else None
