"""Clocks fitted over links of known truth: how far three sensors may be apart after an hour."""

import numpy as np
import pytest

from imu.collect.arrivals import fit_arrivals
from imu.collect.clocks import ClockFit, fit_exchanges
from imu.devices.sensor import Exchange
from imu.signal.earliest import silent_losses
from imu.signal.timeline import Timeline
from tests.collect.links import START_NS, BleLink, Clock, bursts, packets

US, LOG_TICK_S = 1e-6, 48 / 32768
HOUR_S = np.linspace(0, 3600, 500)
INTERVALS_S = (0.0075, 0.015, 0.03, 0.05, 0.1)


def errors_ms(fit: ClockFit | None, clock: Clock) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How late the fit says the device's moments were, all along an hour."""
    assert fit is not None
    return np.asarray((fit.timeline.at(clock.at(HOUR_S)) - HOUR_S) * 1e3)


def three_sensors(
    link: BleLink, starts_s: np.ndarray[tuple[int], np.dtype[np.float64]], *, count: int, seed: int,
    tick_s: float = US, warming_ppm: float = 0.0, pause_s: float = 0.25,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:  # fmt: skip
    """Errors of three sensors with skews of -40, 0 and 40 ppm, in ms."""
    random = np.random.default_rng(seed)
    found = []
    for skew_ppm in (-40.0, 0.0, 40.0):
        clock = Clock(random.uniform(0, 4000), skew_ppm, warming_ppm)
        asked_s = bursts(starts_s, count=count, random=random, pause_s=pause_s)
        exchanges = link.exchanges(clock, asked_s, random, tick_s=tick_s)
        fit = fit_exchanges(exchanges, tick_s=tick_s, start_ns=START_NS)
        found.append(errors_ms(fit, clock))
        assert fit is not None
        assert fit.skew_ppm == pytest.approx(skew_ppm, abs=5)
    return np.array(found)


def apart_ms(errors: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> float:
    return float(np.ptp(errors, axis=0).max())


@pytest.mark.unhurried
@pytest.mark.parametrize("tick_s", [US, LOG_TICK_S])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("interval_s", INTERVALS_S)
def test_live_bursts_align_three_sensors_within_a_millisecond(
    interval_s: float, at_once: bool, tick_s: float
) -> None:
    link = BleLink(interval_s, repeated_share=0.1, answer_at_once=at_once)
    for seed in range(3):
        every_30_s = np.arange(0, 3600, 30.0)
        errors = three_sensors(link, every_30_s, count=30, seed=seed, tick_s=tick_s, warming_ppm=3.0)
        assert apart_ms(errors) < 1.0
        assert np.abs(errors).max() < 2.0  # of which 1 ms is the stack of the host, the same for all


@pytest.mark.parametrize(("interval_s", "limit_ms"), [(0.0075, 2.0), (0.015, 2.0), (0.03, 2.5), (0.1, 5.0)])
def test_two_bursts_an_hour_apart_align_what_was_logged_between(interval_s: float, limit_ms: float) -> None:
    link = BleLink(interval_s, repeated_share=0.1)
    for seed in range(5):
        errors = three_sensors(link, np.array([0.0, 3600.0]), count=100, seed=seed, tick_s=LOG_TICK_S)
        assert apart_ms(errors) < limit_ms


def test_requests_in_step_with_the_radio_are_judged_by_their_middle() -> None:
    """Each request follows at once upon the answer before it: all wait a whole interval, each way."""
    interval_s, clock = 0.05, Clock(offset_s=9.0)
    events_s = 1.0 + 2 * interval_s * np.arange(40)
    exchanges = [
        Exchange(START_NS + round(b * 1e9), round(float(clock.at(np.array(b + interval_s))) * 1e6),
                 START_NS + round((b + 2 * interval_s) * 1e9))
        for b in events_s.tolist()
    ]  # fmt: skip
    fit = fit_exchanges(exchanges, tick_s=US, start_ns=START_NS)
    assert fit is not None
    assert float(fit.timeline.at(clock.at(np.array([2.0])))[0]) == pytest.approx(2.0, abs=0.001)


def test_lost_bursts_and_wrong_readings_do_not_matter() -> None:
    random = np.random.default_rng(7)
    clock, link = Clock(50.0, 38.0), BleLink(0.03)
    starts_s = np.arange(0, 3600, 30.0)[random.uniform(size=120) > 0.6]
    exchanges = link.exchanges(clock, bursts(starts_s, count=30, random=random), random, tick_s=US)
    wrong = random.choice(len(exchanges), len(exchanges) // 20, replace=False)
    for row in wrong.tolist():
        one = exchanges[row]
        exchanges[row] = Exchange(
            one.before_ns, one.ticks + int(random.integers(-(10**6), 10**6)), one.after_ns
        )
    assert np.abs(errors_ms(fit_exchanges(exchanges, tick_s=US, start_ns=START_NS), clock)).max() < 3.0


def test_a_counter_that_turns_over_is_unwrapped_by_the_host_s_time() -> None:
    random, clock, link = np.random.default_rng(3), Clock(4290.0, -15.0), BleLink()
    asked_s = bursts(np.array([0.0, 5.0 * 3600, 10.0 * 3600]), count=30, random=random)
    exchanges = link.exchanges(clock, asked_s, random, tick_s=US)
    assert max(e.ticks for e in exchanges) < 1 << 32
    fit = fit_exchanges(exchanges, tick_s=US, start_ns=START_NS)
    assert fit is not None
    times_s = np.linspace(0, 36_000, 100)
    np.testing.assert_allclose(fit.timeline.at(clock.at(times_s)), times_s, atol=0.003)


def test_one_burst_gives_an_offset_and_no_burst_gives_nothing() -> None:
    random, clock = np.random.default_rng(4), Clock(10.0, 40.0)
    exchanges = BleLink().exchanges(clock, bursts(np.zeros(1), count=30, random=random), random, tick_s=US)
    fit = fit_exchanges(exchanges, tick_s=US, start_ns=START_NS)
    assert fit is not None
    assert fit.skew_ppm == 0
    assert abs(float(fit.timeline.at(clock.at(np.zeros(1)))[0])) < 0.002
    assert fit_exchanges([], tick_s=US, start_ns=START_NS) is None


def warming(n: int, *, rate_hz: float, drift: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Sample times of an oscillator that slows down by `drift` as it warms up, most of it in ten minutes."""
    time_s = np.arange(n) / rate_hz
    return np.asarray(2.0 + time_s + drift * (time_s - 600 * (1 - np.exp(-time_s / 600))))


@pytest.mark.unhurried
@pytest.mark.parametrize("drift", [0.0, 1e-3])
@pytest.mark.parametrize("interval_s", INTERVALS_S)
def test_packets_without_time_are_placed_by_their_earliest_arrivals(interval_s: float, drift: float) -> None:
    """Rates up to 1 % off, each sensor its own: within 7 ms of the truth and of each other, usually 2."""
    errors = []
    for seed in range(3):
        random = np.random.default_rng(seed)
        sample_s = warming(3600 * 200, rate_hz=200 * (1 + random.uniform(-0.01, 0.01)), drift=drift)
        link = BleLink(interval_s * (1 + random.uniform(-50e-6, 50e-6)), repeated_share=0.1)
        index, arrival_s = packets(sample_s, link, random)
        fit = fit_arrivals(index, arrival_s, rate_hz=200.0)
        rows = np.arange(0, len(sample_s), 200)
        errors.append((fit.timeline.at(rows.astype(np.float64)) - sample_s[rows]) * 1e3)
    assert np.abs(errors).max() < 7
    assert np.quantile(np.ptp(errors, axis=0), 0.5) < 2


def test_a_sensor_exactly_in_step_with_the_radio_is_off_by_less_than_one_interval() -> None:
    random, interval_s = np.random.default_rng(0), 0.015
    sample_s = warming(3600 * 200, rate_hz=200.0, drift=0.0)
    index, arrival_s = packets(sample_s, BleLink(interval_s * (1 + 5e-6)), random)
    fit = fit_arrivals(index, arrival_s, rate_hz=200.0)
    error_s = fit.timeline.at(np.arange(0, len(sample_s), 200.0)) - sample_s[::200]
    assert np.abs(error_s).max() < interval_s


@pytest.mark.parametrize("interval_s", INTERVALS_S)
@pytest.mark.parametrize("n_lost", [0, 1, 7])
def test_packets_lost_in_a_stall_are_seen_by_what_follows(interval_s: float, n_lost: int) -> None:
    random = np.random.default_rng(n_lost)
    sample_s = warming(120_000, rate_hz=200.9, drift=3e-4)
    _, arrival_s = packets(sample_s, BleLink(interval_s, repeated_share=0.05), random)
    stall = 20_000
    hung = (arrival_s >= arrival_s[stall]) & (arrival_s < arrival_s[stall] + 0.6)
    arrival_s[hung] = arrival_s[stall] + 0.6
    held = np.ones(len(arrival_s), bool)
    held[stall : stall + n_lost] = False
    arrival_s = arrival_s[held]
    index = np.arange(2.0, 3.0 * len(arrival_s), 3.0)
    lost = silent_losses(index, arrival_s, per_packet=3, rate_hz=200.0)
    assert lost.sum() == lost[np.argmax(hung)] == 3 * n_lost


def test_a_short_stretch_borrows_the_rate_of_a_long_one() -> None:
    random, rate_hz = np.random.default_rng(5), 198.3
    sample_s = warming(20 * 200, rate_hz=rate_hz, drift=0.0)
    index, arrival_s = packets(sample_s, BleLink(0.03), random)
    fit = fit_arrivals(index, arrival_s, rate_hz=200.0, interval_s=1 / rate_hz)
    error_s = fit.timeline.at(np.arange(float(len(sample_s)))) - sample_s
    assert np.abs(error_s).max() < 0.005


@pytest.mark.parametrize("seconds", [6, 20, 45])
@pytest.mark.parametrize("interval_s", INTERVALS_S)
def test_a_short_stretch_that_is_alone_shows_its_own_rate(interval_s: float, seconds: int) -> None:
    """At 1 % off, the rate that was set would misplace its ends by half a second in a short recording."""
    random, rate_hz = np.random.default_rng(6), 198.3
    sample_s = warming(seconds * 200, rate_hz=rate_hz, drift=0.0)
    index, arrival_s = packets(sample_s, BleLink(interval_s), random)
    fit = fit_arrivals(index, arrival_s, rate_hz=200.0)
    error_s = fit.timeline.at(np.arange(float(len(sample_s)))) - sample_s
    assert np.abs(error_s).max() < 0.015


def test_a_stretch_of_one_packet_is_still_a_stretch() -> None:
    fit = fit_arrivals(np.array([2.0]), np.array([7.0]), rate_hz=200.0)
    np.testing.assert_allclose(fit.timeline.at(np.array([0.0, 2.0])), [6.99, 7.0], atol=1e-9)


def test_a_timeline_goes_on_beyond_its_ends() -> None:
    line = Timeline(np.array([0.0, 10.0, 20.0]), np.array([0.0, 10.0, 30.0]))
    np.testing.assert_allclose(line.at(np.array([-1.0, 5.0, 15.0, 21.0])), [-1.0, 5.0, 20.0, 32.0])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("every_s", [2.0, 5.0, 20.0])
def test_a_link_that_loses_much_uncounted_gives_a_line_that_says_how_doubtful_it_is(
    every_s: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    sample_s = np.arange(360_000) / 100.0
    last, arrival_s = packets(sample_s, BleLink(0.03, repeated_share=0.1), random)
    begins_s = np.arange(every_s, 3600.0, every_s) + random.uniform(0, 0.3 * every_s)
    lasts_s = random.uniform(0.1, 0.6, len(begins_s))
    since = np.searchsorted(begins_s, sample_s[last.astype(int)]) - 1
    held = sample_s[last.astype(int)] >= np.where(since < 0, 0, (begins_s + lasts_s)[since])
    last, arrival_s = last[held], arrival_s[held]
    index = np.arange(2.0, 3.0 * len(last), 3.0)
    index += np.cumsum(silent_losses(index, arrival_s, per_packet=3, rate_hz=100.0))
    fit = fit_arrivals(index, arrival_s, rate_hz=100.0)
    error_s = fit.timeline.at(index) - sample_s[last.astype(int)]
    assert (np.diff(fit.timeline.time_s) > 0).all()
    assert 1e-3 * fit.uncertainty_ms > np.ptp(error_s) / 4 > 0.1


def test_a_computer_that_is_behind_and_catches_up_lost_nothing() -> None:
    random = np.random.default_rng(5)
    sample_s = 2.0 + np.arange(120_000) / 200.9
    index, arrival_s = packets(sample_s, BleLink(), random)
    # For two minutes it is let go on for a moment now and then, ever later; then it takes all that waited.
    begins_s, ends_s = 300.0, 420.0
    behind = (arrival_s > begins_s) & (arrival_s < ends_s)
    turns_s = begins_s + np.sort(random.uniform(0.0, ends_s - begins_s, 100))
    late_s = np.minimum(0.5 * (arrival_s[behind] - begins_s), ends_s - arrival_s[behind])
    turn = np.searchsorted(turns_s, arrival_s[behind] + late_s)
    taken_s = np.append(turns_s, ends_s)[np.minimum(turn, len(turns_s))]
    arrival_s[behind] = np.maximum(np.maximum.accumulate(taken_s), arrival_s[behind])
    assert not silent_losses(index, arrival_s, per_packet=3, rate_hz=200.0).any()
    fit = fit_arrivals(index, arrival_s, rate_hz=200.0)
    error_s = fit.timeline.at(index) - sample_s[index.astype(int)]
    assert np.ptp(error_s) < 0.01
