"""Clocks and links with known truth: what a device reads, and when the host hears of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.devices.sensor import Exchange

START_NS = 1_795_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Clock:
    """A device's clock: seconds of the session to its own."""

    offset_s: float = 100.0
    skew_ppm: float = 0.0
    warming_ppm: float = 0.0  # further skew after an hour of warming up

    def at(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        warm_s = time_s * time_s / 7200.0
        drift_s = 1e-6 * (self.skew_ppm * time_s + self.warming_ppm * warm_s)
        return np.asarray(self.offset_s + time_s + drift_s)


@dataclass(frozen=True, slots=True)
class BleLink:
    """Both ends meet once per interval; now and then a packet needs another try."""

    interval_s: float = 0.015
    repeated_share: float = 0.05
    stack_s: float = 0.001  # of the host, each way, on average
    answer_at_once: bool = False  # within the same connection event

    def arrival(self, ready_s: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
        """When what was ready then has crossed the air."""
        event = np.ceil((ready_s - 0.0037) / self.interval_s)
        repeats = random.geometric(1 - self.repeated_share, len(ready_s)) - 1
        return np.asarray((event + repeats) * self.interval_s + 0.0037)

    def exchanges(
        self, clock: Clock, asked_s: NDArray[np.float64], random: np.random.Generator, *, tick_s: float
    ) -> list[Exchange]:
        up_s = asked_s + random.exponential(self.stack_s, len(asked_s))
        read_s = self.arrival(up_s, random) + 0.0003
        back_s = read_s if self.answer_at_once else self.arrival(read_s + 0.0002, random)
        after_s = back_s + random.exponential(self.stack_s, len(asked_s))
        ticks = np.floor(clock.at(read_s) / tick_s).astype(np.int64) % (1 << 32)
        ns = [np.round(start * 1e9).astype(np.int64) + START_NS for start in (asked_s, after_s)]
        return [
            Exchange(int(before), int(tick), int(after))
            for before, tick, after in zip(ns[0], ticks, ns[1], strict=True)
        ]


def bursts(
    starts_s: NDArray[np.float64], *, count: int, random: np.random.Generator, pause_s: float = 0.25
) -> NDArray[np.float64]:
    """Moments of asking: `count` from each start on, with pauses of any length up to `pause_s`."""
    return np.concatenate([start + np.cumsum(random.uniform(0.05, pause_s, count)) for start in starts_s])


def packets(
    sample_s: NDArray[np.float64], link: BleLink, random: np.random.Generator, *, per_packet: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(index of the last sample, arrival) of packets of a few samples each, over a link that keeps order."""
    last = np.arange(per_packet - 1, len(sample_s), per_packet)
    air_s = link.arrival(sample_s[last] + 0.0005, random)
    arrival_s = np.maximum.accumulate(air_s) + random.exponential(link.stack_s, len(last))
    return last.astype(np.float64), np.maximum.accumulate(arrival_s)
