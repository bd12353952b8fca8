"""A run beside three yardsticks: the frozen baseline, the time before the injury, and the other leg.

The baseline of a returning runner may itself be changed. None of the three is right alone, so all are shown,
each with its own uncertainty, and only the first may warn.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from imu.training.baseline import MOST_RUNS, Baseline, NoBaseline, eligible, fit_baseline, fitted
from imu.training.comparison import Comparison, NotCompared, compare
from imu.training.history import History, Injury, Run, Side
from imu.training.metrics import Metric

ReferenceName = Literal["baseline", "before_injury", "other_leg"]
FEWEST_RUNS = 6  # for a reference that never warns


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A run against one yardstick; `comparison` is None where `not_judged` says why."""

    name: ReferenceName
    runs: int
    comparison: Comparison | None
    not_judged: str | None


def references(
    history: History, run: Run, metric: Metric, side: Side, *, now: datetime, kept: Baseline | None = None
) -> tuple[Reference, Reference, Reference]:
    """The run of a leg against all three. kept: a baseline frozen earlier."""
    other: Side = "right" if side == "left" else "left"
    return (
        _against("baseline", run, kept or fit_baseline(history, metric, side, now=now)),
        _against("before_injury", run, before_injury(history, metric, side, now=now)),
        _against("other_leg", run, _of_other_leg(history, metric, side, other, now)),
    )


def before_injury(history: History, metric: Metric, side: Side, *, now: datetime) -> Baseline | NoBaseline:
    """The last runs without symptoms before the latest injury, 25 at most and six at least."""
    injuries = [injury for injury in history.injuries if injury.onset <= now.date()]
    if not injuries:
        return NoBaseline(metric=metric.name, side=side, runs=0, reason="no injury is recorded")
    latest: Injury = max(injuries, key=lambda injury: injury.onset)
    runs = [run for run in eligible(history, metric, side, now=now) if run.start.date() < latest.onset]
    runs = runs[-MOST_RUNS:]
    if len(runs) < FEWEST_RUNS:
        reason = f"{len(runs)} of {FEWEST_RUNS} runs without symptoms before {latest.onset}"
        return NoBaseline(metric=metric.name, side=side, runs=len(runs), reason=reason)
    return fitted(runs, metric, side, frozen_at=runs[-1].end)


def _of_other_leg(
    history: History, metric: Metric, side: Side, other: Side, now: datetime
) -> Baseline | NoBaseline:
    """What this leg would do if it did what the other one usually does."""
    found = fit_baseline(history, metric, other, now=now)
    return found if isinstance(found, NoBaseline) else replace(found, side=side)


def _against(name: ReferenceName, run: Run, baseline: Baseline | NoBaseline) -> Reference:
    if isinstance(baseline, NoBaseline):
        return Reference(name=name, runs=baseline.runs, comparison=None, not_judged=baseline.reason)
    found = compare(run, baseline)
    if isinstance(found, NotCompared):
        return Reference(name=name, runs=baseline.runs, comparison=None, not_judged=found.reason)
    return Reference(name=name, runs=baseline.runs, comparison=found, not_judged=None)
