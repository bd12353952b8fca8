"""Bayesian ridge with a spread between runs: coefficients, their covariance, and how far single runs scatter.

    y = X b + u_run + e,    u_run ~ N(0, sd_run^2),    e ~ N(0, sd_within^2),    b ~ N(prior_mean, prior_sd^2)

Segments of one run share its strap, its day and its legs; without u_run sixty segments would count as sixty
runs, and every standard error would be several times too small. The two spreads are the most probable ones
given the data with b integrated out (for flat priors this is REML: Patterson & Thompson 1971,
doi:10.1093/biomet/58.3.545).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Ten runs say little about a spread, so it has a prior: days differ by about 1.5 deg (1.6 to 2.7 deg RMSE for
# sagittal angles, Front Bioeng Biotechnol 2022, doi:10.3389/fbioe.2022.1005496), segments of a run by about
# 1; both within a factor of two either way (our choice).
TYPICAL_RUN_SD = 1.5
TYPICAL_WITHIN_SD = 1.0
LOG_SD_OF_SPREADS = 0.7


@dataclass(frozen=True, slots=True)
class MixedFit:
    """Coefficients (p,), their covariance (p, p), and the two spreads in the unit of y."""

    mean: Floats
    covariance: Floats
    sd_run: float
    sd_within: float


@dataclass(frozen=True, slots=True)
class _Sums:
    """All that the likelihood needs of the data, per run: no pass over segments while the spreads are
    searched."""

    n: Floats  # (runs,)
    x: Floats  # (runs, p)
    y: Floats  # (runs,)
    xx: Floats  # (p, p) over all segments
    xy: Floats
    yy: float


def fit_mixed(
    x: Floats, y: Floats, run: NDArray[np.intp], *, prior_mean: Floats, prior_sd: Floats
) -> MixedFit:
    """Fit the model of this module.

    x: (n, p) terms; y: (n,) values; run: (n,) index of each value's run, from 0 and without holes.
    ValueError if the shapes do not fit.
    """
    if x.shape != (len(y), len(prior_mean)) or len(run) != len(y) or len(prior_sd) != len(prior_mean):
        raise ValueError(f"{x.shape} terms, {len(y)} values and {len(prior_mean)} priors do not fit")
    from scipy.optimize import minimize  # half a second that only a new baseline has to wait for

    order = np.argsort(run, kind="stable")
    x, y, run = x[order], y[order], run[order]
    first = np.flatnonzero(np.diff(run, prepend=-1))
    sums = _Sums(
        n=np.diff(np.append(first, len(y))).astype(float),
        x=np.add.reduceat(x, first),
        y=np.add.reduceat(y, first),
        xx=x.T @ x,
        xy=x.T @ y,
        yy=float(y @ y),
    )
    precision = 1 / prior_sd**2
    start = np.log([TYPICAL_RUN_SD, TYPICAL_WITHIN_SD])

    def badness(log_sd: Floats) -> float:
        pull = float(np.sum((log_sd - start) ** 2)) / LOG_SD_OF_SPREADS**2
        return _solve(sums, log_sd, prior_mean, precision)[2] + pull

    best = minimize(badness, start, method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-3}).x
    mean, inverse, _ = _solve(sums, best, prior_mean, precision)
    sd_run, sd_within = np.exp(best).tolist()
    return MixedFit(mean, np.asarray(np.linalg.inv(inverse), float), sd_run, sd_within)


def _solve(
    sums: _Sums, log_sd: Floats, prior_mean: Floats, precision: Floats
) -> tuple[Floats, Floats, float]:
    """Coefficients, their precision, and -2 log likelihood (up to a constant) for given spreads."""
    between, within = np.exp(2 * log_sd).tolist()
    shared = between / (within + sums.n * between)  # inverse of within * I + between * 11' (Sherman-Morrison)
    weighted = sums.x.T * shared
    inverse = (sums.xx - weighted @ sums.x) / within + np.diag(precision)
    target = (sums.xy - weighted @ sums.y) / within + precision * prior_mean
    mean = np.linalg.solve(inverse, target)
    square = (sums.yy - float(shared @ sums.y**2)) / within + float(precision @ prior_mean**2) - mean @ target
    spread = sums.n.sum() * np.log(within) + np.log1p(sums.n * between / within).sum()
    return mean, inverse, float(square + spread + np.linalg.slogdet(inverse)[1])
