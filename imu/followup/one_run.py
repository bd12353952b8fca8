"""One run as it is looked at: what was derived of it, beside the baselines in force and that day's injury."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from imu.analysis.curves import own_side_up
from imu.analysis.withheld import as_told, sound_numbers, tells_curve
from imu.errors import StoreError
from imu.followup.segments import running_s
from imu.report.metrics import Metric
from imu.report.trends import FEWEST_STRIDES, run_bouts, running, window_s
from imu.store import Athlete, KeptWatch, Repository
from imu.training.baseline import Baseline
from imu.training.engine import current_injury
from imu.training.history import History, Injury, Run, Side
from imu.training.segments import Segments

Floats = NDArray[np.float64]
SIDES: tuple[Side, ...] = ("left", "right")
IN_SEGMENTS = (
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "pelvic_drop_deg",
    "cadence_spm",
    "speed_mps",
)

_SHANK_CHANGES = ("shank_angle_changed", "strap_or_landing_changed")  # of the analysis
SINGLE_STRIDE_S = 0.5  # of a run so short that every stride is drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class OneRun:
    """A run, whose it is, and what it is held against. `summary` is empty where no recording was analysed."""

    run: Run  # with the effort that a check-in about it told
    athlete: Athlete
    summary: Mapping[str, Any]
    files: tuple[str, ...]  # of its recording; empty for a run that came without one
    baselines: Mapping[str, Baseline]  # in force, by chart
    injured: Side | None  # on the day of the run
    watches: tuple[KeptWatch, ...] = ()  # what watches and phones told of it

    @property
    def is_recorded(self) -> bool:
        return bool(self.files)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One metric of one side over the minutes of running, in the metric's unit; NaN where nothing joins."""

    side: str  # left, right; "both" for what the whole body does
    minute: Floats
    value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class StrideCurve:
    """The average stride of one side, in degrees at 0, 1, ... 100 % of the cycle, and how strides scatter.

    Signs as they are drawn: see `own_side_up`.
    """

    side: str
    mean_deg: Floats
    sd_deg: Floats


def one_run(repository: Repository, run_id: str) -> OneRun:
    """A run with its segments. `Forbidden` if there is none, or not for this viewer."""
    run = repository.runs.run(run_id)
    athlete = repository.sharing.athlete(repository.runs.athlete_of(run_id))
    beside = repository.yardsticks(athlete.athlete_id, run_id=run_id)
    raw = repository.runs.raw(run_id)
    return OneRun(
        run=replace(run, effort_cr10=beside.answers.effort_of(run)),
        athlete=athlete,
        summary=repository.runs.summary(run_id),
        files=() if raw is None else raw.files,
        baselines={chart: kept.baseline for chart, kept in beside.in_force.items()},
        injured=injured_side(beside.injuries, run),
        watches=repository.watches.of_run(run_id),
    )


def injured_side(injuries: Sequence[Injury], run: Run) -> Side | None:
    """The side of the injury that was open on the day of a run; None before and after."""
    injury = current_injury(History(injuries=tuple(injuries)), now=run.start)
    return None if injury is None else injury.side


def strides_of(repository: Repository, run_id: str) -> pd.DataFrame:
    """The stride table of a run. StoreError if it is gone or damaged."""
    found: pd.DataFrame = table(repository, run_id, "strides.parquet").to_pandas()
    return found


@dataclass(frozen=True, slots=True)
class Flags:
    """How many strides there are, and how many of them carry each flag, the most frequent first."""

    strides: int
    doubted: dict[str, int]


def flags_of(repository: Repository, run_id: str) -> Flags:
    """What the analysis doubted of single strides."""
    words = table(repository, run_id, "strides.parquet", ["flags"]).column("flags").to_pylist()
    counted = Counter(word for told in words for word in (told or "").split())
    return Flags(len(words), dict(counted.most_common()))


def toe_off_percent(repository: Repository, run_id: str) -> dict[str, float]:
    """Where in the average stride the foot leaves the ground, by side."""
    names = ["side", "activity", "valid", "ic_time_s", "to_time_s", "stride_time_s"]
    counted = running(table(repository, run_id, "strides.parquet", names).to_pandas())
    share = 100 * (counted["to_time_s"] - counted["ic_time_s"]) / counted["stride_time_s"]
    medians = share.groupby(counted["side"]).median().dropna()
    return {str(side): float(value) for side, value in medians.items()}


def curves_of(repository: Repository, run_id: str) -> dict[str, tuple[StrideCurve, ...]]:
    """Average strides by signal, left first. StoreError if they are gone or damaged."""
    return average_strides(table(repository, run_id, "curves.parquet").to_pandas())


def average_strides(curves: pd.DataFrame) -> dict[str, tuple[StrideCurve, ...]]:
    """The curves of an analysis as they are drawn, by signal, left first."""
    return {
        str(signal): tuple(
            StrideCurve(side, own["mean"].to_numpy(float), own["sd"].to_numpy(float))
            for side in SIDES
            if len(own := found[found["side"] == side])
        )
        for signal, found in own_side_up(curves).groupby("signal", sort=False)
    }


def sound_curves(
    curves: Mapping[str, tuple[StrideCurve, ...]], unsound: Collection[str]
) -> dict[str, tuple[StrideCurve, ...]]:
    """The curves without those of sensors that are not to be trusted. unsound: placements."""
    return {
        signal: tuple(one for one in found if tells_curve(signal, one.side) not in unsound)
        for signal, found in curves.items()
    }


def table(repository: Repository, run_id: str, name: str, columns: list[str] | None = None) -> pa.Table:
    """A table that was derived of a run, or some of its columns. StoreError if it is gone or damaged."""
    try:
        return pq.read_table(BytesIO(repository.files.derived(run_id, name)), columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"{name}: the stored table is damaged; derive the run again") from error


def usual_curves(
    repository: Repository, baseline: Baseline | None, *, but: str
) -> dict[str, dict[str, StrideCurve]]:
    """What the strides of a baseline's runs look like, by signal and side: mean of the runs, and sd between
    them. Empty where fewer than two of the runs have curves. `but`: a run that is not compared with itself.
    """
    ids = [] if baseline is None else [run_id for run_id in baseline.run_ids if run_id != but]
    kept = [run_id for run_id in ids if repository.runs.raw(run_id) is not None]
    found: dict[str, dict[str, list[Floats]]] = {}
    for run_id in kept:
        for signal, curves in curves_of(repository, run_id).items():
            for curve in curves:
                found.setdefault(signal, {}).setdefault(curve.side, []).append(curve.mean_deg)
    return {
        signal: {
            side: StrideCurve(side, np.mean(means, axis=0), np.std(means, axis=0, ddof=1))
            for side, means in sides.items()
            if len(means) > 1
        }
        for signal, sides in found.items()
    }


def shank_changes(summary: Mapping[str, Any], side: Side) -> tuple[str, ...]:
    """What the analysis says of a shank's angle that changed within the run; of an empty summary nothing."""
    told = as_told(summary)["warnings"] if summary else ()
    return tuple(one["sentence"] for one in told if one["code"] in _SHANK_CHANGES and one["side"] == side)


def numbers(run: Run, summary: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Median, middle half (iqr) and number by side and column, as a summary has them, without those of
    sensors that are not to be trusted; of segments where there is no summary."""
    if summary.get("running"):
        return sound_numbers(summary)
    segments = run.segments
    return {
        "left": _statistics(segments.of_side("left")),
        "right": _statistics(segments.of_side("right")),
        "overall": _statistics(segments),
    }


def _statistics(segments: Segments) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in IN_SEGMENTS:
        values = segments.column(name)
        values = values[np.isfinite(values)]
        if len(values):
            low, median, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
            found[name] = {"median": median, "iqr": high - low, "n": len(values)}
    return found


def courses(
    found: OneRun, metrics: Sequence[Metric], strides: pd.DataFrame | None
) -> dict[Metric, tuple[Course, ...]]:
    """Metrics over the run, left first: of strides where they are kept, else of segments."""
    if strides is None:
        return {metric: _of_segments(found.run.segments, metric) for metric in metrics}
    bouts_s = run_bouts(found.summary)
    shown = [metric for metric in metrics if metric.column in strides]
    if not len(bouts_s):
        return {}
    each = _windows(running(strides), shown, bouts_s, by_side=True)
    all_of_them = _windows(running(strides), shown, bouts_s, by_side=False)
    return {metric: _of_windows(each if metric.sided else all_of_them, metric) for metric in shown}


def _of_segments(segments: Segments, metric: Metric) -> tuple[Course, ...]:
    if metric.column not in IN_SEGMENTS:
        return ()
    of: dict[str, Segments] = {"both": segments}
    if metric.sided:
        of = {side: segments.of_side(side) for side in SIDES}
    values = {side: own.column(metric.column) * metric.scale for side, own in of.items()}
    return tuple(
        Course(side, of[side].column("minute")[known], value[known])
        for side, value in values.items()
        if (known := np.isfinite(value)).any()
    )


def _windows(
    strides: pd.DataFrame, metrics: Sequence[Metric], bouts_s: Floats, *, by_side: bool
) -> pd.DataFrame:
    """Medians of all metrics over short windows of running, each window inside one bout."""
    time_s = strides["ic_time_s"].to_numpy(float)
    bout = np.maximum(np.searchsorted(bouts_s[:, 0], time_s, side="right") - 1, 0)
    length_s = window_s(bouts_s) or SINGLE_STRIDE_S
    fewest = 1 if length_s == SINGLE_STRIDE_S else FEWEST_STRIDES
    frame = strides[[one.column for one in metrics]].assign(
        side=strides["side"] if by_side else "both",
        bout=bout,
        window=((time_s - bouts_s[bout, 0]) // length_s).astype(int),
        minute=running_s(time_s, bouts_s[:, 0], bouts_s[:, 1]) / 60,
    )
    grouped = frame.groupby(["side", "bout", "window"])
    points = grouped.median()
    enough = grouped[[one.column for one in metrics]].count() >= fewest
    return points.where(enough.reindex(columns=points.columns, fill_value=True)).reset_index()


def _of_windows(points: pd.DataFrame, metric: Metric) -> tuple[Course, ...]:
    """NaN stands before every window that does not follow the one before it."""
    found = []
    for side in ("left", "right", "both"):
        own = points[points["side"] == side]
        value = own[metric.column].to_numpy(float) * metric.scale
        if np.isfinite(value).any():
            bout, window = own["bout"].to_numpy(), own["window"].to_numpy()
            apart = np.flatnonzero((np.diff(bout) != 0) | (np.diff(window) != 1)) + 1
            minute = own["minute"].to_numpy(float)
            found.append(Course(side, np.insert(minute, apart, np.nan), np.insert(value, apart, np.nan)))
    return tuple(found)
