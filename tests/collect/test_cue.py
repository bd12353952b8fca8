"""Cues sound while the angle stays above the limit, and fade."""

import itertools

from imu.collect.cue import Cue, CueRule

RULE = CueRule(limit_deg=12.0, hold_s=60.0, repeat_s=5.0, fading=((0.0, 1.0), (10.0, 0.5)), cycle_s=120.0)


def run(cue: Cue, angles: dict[str, float], *, start_s: float, end_s: float) -> list[tuple[float, str]]:
    """Strides every 0.7 s of both legs; the cues that were given, with their times."""
    given = []
    steps = int((end_s - start_s) / 0.7)
    for k in range(steps):
        now_s = start_s + 0.7 * k
        for side, angle in angles.items():
            cue.hear(side, now_s, angle)
        if (for_side := cue.due(now_s)) is not None:
            given.append((now_s, for_side))
    return given


def test_no_cue_below_the_limit() -> None:
    assert run(Cue(RULE), {"left": 11.5, "right": 11.9}, start_s=0, end_s=300) == []


def test_a_cue_only_after_the_time_that_was_set() -> None:
    given = run(Cue(RULE), {"left": 14.0, "right": 10.0}, start_s=0, end_s=100)
    assert given
    assert given[0][0] >= 60.0
    assert {side for _, side in given} == {"left"}


def test_cues_keep_their_distance() -> None:
    times = [t for t, _ in run(Cue(RULE), {"left": 14.0}, start_s=0, end_s=110)]
    assert all(later - earlier >= RULE.repeat_s for earlier, later in itertools.pairwise(times))


def test_the_worse_leg_gets_the_cue() -> None:
    given = run(Cue(RULE), {"left": 13.0, "right": 15.0}, start_s=0, end_s=80)
    assert {side for _, side in given} == {"right"}


def test_a_single_long_stride_is_no_reason() -> None:
    cue = Cue(RULE)
    run(cue, {"left": 10.0}, start_s=0, end_s=90)
    cue.hear("left", 90.5, 30.0)
    assert cue.due(91.0) is None


def test_it_stops_once_the_runner_has_changed() -> None:
    cue = Cue(RULE)
    assert run(cue, {"left": 14.0}, start_s=0, end_s=100)
    later = run(cue, {"left": 10.0}, start_s=100, end_s=250)
    assert all(t < 100 + RULE.hold_s / 2 + 5 for t, _ in later)


def test_feedback_fades_to_half_of_each_cycle() -> None:
    times = [t for t, _ in run(Cue(RULE), {"left": 14.0}, start_s=0, end_s=1200)]
    late = [t for t in times if t >= 600]
    assert late
    assert all(t % 120 < 60 for t in late)


def test_silence_gives_no_cue() -> None:
    assert Cue(RULE).due(5.0) is None
    cue = Cue(RULE)
    run(cue, {"left": 14.0}, start_s=0, end_s=100)
    assert cue.due(400.0) is None
