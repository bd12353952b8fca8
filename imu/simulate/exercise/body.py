"""A body in the sagittal plane: hip, two legs of thigh and shank, and the pelvis sensor behind the hip.

x forward and y up as the person stood before; angles in degrees. A thigh's angle is positive where the knee
is ahead of the hip, a shank's where the ankle is ahead of the knee.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIDES = ("left", "right")
STANDING_ANKLE_M = 0.08


@dataclass(frozen=True, slots=True)
class Build:
    """Lengths, after Winter's segment proportions."""

    height_m: float

    @property
    def thigh_m(self) -> float:
        return 0.245 * self.height_m

    @property
    def shank_m(self) -> float:
        return 0.246 * self.height_m

    @property
    def trunk_m(self) -> float:
        """Hip to shoulder."""
        return 0.288 * self.height_m

    @property
    def hip_m(self) -> float:
        """Of the hip in standing, legs nearly straight."""
        return STANDING_ANKLE_M + 0.998 * (self.thigh_m + self.shank_m)


@dataclass(frozen=True, slots=True)
class Leg:
    """Where the ankle is and how the shank stands."""

    ankle_m: tuple[float, float]
    shank_deg: float
    lean_deg: float = 0.0  # out of the plane, against standing; outwards > 0

    @classmethod
    def planted(cls, build: Build, hip_m: tuple[float, float], ankle_m: tuple[float, float]) -> Self:
        """A foot that stays where it is; the knee bends forward as far as it must."""
        way = np.subtract(ankle_m, hip_m)
        distance = float(np.hypot(*way))
        reach = build.thigh_m + build.shank_m
        span = min(distance, 0.9995 * reach)
        along = (build.thigh_m**2 - build.shank_m**2 + span**2) / (2 * span)
        bent = np.sqrt(max(build.thigh_m**2 - along**2, 0.0))
        unit = way / distance
        knee = np.array(hip_m) + along * unit + bent * np.array([-unit[1], unit[0]])
        return cls(ankle_m, _inclination_deg(np.array(ankle_m) - knee))

    @classmethod
    def swung(cls, build: Build, hip_m: tuple[float, float], *, thigh_deg: float, shank_deg: float) -> Self:
        """A leg in the air."""
        x, y = np.array(hip_m) + build.thigh_m * _down(thigh_deg) + build.shank_m * _down(shank_deg)
        return cls((float(x), float(y)), shank_deg)


@dataclass(frozen=True, slots=True)
class Pose:
    """One posture."""

    hip_m: tuple[float, float]
    tilt_deg: float  # of the pelvis, backwards > 0: 90 lying on the back
    left: Leg
    right: Leg
    roll_deg: float = 0.0  # of the pelvis, right side high > 0

    @classmethod
    def standing(cls, build: Build, shank_deg: tuple[float, float]) -> Self:
        left, right = (Leg((0.0, STANDING_ANKLE_M), angle) for angle in shank_deg)
        return cls((0.0, build.hip_m), 0.0, left, right)

    def with_leg(self, side: str, leg: Leg) -> "Pose":
        return replace(self, left=leg) if side == "left" else replace(self, right=leg)

    def channels(self) -> Floats:
        """(12,) hip, tilt, roll; then ankle, shank and lean of each leg."""
        legs = [(*leg.ankle_m, leg.shank_deg, leg.lean_deg) for leg in (self.left, self.right)]
        return np.array([*self.hip_m, self.tilt_deg, self.roll_deg, *legs[0], *legs[1]])


def _inclination_deg(from_knee: Floats) -> float:
    """Between -90 and 270: no leg turns through straight back and up."""
    angle = float(np.degrees(np.arctan2(from_knee[0], -from_knee[1])))
    return angle if angle > -150.0 else angle + 360.0


def _down(angle_deg: float) -> Floats:
    angle = np.radians(angle_deg)
    return np.array([np.sin(angle), -np.cos(angle)])
