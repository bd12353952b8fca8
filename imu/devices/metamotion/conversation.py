"""Questions and answers over a link: writing, waiting with a limit, and sorting what arrives."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from imu.devices.host_clock import HostClock
from imu.devices.inbox import Inbox
from imu.devices.link import Link
from imu.devices.metamotion import gatt
from imu.devices.metamotion.parameters import Parameters
from imu.devices.text import text_of
from imu.errors import LinkLostError, SensorError

_MOST_ANSWERS = 64  # to one question; a board has eight loggers


@dataclass(frozen=True, slots=True)
class Answer:
    """A notification that was waited for, between the host times of question and arrival."""

    before_ns: int
    packet: bytes
    arrival_ns: int


class Conversation:
    """One connection to one board. Answers carry no number, so one question is open at a time."""

    def __init__(self, link: Link, *, clock: HostClock, parameters: Parameters) -> None:
        self._link = link
        self._clock = clock
        self._parameters = parameters
        self._turn = asyncio.Lock()
        self._expected: bytes | None = None
        self._answers: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue(_MOST_ANSWERS)
        self._inboxes: dict[bytes, Inbox] = {}
        self._lost = False
        self.name = "MetaMotion"

    async def begin(self) -> None:
        """Listen. To be called once, before anything else."""
        self._link.when_lost(self._lose)
        async with self._limit("switching notifications on", self._parameters.write_s):
            await self._link.subscribe(gatt.NOTIFICATION, self._receive)

    async def read_text(self, characteristic: str) -> str:
        """What a characteristic of the device information says; empty where the board lacks it."""
        if not self._link.has(characteristic):
            return ""
        async with self._limit("its device information", self._parameters.write_s):
            return text_of(await self._link.read(characteristic))

    async def send(self, *commands: bytes) -> None:
        """Write in order. With response: without, a busy board may drop some."""
        for command in commands:
            async with self._limit(f"writing {command[:2].hex(' ')}", self._parameters.write_s):
                await self._link.write(gatt.COMMAND, command, response=True)

    async def ask(self, question: bytes, *, answer: bytes, what: str, attempts: int | None = None) -> Answer:
        """The notification that begins with `answer`; asks again where none comes: reading is harmless."""
        for _ in range(attempts or self._parameters.attempts):
            found = await self.try_ask(question, answer=answer, within_s=self._parameters.answer_s)
            if found is not None:
                return found
        raise SensorError(
            f"{self.name}: no answer when asked for {what} ({question.hex(' ')}); "
            "is it in reach? connect again"
        )

    async def try_ask(self, question: bytes, *, answer: bytes, within_s: float) -> Answer | None:
        """The same once; None where nothing came in time."""
        answers = await self.ask_all((question,), answer=answer, quiet_s=within_s, enough=1)
        return answers[0] if answers else None

    async def ask_all(
        self, questions: Collection[bytes], *, answer: bytes, quiet_s: float, enough: int
    ) -> list[Answer]:
        """Up to `enough` answers to questions sent in one go, until none came for a while."""
        async with self._turn:
            self._answers = asyncio.Queue(_MOST_ANSWERS)
            self._expected = answer
            try:
                before_ns = self._clock.now_ns()
                await self.send(*questions)
                found: list[Answer] = []
                while len(found) < enough and (arrived := await self._next_answer(quiet_s)) is not None:
                    arrival_ns, packet = arrived
                    found.append(Answer(before_ns, packet, arrival_ns))
                return found
            finally:
                self._expected = None

    @contextmanager
    def collecting(self, headers: Collection[bytes], inbox: Inbox) -> Iterator[None]:
        """Put notifications that begin with one of these into `inbox`, which is closed with the link."""
        self.collect(headers, inbox)
        try:
            yield
        finally:
            self.ignore(headers)

    def collect(self, headers: Collection[bytes], inbox: Inbox) -> None:
        self._inboxes.update(dict.fromkeys(headers, inbox))
        if self._lost:
            inbox.close()

    def ignore(self, headers: Collection[bytes]) -> None:
        for header in headers:
            self._inboxes.pop(header, None)

    def _receive(self, arrival_ns: int, data: bytes) -> None:
        header = data[:2]
        if (inbox := self._inboxes.get(header)) is not None:
            inbox.put(arrival_ns, data)
        elif header == self._expected and not self._answers.full():
            self._answers.put_nowait((arrival_ns, data))

    def _lose(self) -> None:
        self._lost = True
        if not self._answers.full():
            self._answers.put_nowait(None)  # wakes whoever waits
        for inbox in self._inboxes.values():
            inbox.close()

    async def _next_answer(self, within_s: float) -> tuple[int, bytes] | None:
        """None where nothing came. Raises LinkLostError as soon as nothing can come any more."""
        if self._lost:
            raise LinkLostError(f"{self.name}: the connection was lost")
        try:
            async with asyncio.timeout(within_s):
                arrived = await self._answers.get()
        except TimeoutError:
            return None
        if arrived is None:
            raise LinkLostError(f"{self.name}: the connection was lost")
        return arrived

    @asynccontextmanager
    async def _limit(self, what: str, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise SensorError(f"{self.name}: {what} took more than {seconds:g} s; is it in reach?") from error
