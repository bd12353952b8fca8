"""The flash of a virtual ESP32 sensor: bytes that follow from what was logged and when.

Nothing measured is kept. A stretch of logging is two sample numbers and a clock, and every sector is made
anew from the chip when it is read, so an hour of log is remembered in a few numbers.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imu.devices.esp32.firmware import encode_frame, encode_sector_head
from imu.devices.esp32.frames import (
    FRAME_OVERHEAD_BYTES,
    FRAME_SAMPLES_BYTES,
    SECTOR_BYTES,
    SECTOR_HEAD_BYTES,
    Frame,
    FrameFlag,
    SectorHead,
)
from imu.devices.esp32.setting import Setting

_FRAMES = (SECTOR_BYTES - SECTOR_HEAD_BYTES) // (FRAME_OVERHEAD_BYTES + FRAME_SAMPLES_BYTES)  # in a sector
_SECTORS_HELD = 16
_ERASED = b"\xff"


class Chip(Protocol):
    """The samples of a worn chip at one setting, numbered since the world began."""

    def taken(self, now_s: float) -> int: ...

    def time_s(self, index: NDArray[np.int64]) -> NDArray[np.float64]: ...

    def counts(self, first: int, last: int) -> NDArray[np.int16]: ...


@dataclass(frozen=True, slots=True)
class Boot:
    """One life of the sensor's clock, from a true time on."""

    boot_id: int
    at_s: float
    skew_ppm: float
    from_us: int = 0

    def us(self, now_s: float) -> int:
        return self.from_us + round((now_s - self.at_s) * 1e6 * (1 + self.skew_ppm * 1e-6))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples [first, last) logged in one go, from this sector on. A torn frame may follow the last."""

    boot: Boot
    sector: int
    first: int
    last: int
    torn: bool = False


def frame_samples(setting: Setting) -> int:
    return FRAME_SAMPLES_BYTES // setting.sample_bytes


def sectors(stretch: Stretch, setting: Setting) -> int:
    """How many it takes, one at least: its head is written before any sample comes."""
    frames = -(-(stretch.last - stretch.first) // frame_samples(setting)) + stretch.torn
    return max(-(-frames // _FRAMES), 1)


def holds(sector_count: int, setting: Setting) -> int:
    """Samples that fit into so many sectors."""
    return sector_count * _FRAMES * frame_samples(setting)


class Flash:
    """The bytes of one log that is not growing any more."""

    def __init__(
        self,
        chip: Chip,
        setting: Setting,
        stretches: Sequence[Stretch],
        *,
        generation: int,
        spoilt: int | None,
    ) -> None:
        self._chip = chip
        self._setting = setting
        self._stretches = stretches
        self._generation = generation
        self._spoilt = spoilt  # sector with a flipped bit
        self._held: OrderedDict[int, bytes] = OrderedDict()

    @property
    def used(self) -> int:
        end = self._stretches[-1].sector + sectors(self._stretches[-1], self._setting) - 1
        return end * SECTOR_BYTES + len(self._written(end))

    @property
    def began(self) -> tuple[int, int]:
        """Boot and time of the first sample."""
        return self._stretches[0].boot.boot_id, self._us(self._stretches[0], self._stretches[0].first)

    def read(self, offset: int, length: int) -> bytes:
        first, last = offset // SECTOR_BYTES, -(-(offset + length) // SECTOR_BYTES)
        whole = b"".join(self._sector(sector) for sector in range(first, last))
        return whole[offset - first * SECTOR_BYTES :][:length]

    def _sector(self, number: int) -> bytes:
        if number not in self._held:
            self._held[number] = self._written(number).ljust(SECTOR_BYTES, _ERASED)
            if len(self._held) > _SECTORS_HELD:
                self._held.popitem(last=False)
        return self._held[number]

    def _written(self, number: int) -> bytes:
        stretch = [s for s in self._stretches if s.sector <= number][-1]
        size = frame_samples(self._setting)
        first_frame = (number - stretch.sector) * _FRAMES
        begin = stretch.first + first_frame * size
        head = SectorHead(
            self._generation,
            number,
            stretch.boot.boot_id,
            self._us(stretch, begin),
            self._setting,
        )
        pieces = [encode_sector_head(head)]
        for frame in range(first_frame, first_frame + _FRAMES):
            start = stretch.first + frame * size
            if start < stretch.last:
                pieces.append(self._frame(stretch, frame, start, min(start + size, stretch.last)))
            elif stretch.torn:
                pieces.append(self._frame(stretch, frame, start, start + size)[:100])
                break
        written = b"".join(pieces)
        if number == self._spoilt:
            at = SECTOR_HEAD_BYTES + 40  # within the first frame
            written = written[:at] + bytes([written[at] ^ 0x10]) + written[at + 1 :]
        return written

    def _frame(self, stretch: Stretch, number: int, first: int, last: int) -> bytes:
        counts = self._chip.counts(first, last)[:, : self._setting.axes]
        flags = clipping(counts) | (FrameFlag.GAP if number == 0 else FrameFlag(0))
        time_us = self._us(stretch, first) & 0xFFFFFFFF
        return encode_frame(Frame(flags, number & 0xFFFF, time_us, self._setting, counts))

    def _us(self, stretch: Stretch, sample: int) -> int:
        return stretch.boot.us(float(self._chip.time_s(np.array([sample]))[0]))


def clipping(counts: NDArray[np.int16]) -> FrameFlag:
    limits = np.iinfo(np.int16)
    clipped = ((counts == limits.min) | (counts == limits.max)).any()
    return FrameFlag.CLIPPED if clipped else FrameFlag(0)
