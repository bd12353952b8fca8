"""Exercises in standing: one leg lifted and held (power position), or both in turn (marching drill).

A lifted leg shows in the height that its shank gains from rest to rest: walking lifts a shank by a hand's
breadth, and on stairs it does not come down again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from imu.signal.exercises.carriage import RATE_HZ, Carriage
from imu.signal.exercises.repetition import Repetition, Side, between, margin
from imu.signal.stretches import long_gaps, stretches

_LIFT_MEAN_S = 0.1
_EITHER_WAY: tuple[tuple[Side, Side], ...] = (("left", "right"), ("right", "left"))  # lifted, carrying
POWER, MARCH = "power_position_hold", "march_skip_drill"


@dataclass(frozen=True, slots=True)
class Resting:
    """When a shank is taken to rest: it turns and is moved up and down by less, for so long."""

    turn_dps: float
    lift_mps2: float
    least_s: float
    soft_share: float = 0.3  # of that time: moves begin and end so softly that rest seems to last longer


@dataclass(frozen=True, slots=True)
class UprightConfig:
    """Limits lie between the programme's exercises and what else is done standing; see docs/method.md."""

    # A leg can be lifted without turning, and at its fastest a slow lift feels like rest for 0.3 s.
    held: Resting = Resting(turn_dps=60.0, lift_mps2=0.35, least_s=0.4)
    # A foot on the ground between two quick knees, which take 15 m/s2 and more.
    stepped: Resting = Resting(turn_dps=100.0, lift_mps2=1.0, least_s=0.16)
    longest_move_s: float = 2.5
    least_lift_m: float = 0.17  # walking lifts a shank's sensor by 0.14 m at most
    level_m: float = 0.12  # a foot put down again is within this of where it was
    least_hold_s: float = 2.0
    longest_hold_s: float = 20.0
    upright_deg: float = 35.0  # the pelvis leans less
    drive_deg: tuple[float, float] = (-58.0, 40.0)  # the lifted shank, against standing
    push_deg: float = 5.0  # the carrying shank leans forward by more
    carrying_rise_m: float = 0.10
    step_s: tuple[float, float] = (0.35, 1.7)  # from one knee to the other
    longest_top_s: float = 1.2  # a knee is held up for less in marching


@dataclass(frozen=True, slots=True)
class _Lift:
    """A leg that goes up and comes down again; samples."""

    side: Side
    start: int
    top_start: int
    top_end: int
    end: int
    height_m: float


def power_holds(
    pelvis: Carriage | None, shanks: Mapping[Side, Carriage], *, config: UprightConfig = UprightConfig()
) -> list[Repetition]:
    """Power positions in one stretch of standing, also holds that only look like one; needs both shanks."""
    if len(shanks) < 2:
        return []
    found = []
    for drive, stance in _EITHER_WAY:
        for lift in _lifts(shanks[drive], drive, config.held, config):
            hold_s = (lift.top_end - lift.top_start) / RATE_HZ
            if hold_s >= config.least_hold_s / 2:
                fit = _power_fit(lift, pelvis, shanks[drive], shanks[stance], hold_s, config)
                found.append(
                    Repetition(
                        POWER if fit > 0 else None,
                        stance,
                        lift.start,
                        lift.end,
                        lift.top_start,
                        lift.top_end,
                        fit,
                    )
                )
    return sorted(found, key=lambda one: one.start)


def _power_fit(
    lift: _Lift,
    pelvis: Carriage | None,
    drive: Carriage,
    stance: Carriage,
    hold_s: float,
    config: UprightConfig,
) -> float:
    held = slice(lift.top_start, lift.top_end)
    driven = float(np.median((drive.sagittal_deg if drive.is_signed else drive.angle_deg)[held]))
    pushed = float(np.median(-stance.sagittal_deg[held] if stance.is_signed else stance.angle_deg[held]))
    carried_m = abs(stance.rise_m(lift.start, lift.top_start))
    return min(
        margin(lift.height_m, config.least_lift_m, 1.3 * config.least_lift_m),
        margin(hold_s, config.least_hold_s, 1.5 * config.least_hold_s),
        margin(-hold_s, -config.longest_hold_s, -0.8 * config.longest_hold_s),
        *between(driven, config.drive_deg, 10.0),
        margin(pushed, config.push_deg, config.push_deg + 5),
        margin(-carried_m, -config.carrying_rise_m, -config.carrying_rise_m / 2),
        _upright(pelvis, lift, config),
    )


def marches(
    pelvis: Carriage | None, shanks: Mapping[Side, Carriage], *, config: UprightConfig = UprightConfig()
) -> list[Repetition]:
    """High knees in turn in one stretch; needs both shanks. A knee lifted alone is none."""
    if len(shanks) < 2:
        return []
    lifts = sorted(
        (lift for side, shank in shanks.items() for lift in _lifts(shank, side, config.stepped, config)),
        key=lambda lift: lift.top_start + lift.top_end,
    )
    middle_s = np.array([(lift.top_start + lift.top_end) / 2 / RATE_HZ for lift in lifts])
    found = []
    for i, lift in enumerate(lifts):
        quick = (lift.top_end - lift.top_start) / RATE_HZ <= config.longest_top_s
        in_turn = [
            lifts[j].side != lift.side
            and config.step_s[0] <= abs(middle_s[j] - middle_s[i]) <= config.step_s[1]
            for j in (i - 1, i + 1)
            if 0 <= j < len(lifts)
        ]
        fit = (
            min(
                margin(lift.height_m, config.least_lift_m, 1.3 * config.least_lift_m),
                _upright(pelvis, lift, config),
            )
            if quick and any(in_turn)
            else 0.0
        )
        found.append(
            Repetition(
                MARCH if fit > 0 else None, None, lift.start, lift.end, lift.top_start, lift.top_end, fit
            )
        )
    return found


def _upright(pelvis: Carriage | None, lift: _Lift, config: UprightConfig) -> float:
    if pelvis is None:
        return 1.0
    lean = float(np.nanmax(pelvis.angle_deg[lift.start : lift.end], initial=0.0))
    return margin(-lean, -config.upright_deg, -config.upright_deg / 2)


def _lifts(shank: Carriage, side: Side, resting: Resting, config: UprightConfig) -> list[_Lift]:
    """Ways of a shank up and down again, between rests.

    A rest at the top parts a lift into two moves; without one, a single move goes up and down.
    """
    known_mps2 = np.nan_to_num(shank.lift_mps2)  # in a gap the rate tells
    lift = np.abs(uniform_filter1d(known_mps2, round(_LIFT_MEAN_S * RATE_HZ), mode="nearest"))
    moving = ~((shank.rate_dps < resting.turn_dps) & (lift < resting.lift_mps2))
    moving = ~long_gaps(~moving, longer_than=resting.least_s * RATE_HZ)
    starts, ends = stretches(~moving)
    soft = round(resting.soft_share * resting.least_s * RATE_HZ)
    found: list[_Lift] = []
    raised: tuple[int, int, float] | None = None  # start and end of a way up, and its height
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        start, end = max(start - soft, 0), min(end + soft, len(shank))
        if (end - start) / RATE_HZ > config.longest_move_s or start == 0 or end == len(shank):
            raised = None
            continue
        heights = shank.heights_m(start, end)
        if np.isnan(heights[-1]):
            raised = None
            continue
        net, top = float(heights[-1]), float(heights.max())
        if raised is not None and net < -config.least_lift_m + config.level_m / 2:
            begin, reached, height = raised
            if abs(height + net) < config.level_m:
                found.append(_Lift(side, begin, reached, start, end, height))
            raised = None
        elif net > config.least_lift_m:
            raised = (start, end, net)
        elif top > config.least_lift_m and abs(net) < config.level_m:
            highest = start + int(heights.argmax())
            found.append(_Lift(side, start, highest, highest, end, top))
            raised = None
        elif raised is not None and abs(net) > config.level_m:
            raised = None
    return found
