"""Bias and scale of a chip from rests on its six faces and from whole turns.

The accelerometer's are those with which every rest reads 1 g: least squares on the magnitude, so that no face
has to be level (the six positions of I. Frosio, F. Pedersini, N. A. Borghese, Autocalibration of MEMS
accelerometers, IEEE Trans. Instrum. Meas. 58 (2009) 2034, doi:10.1109/TIM.2008.2006137, without its cross
axes, which six positions cannot tell). Gravity is taken as 9.80665 m/s2; from the equator to the pole it is
0.27 % less to 0.27 % more, which scales all axes alike, turns no direction and is neglected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from imu.collect.calibrating.watch import FACES, Face, Rest, Turn
from imu.devices.calibration import ChipCalibration, Three
from imu.errors import RestrideError

Floats = NDArray[np.float64]
Owns = tuple[float | None, float | None, float | None]
AXES = "xyz"
WHOLE_DEG = 360.0

_GRAVITY_G = (0.8, 1.2)  # of a rest as it reads; beyond: another unit, another range, or broken
_MOST_BIAS_G, _MOST_SCALE = 0.15, 0.08  # several times what data sheets of BMI160, BMI270, LSM6DSO allow
_MOST_BIAS_DPS = 15.0
_MOST_APART_MG = 10.0  # rests that contradict each other
_REST_MG = 0.3  # 1 sd of a rest: its noise, and a table that gives a little (assumed)
_EDGE_DEG = 0.5  # 1 sd of a turn: how well a hand lays a case against the same edge twice (assumed)
_RATE_SHARE = 2e-4  # 1 sd of the sampling rate, as `Watch` knows it
_WALK_DPS = 0.02  # 1 sd of a rest's rate: noise, and a bias that wanders in minutes (assumed)
_SURE = 1.96


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Which movements are whole turns on a table."""

    least_deg: float = 150.0  # less is how it is laid against the edge, and nobody's turn
    most_turns: int = 5  # of more, an unknown scale makes the number unsure
    off_share: float = 0.05  # of whole turns: a chip's scale is off by less, a hand that missed by more
    tilted_share: float = 0.15  # about other axes: a chip sits askew in its case by less
    same_up_deg: float = 10.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration, and how well it is known (95 %)."""

    calibration: ChipCalibration
    acc_bias_own_g: Three
    acc_scale_own: Three
    gyr_bias_own_dps: Three
    gyr_scale_own: Owns  # None: not turned about, kept as it was
    before_mg: float  # worst |force| - 1 g of the rests, as the chip reads them
    after_mg: float | None  # and calibrated; None of six rests, which say nothing against themselves


def fault_of(turn: Turn, *, limits: TurnLimits = TurnLimits()) -> str | None:
    """Why a movement is no whole turn on a face; None where it is one, empty where it is none at all."""
    cosine = float(turn.before.up @ turn.after.up)
    about_deg = abs(turn.about_up_deg)
    if turn.before.face() is None or turn.before.face() != turn.after.face() or about_deg < limits.least_deg:
        return ""
    if not turn.is_whole:
        return "samples of it were lost on the way"
    if turn.tilted_deg > limits.tilted_share * about_deg or cosine < np.cos(np.radians(limits.same_up_deg)):
        return "it was lifted or tilted"
    if _whole_turns(turn) > limits.most_turns:
        return f"{about_deg:.0f} degrees are more than {limits.most_turns} turns"
    if abs(about_deg / _whole_deg(turn) - 1.0) > limits.off_share:
        return f"it was turned by {about_deg:.0f} degrees"
    return None


def fit(
    rests: Mapping[Face, Rest],
    turns: Sequence[Turn],
    *,
    before: ChipCalibration | None = None,
    date: str | None = None,
) -> Fitted:
    """From a rest on each face, and whole turns (see `fault_of`) about any axes, several of one or none.

    before: what was in force; an axis that was not turned about keeps its gyroscope scale of then. Raises
    RestrideError, one line, where the rests are not of six faces, contradict each other, or no sound chip
    reads so.
    """
    _check(rests)
    all_rests = [*rests.values(), *(rest for turn in turns for rest in (turn.before, turn.after))]
    acc_g = np.array([rest.acc_g for rest in all_rests])
    bias_g, scale, own = _accelerometer(acc_g)
    read_g, true_g = (np.linalg.norm(each, axis=1) for each in (acc_g, (acc_g - bias_g) * scale))
    before_mg, after_mg = (1e3 * float(np.abs(each - 1.0).max()) for each in (read_g, true_g))
    _check_accelerometer(bias_g, scale, after_mg)
    # One rest of each face: what a gyroscope takes for turning when it is accelerated cancels.
    gyr_dps = np.mean([rest.gyr_dps for rest in rests.values()], axis=0)
    gyr_own_dps = _SURE * _WALK_DPS / np.sqrt(len(FACES))
    gyr_scale, gyr_own = _gyroscope(turns, np.array((before or ChipCalibration()).gyr_scale))
    _check_gyroscope(gyr_dps, gyr_scale)
    calibration = ChipCalibration(
        acc_bias_g=_rounded(bias_g, 5),
        acc_scale=_rounded(scale, 6),
        gyr_bias_dps=_rounded(gyr_dps, 4),
        gyr_scale=_rounded(gyr_scale, 6),
        date=date,
    )
    return Fitted(
        calibration,
        acc_bias_own_g=_rounded(own[:3], 6),
        acc_scale_own=_rounded(own[3:], 6),
        gyr_bias_own_dps=_rounded(np.full(3, gyr_own_dps), 4),
        gyr_scale_own=gyr_own,
        before_mg=before_mg,
        after_mg=after_mg if turns else None,
    )


def _accelerometer(acc_g: Floats) -> tuple[Floats, Floats, Floats]:
    """Bias and scale of rests (n, 3), and the uncertainty (6,) of both."""
    high, low = acc_g.max(axis=0), acc_g.min(axis=0)
    start = np.concatenate([(high + low) / 2, 2 / (high - low)])

    def off(values: Floats) -> Floats:
        bias_g, scale = values[:3], values[3:]
        return np.asarray(np.linalg.norm((acc_g - bias_g) * scale, axis=1) - 1.0)

    found = least_squares(off, start)
    spare = len(acc_g) - len(start)
    scatter_g = float(np.sqrt(found.fun @ found.fun / spare)) if spare else 0.0
    slopes = np.asarray(found.jac)
    covariance = np.linalg.inv(slopes.T @ slopes)
    own = _SURE * max(scatter_g, 1e-3 * _REST_MG) * np.sqrt(np.diag(covariance))
    return found.x[:3], found.x[3:], own


def _gyroscope(turns: Sequence[Turn], before: Floats) -> tuple[Floats, Owns]:
    """Scale (3,) with which turns are whole, and its uncertainty for the axes that were turned about."""
    scale = before.copy()
    axes = sorted({_axis(turn) for turn in turns})
    if not axes:
        return scale, (None, None, None)
    others = [axis for axis in range(3) if axis not in axes]
    along_deg = np.array([turn.up * turn.angle_deg for turn in turns])  # (n, 3) what each axis adds, unscaled
    whole_deg = np.array([np.sign(turn.about_up_deg) * _whole_deg(turn) for turn in turns])
    of_axes_deg = whole_deg - along_deg[:, others] @ before[others]
    scale[axes] = np.linalg.lstsq(along_deg[:, axes], of_axes_deg, rcond=None)[0]
    x, y, z = (_own_scale([_whole_deg(turn) for turn in turns if _axis(turn) == axis]) for axis in range(3))
    return scale, (x, y, z)


def _own_scale(turned_deg: Sequence[float]) -> float | None:
    """Uncertainty of a scale by these whole turns; None without any."""
    if not turned_deg:
        return None
    by_hand = _EDGE_DEG / float(np.linalg.norm(turned_deg))
    return round(_SURE * float(np.hypot(by_hand, _RATE_SHARE)), 6)


def _check(rests: Mapping[Face, Rest]) -> None:
    if missing := [face for face in FACES if face not in rests]:
        raise RestrideError(
            f"calibration: {6 - len(missing)} of 6 faces; missing with {', '.join(missing)} up"
        )
    for face, rest in rests.items():
        size_g = float(np.linalg.norm(rest.acc_g))
        if rest.at_end or not _GRAVITY_G[0] <= size_g <= _GRAVITY_G[1]:
            raise RestrideError(
                f"calibration: reads {size_g:.3g} g at rest with {face} up, where 1 g is felt; its "
                "accelerometer is broken, clipped, or set to another range than it says"
            )
        if rest.face() != face:
            raise RestrideError(f"calibration: the rest with {face} up is on another face; it was moved")


def _check_accelerometer(bias_g: Floats, scale: Floats, after_mg: float) -> None:
    for axis, bias, factor in zip(AXES, bias_g, scale, strict=True):
        if abs(bias) > _MOST_BIAS_G or abs(factor - 1.0) > _MOST_SCALE:
            raise RestrideError(
                f"calibration: accelerometer {axis} is off by {1e3 * bias:.0f} mg and "
                f"{100 * (factor - 1):.1f} %, more than any sound chip; once more, or it is broken"
            )
    if after_mg > _MOST_APART_MG:
        raise RestrideError(
            f"calibration: the rests contradict each other by {after_mg:.0f} mg; it was moved, or the table "
            "was. Once more, on something firm"
        )


def _check_gyroscope(bias_dps: Floats, scale: Floats) -> None:
    for axis, bias, factor in zip(AXES, bias_dps, scale, strict=True):
        if abs(bias) > _MOST_BIAS_DPS or abs(factor - 1.0) > _MOST_SCALE:
            raise RestrideError(
                f"calibration: gyroscope {axis} is off by {bias:.1f} deg/s and {100 * (factor - 1):.1f} %, "
                "more than any sound chip; once more, or it is broken"
            )


def _axis(turn: Turn) -> int:
    return int(np.abs(turn.up).argmax())


def _whole_turns(turn: Turn) -> int:
    return max(round(abs(turn.about_up_deg) / WHOLE_DEG), 1)


def _whole_deg(turn: Turn) -> float:
    return _whole_turns(turn) * WHOLE_DEG


def _rounded(values: Floats, digits: int) -> Three:
    x, y, z = (round(float(value), digits) for value in values)
    return x, y, z
