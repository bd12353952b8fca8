"""A hand that takes a virtual sensor off its wearer: shakes it, lays it on a table, turns it there.

What it does to a sensor comes before the errors of the chip, so that what a calibration says of the chip
can be compared with the truth. It is not remembered by a world that ends: in the next one the sensor is
worn again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.errors import SensorError
from imu.simulate.motion import STANDARD_GRAVITY_MPS2, Felt

Floats = NDArray[np.float64]

FACES = ("x", "-x", "y", "-y", "z", "-z")  # of the chip's axes, the one that points up
LAYING_S = 1.0
_UNEVEN_DEG = 2.0  # a case does not lie as its chip does; at most, another each time
_SHAKE_G, _SHAKE_HZ = 1.5, 5.0  # a wrist that shakes a small box
_GRAVITY = np.array([0.0, 0.0, STANDARD_GRAVITY_MPS2])


class Hand:
    """All that was done to one sensor since its world began. Times are true seconds of that world."""

    def __init__(self) -> None:
        self.changes = 0  # so many times: whoever measured ahead has to measure again
        self._shakes: list[tuple[float, float]] = []
        self._moves: list[_Move] = []

    def shake(self, now_s: float, *, seconds: float) -> None:
        """From now on, to show which one it is."""
        self._shakes.append((now_s, now_s + seconds))
        self.changes += 1

    def lay(self, now_s: float, *, face: str) -> None:
        """On a table, with this face up; it lies still a moment later, until it is moved again."""
        if face not in FACES:
            raise SensorError(f"virtual sensor: no face {face!r}; there are {', '.join(FACES)}")
        before = self._attitude(now_s)
        up = np.zeros(3)
        up["xyz".index(face[-1])] = -1.0 if face.startswith("-") else 1.0
        uneven = np.random.default_rng(len(self._moves)).uniform(-1, 1, 3) * np.radians(_UNEVEN_DEG)
        lying = Rotation.from_rotvec(uneven) * Rotation.align_vectors([[0.0, 0.0, 1.0]], [up])[0]
        self._move(now_s, LAYING_S, before, (lying * before.inv()).as_rotvec())

    def turn(self, now_s: float, *, degrees: float, seconds: float) -> None:
        """On the table, about the vertical, counter-clockwise where positive."""
        self._move(now_s, seconds, self._attitude(now_s), np.array([0.0, 0.0, np.radians(degrees)]))

    def felt(self, time_s: Floats, worn: Felt) -> Felt:
        """What reaches a chip that is handled so, in its own axes; `worn` while it is on its strap."""
        acc_mps2, gyr_radps = worn.acc_mps2.copy(), worn.gyr_radps.copy()
        for move in self._moves:
            now = time_s >= move.begins_s  # a later move ends this one
            if now.any():
                turned, rate = move.at(time_s[now])
                acc_mps2[now] = turned.inv().apply(_GRAVITY)
                gyr_radps[now] = turned.inv().apply(rate)
        for begins_s, ends_s in self._shakes:
            now = (time_s >= begins_s) & (time_s < ends_s)
            force_g = _SHAKE_G * np.sin(2 * np.pi * _SHAKE_HZ * time_s[now])
            acc_mps2[now] += force_g[:, None] * STANDARD_GRAVITY_MPS2
        return Felt(acc_mps2, gyr_radps)

    def _move(self, now_s: float, seconds: float, before: Rotation, turns_rad: Floats) -> None:
        self._moves.append(_Move(now_s, seconds, before, turns_rad))
        self.changes += 1

    def _attitude(self, now_s: float) -> Rotation:
        return self._moves[-1].at(np.array([now_s]))[0][0] if self._moves else Rotation.identity()


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """From one attitude (sensor axes in those of the world, whose z is up) to another, and stay there."""

    begins_s: float
    seconds: float
    before: Rotation
    turns_rad: Floats  # (3,) rotation vector in the world's axes

    def at(self, time_s: Floats) -> tuple[Rotation, Floats]:
        """Attitudes then, and (n, 3) rates in the world's axes. Starts and stops gently."""
        u = np.clip((time_s - self.begins_s) / self.seconds, 0.0, 1.0)
        share = u**3 * (10.0 - 15.0 * u + 6.0 * u**2)
        pace = 30.0 * (u * (1.0 - u)) ** 2 / self.seconds
        turned = Rotation.from_rotvec(share[:, None] * self.turns_rad)
        return turned * self.before, pace[:, None] * self.turns_rad
