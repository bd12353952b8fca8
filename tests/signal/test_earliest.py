"""Packets that are late and never early: when their samples were taken, and what was lost without a word."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.earliest import earliest_line, even_interval, silent_losses

Array = NDArray[np.float64]
INTERVAL_S = 1 / 200.7
PER_PACKET = 3


def sent(seconds: float, *, seed: int = 1, wait_s: float = 0.03) -> tuple[Array, Array]:
    """Index of each packet's last sample, and its arrival: 5 ms on the way, and mostly a wait."""
    index = np.arange(PER_PACKET - 1, seconds / INTERVAL_S, PER_PACKET)
    waited = wait_s * np.random.default_rng(seed).random(len(index))
    return index, 50.0 + INTERVAL_S * index + 0.005 + np.where(waited < 0.1 * wait_s, 0.0, waited)


@pytest.mark.parametrize("nominal_hz", [195.0, 200.0, 206.0])
@pytest.mark.parametrize("seconds", [8.0, 60.0, 600.0])
def test_the_rate_is_that_of_the_packets_that_did_not_wait(nominal_hz: float, seconds: float) -> None:
    found = even_interval(*sent(seconds), 1 / nominal_hz)
    assert found == pytest.approx(INTERVAL_S, rel=0.01 / seconds)


@pytest.mark.parametrize("bends", [False, True])
def test_samples_are_placed_at_their_time_but_for_the_least_delay(bends: bool) -> None:
    index, arrival_s = sent(120.0)
    found = earliest_line(index, arrival_s, interval_s=INTERVAL_S, bends=bends)
    taken_s = 50.0 + INTERVAL_S * index + 0.005
    assert np.abs(found.timeline.at(index) - taken_s).max() < 0.0005
    assert found.late_s.max() < 0.001
    assert found.apart_s < 0.001


@pytest.mark.unhurried
def test_a_rate_that_bends_is_followed_only_where_it_is_asked_for() -> None:
    index, arrival_s = sent(900.0)
    warming_s = 0.03 * (index / index[-1]) ** 2
    bent = earliest_line(index, arrival_s + warming_s, interval_s=INTERVAL_S, bends=True)
    straight = earliest_line(index, arrival_s + warming_s, interval_s=INTERVAL_S, bends=False)
    taken_s = 50.0 + INTERVAL_S * index + 0.005
    assert np.abs(bent.timeline.at(index) - taken_s - warming_s).max() < 0.001
    assert straight.timeline.at(index) == pytest.approx(taken_s, abs=0.001)


def test_packets_of_a_computer_that_was_behind_say_nothing() -> None:
    index, arrival_s = sent(120.0)
    behind = (index * INTERVAL_S > 40) & (index * INTERVAL_S < 50)
    late_s = np.where(behind, 0.6, 0.0)
    found = earliest_line(index, arrival_s + late_s, interval_s=INTERVAL_S, bends=True)
    assert np.abs(found.timeline.at(index) - (50.005 + INTERVAL_S * index)).max() < 0.001
    assert len(found.late_s) == 55  # windows of two seconds, less the five that were behind


def test_one_packet_is_a_line_at_its_own_time() -> None:
    found = earliest_line(np.array([2.0]), np.array([7.0]), interval_s=INTERVAL_S, bends=True)
    assert found.timeline.at(np.array([2.0, 202.0])) == pytest.approx([7.0, 7.0 + 200 * INTERVAL_S])


def stalled(
    pause_s: float, lost: int, *, at_s: float = 400.0, seconds: float = 900.0
) -> tuple[Array, Array, int]:
    """As after a stall: packets that were held come at once, `lost` of them never; nobody counted them."""
    index, arrival_s = sent(seconds)
    first = int(np.searchsorted(index * INTERVAL_S, at_s))
    arrival_s = arrival_s.copy()
    again_s = arrival_s[first - 1] + pause_s
    arrival_s[first:] = np.maximum(arrival_s[first:], again_s + 0.0002 * np.arange(len(index) - first))
    kept = np.delete(arrival_s, np.arange(first, first + lost))
    return index[: len(kept)], kept, first


@pytest.mark.parametrize(("pause_s", "lost"), [(0.5, 0), (0.5, 1), (0.5, 20), (1.0, 40)])
def test_whole_packets_that_are_late_for_good_were_lost_in_the_stall_before(
    pause_s: float, lost: int
) -> None:
    index, arrival_s, first = stalled(pause_s, lost)
    found = silent_losses(index, arrival_s, per_packet=PER_PACKET, rate_hz=200.0)
    assert found.sum() == lost * PER_PACKET
    assert found[first] == lost * PER_PACKET


def test_without_a_stall_nothing_is_lost_and_a_short_stretch_needs_a_rate() -> None:
    index, arrival_s = sent(120.0)
    assert silent_losses(index, arrival_s, per_packet=PER_PACKET, rate_hz=200.0).tolist() == [0] * len(index)
    index, arrival_s, first = stalled(0.5, 10, at_s=15.0, seconds=30.0)
    assert silent_losses(index, arrival_s, per_packet=PER_PACKET, rate_hz=200.0).sum() == 0
    told = silent_losses(index, arrival_s, per_packet=PER_PACKET, rate_hz=200.0, interval_s=INTERVAL_S)
    assert (told.sum(), told[first]) == (30, 30)


def test_two_stalls_are_counted_apart() -> None:
    index, arrival_s, first = stalled(0.5, 10)
    second = int(np.searchsorted(arrival_s, arrival_s[first] + 200.0))
    kept = np.delete(arrival_s, np.arange(second, second + 25))
    found = silent_losses(index[: len(kept)], kept, per_packet=PER_PACKET, rate_hz=200.0)
    assert found[np.flatnonzero(found)].tolist() == [30, 75]
    assert np.flatnonzero(found).tolist() == [first, second]
