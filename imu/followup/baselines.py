"""What the charts compare with: shown, and begun anew on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from imu.errors import StoreError
from imu.followup.judgement import Judgement
from imu.store import AthleteRecord, KeptBaseline
from imu.training.baseline import Baseline, NoBaseline, fit_baseline
from imu.training.chart import CHARTS, Charted
from imu.training.history import Run

Span = tuple[datetime, datetime]


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


def renewed(
    record: AthleteRecord, charted: Sequence[Charted], *, since: datetime, now: datetime
) -> dict[str, Baseline]:
    """A baseline for each chart from the runs since a time. StoreError if one has too few: all or none."""
    if since > now:
        raise StoreError(f"{since:%Y-%m-%d} is in the future; a baseline is made of runs that were run")
    made: dict[str, Baseline] = {}
    for one in charted:
        fit = fit_baseline(record.history, one.metric, one.side, now=now, since=since)
        if isinstance(fit, NoBaseline):
            raise StoreError(f"{one.name}: since {since:%Y-%m-%d} there are {fit.reason}; the old one stays")
        made[one.name] = fit
    return made
