"""The whole way from segments to warnings, with the shipped code, for runners who vary as runners do.

Every runner has his own answer to speed, slope, minutes, two shoes and a treadmill; the baseline has to learn
it from his first runs while it learns how much he varies. Slow beside `warning_rules`, and the only figure
that counts.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from imu.simulate.season.habits import (
    DAY_SD_DEG,
    GRADE_SD_PERCENT,
    KEYS,
    LEG_METRICS,
    SIDES,
    SPEED_SD_MPS,
    Habits,
    days_deg,
    segments_deg,
)
from imu.training.baseline import Baseline, fit_baseline
from imu.training.chart import Chart, charts
from imu.training.crossbody import Baselines, cross_body
from imu.training.ewma import Floats
from imu.training.history import History, Run, Side
from imu.training.metrics import METRICS, MetricName
from imu.training.overstride import WithinRun, within_run
from imu.training.segments import Segment, Segments
from tests.benchmarks.warning_rules import RUNS_A_YEAR, WATCHED_RUNS

BASELINE_RUNS = 10
EVERY = timedelta(days=7 / 3)
FIRST = datetime(2026, 1, 1, 7, tzinfo=UTC)
SHIFT_SD = 1.5
ONSET_MIN, ONSET_DEG = 15.0, 3.0
PATTERN_EVERY = 5  # runs between two looks for a cross-body pattern
SEGMENT_EVERY_MIN, DENSE_MIN = 1.6, 0.4  # a quarter of the segments is enough for charts over runs


@dataclass(frozen=True, slots=True)
class Shift:
    """A change from the first run after the baseline on, in degrees."""

    metric: MetricName
    side: Side
    deg: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What the shipped charts made of one runner."""

    raised: dict[str, int]  # warnings per chart
    delay: dict[str, float]  # charted runs until the first one; infinite without
    cross_body: int  # patterns that were not there at the look before


def runner(
    seed: int,
    runs: int,
    shift: Shift | None = None,
    *,
    varied: bool = True,
    segment_min: float = SEGMENT_EVERY_MIN,
) -> History:
    """A history of baseline runs and `runs` more; one who is not varied has one shoe and no treadmill."""
    rng = np.random.default_rng(seed)
    habits = Habits.draw(rng)
    total = BASELINE_RUNS + runs
    days = days_deg(rng, total)
    made = []
    for at in range(total):
        shoe, treadmill = ("b" if rng.random() < 0.4 else "a"), bool(rng.random() < 0.2)
        if not varied:
            shoe, treadmill = "a", False
        setting = habits.shoes_deg[shoe == "b"] + habits.treadmill_deg * treadmill
        minute = np.arange(0.5, rng.uniform(20, 60), segment_min)
        speed = rng.uniform(2.6, 3.6) + SPEED_SD_MPS * rng.standard_normal(len(minute))
        grade = np.where(treadmill, 0.0, GRADE_SD_PERCENT * rng.standard_normal(len(minute)))
        values = habits.expected_deg(minute, speed, grade) + setting + days[:, [at]]
        values += segments_deg(rng, len(minute))
        if shift is not None and at >= BASELINE_RUNS:
            values[KEYS.index((shift.metric, shift.side))] += shift.deg
        made.append(_run(at, minute, speed, grade, values, shoe, treadmill))
    return History(runs=tuple(made))


def _run(
    at: int,
    minute: Floats,
    speed_mps: Floats,
    grade_percent: Floats,
    values: Floats,  # (rows of `KEYS`, segments)
    shoe: str,
    treadmill: bool,
) -> Run:
    segments = Segments.of(
        Segment(
            side=side,
            minute=float(minute[k]),
            strides=25,
            speed_mps=float(speed_mps[k]),
            grade_percent=float(grade_percent[k]),
            **{metric: float(values[KEYS.index((metric, side)), k]) for metric in LEG_METRICS},
        )
        for k in range(len(minute))
        for side in SIDES
    )
    return Run(
        run_id=f"run{at:03}",
        start=FIRST + at * EVERY,
        duration_s=60 * float(minute[-1]),
        bouts=(),
        segments=segments,
        surface="treadmill" if treadmill else "road",
        shoe=shoe,
    )


def count(history: History, *, patterns: bool = False) -> Counted:
    """Warnings of one history, at its end."""
    now = history.runs[-1].end + timedelta(days=7)
    drawn = charts(history, now=now)
    return Counted(
        raised={chart.charted.name: len(chart.alarms) for chart in drawn},
        delay={chart.charted.name: _delay(chart) for chart in drawn},
        cross_body=_patterns(history, now) if patterns else 0,
    )


def quiet_and_shifted(seed: int, *, varied: bool) -> tuple[Counted, Counted, Counted]:
    """One runner: a year without change; the left shank further ahead; more drop in left stance."""
    drop_sd = DAY_SD_DEG["pelvic_drop_deg"] * 2**0.5
    ahead = Shift("shank_angle_ic_deg", "left", SHIFT_SD * DAY_SD_DEG["shank_angle_ic_deg"])
    sinks = Shift("pelvic_drop_deg", "left", SHIFT_SD * drop_sd)
    return (
        count(runner(seed, RUNS_A_YEAR, varied=varied), patterns=varied),
        count(runner(seed, WATCHED_RUNS, ahead, varied=varied)),
        count(runner(seed, WATCHED_RUNS, sinks, varied=varied)),
    )


def onset_found(seed: int) -> tuple[int, int, list[float]]:
    """Runs in which an onset was told though nothing changed; all such runs; and by how many minutes the
    onsets told after a change were wrong."""
    history = runner(seed, 20, segment_min=DENSE_MIN)
    now = history.runs[-1].end + timedelta(days=7)
    baseline = fit_baseline(history, METRICS["shank_angle_ic_deg"], "left", now=now)
    assert isinstance(baseline, Baseline)
    quiet = judged = 0
    errors = []
    for run in history.runs[BASELINE_RUNS:]:
        before, after = within_run(run, baseline), within_run(_changed(run), baseline)
        if not isinstance(before, WithinRun) or not isinstance(after, WithinRun) or before.minute[-1] < 25:
            continue
        quiet += before.onset is not None
        judged += 1
        if after.onset is not None:
            errors.append(after.onset.minute - ONSET_MIN)
    return quiet, judged, errors


def _changed(run: Run) -> Run:
    def moved(segment: Segment) -> Segment:
        assert segment.shank_angle_ic_deg is not None
        late = ONSET_DEG if segment.minute >= ONSET_MIN else 0.0
        return replace(segment, shank_angle_ic_deg=segment.shank_angle_ic_deg + late)

    return replace(run, segments=Segments.of(moved(segment) for segment in run.segments))


def _delay(chart: Chart) -> float:
    """Runs since the baseline, those that could not be judged too: a runner counts all."""
    if not chart.alarms:
        return np.inf
    return 1.0 + [point.run_id for point in chart.points].index(chart.alarms[0].raised_by)


def _patterns(history: History, now: datetime) -> int:
    baselines: Baselines = {
        (metric, side): found
        for metric in LEG_METRICS
        for side in SIDES
        if isinstance(found := fit_baseline(history, METRICS[metric], side, now=now), Baseline)
    }
    seen, before = 0, set[Side]()
    for run in history.runs[BASELINE_RUNS + 1 :: PATTERN_EVERY]:
        window = [one for one in history.runs if one.start <= run.start][-10:]
        patterns = cross_body(History(runs=tuple(window)), baselines, now=run.end)
        today = {pattern.stance for pattern in patterns}
        seen += len(today - before)
        before = today
    return seen
