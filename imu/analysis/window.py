"""A stretch of a recording on the common grid: what every step of the analysis works on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.recording import Recording, Samples
from imu.signal.grid import GRID_HZ, GridSignal, to_grid
from imu.signal.stuck import measured

BLOCK_S = 600
MARGIN_S = 16  # smoothing over seven strides and medians over nine reach 8 s; walking strides are longer
READ_MARGIN_S = 0.1
KEPT_S = 2 * 3600  # hardly anybody runs longer; what does is read twice


@dataclass(frozen=True, slots=True)
class Window:
    """All sensors from `start_s`, a whole second; results belong to [own_start_s, own_end_s) alone."""

    start_s: float
    n: int
    own_start_s: float
    own_end_s: float
    signals: Mapping[str, GridSignal]  # by placement
    samples: Mapping[str, Samples]  # as they were measured, a little beyond both ends

    @property
    def end_s(self) -> float:
        return self.start_s + self.n / GRID_HZ


def whole_seconds(recording: Recording) -> tuple[int, int]:
    """First and last (open) whole second of a recording; seconds of the survey count from the first."""
    return floor(recording.start_s), ceil(recording.end_s)


def window(
    recording: Recording, start_s: int, end_s: float, *, own_start_s: float, own_end_s: float
) -> Window:
    """The recording from start_s to end_s on the grid."""
    n = round((end_s - start_s) * GRID_HZ)
    samples = {
        placement: _measured(track.samples(start_s - READ_MARGIN_S, end_s + READ_MARGIN_S))
        for placement, track in recording.tracks.items()
    }
    signals = {
        placement: to_grid(s.time_s, s.acc_mps2, s.gyr_radps, start_s=start_s, n=n)
        for placement, s in samples.items()
    }
    return Window(start_s, n, own_start_s, own_end_s, signals, samples)


def _measured(samples: Samples) -> Samples:
    """Without what was put into holes: from here on they are holes."""
    real = measured(samples.time_s, samples.acc_mps2, samples.gyr_radps)
    return samples if real.all() else samples[real]


def windows(recording: Recording, *, margin_s: int = MARGIN_S) -> Iterator[Window]:
    """The recording as blocks that overlap by their margins; where nothing was recorded there is none."""
    first, last = whole_seconds(recording)
    for start in range(first, last, BLOCK_S):
        end = min(start + BLOCK_S, last)
        if last - end < BLOCK_S // 4:  # a short rest is done with the block before it
            end = last
        begin, until = max(first, start - margin_s), min(last, end + margin_s)
        if _recorded(recording, begin, until):
            yield window(recording, begin, until, own_start_s=start, own_end_s=end)
        if end == last:
            return


def _recorded(recording: Recording, start_s: float, end_s: float) -> bool:
    return any(
        len(track.samples(start_s - READ_MARGIN_S, end_s + READ_MARGIN_S))
        for track in recording.tracks.values()
    )


class Blocks:
    """The windows of a recording, as often as they are asked for; up to `KEPT_S` they are made only once.

    They are kept in single precision, as the sensors gave them: 50 MB for an hour of three sensors.
    """

    def __init__(self, recording: Recording) -> None:
        first, last = whole_seconds(recording)
        self._recording = recording
        self._keeps = last - first <= KEPT_S
        self._kept: list[Window] = []

    def __iter__(self) -> Iterator[Window]:
        if self._kept:
            for block in self._kept:
                yield _with_precision(block, np.float64)
            return
        made = []
        for block in windows(self._recording):
            if self._keeps:
                made.append(_with_precision(block, np.float32))
            yield block
        self._kept = made


def _with_precision(block: Window, kind: type[np.floating]) -> Window:
    signals = {
        placement: GridSignal(
            _columns(signal.acc_mps2, kind),
            None if signal.gyr_radps is None else _columns(signal.gyr_radps, kind),
            signal.missing,
        )
        for placement, signal in block.signals.items()
    }
    return replace(block, signals=signals)


def _columns(vectors: NDArray[np.floating], kind: type[np.floating]) -> NDArray[Any]:
    return vectors.astype(kind, order="F")
