"""The last samples of one worn sensor, as they come in."""

from math import inf

import numpy as np

from imu.errors import RestrideError
from imu.recording import Samples, SensorFacts, SensorTrack
from imu.recording.model import joined


class LiveSensor:
    """Blocks of one sensor in the order of time; what a session no longer needs is forgotten."""

    def __init__(self, placement: str, facts: SensorFacts) -> None:
        self.placement = placement
        self.heard_s = -inf  # time of the last sample
        self._facts = facts
        self._blocks: list[Samples] = []

    def append(self, samples: Samples) -> None:
        """Take the next block. Raises RestrideError, and takes nothing, if it is no such block."""
        if not len(samples):
            return
        if fault := self._fault(samples):
            raise RestrideError(f"{self.placement}: {fault}")
        self._blocks.append(samples)
        self.heard_s = float(samples.time_s[-1])

    def track(self) -> SensorTrack | None:
        """What is remembered, as the track of a short recording; None if nothing is."""
        if not self._blocks:
            return None
        if len(self._blocks) > 1:
            self._blocks = [joined(self._blocks)]
        return SensorTrack.from_samples(self.placement, self._blocks[0], **self._facts)

    def next_sample_s(self, time_s: float) -> float:
        """Time of the first sample after `time_s`; infinity if it has not come."""
        for block in self._blocks:
            if block.time_s[-1] > time_s:
                return float(block.time_s[np.searchsorted(block.time_s, time_s, side="right")])
        return inf

    def waiting_s(self, time_s: float) -> float:
        """How much was heard after `time_s`."""
        return self.heard_s - max(time_s, float(self._blocks[0].time_s[0])) if self._blocks else 0.0

    def forget_before(self, time_s: float) -> None:
        kept = (block.between(time_s, inf) for block in self._blocks)
        self._blocks = [block for block in kept if len(block)]

    def _fault(self, samples: Samples) -> str | None:
        time_s, acc, gyr = samples.time_s, samples.acc_mps2, samples.gyr_radps
        shape = (len(time_s), 3)
        if acc.shape != shape or (gyr is not None and gyr.shape != shape):
            return "a block needs three columns of acceleration, and of angular rate, for each time"
        if not all(np.isfinite(values).all() for values in (time_s, acc, gyr) if values is not None):
            return f"the block at {time_s[0]:.3f} s holds values that are no numbers"
        if (np.diff(time_s) <= 0).any():
            return f"times in the block at {time_s[0]:.3f} s do not ascend"
        if time_s[0] <= self.heard_s:
            return f"the block at {time_s[0]:.3f} s comes too late, {self.heard_s:.3f} s was heard already"
        if self._blocks and (gyr is None) != (self._blocks[-1].gyr_radps is None):
            return "blocks with and without angular rate are mixed"
        return None
