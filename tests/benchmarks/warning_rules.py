"""Control charts on simulated runners, thousands at once: ours, and the textbook ones beside it.

A runner is a row of run-to-run deviations in sd, AR(1) from run to run. His baseline's mean and sd are
estimated from his first runs, as in life: most false warnings come from a baseline that was a little off, not
from chance later on.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from imu.training.chart import HALF_DETECTABLE
from imu.training.ewma import Flags, Floats, Rule, judge, weighted

RUNS_A_YEAR = 156
WATCHED_RUNS = 40
LEAST_DEG = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Who is simulated. Equal ones give equal runners."""

    runners: int = 20_000
    baseline_runs: int = 10
    correlation: float = 0.2  # of neighbouring runs
    day_sd_deg: float = 1.5
    shift_sd: float = 1.5
    after_runs: int = 0  # charted before the shift comes
    seed: int = 20260101


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What one rule does in one direction of one chart."""

    false_a_year: float
    runners_warned: float  # share with at least one false warning in a year
    median_delay: float  # runs, counted over all runners; infinite if most are missed
    missed: float  # share not warned within 40 runs


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs as a chart sees them, in sd as estimated from each runner's baseline."""

    change: Floats  # (runners, runs)
    least: Floats  # (runners, 1)
    baseline_runs: int


Opens = Callable[[Runs], Flags]


def operating(opens: Opens, population: Population) -> Operating:
    """Count warnings in a year without change, and runs until the first one after a shift."""
    rng = np.random.default_rng(population.seed)
    n0 = population.baseline_runs
    usual = _autoregressive(rng, population, n0)
    mean, sd = usual.mean(axis=1, keepdims=True), usual.std(axis=1, ddof=1, keepdims=True)
    least = np.maximum(LEAST_DEG / (population.day_sd_deg * sd), HALF_DETECTABLE)
    quiet = (_autoregressive(rng, population, RUNS_A_YEAR) - mean) / sd
    opened = opens(Runs(quiet, least, n0))
    moved = _autoregressive(rng, population, population.after_runs + WATCHED_RUNS)
    moved[:, population.after_runs :] += population.shift_sd
    found = opens(Runs((moved - mean) / sd, least, n0))[:, population.after_runs :]
    delay = np.where(found.any(axis=1), found.argmax(axis=1) + 1.0, np.inf)
    return Operating(
        false_a_year=float(opened.sum(axis=1).mean()),
        runners_warned=float(opened.any(axis=1).mean()),
        median_delay=float(np.median(delay)),
        missed=float(np.isinf(delay).mean()),
    )


def ours(rule: Rule) -> Opens:
    """The rule as shipped."""

    def opens(runs: Runs) -> Flags:
        unknown = np.full((1, 1), runs.baseline_runs**-0.5)
        return judge(runs.change, unknown=unknown, least=runs.least, rule=rule).opened

    return opens


def textbook_ewma(width: float, *, weight: float = 0.2) -> Opens:
    """Limits that take the baseline as known; every crossing warns."""

    def opens(runs: Runs) -> Flags:
        kept = (1 - weight) ** np.arange(1, runs.change.shape[1] + 1)
        limit = width * np.sqrt(weight / (2 - weight) * (1 - kept**2))
        return _crossings(weighted(runs.change, weight) > limit)

    return opens


def cusum(height: float, *, slack: float = 0.5) -> Opens:
    """One-sided sum of what exceeds `slack` (Page 1954, doi:10.1093/biomet/41.1-2.100), from zero after a
    warning."""

    def opens(runs: Runs) -> Flags:
        opened = np.zeros(runs.change.shape, bool)
        total = np.zeros(len(runs.change))
        for run in range(runs.change.shape[1]):
            total = np.maximum(0, total + runs.change[:, run] - slack)
            opened[:, run] = total > height
            total[opened[:, run]] = 0
        return opened

    return opens


def _crossings(over: Flags) -> Flags:
    before = np.zeros_like(over)
    before[:, 1:] = over[:, :-1]
    return over & ~before


def _autoregressive(rng: np.random.Generator, population: Population, runs: int) -> Floats:
    """Deviations of sd 1, each correlated with the one before."""
    rho = population.correlation
    steps = rng.standard_normal((population.runners, runs))
    steps[:, 1:] *= (1 - rho**2) ** 0.5
    return np.asarray(lfilter([1.0], [1.0, -rho], steps, axis=1), float)
