"""Asking a sensor on CONTROL: one request at a time, each with its answer or an error within a limit."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

from imu.devices.esp32.control import (
    Command,
    Field,
    Fields,
    Refusal,
    Value,
    decode_answer,
    encode_request,
)
from imu.devices.esp32.gatt import CONTROL
from imu.devices.inbox import Inbox
from imu.devices.link import Link
from imu.devices.sensor import Packet
from imu.errors import ProtocolError, SensorError

_ANSWER_S = 5.0  # a busy radio takes a second; erasing flash is done beside the answer

_REASONS: Mapping[int, str] = {
    Refusal.UNKNOWN_COMMAND: "its firmware does not know this; update it",
    Refusal.BAD_FIELD: "it was asked for something it does not have",
    Refusal.WRONG_STATE: "it is doing something else; stop it first",
    Refusal.LOG_PRESENT: "a log lies on it already; sync and erase it first",
    Refusal.NO_LOG: "there is no log on it",
    Refusal.OUT_OF_RANGE: "its log is shorter than that",
    Refusal.CRC_MISMATCH: "the copy of its log differs from the log; sync it again",
    Refusal.NOT_CONFIRMED: "its log was not copied whole; sync it first",
    Refusal.FLASH_FAILED: "its flash memory failed",
    Refusal.CHIP_FAILED: "its motion chip does not answer; switch it off and on",
    Refusal.BATTERY_LOW: "its battery is too low; charge it",
}


class RefusedError(SensorError):
    """The sensor understood and did not do it."""

    def __init__(self, command: Command, refusal: int) -> None:
        reason = _REASONS.get(refusal, f"reason {refusal}")
        super().__init__(f"the sensor refused to {command.name.lower().replace('_', ' ')}: {reason}")
        self.command = command
        self.refusal = refusal

    def __reduce__(self) -> tuple[type["RefusedError"], tuple[Command, int]]:
        return type(self), (self.command, self.refusal)


class Conversation:
    """Requests over one link. Answers that nobody waits for any more are passed over."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._turn = asyncio.Lock()
        self._request_id = 0
        self._inbox = Inbox(capacity=64)

    async def begin(self) -> None:
        await self._link.subscribe(CONTROL, self._inbox.put)
        self._link.when_lost(self._inbox.close)

    async def ask(self, command: Command, fields: Fields | None = None) -> "Answer":
        """Raises RefusedError where the sensor says no, SensorError where it says nothing."""
        async with self._turn, aclosing(self._inbox.packets()) as arriving:
            self._request_id = (self._request_id + 1) & 0xFF
            request = encode_request(self._request_id, command, fields or {})
            try:
                async with asyncio.timeout(_ANSWER_S):
                    await self._link.write(CONTROL, request, response=True)
                    return await _answer(arriving, self._request_id, command)
            except TimeoutError:
                raise SensorError(
                    f"the sensor did not answer {command.name} within {_ANSWER_S:g} s; is it near?"
                ) from None


async def _answer(arriving: AsyncIterator[Packet], request_id: int, command: Command) -> "Answer":
    fields: dict[Field, Value] = {}
    async for packet in arriving:
        part = decode_answer(packet.data)
        if (part.request_id, part.command) != (request_id, command):
            continue  # came too late for an earlier request
        if part.refusal:
            raise RefusedError(command, part.refusal)
        fields |= part.fields
        if not part.more:
            break
    return Answer(request_id, command, fields)


class Answer:
    """The fields of an answer; one that is missing is the sensor's error, not a KeyError."""

    def __init__(self, request_id: int, command: Command, fields: Fields) -> None:
        self.request_id = request_id
        self._command = command
        self._fields = fields

    def __contains__(self, field: Field) -> bool:
        return field in self._fields

    def number(self, field: Field) -> int:
        value = self._fields.get(field)
        if not isinstance(value, int):
            raise ProtocolError(f"ESP32: the answer to {self._command.name} lacks {field.name}")
        return value

    def numbers(self, field: Field) -> tuple[int, ...]:
        value = self._fields.get(field)
        if not isinstance(value, tuple):
            raise ProtocolError(f"ESP32: the answer to {self._command.name} lacks {field.name}")
        return value
