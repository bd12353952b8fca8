"""Repetitions and sets on movements from rest to rest whose every number is known, at the limits of each."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.exercises.bridges import CHAIR_BRIDGE, WALK_OUT, chair_bridges, walk_outs
from imu.signal.exercises.carriage import RATE_HZ, Carriage
from imu.signal.exercises.repetition import Repetition, Side, between, margin
from imu.signal.exercises.sets import SETS, find_exercises
from imu.signal.exercises.upright import MARCH, POWER, marches, power_holds
from tests.signal.test_exercises import least_jerk

Floats = NDArray[np.float64]
Moves = Sequence[tuple[float, float, float]]  # when one begins, how long it takes, by how much


def way(seconds: float, moves: Moves, *, start: float = 0.0) -> Floats:
    """From rest to rest, at `RATE_HZ`."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    value = np.full(len(time_s), start)
    for begin, takes, size in moves:
        value += size * least_jerk((time_s - begin) / takes)
    return value


def worn(
    seconds: float, *, angle: Moves = (), start_deg: float = 0.0, height: Moves = (), signed: bool = True
) -> Carriage:
    """A sensor that leans by these angles, in the plane of walking, and goes up and down by these heights."""
    angle_deg, height_m = way(seconds, angle, start=start_deg), way(seconds, height)
    unknown = np.full(len(angle_deg), np.nan)
    return Carriage(
        angle_deg=np.abs(angle_deg),
        sagittal_deg=angle_deg if signed else unknown,
        sideways_deg=np.zeros(len(angle_deg)) if signed else unknown,
        rate_dps=np.abs(np.gradient(angle_deg)) * RATE_HZ,
        lift_mps2=np.gradient(np.gradient(height_m)) * RATE_HZ**2,
    )


def test_a_margin_grows_from_the_limit_to_where_it_is_clear() -> None:
    assert [margin(value, 2.0, 4.0) for value in (1.0, 2.0, 2.5, 4.0, 9.0)] == [0.0, 0.0, 0.25, 1.0, 1.0]
    assert [margin(-value, -4.0, -2.0) for value in (5.0, 4.0, 3.0, 2.0)] == [0.0, 0.0, 0.5, 1.0]
    assert margin(np.nan, 2.0, 4.0) == 0.0
    assert between(3.0, (2.0, 10.0), 4.0) == (0.25, 1.0)
    assert between(9.0, (2.0, 10.0), 4.0) == (1.0, 0.25)


# A leg that is lifted by 0.3 m within a second, held, and put down.
def power(
    hold_s: float = 4.0,
    *,
    height_m: float = 0.3,
    drive_deg: float = -20.0,
    push_deg: float = 12.0,
    carried_m: float = 0.0,
    signed: bool = True,
) -> dict[Side, Carriage]:
    down = 4.0 + hold_s
    seconds = down + 4.0
    return {
        "left": worn(
            seconds,
            angle=[(3.0, 1.0, drive_deg), (down, 1.0, -drive_deg)],
            height=[(3.0, 1.0, height_m), (down, 1.0, -height_m)],
            signed=signed,
        ),
        "right": worn(
            seconds,
            angle=[(3.0, 1.0, -push_deg), (down, 1.0, push_deg)],
            height=[(3.0, 1.0, carried_m), (down, 1.0, -carried_m)],
            signed=signed,
        ),
    }


def only(found: list[Repetition], side: Side) -> Repetition:
    (one,) = (one for one in found if one.side == side)
    return one


@pytest.mark.parametrize("signed", [True, False])
def test_a_power_position_is_the_carrying_legs_and_lasts_from_rest_to_rest(signed: bool) -> None:
    one = only(power_holds(None, power(signed=signed)), "right")
    assert one.exercise == POWER
    assert one.start / RATE_HZ == pytest.approx(3.0, abs=0.25)
    assert one.hold_start / RATE_HZ == pytest.approx(4.0, abs=0.25)
    assert one.hold_end / RATE_HZ == pytest.approx(8.0, abs=0.25)
    assert one.end / RATE_HZ == pytest.approx(9.0, abs=0.25)
    assert one.fit > 0.5


@pytest.mark.parametrize(
    ("shanks", "is_one"),
    [
        (power(2.3), True),
        (power(1.6), False),
        (power(19.0), True),
        (power(21.0), False),
        (power(height_m=0.19), True),
        (power(push_deg=7.0), True),
        (power(push_deg=4.0), False),  # he stands upright on the other leg
        (power(push_deg=-12.0), False),
        (power(drive_deg=-55.0), True),
        (power(drive_deg=-61.0), False),
        (power(drive_deg=37.0), True),
        (power(drive_deg=43.0), False),
        (power(carried_m=0.08), True),
        (power(carried_m=0.12), False),  # that is a step
    ],
)
def test_a_power_position_at_its_limits(shanks: dict[Side, Carriage], is_one: bool) -> None:
    assert (only(power_holds(None, shanks), "right").exercise == POWER) is is_one


@pytest.mark.parametrize("height_m", [0.15, -0.3])
def test_a_leg_that_is_hardly_lifted_or_put_down_first_is_none(height_m: float) -> None:
    assert not [one for one in power_holds(None, power(height_m=height_m)) if one.side == "right"]


def test_a_lift_that_stays_up_is_none() -> None:
    shanks = power()
    up = worn(12.0, angle=[(3.0, 1.0, -20.0)], height=[(3.0, 1.0, 0.3)])
    lowered = worn(
        12.0,
        angle=[(3.0, 1.0, -20.0), (8.0, 1.0, 20.0)],
        height=[(3.0, 1.0, 0.45), (8.0, 1.0, -0.3)],  # on a stair
    )
    slow = worn(
        16.0,
        angle=[(3.0, 3.0, -20.0), (10.0, 3.0, 20.0)],
        height=[(3.0, 3.5, 0.9), (10.0, 3.5, -0.9)],
    )
    for leg in (up, lowered, slow):
        assert not [one for one in power_holds(None, {**shanks, "left": leg}) if one.side == "right"]
    assert power_holds(None, {"left": shanks["left"]}) == []


@pytest.mark.parametrize(
    ("first", "last", "is_one"), [(110, 490, True), (160, 490, False), (110, 440, False)]
)
def test_a_lift_that_the_recording_cuts_is_none(first: int, last: int, is_one: bool) -> None:
    """Its height is told from rest to rest, and there is none."""
    cut: dict[Side, Carriage] = {side: leg.within(first, last) for side, leg in power(height_m=0.6).items()}
    assert any(one.side == "right" for one in power_holds(None, cut)) is is_one


@pytest.mark.parametrize(("lean_deg", "is_one"), [(33.0, True), (36.0, False)])
def test_whoever_bends_over_holds_no_power_position(lean_deg: float, is_one: bool) -> None:
    pelvis = worn(12.0, angle=[(3.0, 1.0, lean_deg), (8.0, 1.0, -lean_deg)])
    assert (only(power_holds(pelvis, power()), "right").exercise == POWER) is is_one


def knees(*lifts: tuple[Side, float], seconds: float = 20.0, height_m: float = 0.3) -> dict[Side, Carriage]:
    """Knees that go up and down in 0.6 s each, at these times."""

    def leg(side: Side) -> Carriage:
        own = [at for lifted, at in lifts if lifted == side]
        turns = chain.from_iterable(((at, 0.3, -40.0), (at + 0.3, 0.3, 40.0)) for at in own)
        rises = chain.from_iterable(((at, 0.3, height_m), (at + 0.3, 0.3, -height_m)) for at in own)
        return worn(seconds, angle=list(turns), height=list(rises))

    return {"left": leg("left"), "right": leg("right")}


def marched(shanks: dict[Side, Carriage], pelvis: Carriage | None = None) -> list[bool]:
    return [one.exercise == MARCH for one in marches(pelvis, shanks)]


def test_knees_in_turn_are_a_march_and_a_knee_alone_is_none() -> None:
    in_turn = knees(*(("left" if k % 2 else "right", 2.0 + 0.8 * k) for k in range(8)))
    assert marched(in_turn) == [True] * 8
    found = marches(None, in_turn)
    assert [one.side for one in found] == [None] * 8
    assert found[0].start / RATE_HZ == pytest.approx(2.0, abs=0.2)
    assert found[0].end / RATE_HZ == pytest.approx(2.6, abs=0.2)
    assert found[0].hold_start / RATE_HZ == pytest.approx(2.3, abs=0.1)
    assert marched(knees(("left", 2.0), ("left", 3.0))) == [False, False]
    assert marched(knees(("left", 2.0))) == [False]
    assert marches(None, {"left": in_turn["left"]}) == []


@pytest.mark.parametrize(("apart_s", "is_march"), [(0.3, False), (0.4, True), (1.66, True), (1.76, False)])
def test_knees_that_go_too_fast_or_too_slow_are_no_march(apart_s: float, is_march: bool) -> None:
    assert marched(knees(("left", 3.0), ("right", 3.0 + apart_s))) == [is_march] * 2


@pytest.mark.parametrize(("height_m", "found"), [(0.19, [True, True]), (0.15, [])])
def test_a_step_is_no_high_knee(height_m: float, found: list[bool]) -> None:
    assert marched(knees(("left", 3.0), ("right", 3.8), height_m=height_m)) == found


def test_whoever_bends_over_does_not_march() -> None:
    shanks = knees(("left", 3.0), ("right", 3.8))
    assert marched(shanks, worn(20.0, angle=[(1.0, 1.0, 33.0)])) == [True, True]
    assert marched(shanks, worn(20.0, angle=[(1.0, 1.0, 36.0)])) == [False, False]


# The pelvis lies at 75 degrees, is raised by 20 within a second, held, and put down.
def bridge_pelvis(
    hold_s: float = 4.0, *, lying_deg: float = 75.0, turn_deg: float = 20.0, rise_m: float = 0.2
) -> Carriage:
    down = 4.0 + hold_s
    return worn(
        down + 4.0,
        start_deg=lying_deg,
        angle=[(3.0, 1.0, turn_deg), (down, 1.0, -turn_deg)],
        height=[(3.0, 1.0, rise_m), (down, 1.0, -rise_m)],
    )


def bridge_shank(
    hold_s: float = 4.0,
    *,
    low_deg: float = 85.0,
    turn_deg: float = -10.0,
    rise_m: float = 0.0,
    signed: bool = True,
) -> Carriage:
    down = 4.0 + hold_s
    return worn(
        down + 4.0,
        start_deg=low_deg,
        angle=[(3.0, 1.0, turn_deg), (down, 1.0, -turn_deg)],
        height=[(3.0, 1.0, rise_m), (down, 1.0, -rise_m)],
        signed=signed,
    )


def bridged(pelvis: Carriage, **shanks: Carriage) -> Repetition:
    (one,) = chair_bridges(pelvis, shanks)  # type: ignore[arg-type]
    return one


@pytest.mark.parametrize("signed", [True, False])
def test_a_bridge_on_a_chair_is_counted_from_rest_to_rest(signed: bool) -> None:
    leg = bridge_shank(signed=signed)
    one = bridged(bridge_pelvis(), left=leg, right=leg)
    assert (one.exercise, one.side) == (CHAIR_BRIDGE, None)
    assert one.start / RATE_HZ == pytest.approx(3.0, abs=0.2)
    assert one.hold_start / RATE_HZ == pytest.approx(4.0, abs=0.2)
    assert one.hold_end / RATE_HZ == pytest.approx(8.0, abs=0.2)
    assert one.end / RATE_HZ == pytest.approx(9.0, abs=0.2)
    assert one.fit == 1.0


@pytest.mark.parametrize(
    ("pelvis", "is_one"),
    [
        (bridge_pelvis(turn_deg=9.5), True),
        (bridge_pelvis(lying_deg=64.0), True),
        (bridge_pelvis(lying_deg=60.0), False),  # he sits
        (bridge_pelvis(rise_m=0.06), True),
        (bridge_pelvis(rise_m=0.04), False),  # only turned
        (bridge_pelvis(rise_m=-0.2), False),
    ],
)
def test_a_bridge_at_the_limits_of_the_pelvis(pelvis: Carriage, is_one: bool) -> None:
    leg = bridge_shank()
    assert (bridged(pelvis, left=leg, right=leg).exercise == CHAIR_BRIDGE) is is_one


@pytest.mark.parametrize(("hold_s", "is_one"), [(0.7, False), (1.4, True), (59.0, True), (62.0, False)])
def test_a_bridge_is_held_for_a_second_to_a_minute(hold_s: float, is_one: bool) -> None:
    leg = bridge_shank(hold_s)
    assert (bridged(bridge_pelvis(hold_s), left=leg, right=leg).exercise == CHAIR_BRIDGE) is is_one


def test_a_pelvis_that_hardly_turns_makes_no_bridge() -> None:
    leg = bridge_shank()
    assert chair_bridges(bridge_pelvis(turn_deg=7.0), {"left": leg, "right": leg}) == []
    assert chair_bridges(worn(8.0, start_deg=75.0), {"left": leg, "right": leg}) == []


@pytest.mark.parametrize(
    ("leg", "is_one"),
    [
        (bridge_shank(low_deg=54.0, turn_deg=0.0), True),
        (bridge_shank(low_deg=50.0, turn_deg=0.0), False),  # the feet are on the floor
        (bridge_shank(low_deg=118.0, turn_deg=0.0), True),
        (bridge_shank(low_deg=122.0, turn_deg=0.0), False),  # above what a raised one may have
        (bridge_shank(low_deg=122.0, turn_deg=-10.0), True),
        (bridge_shank(low_deg=127.0, turn_deg=-10.0), False),
        (bridge_shank(low_deg=85.0, turn_deg=-45.0), True),
        (bridge_shank(low_deg=95.0, turn_deg=-50.0), False),  # a carrying shank hardly turns
        (bridge_shank(low_deg=65.0, turn_deg=-24.0), True),
        (bridge_shank(low_deg=65.0, turn_deg=-30.0), False),
        (bridge_shank(rise_m=0.08), True),
        (bridge_shank(rise_m=0.10), False),  # neither carries
        (bridge_shank(rise_m=-0.10), False),
    ],
)
def test_a_bridge_at_the_limits_of_the_shanks(leg: Carriage, is_one: bool) -> None:
    assert (bridged(bridge_pelvis(), left=leg, right=leg).exercise == CHAIR_BRIDGE) is is_one


@pytest.mark.parametrize(("sideways_deg", "is_one"), [(33.0, True), (36.0, False)])
def test_lying_on_the_side_is_no_bridge(sideways_deg: float, is_one: bool) -> None:
    leg = bridge_shank()
    leg = replace(leg, sideways_deg=np.full(len(leg), sideways_deg))
    assert (bridged(bridge_pelvis(), left=leg, right=leg).exercise == CHAIR_BRIDGE) is is_one


@pytest.mark.parametrize(
    ("free_m", "carrying_m", "side", "is_one"),
    [
        (0.20, 0.0, "right", True),
        (0.085, 0.0, "right", True),
        (0.20, 0.085, "right", True),
        (0.20, 0.095, "right", False),  # none carries
        (0.10, 0.05, None, False),  # neither alone nor both
        (0.075, 0.0, None, True),  # both
    ],
)
def test_a_leg_in_the_air_rises_with_the_pelvis(
    free_m: float, carrying_m: float, side: Side | None, is_one: bool
) -> None:
    one = bridged(bridge_pelvis(), left=bridge_shank(rise_m=free_m), right=bridge_shank(rise_m=carrying_m))
    assert (one.side, one.exercise == CHAIR_BRIDGE) == (side, is_one)


def test_with_one_shank_a_bridge_is_nobodys_leg_and_a_gap_hides_it() -> None:
    assert bridged(bridge_pelvis(), left=bridge_shank()).side is None
    assert bridged(bridge_pelvis(), left=bridge_shank()).exercise == CHAIR_BRIDGE
    pelvis, leg = bridge_pelvis(), bridge_shank()
    rate = pelvis.rate_dps.copy()
    rate[300:320] = np.nan
    assert chair_bridges(replace(pelvis, rate_dps=rate), {"left": leg}) == []
    lift = leg.lift_mps2.copy()
    lift[170] = np.nan
    assert bridged(pelvis, left=replace(leg, lift_mps2=lift)).exercise is None


def walked_out(
    *,
    near_deg: float = 15.0,
    turn_deg: float = 50.0,
    raised_deg: float = 12.0,
    lying_deg: float = 75.0,
    apart_deg: float = 8.0,
    takes_s: float = 4.0,
    signed: bool = True,
) -> tuple[Carriage, dict[Side, Carriage]]:
    """The heels go out and back, one always ahead of the other; the pelvis is up meanwhile."""
    begin, back = 4.0, 4.0 + takes_s + 1.0
    end = back + takes_s
    seconds = end + 4.0
    pelvis = worn(
        seconds,
        start_deg=lying_deg,
        angle=[(begin - 1.0, 1.0, raised_deg), (end, 1.0, -raised_deg)],
    )
    moves = [(begin, takes_s, turn_deg), (back, takes_s, -turn_deg)]
    sides: tuple[tuple[Side, int], ...] = (("left", 1), ("right", -1))
    return pelvis, {
        side: worn(seconds, start_deg=near_deg + sign * apart_deg / 2, angle=moves, signed=signed)
        for side, sign in sides
    }


def walk_out(**changed: float) -> Repetition:
    (one,) = walk_outs(*walked_out(**changed))  # type: ignore[arg-type]
    return one


def test_a_walk_out_lasts_from_the_first_step_out_to_the_last_one_back() -> None:
    one = walk_out()
    assert (one.exercise, one.side) == (WALK_OUT, None)
    assert one.start / RATE_HZ == pytest.approx(4.0, abs=0.5)
    assert one.end / RATE_HZ == pytest.approx(13.0, abs=0.5)
    assert one.hold_start == pytest.approx(one.start, abs=1)
    assert one.hold_end == pytest.approx(one.end, abs=1)
    assert one.fit > 0.8


@pytest.mark.parametrize(
    ("changed", "is_one"),
    [
        ({"near_deg": 20.0, "turn_deg": 25.0}, True),
        ({"near_deg": -32.0, "turn_deg": 80.0}, True),
        ({"near_deg": -39.0, "turn_deg": 90.0}, False),
        ({"near_deg": 52.0, "turn_deg": 40.0}, True),
        ({"near_deg": 58.0, "turn_deg": 35.0}, False),
        ({"near_deg": 10.0, "turn_deg": 31.0}, True),
        ({"near_deg": 5.0, "turn_deg": 30.0}, False),  # not far enough
        ({"near_deg": 45.0, "turn_deg": 52.0}, True),
        ({"near_deg": 45.0, "turn_deg": 60.0}, False),  # too far
        ({"raised_deg": 4.0}, True),
        ({"raised_deg": 2.5}, False),
        ({"lying_deg": 64.0}, True),
        ({"lying_deg": 61.0}, False),
        ({"apart_deg": 3.5}, True),
        ({"apart_deg": 2.5}, False),  # both heels at once
        ({"takes_s": 2.2}, True),
    ],
)
def test_a_walk_out_at_its_limits(changed: dict[str, float], is_one: bool) -> None:
    assert (walk_out(**changed).exercise == WALK_OUT) is is_one


def test_a_walk_out_needs_both_shanks_their_forward_and_no_gap() -> None:
    pelvis, shanks = walked_out()
    assert walk_outs(pelvis, {"left": shanks["left"]}) == []
    assert walk_outs(*walked_out(signed=False)) == []
    assert walk_outs(*walked_out(turn_deg=20.0)) == []
    rate = pelvis.rate_dps.copy()
    rate[400] = np.nan
    assert walk_outs(replace(pelvis, rate_dps=rate), shanks) == []


def joined(parts: Sequence[Carriage]) -> Carriage:
    return Carriage(*(np.concatenate([getattr(p, name) for p in parts]) for name in (
        "angle_deg", "sagittal_deg", "sideways_deg", "rate_dps", "lift_mps2"
    )))  # fmt: skip


def lying_down(
    reps: int, *, rest_s: float = 0.0, signed: bool = True
) -> tuple[Carriage, dict[Side, Carriage]]:
    """Standing, getting down, so many bridges of 12 s with a rest in between, getting up, standing."""
    stand = worn(6.0)
    down, up = worn(3.0, angle=[(0.5, 2.0, 75.0)]), worn(3.0, start_deg=75.0, angle=[(0.5, 2.0, -75.0)])
    pelvis, shank = (
        [stand, down],
        [worn(6.0, signed=signed), worn(3.0, angle=[(0.5, 2.0, 85.0)], signed=signed)],
    )
    for _ in range(reps):
        pelvis += [bridge_pelvis(), worn(rest_s, start_deg=75.0)] if rest_s else [bridge_pelvis()]
        leg = bridge_shank(signed=signed)
        shank += [leg, worn(rest_s, start_deg=85.0, signed=signed)] if rest_s else [leg]
    pelvis += [up, stand]
    shank += [worn(3.0, start_deg=85.0, angle=[(0.5, 2.0, -85.0)], signed=signed), worn(6.0, signed=signed)]
    leg = joined(shank)
    return joined(pelvis), {"left": leg, "right": leg}


@pytest.mark.parametrize(("reps", "is_set"), [(2, False), (3, True), (5, True)])
def test_three_bridges_are_a_set(reps: int, is_set: bool) -> None:
    found = find_exercises(*lying_down(reps))
    assert bool(found) is is_set
    for one in found:
        assert (one.exercise, one.side, one.reps, one.doubtful) == (CHAIR_BRIDGE, None, reps, 0)
        assert one.start_s == pytest.approx(9.0 + 3.0, abs=0.3)
        assert one.end_s == pytest.approx(9.0 + 12.0 * (reps - 1) + 9.0, abs=0.3)
        assert one.hold_s == pytest.approx(np.full(reps, 4.0), abs=0.35)
        assert one.confidence == pytest.approx(1.0)


def test_without_knowing_forward_a_set_is_told_with_less_confidence() -> None:
    (one,) = find_exercises(*lying_down(3, signed=False))
    assert one.confidence == pytest.approx(SETS.unsigned)


@pytest.mark.parametrize(("rest_s", "sets"), [(3.0, 1), (6.0, 0)])
def test_a_longer_rest_ends_a_set(rest_s: float, sets: int) -> None:
    """From one repetition's end to the next one's start are six seconds more than the rest."""
    assert len(find_exercises(*lying_down(3, rest_s=rest_s))) == sets


@pytest.mark.parametrize("reps", [7, 8])
def test_eight_knees_are_a_set_of_marching(reps: int) -> None:
    shanks = knees(*(("left" if k % 2 else "right", 2.0 + 0.8 * k) for k in range(reps)))
    found = find_exercises(None, shanks)
    assert [(one.exercise, one.side, one.reps) for one in found] == ([(MARCH, None, 8)] if reps == 8 else [])
    assert [len(one.hold_s) for one in found] == [0] * len(found)


def test_power_positions_are_counted_for_the_leg_that_carries() -> None:
    one = power()
    thrice: dict[Side, Carriage] = {side: joined([leg] * 3) for side, leg in one.items()}
    (found,) = find_exercises(worn(36.0), thrice)
    assert (found.exercise, found.side, found.reps, found.doubtful) == (POWER, "right", 3, 0)
    assert found.hold_s == pytest.approx(np.full(3, 4.0), abs=0.4)
    twice: dict[Side, Carriage] = {side: joined([leg] * 2) for side, leg in one.items()}
    assert find_exercises(worn(24.0), twice) == []


@pytest.mark.parametrize(("doubtful", "is_told"), [(1, True), (2, False)])
def test_what_looked_like_repetitions_and_was_none_makes_a_set_doubtful(doubtful: int, is_told: bool) -> None:
    """Of three and one, a quarter is in doubt; of three and two, too much."""
    good, short = power(), {side: leg.within(75, len(leg) - 75) for side, leg in power(1.5).items()}
    order = [good, short, good, short, good] if doubtful == 2 else [good, short, good, good]
    shanks: dict[Side, Carriage] = {side: joined([one[side] for one in order]) for side in ("left", "right")}
    found = find_exercises(None, shanks)
    assert bool(found) is is_told
    for one in found:
        assert (one.reps, one.doubtful) == (3, doubtful)
        assert one.confidence < 0.9
