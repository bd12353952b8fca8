"""Packets of an ESP32 sensor into samples, streamed or from its log."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from imu.devices.esp32.frames import Frame, FrameFlag, RecordReader, SectorHead
from imu.devices.esp32.log_bytes import decode_chunk
from imu.devices.sensor import Block, Coding, Packet
from imu.errors import ProtocolError

_BROKEN = FrameFlag.OVERFLOW | FrameFlag.BUS_ERROR | FrameFlag.GAP
_WRAP_US = 1 << 32
_NUMBERS = 1 << 16  # that frames have
_BACK_US = 60_000_000  # a frame this much before the one before it is an old one, not one of 71 minutes later
_DOUBT = 0.02  # share of a time without samples by which their number may be wrong
_RATE_ERROR = 0.1  # chips are a few percent off; what is further off is not a rate


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the next frame would be if nothing was lost."""

    sequence: int
    first_us: int  # of the frame before, unwrapped
    samples: int  # of the frame before


class Esp32Decoder:
    """Samples with their times on the sensor's clock; a log may span several of its starts."""

    def __init__(self, coding: Coding) -> None:
        self._code = _fact(coding, "setting")
        self._boot_id = _fact(coding, "boot_id")
        self._latest_us = _fact(coding, "time_us")  # what the low 32 bits of frames are counted on from
        self._logged = coding.mode == "log"
        self._generation = _fact(coding, "generation") if self._logged else None
        self._is_of_older = False  # the sector being read: flash may fail to forget what it held before
        self._nominal_us = 1e6 / coding.rate_hz
        self._period_us = self._nominal_us
        self._expected: _Expected | None = None
        self._reader = RecordReader()
        self._read_to = 0  # offset in the log

    def receive(self, packet: Packet) -> Sequence[Block]:
        """Raises ProtocolError for bytes that are no part of any frame; what follows is read as if they had
        not come. Damage inside a log is passed over: the samples it held count as lost.
        """
        skipped = self._reader.skipped
        records = self._reader.receive(self._fresh(packet.data) if self._logged else packet.data)
        blocks = [block for record in records if (block := self._block(record, packet.arrival_ns))]
        if not self._logged and not blocks and self._reader.skipped > skipped:
            raise ProtocolError(f"ESP32: damaged frame of {len(packet.data)} bytes")
        return blocks

    def _fresh(self, data: bytes) -> bytes:
        """What of a downloaded piece was not read before; downloads that were resumed repeat themselves."""
        chunk = decode_chunk(data)
        repeated = max(self._read_to - chunk.offset, 0)
        self._read_to = max(self._read_to, chunk.offset + len(chunk.data))
        return chunk.data[repeated:]

    def _block(self, record: Frame | SectorHead, arrival_ns: int) -> Block | None:
        if isinstance(record, SectorHead):
            self._begin_sector(record)
            return None
        if self._is_of_older:
            return None
        if record.setting.code != self._code:
            raise ProtocolError(f"ESP32: a frame of another setting ({record.setting})")
        first_us = self._unwrapped(record.time_us)
        if self._expected is not None and first_us <= self._expected.first_us:
            return None  # seen already
        lost = self._lost(record, first_us)
        samples = len(record.counts)
        self._latest_us = first_us
        self._expected = _Expected((record.sequence + 1) % _NUMBERS, first_us, samples)
        return Block(
            "both" if record.setting.axes == 6 else "acc",
            record.counts,
            first_us + np.rint(np.arange(samples) * self._period_us).astype(np.int64),
            lost=lost,
            arrival_ns=0 if self._logged else arrival_ns,
            reset_id=self._boot_id,
        )

    def _begin_sector(self, head: SectorHead) -> None:
        self._is_of_older = head.generation != self._generation
        if self._is_of_older:
            return
        if head.setting.code != self._code:
            raise ProtocolError(f"ESP32: a log of another setting ({head.setting})")
        self._latest_us = head.time_us
        if head.boot_id != self._boot_id:
            self._boot_id = head.boot_id
            self._expected = None  # how long it was away, its clock does not know

    def _unwrapped(self, low_us: int) -> int:
        ahead = (low_us - self._latest_us + _BACK_US) % _WRAP_US - _BACK_US
        return self._latest_us + ahead

    def _lost(self, frame: Frame, first_us: int) -> int:
        """Samples missing before this frame; on the way, learns how far apart samples really are."""
        before = self._expected
        if before is None:
            return 0
        numbered = not frame.flags & _BROKEN  # what a full ring dropped never had a number
        by_time = (first_us - before.first_us) / self._period_us - before.samples
        frames = (frame.sequence - before.sequence) % _NUMBERS
        frames += _NUMBERS * max(0, round((by_time / before.samples - frames) / _NUMBERS))  # an hour away
        if numbered and not frames:
            period_us = (first_us - before.first_us) / before.samples
            if abs(period_us / self._nominal_us - 1) <= _RATE_ERROR:
                self._period_us = period_us
            return 0
        by_number = frames * before.samples
        if numbered and abs(by_time - by_number) <= _DOUBT * (by_time + before.samples):
            return by_number
        return max(round(by_time), 0)


def _fact(coding: Coding, name: str) -> int:
    value = coding.facts.get(name)
    if not isinstance(value, int):
        raise ProtocolError(f"ESP32: the coding of a recording lacks {name!r}")
    return value
