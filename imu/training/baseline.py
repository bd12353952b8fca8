"""The runner's own normal: what a leg usually does at this speed, on this slope, in this shoe, so late in a
run.

A baseline is fitted once, on runs without symptoms, and then frozen; only an explicit act fits another.
Cadence is no term of it: shorter, quicker steps are how a runner changes the angle, and the model must not
explain that away. Nothing here says that a baseline is good; that of a returning runner may itself have been
changed by the injury, which is why `references` keeps others beside it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.training.history import History, Run, Side, Surface
from imu.training.metrics import METRICS, Metric, Observations, observations, observations_of
from imu.training.regression import fit_mixed
from imu.training.said import Said, said
from imu.training.symptoms import settled, symptom_free

Floats = NDArray[np.float64]

RUNS_NEEDED = 10  # for limits that hold; six leave a quarter of real changes unseen (docs/warnings.md)
MOST_RUNS = 25
SEGMENTS_NEEDED = 3  # per run, 25 strides each (Oliveira & Pirscoveanu 2021, doi:10.1038/s41598-021-82876-z)
INTERCEPT_SD_DEG = 100.0  # flat: wider than any angle of a leg
_SURFACES: Mapping[Surface, str] = {
    "road": said("surface road"),
    "track": said("surface track"),
    "trail": said("surface trail"),
    "grass": said("surface grass"),
    "treadmill": said("surface treadmill"),
}
BEYOND_MPS = 0.5  # so far outside the baseline's speeds a curve through them still means something


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """What the baseline expects of one run: per segment, and one standard error of their mean."""

    expected_deg: Floats
    standard_error_deg: float
    terms: tuple[float, ...]  # their mean: whose error the baseline's covariance gives
    unknown: tuple[str, ...]  # settings that the baseline has never seen, for instance a new shoe


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """One metric of one leg, frozen. Plain values only, so that it can be kept as JSON."""

    metric: str
    side: Side | None  # None: left minus right
    frozen_at: datetime
    run_ids: tuple[str, ...]
    segments: int
    center_mps: float
    slowest_mps: float
    fastest_mps: float
    settings: tuple[str, ...]  # beyond the most usual shoe and the road, each with a term of its own
    usual: tuple[str, ...]
    mean: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    sd_run_deg: float
    sd_segment_deg: float
    lag_1: float  # correlation of neighbouring segments of a run

    @property
    def runs(self) -> int:
        return len(self.run_ids)

    def predict(self, run: Run, seen: Observations) -> Prediction:
        """Expected values of a run's segments, in their order. ValueError without segments."""
        return self.predict_all((run,), seen, (len(seen.value_deg),))[0]

    def predict_all(self, runs: Sequence[Run], seen: Observations, counts: Sequence[int]) -> list[Prediction]:
        """The same for many runs, whose segments follow each other; counts: how many each has."""
        worn = [_settings(run) for run in runs]
        terms = _terms(seen, worn, counts, self.center_mps, self.settings)
        mean, covariance, known = (
            np.array(self.mean),
            np.array(self.covariance),
            (*self.settings, *self.usual),
        )
        found, first = [], 0
        for run, words, count in zip(runs, worn, counts, strict=True):
            if not count:
                raise ValueError(f"run {run.run_id}: no segments to predict")
            own = terms[first : first + count]
            middle = np.add.reduce(own) / count
            found.append(
                Prediction(
                    expected_deg=own @ mean,
                    standard_error_deg=float(middle @ covariance @ middle) ** 0.5,
                    terms=tuple(middle.tolist()),
                    unknown=tuple(word for word in words if word not in known),
                )
            )
            first += count
        return found

    def spread_deg(self, run: Run, seen: Observations) -> Floats:
        """1 sd by which single segments of usual runs lie from what is expected of them: of the run, of the
        segment, and of the expectation itself."""
        terms = _terms(seen, [_settings(run)], [len(seen.value_deg)], self.center_mps, self.settings)
        unknown = np.einsum("ij,jk,ik->i", terms, np.array(self.covariance), terms)
        return np.asarray(np.sqrt(self.sd_run_deg**2 + self.sd_segment_deg**2 + unknown), float)

    def as_json(self) -> dict[str, Any]:
        """Plain lists, numbers and texts; `from_json` reads them back."""
        return {**asdict(self), "frozen_at": self.frozen_at.isoformat()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Baseline":
        """The baseline that `as_json` wrote. TypeError or KeyError if it is something else."""
        names = ("run_ids", "settings", "usual", "mean")
        return cls(
            **{
                **kept,
                **{name: tuple(kept[name]) for name in names},
                "covariance": tuple(tuple(row) for row in kept["covariance"]),
                "frozen_at": datetime.fromisoformat(kept["frozen_at"]),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NoBaseline:
    """Not enough runs yet, and what is missing."""

    metric: str
    side: Side | None
    runs: int
    reason: str


def fit_baseline(
    history: History,
    metric: Metric,
    side: Side | None,
    *,
    now: datetime,
    since: datetime | None = None,
    without: Collection[str] = (),
) -> Baseline | NoBaseline:
    """Fit and freeze.

    Without `since` the first ten runs without symptoms, whatever follows them. With it, which is the act of
    re-baselining: all such runs from then until now, the latest 25 at most, and at least ten.
    without: ids of runs that are not to be part of it.
    """
    usable = (run for run in eligible(history, metric, side, now=now) if run.run_id not in without)
    if since is None:
        chosen = list(islice(usable, RUNS_NEEDED))
    else:
        chosen = [run for run in usable if run.start >= since][-MOST_RUNS:]
    if len(chosen) < RUNS_NEEDED:
        return NoBaseline(
            metric=metric.name, side=side, runs=len(chosen), reason=_lacking(len(chosen), metric, side)
        )
    return fitted(chosen, metric, side, frozen_at=chosen[-1].end if since is None else now)


def _lacking(known: int, metric: Metric, side: Side | None) -> Said:
    what = metric.words(side)
    if known == RUNS_NEEDED - 1:
        return said(
            "{known} of {needed} runs without symptoms that show {what}; one more is needed",
            known=known,
            needed=RUNS_NEEDED,
            what=what,
        )
    return said(
        "{known} of {needed} runs without symptoms that show {what}; {more} more are needed",
        known=known,
        needed=RUNS_NEEDED,
        what=what,
        more=RUNS_NEEDED - known,
    )


def eligible(history: History, metric: Metric, side: Side | None, *, now: datetime) -> Iterator[Run]:
    """Runs that may make a baseline: trusted, long enough, over for a day and a half, and without symptoms.

    They are found one by one: the first ten are often all that is asked for.
    """
    return (
        run
        for run in history.runs
        if run.trust != "poor"
        and settled(run, now=now)
        and symptom_free(history, run)
        and len(observations(run, metric, side).value_deg) >= SEGMENTS_NEEDED
    )


def fitted(runs: list[Run], metric: Metric, side: Side | None, *, frozen_at: datetime) -> Baseline:
    """The model of these runs. ValueError if there are none."""
    if not runs:
        raise ValueError("a baseline needs runs")
    seen, of_run = observations_of(runs, metric, side)
    counts = np.bincount(of_run, minlength=len(runs)).tolist()
    worn = [_settings(run) for run in runs]
    usual = _usual(worn)
    settings = tuple(sorted({word for words in worn for word in words} - set(usual)))
    center = float(np.median(seen.speed_mps))
    x, y = _terms(seen, worn, counts, center, settings), seen.value_deg
    prior = metric.prior
    mean = np.array([0, prior.per_mps, 0, 0, 0, *(0 for _ in settings)], float)
    sd = [
        INTERCEPT_SD_DEG,
        prior.per_mps_sd,
        prior.per_mps2_sd,
        prior.per_percent_sd,
        prior.per_log_minute_sd,
    ]
    spread = np.array([*sd, *(prior.setting_sd for _ in settings)])
    fit = fit_mixed(x, y, of_run, prior_mean=mean, prior_sd=spread)
    return Baseline(
        metric=metric.name,
        side=side,
        frozen_at=frozen_at,
        run_ids=tuple(run.run_id for run in runs),
        segments=len(y),
        center_mps=center,
        slowest_mps=float(seen.speed_mps.min()),
        fastest_mps=float(seen.speed_mps.max()),
        settings=settings,
        usual=usual,
        mean=tuple(fit.mean.tolist()),
        covariance=tuple(tuple(row) for row in fit.covariance.tolist()),
        sd_run_deg=fit.sd_run,
        sd_segment_deg=fit.sd_within,
        lag_1=_lag_1(y - x @ fit.mean, of_run),
    )


def metric_of(baseline: Baseline) -> Metric:
    return METRICS[baseline.metric]


def _terms(
    seen: Observations,
    worn: Sequence[Iterable[str]],
    counts: Sequence[int],
    center_mps: float,
    settings: tuple[str, ...],
) -> Floats:
    """One row for each segment of runs that follow each other; worn, counts: settings and length of each."""
    faster = seen.speed_mps - center_mps
    base = [np.ones_like(faster), faster, faster**2, seen.grade_percent, np.log1p(seen.minute)]
    own = ([float(word in words) for words in worn] for word in settings)
    return np.column_stack([*base, *(np.repeat(column, counts) for column in own)])


def _settings(run: Run) -> tuple[str, str]:
    surface = said("surface not told") if run.surface is None else _SURFACES[run.surface]
    return surface, said("shoe {shoe}", shoe=run.shoe) if run.shoe else said("shoe not told")


def _usual(worn: list[tuple[str, str]]) -> tuple[str, ...]:
    """The most frequent surface and shoe: what the intercept stands for."""
    return tuple(max(sorted(set(words)), key=words.count) for words in zip(*worn, strict=True))


def _lag_1(residual: Floats, run: NDArray[np.intp]) -> float:
    """Correlation of neighbours within runs; pooled, each run around its own mean."""
    count = np.bincount(run)
    around = residual - (np.bincount(run, residual) / count)[run]
    together = run[1:] == run[:-1]
    pairs = float(np.sum(around[1:] * around[:-1] * together))
    raw = pairs / max(float(np.sum(around**2)), 1e-12)
    # Taking each run's own mean away makes neighbours look opposed, by about one over the run's segments.
    return float(np.clip(raw + len(count) / len(run), 0.0, 0.9))
