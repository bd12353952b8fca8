"""Sums per second of one sensor: all that alignment needs to know of a run of any length.

A ten-hour recording is read in blocks; what is decided over the whole of it (which way the strap sits,
whether it slipped) is decided from these sums.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from imu.signal.orientation import dot

# the ten distinct products a*b*c of three components, and how often each occurs in a full third-moment tensor
_CUBES = np.array([(i, j, k) for i in range(3) for j in range(i, 3) for k in range(j, 3)])
_REPEATS = np.array([{1: 1, 2: 3, 3: 6}[len(set(cube))] for cube in _CUBES.tolist()])


@dataclass(frozen=True, slots=True)
class Moments:
    """One row per second (s,); sums over the samples that were measured in it."""

    samples: NDArray[np.float64]  # (s,)
    acc: NDArray[np.float64]  # (s, 3) sum, m/s2
    acc_square: NDArray[np.float64]  # (s,) sum of |a|^2
    gyr: NDArray[np.float64]  # (s, 3) sum, rad/s; zero without a gyroscope
    gyr_square: NDArray[np.float64]  # (s, 3, 3) sum of products
    gyr_cube: NDArray[np.float64]  # (s, 10) sums of the distinct triple products

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.intp]) -> "Moments":
        return Moments(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def nothing(cls, seconds: int) -> "Moments":
        """Of so many seconds in which nothing was recorded."""
        shapes = ((), (3,), (), (3,), (3, 3), (len(_CUBES),))
        return cls(*(np.zeros((seconds, *shape)) for shape in shapes))

    def mean_acc(self) -> NDArray[np.float64]:
        """(3,) over all rows."""
        mean: NDArray[np.float64] = self.acc.sum(axis=0) / max(self.samples.sum(), 1.0)
        return mean

    def mean_gyr(self) -> NDArray[np.float64]:
        """(3,) over all rows."""
        mean: NDArray[np.float64] = self.gyr.sum(axis=0) / max(self.samples.sum(), 1.0)
        return mean

    def acc_sd(self) -> NDArray[np.float64]:
        """(s,) root mean square distance of the specific force from its mean within each second, m/s2."""
        return _spread(self.samples, self.acc, self.acc_square)

    def gyr_sd(self) -> NDArray[np.float64]:
        """(s,) the same of the angular rate, rad/s."""
        return _spread(self.samples, self.gyr, np.trace(self.gyr_square, axis1=1, axis2=2))

    def skewness_along(self, axis: NDArray[np.float64]) -> float:
        """Third moment of the rate about an axis, over its second moment to the power 3/2."""
        cube = float((self.gyr_cube.sum(axis=0) * _REPEATS) @ np.prod(axis[_CUBES], axis=1))
        square = float(axis @ self.gyr_square.sum(axis=0) @ axis)
        n = max(float(self.samples.sum()), 1.0)
        return float((cube / n) / max((square / n) ** 1.5, 1e-12))


def moments(
    acc_mps2: NDArray[np.float64],
    gyr_radps: NDArray[np.float64] | None,
    missing: NDArray[np.bool_],
    *,
    sampling_rate_hz: float,
) -> Moments:
    """Sums per whole second of (n, 3) signals; samples in gaps do not count."""
    per_second = round(sampling_rate_hz)
    seconds = len(missing) // per_second
    # every second sample: running has nothing above 50 Hz worth summing
    here, shape = slice(0, seconds * per_second, 2), (3, seconds, per_second // 2)
    weight = (~missing[here]).astype(np.float64)
    acc = (acc_mps2.T[:, here] * weight).reshape(shape)
    gyr = np.zeros(shape) if gyr_radps is None else (gyr_radps.T[:, here] * weight).reshape(shape)
    return Moments(
        samples=weight.reshape(shape[1:]).sum(axis=1),
        acc=acc.sum(axis=2).T,
        acc_square=dot(acc, acc).sum(axis=1),
        gyr=gyr.sum(axis=2).T,
        gyr_square=gyr.transpose(1, 0, 2) @ gyr.transpose(1, 2, 0),
        gyr_cube=np.stack([(gyr[i] * gyr[j] * gyr[k]).sum(axis=1) for i, j, k in _CUBES.tolist()], axis=1),
    )


def joined(parts: list[Moments]) -> Moments:
    """Blocks one after another."""
    return Moments(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Moments)))


def _spread(
    samples: NDArray[np.float64], total: NDArray[np.float64], square: NDArray[np.float64]
) -> NDArray[np.float64]:
    n = np.maximum(samples, 1.0)
    variance = square / n - np.einsum("si,si->s", total, total) / n**2
    return np.where(samples > 0, np.sqrt(np.maximum(variance, 0.0)), np.inf)
