"""Copying the log: in ranges, each checked against the sensor's own CRC before anybody may keep it."""

import asyncio
import zlib
from collections.abc import Sequence
from contextlib import aclosing, suppress

from imu.devices.esp32.control import Command, Field
from imu.devices.esp32.conversation import Conversation
from imu.devices.esp32.gatt import LOG
from imu.devices.esp32.log_bytes import CHUNK_HEAD_BYTES, decode_chunk, encode_allowance
from imu.devices.inbox import Inbox
from imu.devices.link import Link
from imu.devices.sensor import Packet
from imu.errors import SensorError

_WINDOW_BYTES = 8192  # under way at most: 512 of the smallest notifications, which any queue holds
_SILENCE_S = 5.0
_TRIES = 4  # without a single byte of progress


class Download:
    """Reads ranges of one sensor's log."""

    def __init__(self, link: Link, conversation: Conversation) -> None:
        self._link = link
        self._conversation = conversation
        self._inbox = Inbox()

    async def begin(self) -> None:
        await self._link.subscribe(LOG, self._inbox.put)
        self._link.when_lost(self._inbox.close)

    async def part(self, offset: int, length: int) -> list[Packet]:
        """The packets of one range, whole, in order, and of the sensor's CRC."""
        for _ in range(_TRIES):
            packets = await self._range(offset, length)
            crc = await self._conversation.ask(Command.LOG_CRC, {Field.OFFSET: offset, Field.LENGTH: length})
            if crc_of(packets) == crc.number(Field.CRC32):
                return packets
        raise SensorError(f"the log came damaged {_TRIES} times at byte {offset}; move nearer and sync again")

    async def _range(self, offset: int, length: int) -> list[Packet]:
        packets: list[Packet] = []
        end, failures = offset + length, 0
        while offset < end:
            came = await self._run(offset, end)
            packets += came
            offset += sum(len(packet.data) - CHUNK_HEAD_BYTES for packet in came)
            failures = 0 if came else failures + 1
            if failures == _TRIES:
                raise SensorError(f"the download stalled at byte {offset} of the log; sync again")
        return packets

    async def _run(self, offset: int, end: int) -> list[Packet]:
        """What comes in order, until the end, a hole or silence."""
        allowed = min(offset + _WINDOW_BYTES, end)
        wanted = {Field.OFFSET: offset, Field.LENGTH: end - offset, Field.ALLOWED: allowed}
        read = await self._conversation.ask(Command.LOG_READ, wanted)
        came: list[Packet] = []
        with suppress(TimeoutError):
            async with aclosing(self._inbox.packets()) as arriving:
                while offset < end:
                    packet = await asyncio.wait_for(anext(arriving), _SILENCE_S)
                    chunk = decode_chunk(packet.data)
                    if chunk.read_id != read.request_id:
                        continue
                    if chunk.offset != offset:
                        break
                    came.append(packet)
                    offset += len(chunk.data)
                    if allowed < end and allowed - offset < _WINDOW_BYTES // 2:
                        allowed = min(offset + _WINDOW_BYTES, end)
                        await self._allow(allowed)
        return came

    async def _allow(self, offset: int) -> None:
        async with asyncio.timeout(_SILENCE_S):
            await self._link.write(LOG, encode_allowance(offset), response=False)


def crc_of(packets: Sequence[Packet]) -> int:
    """CRC-32 of the bytes of the log in these packets."""
    crc = 0
    for packet in packets:
        crc = zlib.crc32(packet.data[CHUNK_HEAD_BYTES:], crc)
    return crc
