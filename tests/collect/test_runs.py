"""Accelerations and rates that come apart, without time: which belong together."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.collect.decode import Part, Segment
from imu.collect.runs import Run, paired
from imu.collect.stretches import by_index, indexed
from imu.devices.sensor import Coding

CODING = Coding("metamotion", "stream", 200.0, 16.0, 2000.0, 2048.0, 16.4, None, {})
INTERVAL_S = 0.0075
PER_PACKET = 3


def came_apart(
    seconds: float, *, begins_late: int, rate_hz: float, behind_s: float = 0.0, seed: int = 0
) -> dict[str, Part]:
    """Both streams of a chip through one queue; a computer that falls behind in the middle, and catches up.

    Every value is the number of its sample. Rates are there from the first sample, accelerations
    `begins_late` samples later.
    """
    dice = np.random.default_rng(seed)
    ends = {
        name: np.arange(first + PER_PACKET, int(seconds * rate_hz), PER_PACKET)
        for name, first in (("acc", begins_late), ("gyr", 0))
    }
    ready_s = np.concatenate([end / rate_hz for end in ends.values()])
    order = np.argsort(ready_s, kind="stable")
    tries = dice.geometric(0.95, len(order))  # one packet in twenty has to be repeated
    events = np.maximum.accumulate(np.ceil(ready_s[order] / INTERVAL_S) + tries - 1)
    arrival_s = np.maximum.accumulate(events * INTERVAL_S + dice.exponential(3e-4, len(order)))
    arrival_s = _taken_late(arrival_s, from_s=seconds / 3, until_s=seconds * 2 / 3, behind_s=behind_s)
    back_s = np.empty_like(arrival_s)
    back_s[order] = arrival_s
    split = len(ends["acc"])
    return {
        name: _part(ends[name], first, arrived)
        for name, first, arrived in (("acc", begins_late, back_s[:split]), ("gyr", 0, back_s[split:]))
    }


def _taken_late(
    arrival_s: NDArray[np.float64], *, from_s: float, until_s: float, behind_s: float
) -> NDArray[np.float64]:
    """By a computer that falls this far behind meanwhile, then takes what waited as fast as it can."""
    share = np.clip((arrival_s - from_s) / (until_s - from_s), 0.0, 1.0)
    catching_up_s = until_s + behind_s + np.maximum(arrival_s - until_s, 0.0) * 0.1
    late_s = np.where(arrival_s < until_s, arrival_s + share * behind_s, catching_up_s)
    return np.maximum(arrival_s, late_s) if behind_s else arrival_s


def _part(ends: NDArray[np.int64], first: int, arrival_s: NDArray[np.float64]) -> Part:
    numbers = np.arange(first, ends[-1]).astype(np.int16)
    return Part(
        counts=np.repeat(numbers[:, None], 3, axis=1),
        ticks=None,
        reset_id=0,
        end_row=ends - first,
        arrival_ns=(arrival_s * 1e9).astype(np.int64),
        lost=np.zeros(len(ends), np.int64),
    )


def runs_of(parts: dict[str, Part]) -> list[Run]:
    segment = Segment(CODING, 0, None, {name: [part] for name, part in parts.items()})
    placed = {name: indexed(part, segment, start_ns=0, interval_s=None) for name, part in parts.items()}
    acc, gyr = (by_index(parts[name], placed[name]) for name in ("acc", "gyr"))
    return list(paired(acc, gyr, acc_part=parts["acc"], gyr_part=parts["gyr"], segment=segment))


def apart(run: Run) -> set[int]:
    """Samples between the rate and the acceleration of its rows."""
    assert run.gyr is not None
    rows = np.arange(run.stretch.count)
    both = (run.acc.counts[run.acc_row + rows, 0], run.gyr.counts[run.gyr_row + rows, 0])
    return set(np.unique(both[1] - both[0]).tolist())


@pytest.mark.parametrize("begins_late", [0, 1, 2, 3, 7, 11])
@pytest.mark.parametrize("rate_hz", [198.3, 201.1])
def test_a_rate_stands_beside_the_acceleration_of_its_moment(begins_late: int, rate_hz: float) -> None:
    (run,) = runs_of(came_apart(30.0, begins_late=begins_late, rate_hz=rate_hz))
    assert apart(run) == {0}
    assert run.stretch.count > 29 * rate_hz - 2 * PER_PACKET


@pytest.mark.parametrize("seconds", [90.0, 600.0])
@pytest.mark.parametrize("begins_late", [0, 5])
def test_a_computer_that_falls_behind_does_not_part_them(seconds: float, begins_late: int) -> None:
    parts = came_apart(seconds, begins_late=begins_late, rate_hz=199.0, behind_s=20.0)
    late_s = parts["acc"].arrival_ns * 1e-9 - parts["acc"].end_row / 199.0
    assert late_s.max() > 10.0
    for run in runs_of(parts):
        assert apart(run) == {0}
