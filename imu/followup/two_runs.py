"""Two runs of one athlete side by side: every measure that both have, and how far the second lies from the
first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imu.analysis.withheld import sound_numbers
from imu.followup.one_run import SIDES, OneRun, numbers
from imu.report.metrics import (
    CADENCE,
    CONTACT_TIME,
    PEAK_ACCELERATION,
    PELVIC_DROP,
    SHANK_ANGLE,
    SHANK_MAXIMUM,
    STRIDE_LENGTH,
    Metric,
    Numbers,
)
from imu.store import Repository
from imu.training.baseline import Baseline
from imu.training.comparison import NotCompared
from imu.training.two_runs import Difference, as_they_were, at_matched_speed

PACE = Metric("speed_mps", "Pace", "time for a kilometre", "s/km", 0, sided=False)
MEASURES = (
    SHANK_ANGLE,
    SHANK_MAXIMUM,
    PELVIC_DROP,
    CADENCE,
    PACE,
    STRIDE_LENGTH,
    CONTACT_TIME,
    PEAK_ACCELERATION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One measure of one side (or "both") in both runs, in SI, a pace in s/km; None where a run lacks it.

    `difference` is None where one of the runs lacks the measure; `not_matched` says why speed could not be
    taken out although a baseline knows the measure.
    """

    metric: Metric
    side: str
    first: float | None
    second: float | None
    difference: Difference | None
    not_matched: str | None


def side_by_side(first: OneRun, second: OneRun, *, usual: Sequence[Numbers]) -> tuple[Side, ...]:
    """Every measure that one of the runs has. usual: numbers of usual runs."""
    return tuple(_sides(first, second, usual))


def _sides(first: OneRun, second: OneRun, usual: Sequence[Numbers]) -> Iterator[Side]:
    told = [numbers(one.run, one.summary) for one in (first, second)]
    for metric in MEASURES:
        for side in SIDES if metric.sided else ("both",):
            key = "overall" if side == "both" else side
            values = [_median(metric, one, key) for one in told]
            if all(value is None for value in values):
                continue
            difference, why_not = _difference(metric, side, first, second, values, usual)
            yield Side(
                metric=metric,
                side=side,
                first=values[0],
                second=values[1],
                difference=difference,
                not_matched=why_not,
            )


def _difference(
    metric: Metric,
    side: str,
    first: OneRun,
    second: OneRun,
    values: Sequence[float | None],
    usual: Sequence[Numbers],
) -> tuple[Difference | None, str | None]:
    one, other = values
    if one is None or other is None:
        return None, None
    why_not = None
    if metric is SHANK_ANGLE and (baseline := _baseline(second, side)) is not None:
        found = at_matched_speed(first.run, second.run, baseline)
        if not isinstance(found, NotCompared):
            return found, None
        why_not = found.reason
    key = "overall" if side == "both" else side
    known = [value for told in usual if (value := _median(metric, told, key)) is not None]
    return as_they_were(one, other, known), why_not


def _median(metric: Metric, told: Numbers, side: str) -> float | None:
    value = metric.median(told, side)
    return 1000 / value if metric is PACE and value else value


def _baseline(found: OneRun, side: str) -> Baseline | None:
    return found.baselines.get(f"overstride_{side}")


def usual_numbers(repository: Repository, found: OneRun) -> tuple[Numbers, ...]:
    """Numbers of the runs that made the baselines: of their analysis, or the medians that lists show."""
    chosen = {run_id for baseline in found.baselines.values() for run_id in baseline.run_ids}
    listed = repository.runs.listed(found.athlete.athlete_id)
    return tuple(
        sound_numbers(summary) if summary.get("running") else _medians(one.headline)
        for one in listed
        if one.run.run_id in chosen
        for summary in (repository.runs.summary(one.run.run_id),)
    )


def _medians(headline: Mapping[str, Any]) -> Numbers:
    return {
        side: {column: {"median": value} for column, value in values.items() if value is not None}
        for side, values in headline.items()
    }
