"""What the charts compare with: shown, and begun anew on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imu.errors import StoreError
from imu.followup.judgement import Judgement
from imu.store import AthleteRecord, KeptBaseline
from imu.training.baseline import Baseline, NoBaseline, eligible, fit_baseline
from imu.training.chart import CHARTS, Charted
from imu.training.history import Run
from imu.training.warnings import RaisedWarning

_MEANT = "which --with-warned takes in if the change was meant"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBaseline:
    """What one chart compares with, from which runs, and who froze it why; or why there is nothing yet."""

    charted: Charted
    baseline: Baseline | NoBaseline
    kept: KeptBaseline | None  # None for one that nobody kept yet
    runs: tuple[Run, ...]  # those that are still known
    earlier: tuple[KeptBaseline, ...]  # replaced ones, the latest first

    @property
    def words(self) -> str:
        return self.charted.metric.words(self.charted.side)


def shown_baselines(record: AthleteRecord, found: Judgement) -> tuple[ShownBaseline, ...]:
    """One for each chart. `found` is the judgement of this record."""
    by_id = {run.run_id: run for run in record.history.runs}
    shown = []
    for chart in found.charts:
        own = [kept for kept in record.baselines if kept.chart == chart.charted.name]
        ids = chart.baseline.run_ids if isinstance(chart.baseline, Baseline) else ()
        shown.append(
            ShownBaseline(
                charted=chart.charted,
                baseline=chart.baseline,
                kept=next((kept for kept in own if kept.replaced_at is None), None),
                runs=tuple(by_id[run_id] for run_id in ids if run_id in by_id),
                earlier=tuple(reversed([kept for kept in own if kept.replaced_at is not None])),
            )
        )
    return tuple(shown)


def charts_named(names: Sequence[str]) -> tuple[Charted, ...]:
    """Charts by their names; all without one. StoreError for a name that is none."""
    known = {charted.name: charted for charted in CHARTS}
    for name in names:
        if name not in known:
            raise StoreError(f"chart {name}: there is none of this name; known are {', '.join(known)}")
    return tuple(charted for charted in CHARTS if not names or charted.name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """A new baseline, and the runs that would be in it had its chart not warned of them."""

    baseline: Baseline
    left_out: tuple[Run, ...]


def renewed(
    record: AthleteRecord,
    found: Judgement,
    charted: Sequence[Charted],
    *,
    since: datetime,
    with_warned: bool = False,
) -> dict[str, Renewed]:
    """A baseline for each chart from the runs since a time. StoreError if one has too few: all or none.

    found: the judgement of this record. Runs that a chart warned of are no part of what it is to call usual,
    unless somebody says that the change was meant (`with_warned`).
    """
    if since > found.at:
        raise StoreError(f"{since:%Y-%m-%d} is in the future; a baseline is made of runs that were run")
    made: dict[str, Renewed] = {}
    for one in charted:
        usable = eligible(record.history, one.metric, one.side, now=found.at)
        taken = [run for run in usable if run.start >= since]
        warned = () if with_warned else tuple(run for run in taken if _was_warned_of(run, one.name, found))
        fit = fit_baseline(
            record.history,
            one.metric,
            one.side,
            now=found.at,
            since=since,
            without={run.run_id for run in warned},
        )
        if isinstance(fit, NoBaseline):
            more = f"; {len(warned)} more are from while this chart warned, {_MEANT}" if warned else ""
            raise StoreError(
                f"{one.name}: since {since:%Y-%m-%d} there are {fit.reason}{more}; the old one stays"
            )
        made[one.name] = Renewed(baseline=fit, left_out=warned)
    return made


def left_out_words(left_out: Sequence[Run]) -> str:
    """Which runs a new baseline does without, and how they are taken in."""
    first, last = left_out[0].start.date(), left_out[-1].start.date()
    span = f"the run of {first}" if len(left_out) == 1 else f"{len(left_out)} runs of {first} to {last}"
    return f"left out: {span}, of which this chart warned, {_MEANT}"


def _was_warned_of(run: Run, chart: str, found: Judgement) -> bool:
    """Whether a run lies in a change of which its chart warned, from its likeliest first run on; not where
    somebody overruled that with a reason."""
    overruled = {one.key for one in found.warnings if _is_overruled(one)}
    return any(
        alarm.began_at <= run.start
        and (alarm.closed_at is None or run.start < alarm.closed_at)
        and f"{alarm.chart}:{alarm.raised_by}" not in overruled
        for one in found.charts
        if one.charted.name == chart
        for alarm in one.alarms
    )


def _is_overruled(warning: RaisedWarning) -> bool:
    """Whatever became of it since: the data may have ended it."""
    kinds = [act.kind for act in warning.acts if act.kind != "seen"]
    return bool(kinds) and kinds[-1] == "overruled"
