"""Parts of the way from samples to strides, each exactly at, just below and just above its limit."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.signal.activity import RUN, STAND, WALK
from imu.signal.alignment import (
    AlignmentParameters,
    _angle_deg,
    _leant,
    _standing_line,
    gyro_bias,
    quiet_seconds,
    shank_mounts,
    swing_rate_radps,
)
from imu.signal.contacts import _like_neighbours, _usual_delay
from imu.signal.exercises.carriage import Reference, carriage
from imu.signal.impact import ImpactLoad, impact_load, saturated, tibial_impacts
from imu.signal.moments import Moments, joined, moments
from imu.signal.pelvis import _largest, _mean, own_acceleration, true_up
from imu.signal.pelvis_alignment import _half_a_stride_apart, _level_axes, _moving_mean
from imu.signal.pelvis_contacts import (
    Steps,
    _bridged,
    _missing_between,
    _square_if_flat,
    other_leg,
)
from imu.signal.pelvis_side import SideParameters, _cosine, _log_odds
from imu.signal.shank import (
    _believed,
    _between,
    _direction_at,
    _late_swing_max,
    _slope,
    _turned_deg,
)
from imu.signal.stuck import measured

Array = NDArray[np.float64]
NAN = np.nan
G = 9.80665


def flags(text: str) -> NDArray[np.bool_]:
    return np.array([mark == "x" for mark in text])


# --- the pelvis over each stride


def test_the_largest_value_counts_the_ends_between_samples() -> None:
    series = np.array([0.0, 4.0, 1.0, 3.0, NAN, 2.0, 5.0])
    first = np.array([0.0, 0.2, 1.5, 2.0, 5.0, -0.1, 5.0, 2.0, NAN, 2.0])
    last = np.array([2.9, 1.0, 2.5, 4.0, 6.0, 2.0, 6.1, 2.0, 2.0, NAN])
    expected = [4.0, 4.0, 2.5, NAN, 5.0, NAN, NAN, NAN, NAN, NAN]
    assert _largest(series, first, last) == pytest.approx(np.array(expected), nan_ok=True)


def test_a_mean_is_of_the_samples_from_the_first_to_before_the_last() -> None:
    series = np.array([0.0, 4.0, 2.0, 3.0, NAN, 2.0, 5.0])
    first, last = np.array([0.0, 0.5, 0.0, 0.0, 3.0, 4.5, 5.0]), np.array([3.0, 3.0, 1.9, 2.0, 5.0, 6.5, 7.0])
    assert _mean(series, first, last) == pytest.approx(
        np.array([2.0, 3.0, NAN, 2.0, NAN, NAN, NAN]), nan_ok=True
    )


@pytest.mark.parametrize("acceleration", [(0.0, 0.0, 0.0), (0.5, 0.0, -1.0), (-2.0, 0.0, 3.0)])
def test_up_is_freed_of_what_the_runner_gains_and_is_pulled_by(acceleration: tuple[float, ...]) -> None:
    true = Rotation.from_euler("xyz", [5, 20, -8], degrees=True).apply([0.0, 1.0, 0.0])
    force = G * true + np.array(acceleration)
    apparent = (force / np.linalg.norm(force))[:, None]
    assert true_up(apparent, np.array(acceleration)[:, None])[:, 0] == pytest.approx(true)


def test_a_bend_pulls_to_its_inside_and_a_start_forward() -> None:
    n = 4000
    time_s = np.arange(n) / 200
    up = np.tile(np.array([[0.0], [1.0], [0.0]]), n)
    gyr = np.tile([0.0, 0.2, 0.0], (n, 1))  # to the left
    found = own_acceleration(
        2.0 + 0.1 * time_s, gyr, up, np.zeros(n, bool), stride_s=0.7, sampling_rate_hz=200.0
    )
    middle = slice(1500, 2500)
    assert found[0, middle] == pytest.approx(np.full(1000, 0.1), abs=1e-3)
    assert found[1].tolist() == [0.0] * n
    assert found[2, middle] == pytest.approx(-0.2 * (2.0 + 0.1 * time_s[middle]), abs=0.01)


# --- the pelvis in the strap


def test_a_moving_mean_counts_fractions_of_samples() -> None:
    channels = np.array([[1.0, 2.0, 6.0, 3.0, 8.0]])
    widths = np.array([1.0, 2.0, 2.5, 3.0, NAN])
    found = _moving_mean(channels, widths)[0]
    assert found[0] == 1.0
    assert found[1] == pytest.approx((0.5 * 1 + 2 + 0.5 * 6) / 2)
    assert found[2] == pytest.approx((0.75 * 2 + 6 + 0.75 * 3) / 2.5)
    assert found[3] == pytest.approx((6 + 3 + 8) / 3)
    assert found[4] == 8.0


@pytest.mark.parametrize("up", [(0.0, 1.0, 0.0), (0.6, 0.0, 0.8), (-0.48, 0.6, 0.64)])
def test_two_level_axes_are_a_quarter_turn_apart(up: tuple[float, ...]) -> None:
    first, second = _level_axes(np.array(up))
    assert np.cross(np.array(up), second) == pytest.approx(first)
    assert np.linalg.norm(first) == pytest.approx(1.0)
    assert first @ second == pytest.approx(0.0)
    assert second @ np.array(up) == pytest.approx(0.0)


def test_pairs_half_a_stride_apart_lie_in_running_alone() -> None:
    running, period = np.ones(40, bool), np.full(40, 8.0)
    now, later = _half_a_stride_apart(running, period)
    assert (later - now).tolist() == [4] * len(now)
    assert (now[0], now[-1]) == (6, 29)  # a stride to both sides, and two samples
    running[20] = False
    now, _ = _half_a_stride_apart(running, period)
    assert now.tolist() == [*range(6, 10), *range(27, 30)]
    period[8] = NAN
    period[9] = 3.9
    assert _half_a_stride_apart(running, period)[0].tolist() == [6, 7, *range(27, 30)]


# --- steps of the pelvis


def test_samples_lost_between_two_places_are_counted() -> None:
    missing = flags(".xx...xxx.")
    first, last = np.array([0.0, 1.4, 1.6, -3.0, 7.0, 3.0]), np.array([3.0, 3.0, 6.6, 99.0, 9.0, 6.0])
    assert _missing_between(missing, first, last).tolist() == [2, 2, 2, 5, 2, 0]


def test_up_is_carried_over_what_is_not_known() -> None:
    lean = np.radians(np.linspace(0, 20, 11))
    up = np.array([np.sin(lean), np.cos(lean), 0 * lean])
    holed = up.copy()
    holed[:, [0, 4, 5, 6, 10]] = NAN
    found = _bridged(holed)
    assert np.degrees(np.arccos(np.clip((found * up).sum(axis=0), -1, 1)))[1:10].max() < 0.1
    assert np.linalg.norm(found, axis=0) == pytest.approx(np.ones(11))
    assert found[:, 0] == pytest.approx(up[:, 1])
    assert found[:, 10] == pytest.approx(up[:, 9])
    assert _bridged(up) is up
    nothing = np.full((3, 4), NAN)
    assert np.isnan(_bridged(nothing)).all()


def test_a_sensor_of_two_axes_is_read_along_its_own() -> None:
    rotation = np.array([[0.2, -0.97, 0.1], [0.1, 0.15, -0.98], [0.96, 0.2, 0.13]])
    three, two = np.ones((5, 3)), np.ones((5, 3)) * [0.0, 1.0, 1.0]
    assert _square_if_flat(rotation, three) is rotation
    square = _square_if_flat(rotation, two)
    assert square.tolist() == [[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]]


def steps_at(*places: float, off: float = 25.0) -> Steps:
    contact = np.array(places)
    k = len(contact)
    return Steps(contact, contact + off, np.full(k, 0.01), np.zeros(k, np.int8))


def test_the_step_between_two_contacts_of_one_leg_is_the_other_legs() -> None:
    own = np.array([100.0, 200.0, 300.0, 400.0])
    steps = steps_at(103.0, 153.0, 203.0, 253.0, 303.0, 353.0, 403.0)
    found = other_leg(steps, own, own + 24.0)
    assert found.initial_contact.tolist() == [150.0, 250.0, 350.0]  # three late on this leg, so on that one
    assert found.toe_off.tolist() == [174.0, 274.0, 374.0]
    assert found.doubt_s.tolist() == [0.006] * 3


@pytest.mark.parametrize(
    ("place", "is_found"), [(224.0, False), (226.0, True), (275.0, True), (276.0, False)]
)
def test_a_step_of_the_other_leg_lies_near_the_middle(place: float, is_found: bool) -> None:
    own = np.array([100.0, 200.0, 300.0, 400.0])
    found = other_leg(steps_at(100.0, 200.0, place, 300.0), own, own)
    assert (len(found) == 1) is is_found


def test_where_two_steps_or_a_missed_contact_lie_between_nothing_is_told() -> None:
    own = np.array([100.0, 200.0, 300.0, 400.0])
    assert len(other_leg(steps_at(100.0, 240.0, 260.0), own, own)) == 0
    longer = np.array([100.0, 200.0, 300.0, 450.0, 551.0])
    assert other_leg(steps_at(100.0, 375.0), longer, longer).initial_contact.tolist() == [375.0]
    longer[4] += 100.0  # one and a half of the usual stride and more hold a contact that was not found
    assert len(other_leg(steps_at(100.0, 550.0), longer, longer)) == 0
    assert len(other_leg(steps_at(), own, own)) == 0
    assert len(other_leg(steps_at(150.0), own[:1], own[:1])) == 0
    unknown = np.array([100.0, NAN, 200.0])
    assert other_leg(steps_at(100.0, 150.0), unknown, unknown).initial_contact.tolist() == [150.0]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_odds_of_a_side_are_bounded_by_runners_unlike_all_others(noise: float) -> None:
    cosine = np.array([1.0, 0.5, 0.0, -0.5, -1.0])
    odds = _log_odds(cosine, np.full(5, noise), SideParameters())
    assert odds == pytest.approx(-odds[::-1])
    assert odds[2] == pytest.approx(0.0)
    assert (np.diff(odds) < 0).all()
    kappa = 1 / (1 / 15.0 + noise)
    # Von Mises and Fisher's density on the sphere in four dimensions, against an even one.
    from scipy.special import iv

    here = 0.98 * kappa * np.exp(kappa) / (2 * iv(1, kappa)) + 0.02
    there = 0.98 * kappa * np.exp(-kappa) / (2 * iv(1, kappa)) + 0.02
    assert odds[0] == pytest.approx(np.log(here / there))


def test_a_direction_of_nothing_agrees_with_nothing() -> None:
    towards = np.array([0.6, 0.0, 0.0, 0.8])
    vectors = np.array([[3.0, 0.0, 0.0, 4.0], [0.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, -1.0]])
    assert _cosine(vectors, towards) == pytest.approx([1.0, 0.0, -0.8 / np.sqrt(5)])


# --- the shank


def test_a_direction_is_turned_between_samples_and_held_at_the_ends() -> None:
    angles = np.radians([0.0, 2.0, 6.0])
    to_frame = np.array([np.cos(angles / 2), 0 * angles, 0 * angles, np.sin(angles / 2)])
    found = _direction_at(to_frame, np.array([1.0, 0.0, 0.0]), np.array([0.0, 0.75, 1.5, 2.0, 5.0, NAN]))
    x = np.cos(angles)
    expected = [x[0], 0.25 * x[0] + 0.75 * x[1], 0.5 * x[1] + 0.5 * x[2], x[2], x[2], NAN]
    assert found[0] == pytest.approx(np.array(expected), nan_ok=True)
    y = np.sin(angles)
    assert found[1, 2] == pytest.approx(0.5 * y[1] + 0.5 * y[2])


def test_a_turn_about_up_is_counted_to_the_left_and_leaning_is_none() -> None:
    up = np.tile(np.array([[0.0], [0.0], [1.0]]), 3)
    before = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.3, 0.3, 0.0]])
    after = np.array([[np.cos(0.2), np.cos(0.2), 0.0], [np.sin(0.2), -np.sin(0.2), 1.0], [-0.5, 0.3, 0.9]])
    assert _turned_deg(before, after, up) == pytest.approx([np.degrees(0.2), -np.degrees(0.2), 0.0])


def test_strides_between_two_that_contradict_are_not_believed() -> None:
    assert _between(flags("x.x.x")).tolist() == flags(".x.x.").tolist()
    assert _between(flags("xx")).tolist() == [False, False]
    assert _believed(flags("x.."), flags("..x")).tolist() == [True, True, False, False]
    assert _believed(flags("..."), flags("...")).tolist() == [True] * 4
    assert _believed(flags("..x"), flags("x..")).tolist() == [False, False, True, True]


def test_the_largest_angle_is_that_of_the_late_swing_up_to_the_contact() -> None:
    angle = np.array([9.0, 1.0, 2.0, 3.0, 8.0, 1.0, 7.0])
    contact = np.array([3.0, 3.2, 4.0, 1.9, 6.0, 6.1, NAN])
    assert _late_swing_max(angle, contact, 2) == pytest.approx(
        np.array([3.0, 8.0, 8.0, 9.0, 8.0, NAN, NAN]), nan_ok=True
    )
    assert np.isnan(_late_swing_max(angle, np.array([1.0]), 2)).all()
    assert _slope(angle, np.array([3.0]), 100.0) == pytest.approx([(1.0 - 1.0) * 100 / 4])
    assert _slope(angle, np.array([4.0]), 100.0) == pytest.approx([(7.0 - 2.0) * 100 / 4])


def test_the_usual_delay_is_the_median_of_those_known_among_nine() -> None:
    delay = np.array([1.0, NAN, 3.0, 10.0, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN])
    found = _usual_delay(delay)
    assert found[:4].tolist() == [3.0] * 4
    assert found[4] == 3.0
    assert found[5:8].tolist() == [6.5, 6.5, 10.0]
    assert np.isnan(found[8:]).all()
    assert _usual_delay(np.array([2.0, 4.0])).tolist() == [3.0, 3.0]


@pytest.mark.parametrize(("off", "is_kept"), [(5, True), (-5, True), (6, False), (-6, False)])
def test_a_rise_far_from_where_the_neighbours_have_theirs_is_looked_for_again(
    off: int, is_kept: bool
) -> None:
    stopped = np.arange(100, 1100, 100)
    steepest = stopped + 12
    steepest[4] += off
    rise = np.zeros(1200)
    rise[stopped[4] + 12 + 3] = 2.0  # the highest within five samples of the usual place
    rise[stopped[4] + 12 - 7] = rise[stopped[4] + 12 + 7] = 9.0
    found = _like_neighbours(rise, steepest, stopped, 5)
    assert found[4] == (steepest[4] if is_kept else stopped[4] + 15)
    assert np.delete(found, 4).tolist() == np.delete(steepest, 4).tolist()


# --- how a strap sits


def second(*, acc_sd: float = 0.0, gyr_sd: float = 0.0, acc: tuple[float, ...] = (0.0, G, 0.0)) -> Moments:
    """One second that trembles by so much about its mean."""
    wave = np.where(np.arange(200) // 2 % 2, 1.0, -1.0)
    shaken = np.tile(acc, (200, 1)) + np.outer(acc_sd * wave, [1.0, 0.0, 0.0])
    turned = 0.02 + np.outer(gyr_sd * wave, [0.0, 0.0, 1.0])
    return moments(shaken, np.tile(turned, 1), np.zeros(200, bool), sampling_rate_hz=200.0)


def test_a_second_is_quiet_below_both_limits() -> None:
    seconds = joined(
        [second(acc_sd=0.34), second(acc_sd=0.36), second(gyr_sd=0.119), second(gyr_sd=0.121), second()]
    )
    assert quiet_seconds(seconds).tolist() == [True, False, True, False, True]


def test_a_bias_is_read_off_two_quiet_seconds_here_or_anywhere() -> None:
    seconds = joined([second(), second(gyr_sd=1.0), second(), second()])
    assert gyro_bias(seconds, np.array([True, True, True, False])) == pytest.approx([0.02] * 3)
    assert gyro_bias(seconds, np.array([True, True, False, False])) == pytest.approx([0.02] * 3)  # of all
    assert gyro_bias(seconds[:2], np.ones(2, bool)).tolist() == [0.0, 0.0, 0.0]


def test_a_swing_is_as_fast_as_about_its_own_axis() -> None:
    seconds = joined([second(gyr_sd=3.0), second(gyr_sd=3.0), second()])
    assert swing_rate_radps(seconds, flags("xx.")) == pytest.approx(3.0)
    assert swing_rate_radps(seconds, flags("..x")) == pytest.approx(0.0, abs=1e-6)
    assert np.isnan(swing_rate_radps(seconds, flags("...")))


def leaning(degrees: float) -> tuple[float, ...]:
    return (G * np.sin(np.radians(degrees)), G * np.cos(np.radians(degrees)), 0.0)


@pytest.mark.parametrize(
    ("leans", "stand_s"),
    [((0.0, 0.0), 2.0), ((0.0,), 0.0), ((21.9, 21.9, 22.1), 2.0), ((22.1, 22.1), 0.0), ((), 0.0)],
)
def test_standing_is_upright_for_two_seconds(leans: tuple[float, ...], stand_s: float) -> None:
    parts = joined([second(gyr_sd=1.0), *(second(acc=leaning(lean)) for lean in leans)])
    quiet = quiet_seconds(parts)
    line, offset, found_s = _standing_line(parts, quiet, np.array([0.0, 1.0, 0.0]), AlignmentParameters())
    assert found_s == stand_s
    assert (line is not None) == bool(stand_s)
    assert offset == pytest.approx([0.0, 0.0, 0.0])
    if line is not None:
        assert line == pytest.approx(np.array(leaning(leans[0])) / G)


@pytest.mark.parametrize(
    ("beyond", "is_offset"), [(0.99, True), (-0.99, True), (1.01, False), (-1.01, False)]
)
def test_an_offset_of_more_than_a_tenth_of_gravity_is_none(beyond: float, is_offset: bool) -> None:
    parts = joined([second(acc=(0.0, G + beyond, 0.0))] * 3)
    _, offset, _ = _standing_line(parts, np.ones(3, bool), np.array([0.0, 1.0, 0.0]), AlignmentParameters())
    assert offset == pytest.approx([0.0, beyond if is_offset else 0.0, 0.0])


def test_a_force_is_leant_about_an_axis_by_its_angle() -> None:
    axis = np.array([0.0, 0.0, 1.0])
    assert _leant(np.array([0.0, 5.0, 3.0]), axis, 90.0) == pytest.approx([-1.0, 0.0, 0.0])
    assert _leant(np.array([0.0, 5.0, 3.0]), axis, -25.0) == pytest.approx(
        [np.sin(np.radians(25)), np.cos(np.radians(25)), 0.0]
    )


def test_angles_between_directions_with_and_without_a_sense() -> None:
    a = np.array([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    b = np.array([[0.0, 3.0, 0.0], [-1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
    assert _angle_deg(a, b) == pytest.approx([90.0, 180.0, 45.0])
    assert _angle_deg(a, b, either_way=True) == pytest.approx([90.0, 0.0, 45.0])


def walking_leg(seconds: int) -> Moments:
    """Swings about z, short and fast forward, long and slow back; it stands on its y axis."""
    phase = np.arange(seconds * 200) / 200.0 % 1.0
    rate = np.where(phase < 0.25, 4.0, -4.0 / 3.0)
    acc = np.tile([0.0, G, 0.0], (len(rate), 1))
    return moments(acc, np.outer(rate, [0.0, 0.0, 1.0]), np.zeros(len(rate), bool), sampling_rate_hz=200.0)


@pytest.mark.parametrize(
    ("runs", "walks", "lean_deg"), [(5, 10, 25.0), (4, 10, 10.0), (0, 2, 10.0), (0, 1, None), (20, 0, 25.0)]
)
def test_five_seconds_of_running_align_a_shank_else_two_of_walking(
    runs: int, walks: int, lean_deg: float | None
) -> None:
    seconds = walking_leg(runs + walks + 3)
    activity = np.array([RUN] * runs + [WALK] * walks + [STAND] * 3, np.int8)
    mounts = shank_mounts(seconds, activity, slipped=[])
    if lean_deg is None:
        assert mounts == []
        return
    (mount,) = mounts
    assert mount.sagittal_axis == pytest.approx([0.0, 0.0, 1.0])
    # The force of moving leans to the rear of the long axis, which lies so far ahead of it.
    assert np.degrees(np.arccos(mount.long_axis[1])) == pytest.approx(lean_deg)
    assert mount.long_axis[0] == pytest.approx(np.sin(np.radians(lean_deg)))
    assert (mount.start_s, mount.end_s, mount.carried) == (0, runs + walks + 3, False)
    assert mount.planarity == pytest.approx(1.0)
    assert mount.standing_line is None
    assert mount.line is mount.long_axis


# --- peaks at contact


def peak_of(time_s: Array, axial_g: Array, contact_s: Array, **given: object) -> Array:
    acc = np.outer(axial_g * G, [0.0, 1.0, 0.0])
    found = tibial_impacts(time_s, acc, contact_s, **given)  # type: ignore[arg-type]
    return found.peak_g


@pytest.mark.parametrize(
    ("peak_at_s", "contact_time_s", "is_seen"),
    [
        (0.080, None, True),
        (0.085, None, False),
        (0.080, 0.170, True),
        (0.045, 0.090, True),
        (0.050, 0.090, False),  # the second half of a short contact is the push-off
        (0.080, NAN, True),
    ],
)
def test_early_stance_is_80_ms_or_half_the_contact(
    peak_at_s: float, contact_time_s: float | None, is_seen: bool
) -> None:
    time_s = np.round(np.arange(0.0, 1.0, 0.005), 6)
    axial = np.where(np.isclose(time_s, 0.3 + peak_at_s), 9.0, 1.0)
    lasting = None if contact_time_s is None else np.array([contact_time_s])
    found = peak_of(time_s, axial, np.array([0.3 - 1e-9]) + 2e-9, contact_time_s=lasting)
    assert found == pytest.approx([9.0 if is_seen else 1.0])


@pytest.mark.parametrize(("hole", "is_whole"), [(1.7, True), (1.8, False)])
def test_a_hole_of_one_and_three_quarter_periods_hides_a_peak(hole: float, is_whole: bool) -> None:
    time_s = np.concatenate([np.arange(0, 62) * 0.005, (61 + hole) * 0.005 + np.arange(0, 100) * 0.005])
    found = peak_of(time_s, np.full(len(time_s), 2.0), np.array([0.28]))
    assert bool(np.isfinite(found[0])) is is_whole


@pytest.mark.parametrize(
    ("sizes", "full", "at_end"),
    [
        ([1.0, 16.0, 16.0, 16.0, 2.0], None, ".xxx."),
        ([1.0, 16.0, 16.0, 2.0, 3.0], None, "....."),  # two may be chance
        ([16.0, 1.0, 16.0, 1.0, 16.0], None, "....."),  # nobody rests there
        ([1.8, 1.8, 1.8, 1.8, 1.0], None, "....."),  # no accelerometer is made for less than 2 g
        ([1.0, 15.92, 15.9, 2.0, 3.0], 16.0, ".x..."),  # 99.5 % of full scale
        ([1.0, -15.0, -15.0, -15.0, 3.0], 16.0, ".xxx."),  # calibrated below it
        ([1.0, 14.3, 14.3, 14.3, 3.0], 16.0, "....."),
    ],
)
def test_a_signal_rests_at_the_end_of_its_range(sizes: list[float], full: float | None, at_end: str) -> None:
    values = np.zeros((5, 3))
    values[:, 2] = sizes
    found = saturated(values, full_scale=full, least_full_scale=1.9)
    assert found.tolist() == flags(at_end).tolist()
    assert saturated(values[:0], full_scale=full, least_full_scale=1.9).tolist() == []


def test_loads_weigh_high_peaks_and_say_what_is_missing_from_them() -> None:
    time_s = np.arange(0.0, 3.0, 0.005)
    axial = np.where(np.abs(time_s % 1.0 - 0.53) < 0.001, 16.0, 1.0)
    acc = np.outer(axial * G, [0.0, 1.0, 0.0])
    impacts = tibial_impacts(time_s, acc, np.array([0.5, 1.5, NAN]))
    load = impact_load(impacts)
    assert (load.contacts, load.unmeasured, load.clipped) == (2, 1, 0)
    assert load.cumulative_g == pytest.approx(32.0)
    assert load.damage == pytest.approx(2 * 2.0**4)
    assert load.caveat == "lower bound: of 3 contacts 1 had no peak to count"
    assert impact_load(impacts, reference_g=16.0, exponent=7.0).damage == pytest.approx(2.0)
    both = load + ImpactLoad(contacts=4, unmeasured=0, clipped=3, cumulative_g=1.0, damage=2.0)
    assert both == ImpactLoad(6, 1, 3, pytest.approx(33.0), pytest.approx(34.0))  # type: ignore[arg-type]
    assert both.caveat == "lower bound: of 7 contacts 3 had a saturated peak and 1 had no peak to count"
    whole = replace(both, unmeasured=0, clipped=0)
    assert (whole.caveat, whole.is_lower_bound) == (None, False)
    assert replace(whole, clipped=1).is_lower_bound
    assert replace(whole, unmeasured=1).is_lower_bound


# --- a sensor against standing


@pytest.mark.parametrize("lean_deg", [-40.0, 0.0, 30.0, 95.0])
def test_a_carriage_leans_in_the_plane_of_walking_with_a_sign(lean_deg: float) -> None:
    """With the ankle ahead of the knee the line that was vertical leans back."""
    up = np.array([0.0, 1.0, 0.0])
    right = np.array([0.1, 0.05, 1.0])  # not quite square to the line: it is made so
    leant = Rotation.from_rotvec(np.radians(lean_deg) * np.array([0.0995, 0.0, 0.995])).inv().apply(up)
    force = np.tile(G * leant, (400, 1))
    sensor = carriage(
        force,
        np.tile([0.3, 0.0, 0.4], (400, 1)),
        np.zeros(400, bool),
        reference=Reference(up, right / np.linalg.norm(right), np.array([0.3, 0.0, 0.4])),
    )
    assert sensor.sagittal_deg[200] == pytest.approx(lean_deg, abs=0.5)
    assert sensor.angle_deg[200] == pytest.approx(abs(lean_deg), abs=0.5)
    assert sensor.sideways_deg[200] == pytest.approx(0.0, abs=0.5)
    assert sensor.rate_dps[200] == pytest.approx(0.0, abs=1e-9)
    assert sensor.lift_mps2[200] == pytest.approx(0.0, abs=1e-3)
    assert sensor.is_signed
    assert len(sensor.within(10, 30)) == 20
    assert sensor.heights_m(10, 10).tolist() == []
    assert np.isnan(sensor.rise_m(10, 10))


@pytest.mark.parametrize(("lost", "is_bridged"), [(15, True), (16, False)])
def test_a_carriage_bridges_a_third_of_a_second(lost: int, is_bridged: bool) -> None:
    force = np.tile([0.0, G, 0.0], (400, 1))
    missing = np.zeros(400, bool)
    missing[200 : 200 + lost] = True
    sensor = carriage(
        force,
        np.zeros_like(force),
        missing,
        reference=Reference(np.array([0.0, 1.0, 0.0]), None, np.zeros(3)),
    )
    assert bool(np.isfinite(sensor.rate_dps[205])) is is_bridged
    assert bool(np.isfinite(sensor.angle_deg[205])) is is_bridged
    assert not sensor.is_signed


# --- values that were held


@pytest.mark.parametrize(
    ("held", "acc", "gyr", "lost"),
    [
        (11, (3.0, 9.0, 1.0), (0.0, 0.0, 1.0), 11),  # more than a twentieth of a second
        (9, (3.0, 9.0, 1.0), (0.0, 0.0, 1.0), 0),
        (40, (0.0, G + 0.49, 0.0), (0.0, 0.0, 0.09), 0),  # at rest
        (40, (0.0, G + 0.51, 0.0), (0.0, 0.0, 0.09), 40),
        (40, (0.0, G, 0.0), (0.0, 0.0, 0.11), 40),
        (3, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 4),  # silence is never measured, not for a moment
    ],
)
def test_a_value_that_is_held_was_not_measured(
    held: int, acc: tuple[float, ...], gyr: tuple[float, ...], lost: int
) -> None:
    random = np.random.default_rng(3)
    forces, rates = 9.0 + random.standard_normal((200, 3)), random.standard_normal((200, 3))
    forces[50 : 51 + held], rates[50 : 51 + held] = acc, gyr
    real = measured(np.arange(200) / 200.0, forces, rates)
    begin = 51 if lost <= held else 50
    assert np.flatnonzero(~real).tolist() == list(range(begin, begin + lost))
