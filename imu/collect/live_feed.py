"""What keepers decode, as blocks that a live session takes: paired, in SI units, on about one clock.

Good to some ten milliseconds between sensors, which is enough for a screen and a cue; the recording is put on
one clock afterwards, from all that was exchanged (`imu.collect.clocks`).
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.calibration import Calibration
from imu.devices.sensor import Block, Coding
from imu.live import LiveSession
from imu.recording import Samples, SensorFacts

REMEMBERED_S = 20.0  # of arrivals: they tell the rate to a ten-thousandth
FIRST_FIT_S = 2.0
FIT_EVERY_S = 0.5


@dataclass(slots=True)
class _Feed:
    """One sensor since its connection was made."""

    coding: Coding
    pending: dict[str, list[NDArray[np.int16]]] = field(default_factory=lambda: {"acc": [], "gyr": []})
    samples: int = 0  # handed on, and lost before them
    last_s: float = -np.inf
    arrivals: deque[tuple[int, float]] = field(default_factory=deque)  # samples so far, when
    interval_s: float = 0.0  # as fitted last, and
    first_s: float = 0.0  # when sample 0 was taken by that fit
    fitted_s: float = -np.inf  # and when that was


class LiveFeed:
    """Takes blocks of all sensors into one `LiveSession`. Times count from `start_ns`."""

    def __init__(
        self, sensors: Mapping[str, SensorFacts], *, start_ns: int, calibration: Calibration | None = None
    ) -> None:
        self.session = LiveSession(sensors, calibration=calibration)
        self._start_ns = start_ns
        self._feeds: dict[str, _Feed] = {}

    def hear(self, placement: str, coding: Coding, block: Block) -> None:
        """The next block of one sensor."""
        feed = self._feeds.get(placement)
        if feed is None or feed.coding is not coding:  # connected anew: nothing goes on from before
            last_s = -np.inf if feed is None else feed.last_s
            feed = self._feeds[placement] = _Feed(coding, last_s=last_s)
        feed.samples += block.lost
        if block.stream == "both":
            feed.pending["acc"].append(block.counts[:, :3])
            feed.pending["gyr"].append(block.counts[:, 3:])
        else:
            feed.pending[block.stream].append(block.counts)
        acc, gyr = _paired(feed)
        if len(acc):
            self.session.feed(placement, _samples(feed, acc, gyr, (block.arrival_ns - self._start_ns) * 1e-9))


def _paired(feed: _Feed) -> tuple[NDArray[np.int16], NDArray[np.int16] | None]:
    """Acceleration and rate of the same samples, as far as both came; what is ahead waits."""
    acc = np.concatenate(feed.pending["acc"]) if feed.pending["acc"] else np.empty((0, 3), np.int16)
    if feed.coding.gyr_lsb_per_dps is None:
        feed.pending["acc"] = []
        return acc, None
    gyr = np.concatenate(feed.pending["gyr"]) if feed.pending["gyr"] else np.empty((0, 3), np.int16)
    n = min(len(acc), len(gyr))
    feed.pending = {"acc": [acc[n:]], "gyr": [gyr[n:]]}
    return acc[:n], gyr[:n]


def _samples(feed: _Feed, acc: NDArray[np.int16], gyr: NDArray[np.int16] | None, arrival_s: float) -> Samples:
    feed.samples += len(acc)
    feed.arrivals.append((feed.samples, arrival_s))
    while feed.arrivals[0][1] < arrival_s - REMEMBERED_S:
        feed.arrivals.popleft()
    if arrival_s - feed.fitted_s > FIT_EVERY_S:
        _fit(feed)
    number = np.arange(feed.samples - len(acc) + 1, feed.samples + 1)
    time_s = np.asarray(feed.first_s + feed.interval_s * number, np.float64)
    if time_s[0] <= feed.last_s:  # the fit moved back a little: squeeze, time never goes back
        time_s = np.asarray(feed.last_s + 0.5 * feed.interval_s * np.arange(1, len(acc) + 1), np.float64)
    feed.last_s = float(time_s[-1])
    coding = feed.coding
    acc_mps2 = (acc / coding.acc_lsb_per_g * constants.g).astype(np.float32)
    if gyr is None or coding.gyr_lsb_per_dps is None:
        return Samples(time_s, acc_mps2, None)
    return Samples(time_s, acc_mps2, np.radians(gyr / coding.gyr_lsb_per_dps).astype(np.float32))


def _fit(feed: _Feed) -> None:
    """Sampling interval and time of sample 0: arrivals are late, never early."""
    number, arrival_s = np.array(feed.arrivals).T
    feed.fitted_s = float(arrival_s[-1])
    feed.interval_s = 1.0 / feed.coding.rate_hz
    if arrival_s[-1] - arrival_s[0] > FIRST_FIT_S:
        feed.interval_s = float(np.polyfit(number - number[-1], arrival_s - arrival_s[-1], 1)[0])
    feed.first_s = float((arrival_s - feed.interval_s * number).min())
