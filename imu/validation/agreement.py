"""Agreement statistics: bias, 95 % limits and RMSE; many strides of one runner are not many runners."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NORMAL_95 = 1.96  # standard deviations that hold 95 % of a normal distribution


@dataclass(frozen=True, slots=True)
class Agreement:
    """How `n` differences (ours minus true) of `runners` people scatter; NaN where there are too few."""

    n: int
    runners: int
    bias: float
    sd: float  # of one stride of one more runner: between and within runners together
    sd_between: float
    sd_within: float
    rmse: float

    @property
    def half_width(self) -> float:
        """Half the distance between the 95 % limits of agreement."""
        return NORMAL_95 * self.sd

    @property
    def low(self) -> float:
        return self.bias - self.half_width

    @property
    def high(self) -> float:
        return self.bias + self.half_width


def agreement(errors: NDArray[np.float64], runner: NDArray[np.object_] | None = None) -> Agreement:
    """Bias and limits of agreement of differences (n,), NaN left out; `runner` (n,) says whose each one is.

    Repeated differences of one runner are not independent, so their plain standard deviation is too small
    when runners differ. The variance is split by a one-way analysis of variance with the runner as random
    effect and added up again. With one runner (or none named) the plain standard deviation is all there is.

    Source: Bland & Altman 2007, J Biopharm Stat 17:571, section 3 (the true value varies),
    doi 10.1080/10543400701329422.
    """
    known = np.isfinite(errors)
    differences = errors[known]
    n = len(differences)
    names = np.zeros(n) if runner is None else np.asarray(runner)[known]
    groups, group = np.unique(names, return_inverse=True)
    bias = float(differences.mean()) if n else np.nan
    rmse = float(np.sqrt(np.mean(differences**2))) if n else np.nan
    between, within = _variance_components(differences, group, len(groups))
    sd = float(np.sqrt(between + within))
    return Agreement(n, len(groups), bias, sd, float(np.sqrt(between)), float(np.sqrt(within)), rmse)


def _variance_components(
    differences: NDArray[np.float64], group: NDArray[np.intp], groups: int
) -> tuple[float, float]:
    n = len(differences)
    if n < 2:
        return np.nan, np.nan
    if groups < 2:
        return 0.0, float(differences.var(ddof=1))
    size = np.bincount(group, minlength=groups)
    mean = np.bincount(group, differences, minlength=groups) / size
    if n == groups:  # one value per runner: what varies is the runner
        return float(differences.var(ddof=1)), 0.0
    within = float(np.sum((differences - mean[group]) ** 2) / (n - groups))
    between_square = float(np.sum(size * (mean - differences.mean()) ** 2) / (groups - 1))
    typical_size = (n**2 - np.sum(size**2)) / ((groups - 1) * n)
    return max(0.0, (between_square - within) / float(typical_size)), within
