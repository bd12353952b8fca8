"""What keepers decode, as blocks that a live session takes: paired, in SI units, on about one clock.

Good to some ten milliseconds between sensors, which is enough for a screen and a cue; the recording is put on
one clock afterwards, from all that was exchanged (`imu.collect.clocks`).
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.calibration import Calibration
from imu.collect.in_si import in_si
from imu.devices.sensor import Block, Coding
from imu.live import LiveSession, LiveState
from imu.recording import Samples, SensorFacts

WINDOW_S = 10  # the least: every look costs as much as it is long
REMEMBERED_S = 20.0  # of arrivals: they tell the rate to a ten-thousandth
FIRST_FIT_S = 2.0
LATELY_S = 4.0
_NEXT_PAIR = 0.75  # of a sample, by which the fit must disagree before other samples are paired

StreamName = Literal["acc", "gyr", "both"]
Indexed = tuple[NDArray[np.int64], NDArray[np.int16]]  # numbers of samples, and their counts


@dataclass(slots=True)
class _Stream:
    """Samples of one stream that nobody took yet, and when its packets came."""

    nominal_s: float  # between two samples
    heard: int = 0  # samples so far, with those that were lost
    waiting: list[tuple[int, NDArray[np.int16]]] = field(default_factory=list)  # each with its first number
    arrivals: list[tuple[int, float]] = field(
        default_factory=list
    )  # samples so far, when; since the last fit
    earliest: deque[tuple[int, float]] = field(default_factory=deque)  # the least late ones of every fit
    interval_s: float = 0.0  # as fitted last, and
    first_s: float = 0.0  # when sample 0 was taken by that fit

    def hear(self, block: Block, arrival_s: float) -> None:
        self.heard += block.lost
        self.waiting.append((self.heard, block.counts))
        self.heard += len(block.counts)
        self.arrivals.append((self.heard, arrival_s))

    def sift(self) -> None:
        """Keep the least late of the new arrivals: they are late, never early."""
        if not self.arrivals:
            return  # what waits was put back, and nothing new is known
        interval_s = self.interval_s or self.nominal_s
        self.earliest.append(min(self.arrivals, key=lambda arrival: arrival[1] - arrival[0] * interval_s))
        self.arrivals = []
        while self.earliest[0][1] < self.earliest[-1][1] - REMEMBERED_S:
            self.earliest.popleft()

    def fit(self, interval_s: float | None = None) -> None:
        """Sampling interval, unless another stream of the sensor told it, and the time of sample 0.

        That time by the last seconds alone: samples may be lost without a word, and then all that follow
        are numbered too low.
        """
        number, arrival_s = np.array(self.earliest).T
        self.interval_s = interval_s or self.nominal_s
        if interval_s is None and arrival_s[-1] - arrival_s[0] > FIRST_FIT_S:
            self.interval_s = float(np.polyfit(number - number[-1], arrival_s - arrival_s[-1], 1)[0])
        lately = arrival_s > arrival_s[-1] - LATELY_S
        self.first_s = float((arrival_s - self.interval_s * (number - 1))[lately].min())

    def take(self) -> Indexed:
        numbers = [first + np.arange(len(counts)) for first, counts in self.waiting]
        counts = [counts for _, counts in self.waiting]
        self.waiting = []
        return np.concatenate(numbers), np.concatenate(counts)

    def put_back(self, number: NDArray[np.int64], counts: NDArray[np.int16]) -> None:
        """What was taken too early; samples in a row."""
        edges = np.flatnonzero(np.diff(number) > 1) + 1
        pieces = zip(np.split(number, edges), np.split(counts, edges), strict=True)
        self.waiting = [(int(own[0]), piece) for own, piece in pieces if len(own)] + self.waiting


@dataclass(slots=True)
class _Feed:
    """One sensor since its connection was made."""

    coding: Coding
    streams: dict[StreamName, _Stream] = field(default_factory=dict)
    ahead: int | None = None  # by how many samples rate was switched on before acceleration
    last_s: float = -np.inf


class LiveFeed:
    """Takes blocks of all sensors into one `LiveSession`. Times count from `start_ns`."""

    def __init__(
        self, sensors: Mapping[str, SensorFacts], *, start_ns: int, calibration: Calibration | None = None
    ) -> None:
        self._session = LiveSession(sensors, calibration=calibration, window_s=WINDOW_S)
        self._start_ns = start_ns
        self._feeds: dict[str, _Feed] = {}

    def hear(self, placement: str, coding: Coding, block: Block) -> None:
        """The next block of one sensor; only kept until somebody asks."""
        if block.stream == "stamped":
            return
        feed = self._feeds.get(placement)
        if feed is None or feed.coding is not coding:  # connected anew: nothing goes on from before
            last_s = -np.inf if feed is None else feed.last_s
            feed = self._feeds[placement] = _Feed(coding, last_s=last_s)
        stream = feed.streams.get(block.stream)
        if stream is None:
            stream = feed.streams[block.stream] = _Stream(1.0 / coding.rate_hz)
        stream.hear(block, (block.arrival_ns - self._start_ns) * 1e-9)

    def take(self) -> dict[str, Samples]:
        """What came of each sensor since the last call, twice a second or more; in the thread of `hear`."""
        came = {placement: _samples(feed) for placement, feed in self._feeds.items()}
        return {placement: samples for placement, samples in came.items() if samples is not None}

    def strides(self, came: Mapping[str, Samples]) -> pd.DataFrame:
        """The strides finished with what `take` gave. Takes a while: from an event loop, in a thread."""
        for placement, samples in came.items():
            self._session.feed(placement, samples)
        return self._session.strides()

    @property
    def state(self) -> LiveState:
        """How things stood at the last call of `strides`."""
        return self._session.state


def _samples(feed: _Feed) -> Samples | None:
    """What a sensor sent since last time, as far as all of it came."""
    streams = feed.streams
    if not all(stream.waiting for stream in _needed(feed)):
        return None
    for stream in streams.values():
        stream.sift()
    timed = streams["both"] if "both" in streams else streams["acc"]
    timed.fit()
    gyr = None
    if "gyr" in streams:
        number, acc, gyr = _paired(feed)
    else:
        number, acc = timed.take()
        if "both" in streams:
            acc, gyr = acc[:, :3], acc[:, 3:]
    if not len(number):
        return None
    time_s = np.asarray(timed.first_s + timed.interval_s * number, np.float64)
    # The fit moved back a little: time never does.
    time_s += max(0.0, feed.last_s + 0.5 * timed.interval_s - float(time_s[0]))
    feed.last_s = float(time_s[-1])
    return Samples(time_s, *in_si(acc, gyr, feed.coding))


def _needed(feed: _Feed) -> Iterator[_Stream]:
    """The streams without which nothing can be handed on; an empty one where one did not begin."""
    names: tuple[StreamName, ...] = ("both",)
    if "both" not in feed.streams:
        names = ("acc",) if feed.coding.gyr_lsb_per_dps is None else ("acc", "gyr")
    return (feed.streams.get(name) or _Stream(0.0) for name in names)


def _paired(feed: _Feed) -> tuple[NDArray[np.int64], NDArray[np.int16], NDArray[np.int16]]:
    """Acceleration and rate of the same moments. One is switched on before the other, and either may lose
    samples without a word: when packets came says which belong together.
    """
    acc, gyr = feed.streams["acc"], feed.streams["gyr"]
    gyr.fit(acc.interval_s)
    ahead = (acc.first_s - gyr.first_s) / acc.interval_s
    if feed.ahead is None or abs(ahead - feed.ahead) > _NEXT_PAIR:
        feed.ahead = round(ahead)
    (acc_number, acc_counts), (gyr_number, gyr_counts) = acc.take(), gyr.take()
    number, ours, theirs = np.intersect1d(
        acc_number, gyr_number - feed.ahead, assume_unique=True, return_indices=True
    )
    done = int(min(acc_number[-1], gyr_number[-1] - feed.ahead))
    acc.put_back(acc_number[acc_number > done], acc_counts[acc_number > done])
    later = gyr_number - feed.ahead > done
    gyr.put_back(gyr_number[later], gyr_counts[later])
    return number, acc_counts[ours], gyr_counts[theirs]
