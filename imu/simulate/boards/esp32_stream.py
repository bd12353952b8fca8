"""What a virtual ESP32 sensor streams: frames as they fill, in a ring that can overflow."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from imu.devices.esp32.firmware import encode_frame, frame_samples
from imu.devices.esp32.frames import Frame, FrameFlag
from imu.devices.esp32.setting import Setting
from imu.simulate.boards.esp32_flash import Boot, Chip, clipping

_RING_FRAMES = 64


@dataclass(frozen=True, slots=True)
class _Pending:
    first: int
    last: int
    sequence: int
    flags: FrameFlag


class Stream:
    """The samples of a chip from one moment on, cut into notifications."""

    def __init__(
        self,
        chip: Chip,
        setting: Setting,
        boot: Boot,
        *,
        now_s: float,
        payload: int,
        spoilt_frame: int | None = None,
    ) -> None:
        self._chip = chip
        self._setting = setting
        self._boot = boot
        self._payload = payload
        self._spoilt_frame = spoilt_frame
        self._samples = frame_samples(setting, payload)
        self._next = chip.taken(now_s)
        self._sequence = 0
        self._flags = FrameFlag.GAP
        self._pending: deque[_Pending] = deque()
        self._cut: deque[bytes] = deque()  # what is left of a frame that needs several notifications
        self._ended = False

    def advance(self, now_s: float) -> None:
        """Take what the chip measured until now; what finds the ring full is lost."""
        if self._ended:
            return
        filled = (self._chip.taken(now_s) - self._next) // self._samples
        kept = min(filled, _RING_FRAMES - len(self._pending))
        for _ in range(kept):
            self._append(self._next + self._samples)
        if filled > kept:
            self._next += (filled - kept) * self._samples
            self._flags |= FrameFlag.OVERFLOW

    def end(self, now_s: float) -> None:
        """Nothing more is measured; the frame that was filling is sent as it is."""
        self.advance(now_s)
        if not self._ended and self._chip.taken(now_s) > self._next:
            self._append(self._chip.taken(now_s))
        self._ended = True

    @property
    def drained(self) -> bool:
        return self._ended and not self._pending and not self._cut

    def notifications(self) -> Iterator[bytes]:
        """What is due; a piece that is taken is gone."""
        while self._pending or self._cut:
            if not self._cut:
                frame = self._encoded(self._pending.popleft())
                self._cut.extend(frame[at : at + self._payload] for at in range(0, len(frame), self._payload))
            yield self._cut.popleft()

    def _append(self, last: int) -> None:
        self._pending.append(_Pending(self._next, last, self._sequence, self._flags))
        self._next, self._flags = last, FrameFlag(0)
        self._sequence += 1

    def _encoded(self, pending: _Pending) -> bytes:
        counts = self._chip.counts(pending.first, pending.last)[:, : self._setting.axes]
        taken_s = float(self._chip.time_s(np.array([pending.first]))[0])
        frame = encode_frame(
            Frame(
                pending.flags | clipping(counts),
                pending.sequence & 0xFFFF,
                self._boot.us(taken_s) & 0xFFFFFFFF,
                self._setting,
                counts,
            )
        )
        if pending.sequence == self._spoilt_frame:
            frame = frame[:15] + bytes([frame[15] ^ 0x01]) + frame[16:]
        return frame
