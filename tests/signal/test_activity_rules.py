"""What decides between standing, walking and running: each vote, at and beside its limit, by arithmetic."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import constants

from imu.signal.activity import (
    RUN,
    STAND,
    UNKNOWN,
    WALK,
    Activity,
    Scale,
    _closed,
    _filled,
    _opened,
    _sharpened,
    _without_stumbles,
    classify,
    vigour,
)
from imu.signal.activity_features import ActivityFeatures, activity_features

Floats = NDArray[np.float64]
HOPS = 80  # 20 s
NAN = np.nan
LINE_G = {"pelvis": 0.8, "shank_left": 0.9, "foot_right": 1.3}


def shown(
    *,
    placement: str = "pelvis",
    line: float = 0.0,
    calm: float = 0.0,
    cadence: float = 0.0,
    sine: float = 0.0,
    effort_g: float = 1.0,
    tilt_deg: float = 0.0,
    hops: int = HOPS,
) -> ActivityFeatures:
    """A sensor whose features vote so much for running, all along."""
    ratio = 0.67 * np.exp(0.35 * sine)
    values = (
        effort_g,
        LINE_G[placement] * np.exp(0.2 * line),
        140.0 * np.exp(0.1 * cadence),
        1.0 / (1.0 + ratio),
        0.4 * np.exp(0.3 * calm),
        tilt_deg,
    )
    return ActivityFeatures(*(np.full(hops, value) for value in values))


def odds(**sensors: ActivityFeatures) -> float:
    found = classify(sensors)
    label = RUN if found.running_log_odds[0] > 0 else WALK
    assert found.label.tolist() == [label] * HOPS
    assert (found.bout_activity.tolist(), found.bout_start_s.tolist(), found.bout_end_s.tolist()) == (
        [label],
        [0.0],
        [HOPS / 4],
    )
    assert found.running_log_odds == pytest.approx(np.full(HOPS, found.running_log_odds[0]))
    return float(found.running_log_odds[0])


def test_a_scale_is_zero_at_its_centre_and_bounded() -> None:
    values = np.array([0.0, 1e-9, 2.0 * np.exp(-1.0), 2.0, 2.0 * np.exp(0.75), 2.0 * np.exp(9.0)])
    assert Scale(2.0, 0.5).log_odds(values) == pytest.approx([-3.0, -3.0, -2.0, 0.0, 1.5, 3.0])


@pytest.mark.parametrize(
    ("line", "calm", "cadence", "sum_"),
    [
        (0.1, 0.1, 0.1, 0.3),
        (-0.1, -0.1, -0.1, -0.3),
        (2.0, -1.0, -0.5, 0.5),
        (-2.0, 1.0, 0.5, -0.5),
        (9.0, -2.0, -1.5, -0.5),  # none says more than 20 to 1
        (9.0, -2.0, -0.5, 0.5),
        (-1.0, -1.0, 7.0, 1.0),
        (-2.5, 8.0, 0.0, 0.5),
    ],
)
def test_line_calm_and_cadence_of_a_pelvis_add_up(
    line: float, calm: float, cadence: float, sum_: float
) -> None:
    assert odds(pelvis=shown(line=line, calm=calm, cadence=cadence)) == pytest.approx(sum_)


@pytest.mark.parametrize("placement", ["shank_left", "foot_right"])
@pytest.mark.parametrize(("line", "sine", "sum_"), [(0.5, -0.2, 0.3), (-0.5, 0.2, -0.3), (-1.0, 9.0, 1.0)])
def test_a_leg_votes_by_its_sine_too(placement: str, line: float, sine: float, sum_: float) -> None:
    # So nearly a sine as nine votes would be cycling; two are as much as it may say here.
    leg = shown(placement=placement, line=line, sine=min(sine, 2.0))
    assert odds(**{placement: leg}) == pytest.approx(sum_)


def test_sensors_add_up_and_one_that_recorded_nothing_says_nothing() -> None:
    leg = shown(placement="shank_left", line=-2.0)
    assert odds(pelvis=shown(line=1.0), shank_left=leg) == pytest.approx(-1.0)
    assert odds(pelvis=shown(line=2.5), shank_left=leg) == pytest.approx(0.5)
    assert odds(pelvis=shown(line=1.0), shank_left=ActivityFeatures.unknown(HOPS)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("tilt_deg", "sum_"),
    [(0.0, 2.0), (NAN, 2.0), (25.0 * np.exp(-0.02), 2.0), (25.0 * np.exp(0.1), -1.5), (180.0, -9.0)],
)
def test_a_sensor_that_is_turned_about_is_in_a_hand(tilt_deg: float, sum_: float) -> None:
    assert odds(pelvis=shown(line=2.0, tilt_deg=tilt_deg)) == pytest.approx(sum_)
    assert odds(pelvis=shown(line=-2.0, calm=-2.0, tilt_deg=30.0)) < -3.9  # an objection never helps


@pytest.mark.parametrize(("spm", "sum_"), [(294.9, 3.0), (295.0 * np.exp(0.01), -1.5), (320.0, -9.0)])
def test_nobody_is_faster_than_sprinters(spm: float, sum_: float) -> None:
    assert odds(pelvis=shown(cadence=10 * np.log(spm / 140.0))) == pytest.approx(sum_, abs=0.01)


@pytest.mark.parametrize(
    ("smooth", "soft", "sum_"),
    [(0.5, 0.7, -1.5), (0.7, 0.5, -1.5), (-0.1, 3.0, None), (3.0, -0.1, None)],
)
def test_a_leg_that_moves_softly_as_one_sine_pedals(smooth: float, soft: float, sum_: float | None) -> None:
    ratio = 6.2 * np.exp(0.1 * smooth)
    line_g = 0.75 * np.exp(-0.1 * soft) * np.sqrt(ratio)
    leg = shown(
        placement="shank_left", line=np.log(line_g / 0.9) / 0.2, sine=np.log(ratio / 0.67) / 0.35, calm=1.0
    )
    found = odds(shank_left=leg)
    assert found == pytest.approx(sum_) if sum_ is not None else found > 3.0


@pytest.mark.parametrize(
    ("placement", "effort_g", "moves"),
    [
        ("pelvis", 0.0501, True),
        ("pelvis", 0.0499, False),
        ("shank_left", 0.0801, True),
        ("foot_right", 0.0799, False),
        ("pelvis", 0.0, False),
    ],
)
def test_a_sensor_moves_from_a_limit_on(placement: str, effort_g: float, moves: bool) -> None:
    found = classify({placement: shown(placement=placement, effort_g=effort_g, line=-1.0)})
    assert found.label.tolist() == [WALK if moves else STAND] * HOPS


def test_who_does_not_move_does_not_run() -> None:
    assert classify({"pelvis": shown(line=3.0, effort_g=0.01)}).label.tolist() == [STAND] * HOPS


def test_vigour_is_the_mean_of_efforts_against_where_running_begins() -> None:
    both = {"pelvis": shown(effort_g=0.8), "shank_left": shown(placement="shank_left", effort_g=1.8)}
    assert vigour(both) == pytest.approx(np.full(HOPS, 1.5))
    silent = {"pelvis": shown(effort_g=0.8), "shank_left": ActivityFeatures.unknown(HOPS)}
    assert vigour(silent) == pytest.approx(np.full(HOPS, 0.5))


@pytest.mark.parametrize(("hole", "is_known"), [(8, True), (10, False)])
def test_a_hole_of_more_than_two_seconds_is_no_activity(hole: int, is_known: bool) -> None:
    one = shown(line=2.0)
    effort = one.effort_g.copy()
    effort[30 : 30 + hole] = NAN
    holed = ActivityFeatures(
        effort, one.line_g, one.cadence_spm, one.other_share, one.calm_g, one.tilt_change_deg
    )
    found = classify({"pelvis": holed})
    here = UNKNOWN if not is_known else RUN
    assert found.label.tolist() == [RUN] * 30 + [here] * hole + [RUN] * (50 - hole)
    assert np.isnan(found.running_log_odds[30 : 30 + hole]).all() == (not is_known)
    assert len(found.bout_activity) == (1 if is_known else 2)


def claim(text: str) -> NDArray[np.bool_]:
    return np.array([mark == "x" for mark in text])


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("xx......xx", "xxxxxxxxxx"),
        ("xx.......xx", "xx.......xx"),
        ("....xx....", "....xx...."),
        ("..........", ".........."),
    ],
)
def test_a_claim_goes_on_through_a_short_pause_and_grows_nowhere(text: str, closed: str) -> None:
    assert _closed(claim(text), 1.75).tolist() == claim(closed).tolist()  # seven hops
    opposite = ["." if mark == "x" else "x" for mark in closed]
    flipped = "".join("." if mark == "x" else "x" for mark in text)
    assert _opened(claim(flipped), 1.75).tolist() == claim("".join(opposite)).tolist()


def test_what_is_not_known_is_filled_from_the_nearest() -> None:
    assert _filled(np.array([NAN, 1.0, NAN, NAN, NAN, 5.0])).tolist()[:3] == [1.0, 1.0, 1.0]
    assert _filled(np.array([NAN, 1.0, NAN, NAN, NAN, 5.0])).tolist()[4:] == [5.0, 5.0]
    assert _filled(np.array([NAN, NAN])).tolist() == [0.0, 0.0]


def test_each_second_is_what_was_done_in_its_middle() -> None:
    activity = Activity(
        label=np.zeros(22, np.int8),
        running_log_odds=np.zeros(22),
        bout_activity=np.array([STAND, RUN, WALK], np.int8),
        bout_start_s=np.array([0.5, 2.0, 3.75]),
        bout_end_s=np.array([1.75, 3.5, 5.5]),
    )
    assert activity.per_second().tolist() == [STAND, STAND, RUN, UNKNOWN, WALK, UNKNOWN]


@pytest.mark.parametrize(
    ("kinds", "edges", "left", "moved"),
    [
        # A brief walk at a standing start is shared between its neighbours.
        ([STAND, WALK, RUN], [0, 40, 45, 90], [STAND, RUN], [0, 42, 90]),
        ([STAND, WALK, RUN], [0, 40, 46, 90], [STAND, WALK, RUN], [0, 40, 46, 90]),
        ([RUN, WALK, RUN], [0, 40, 44, 90], [RUN], [0, 90]),
        ([WALK, RUN], [0, 4, 90], [WALK, RUN], [0, 4, 90]),  # the first and the last stay
        ([RUN, WALK], [0, 86, 90], [RUN, WALK], [0, 86, 90]),
        ([UNKNOWN, WALK, RUN], [0, 40, 44, 90], [UNKNOWN, WALK, RUN], [0, 40, 44, 90]),
        ([RUN, UNKNOWN, RUN], [0, 40, 44, 90], [RUN, UNKNOWN, RUN], [0, 40, 44, 90]),
        ([RUN, WALK, UNKNOWN], [0, 40, 44, 90], [RUN, WALK, UNKNOWN], [0, 40, 44, 90]),
    ],
)
def test_a_stumble_is_no_bout(kinds: list[int], edges: list[int], left: list[int], moved: list[int]) -> None:
    activity, edge = _without_stumbles(np.array(kinds, np.int8), np.array(edges), 6.0)
    assert (activity.tolist(), edge.tolist()) == (left, moved)


@pytest.mark.parametrize("change_at", [40, 46, 48, 33, 32])
def test_an_edge_goes_to_where_the_vigour_changes_within_two_seconds(change_at: int) -> None:
    vigours, edge = np.where(np.arange(100) < change_at, 0.2, 1.0), np.array([0, 40, 100])

    def moved(before: int, after: int, vigours: Floats) -> list[int]:
        found: list[int] = _sharpened(np.array([before, after], np.int8), edge, vigours).tolist()
        return found

    assert moved(WALK, RUN, vigours) == [0, change_at, 100]
    assert moved(RUN, WALK, 1.2 - vigours) == [0, change_at, 100]
    assert moved(RUN, WALK, vigours) == [0, 40, 100]  # never to where it changes the wrong way
    assert moved(UNKNOWN, RUN, vigours) == moved(WALK, UNKNOWN, vigours) == [0, 40, 100]


@pytest.mark.parametrize("change_at", [28, 52])
def test_what_changes_more_than_twelve_hops_away_moves_no_edge(change_at: int) -> None:
    vigours = np.where(np.arange(100) < change_at, 0.2, 1.0) - 1e-3 * np.arange(100)
    found = _sharpened(np.array([WALK, RUN], np.int8), np.array([0, 40, 100]), vigours)
    assert found.tolist() == [0, 40, 100]


def test_an_edge_goes_less_than_half_way_to_the_next() -> None:
    vigours = np.where(np.arange(60) < 22, 0.2, 1.0)
    found = _sharpened(np.array([STAND, WALK, RUN], np.int8), np.array([0, 18, 24, 60]), vigours)
    assert found[1] < 21 < found[2]


RATE_HZ = 200.0


def binned(missing_of_ten: int) -> ActivityFeatures:
    """Ten seconds of a bounce at 2 Hz, of which so many samples of each ten were lost."""
    time_s = np.arange(2000) / RATE_HZ
    acc = np.stack([0 * time_s, 1.0 + 0.5 * np.cos(4 * np.pi * time_s), 0 * time_s], axis=1) * constants.g
    missing = np.arange(2000) % 10 < missing_of_ten
    return activity_features(acc, missing, placement="pelvis", sampling_rate_hz=RATE_HZ)


@pytest.mark.parametrize(("missing_of_ten", "is_known"), [(0, True), (4, True), (5, True), (6, False)])
def test_half_of_a_twentieth_of_a_second_is_enough(missing_of_ten: int, is_known: bool) -> None:
    found = binned(missing_of_ten)
    assert np.isfinite(found.effort_g).all() == is_known
    assert np.isfinite(found.line_g).all() == is_known


def test_a_bounce_is_told_by_its_size_and_its_pace() -> None:
    found = binned(0)
    middle = slice(12, 28)
    assert found.cadence_spm[middle] == pytest.approx(np.full(16, 120.0), abs=0.5)
    assert found.line_g[middle] == pytest.approx(np.full(16, 0.5 * np.sinc(2.0 * 0.05)), rel=0.02)
    assert found.other_share[middle] == pytest.approx(np.zeros(16), abs=0.01)
    assert found.tilt_change_deg[middle] == pytest.approx(np.zeros(16), abs=0.05)
    # A mean over 50 ms takes a little of a wave of 2 Hz, and so does its own mean over 21 of these.
    left = np.sinc(2.0 * 0.05) * (1 - np.sinc(2.0 * 21 * 0.05))
    assert found.effort_g[middle].mean() == pytest.approx(0.5 * left / np.sqrt(2), rel=0.01)
    assert 0.0 < found.calm_g[middle].mean() < 0.5


@pytest.mark.parametrize("turned_dps", [5.0, 20.0])
def test_a_turning_of_gravity_is_told_over_two_seconds(turned_dps: float) -> None:
    angle = np.radians(turned_dps) * np.arange(2400) / RATE_HZ
    acc = np.stack([np.sin(angle), np.cos(angle), 0 * angle], axis=1) * constants.g
    found = activity_features(acc, np.zeros(2400, bool), placement="pelvis", sampling_rate_hz=RATE_HZ)
    middle = slice(12, 36)
    assert found.tilt_change_deg[middle] == pytest.approx(np.full(24, 2 * turned_dps), rel=0.02)
    assert np.isnan(found.tilt_change_deg[[0, 3, -1, -4]]).all()
