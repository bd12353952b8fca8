"""A virtual sensor on a table, laid and turned by hand; no radio, and no time but the chip's."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from imu.collect.calibrating.fit import Fitted, fit
from imu.collect.calibrating.guide import Progress, Seen
from imu.collect.calibrating.watch import Watch
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Block, Coding
from imu.simulate.boards.worn import ChipSettings, Wearer

CODING = Coding("metamotion", "stream", 100.0, 16.0, 2000.0, 2048.0, 16.4, None, {})
CHIP = ChipSettings(rate_hz=100.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)
Step = str | tuple[float, float]  # a face, or degrees and seconds of a turn


class Table:
    """One sensor of a runner who stands, and what is made of all that it feels."""

    def __init__(self, wearer: Wearer, placement: str = "pelvis", *, tick_s: float | None = None) -> None:
        self.draw = wearer.draw(placement)
        self._hand, self._chip = wearer.hand(placement), wearer.chip(placement, CHIP)
        self.tick_s = tick_s  # of samples that carry their time
        self.progress = Progress(Watch(replace(CODING, tick_s=tick_s)))
        self.seen: list[Seen] = []
        self.lost: tuple[float, float] = (0.0, 0.0)  # from when to when nothing arrives, unsaid
        self.room: int | None = None  # samples that wait meanwhile and arrive then; None: none at all
        self.looks = True
        self.now_s = 0.0
        self._heard = 0

    def does(self, *steps: Step) -> list[Seen]:
        """One after the other, with two seconds of rest after each; gives what was seen anew."""
        seen = []
        for step in steps:
            if isinstance(step, str):
                self._hand.lay(self.now_s, face=step)
                self._passes(3.0)
            else:
                self._hand.turn(self.now_s, degrees=step[0], seconds=step[1])
                self._passes(step[1] + 2.0)
            seen.append(self.seen[-1] if self.seen[-1].what not in ("again", "ready") else self._news()[-1])
        return seen

    def fitted(self, *, before: ChipCalibration | None = None) -> Fitted:
        return fit(self.progress.faces, self.progress.settled_turns(), before=before, date="2026-11-26")

    def _news(self) -> list[Seen]:
        return [each for each in self.seen if each.what in ("face", "turn", "fault")] or self.seen

    def _passes(self, seconds: float) -> None:
        ends_s = self.now_s + seconds
        while self.now_s < ends_s:
            self.now_s = min(self.now_s + 0.1, ends_s)
            taken = self._chip.taken(self.now_s)
            is_silent = self.lost[0] <= self.now_s < self.lost[1]
            if not is_silent or self.room is None:
                counts, first = self._chip.counts(self._heard, taken), self._heard
                self._heard = taken
                if not is_silent:
                    kept = counts[: self.room]
                    ticks = self._ticks(first + np.arange(len(kept)))
                    self.progress.watch.hear(Block("both", kept, ticks, arrival_ns=round(self.now_s * 1e9)))
            if self.looks:
                self.seen.append(self.progress.look())

    def _ticks(self, samples: NDArray[np.int64]) -> NDArray[np.int64] | None:
        return None if self.tick_s is None else (samples / (CODING.rate_hz * self.tick_s)).astype(np.int64)
