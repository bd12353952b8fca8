"""Across runs: has a leg changed from its baseline, since when, and by how much?

Three charts may warn and no others: the shank angle at contact of each leg (further ahead only), and the
difference of pelvic drop between the sides (either way). More charts would mean more false warnings, not more
knowledge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np

from imu.training.baseline import Baseline, NoBaseline, fit_baseline
from imu.training.comparison import Comparison, NotCompared, compare_all
from imu.training.evidence import Evidence
from imu.training.ewma import RECENT_RUNS, Floats, Judged, Rule, judge, weighted_mean
from imu.training.history import History, Side
from imu.training.metrics import PELVIC_DROP_DIFFERENCE, SHANK_ANGLE_IC, Metric
from imu.training.said import Said, Several, pattern, said
from imu.training.sessions import is_walk

ChartName = Literal["overstride_left", "overstride_right", "drop_asymmetry"]
Direction = Literal["more", "less"]

RUNS_TO_LEARN = 3  # in a new shoe or on a new surface, before its runs are judged
# Smallest detectable change between two runs is 1.96 * sqrt(2) sd of one; half of it must be reached as well.
HALF_DETECTABLE = 1.96 * 2**0.5 / 2

_SHANK_TO_DO = said(
    "A pattern to discuss. See whether the strap sits where it did; if you did not mean to change, try steps "
    "about 5 % quicker at the same easy speed, and look whether the next runs come back."
)
_DROP_TO_DO = said(
    "A pattern to discuss with whoever looks after your running; tiredness and a belt that sits elsewhere do "
    "this too."
)

_LEFT_AHEAD = pattern(
    "In the last {runs} runs the left shank met the ground {size:.1f}° further ahead (± {error:.1f}°) than "
    "usual: changed from your baseline, likely since the run of {day}."
)
_RIGHT_AHEAD = pattern(
    "In the last {runs} runs the right shank met the ground {size:.1f}° further ahead (± {error:.1f}°) than "
    "usual: changed from your baseline, likely since the run of {day}."
)
_LEFT_DEEPER = pattern(
    "In the last {runs} runs the pelvis sank {size:.1f}° more in left stance, compared with right, "
    "(± {error:.1f}°) than usual: changed from your baseline, likely since the run of {day}."
)
_RIGHT_DEEPER = pattern(
    "In the last {runs} runs the pelvis sank {size:.1f}° more in right stance, compared with left, "
    "(± {error:.1f}°) than usual: changed from your baseline, likely since the run of {day}."
)

# A warning ends when the whole chart is back, lest it come and go; its last runs may be back before.
_LEFT_AHEAD_EASED = pattern(
    "From the run of {day} on the left shank met the ground further ahead than usual: changed from your "
    "baseline. In the last {runs} runs it differed by {size:.1f}° (± {error:.1f}°), {how}."
)
_RIGHT_AHEAD_EASED = pattern(
    "From the run of {day} on the right shank met the ground further ahead than usual: changed from your "
    "baseline. In the last {runs} runs it differed by {size:.1f}° (± {error:.1f}°), {how}."
)
_LEFT_DEEPER_EASED = pattern(
    "From the run of {day} on the pelvis sank more in left stance, compared with right, than usual: changed "
    "from your baseline. In the last {runs} runs it differed by {size:.1f}° (± {error:.1f}°), {how}."
)
_RIGHT_DEEPER_EASED = pattern(
    "From the run of {day} on the pelvis sank more in right stance, compared with left, than usual: changed "
    "from your baseline. In the last {runs} runs it differed by {size:.1f}° (± {error:.1f}°), {how}."
)
_LESS, _OTHER_WAY = said("less than is told as a change"), said("the other way")
_EASED_TO_DO = said(
    "Go on as you do: the warning ends by itself once the mean of your runs, the newest most, is near what "
    "is usual."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charted:
    """What one chart looks at, and its rule; the widths are chosen in docs/warnings.md."""

    name: ChartName
    code: str
    metric: Metric
    side: Side | None
    directions: tuple[Direction, ...]
    rule: Rule


CHARTS = (
    *(
        Charted(
            name="overstride_left" if side == "left" else "overstride_right",
            code="overstriding_appeared",
            metric=SHANK_ANGLE_IC,
            side=side,
            directions=("more",),
            rule=Rule(width=2.75),
        )
        for side in ("left", "right")
    ),
    Charted(
        name="drop_asymmetry",
        code="drop_asymmetry_changed",
        metric=PELVIC_DROP_DIFFERENCE,
        side=None,
        directions=("more", "less"),
        rule=Rule(width=3.6),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One run in the chart. Whatever could not be judged is None, and `not_judged` says why."""

    run_id: str
    start: datetime
    comparison: Comparison | None = None
    z: float | None = None  # weighted mean of changes, in sd
    limit: float | None = None
    warns: bool = False
    not_judged: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A change that the chart found. `raised_by` and `chart` identify it for ever."""

    chart: ChartName
    code: str
    side: Side | None
    direction: Direction
    raised_by: str
    raised_at: datetime
    began_with: str  # run_id: the likeliest first run of the change
    began_at: datetime
    latest_at: datetime  # the newest run that the evidence is of
    run_ids: tuple[str, ...]  # the runs that the evidence is of
    closed_at: datetime | None  # the run that was back
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart at one time."""

    charted: Charted
    baseline: Baseline | NoBaseline
    points: tuple[Point, ...]
    alarms: tuple[Alarm, ...]

    @property
    def open_alarms(self) -> tuple[Alarm, ...]:
        return tuple(alarm for alarm in self.alarms if alarm.closed_at is None)


def charts(
    history: History, *, now: datetime, kept: Mapping[ChartName, Baseline] | None = None
) -> tuple[Chart, ...]:
    """All charts of an athlete.

    kept: baselines frozen earlier; a chart without one freezes the first ten runs without symptoms.
    """
    return tuple(chart(history, charted, now=now, kept=(kept or {}).get(charted.name)) for charted in CHARTS)


def chart(history: History, charted: Charted, *, now: datetime, kept: Baseline | None = None) -> Chart:
    """One chart: every run after its baseline, compared and judged."""
    baseline = kept or fit_baseline(history, charted.metric, charted.side, now=now)
    if isinstance(baseline, NoBaseline):
        return Chart(charted=charted, baseline=baseline, points=(), alarms=())
    later = [
        run
        for run in history.runs
        if baseline.frozen_at < run.end <= now and run.run_id not in baseline.run_ids and not is_walk(run)
    ]
    learnt = _learn_settings(compare_all(later, baseline))
    judgeable = [found for found in learnt if isinstance(found, Comparison)]
    judged = {way: _judged(judgeable, charted, baseline, way) for way in charted.directions}
    alarms = [
        alarm for way, found in judged.items() for alarm in _alarms(judgeable, found, charted, baseline, way)
    ]
    return Chart(
        charted=charted,
        baseline=baseline,
        points=_points(learnt, judged),
        alarms=tuple(sorted(alarms, key=lambda alarm: alarm.raised_at)),
    )


def _learn_settings(compared: list[Comparison | NotCompared]) -> list[Comparison | NotCompared]:
    """Give every new shoe or surface a level of its own, from its first three runs.

    They are compared with the runs just before, so a change that was there already stays visible; one that
    came with the shoe cannot be told from it.
    """
    first: dict[tuple[str, ...], list[Comparison]] = {}
    level: dict[tuple[str, ...], tuple[float, float]] = {}
    before: list[Comparison] = []
    result: list[Comparison | NotCompared] = []
    for found in compared:
        if isinstance(found, NotCompared):
            result.append(found)
            continue
        if (new := found.unknown) and new not in level:
            met = first.setdefault(new, [])
            met.append(found)
            reason = said(
                "the baseline is still learning this setting ({what:, }), run {number} of {needed}",
                number=len(met),
                needed=RUNS_TO_LEARN,
                what=Several(new),
            )
            result.append(NotCompared(run_id=found.run_id, start=found.start, reason=reason))
            if len(met) == RUNS_TO_LEARN:
                level[new] = _level(met, before[-RUNS_TO_LEARN:])
            continue
        if new:
            offset, error = level[new]
            found = replace(
                found,
                expected_deg=found.expected_deg + offset,
                change_deg=found.change_deg - offset,
                standard_error_deg=float(np.hypot(found.standard_error_deg, error)),
                learnt_error_deg=error,
            )
        before.append(found)
        result.append(found)
    return result


def _level(met: list[Comparison], before: list[Comparison]) -> tuple[float, float]:
    """Level of a new setting against the runs before it, and its error."""
    offset = np.mean([one.change_deg for one in met]) - (
        np.mean([one.change_deg for one in before]) if before else 0
    )
    variance = float(np.mean([one.scatter_deg**2 for one in met]))
    return float(offset), (variance / len(met) + (variance / len(before) if before else 0)) ** 0.5


def _sign(way: Direction) -> int:
    return 1 if way == "more" else -1


def _judged(found: list[Comparison], charted: Charted, baseline: Baseline, way: Direction) -> Judged:
    change = np.array([one.change_deg for one in found])
    scatter = np.array([one.scatter_deg for one in found])
    least = np.maximum(charted.metric.least_deg / scatter, HALF_DETECTABLE)
    unknown = _unknown(found, baseline, charted.rule)
    return judge(_sign(way) * change / scatter, unknown=unknown, least=least, rule=charted.rule)


def _unknown(found: list[Comparison], baseline: Baseline, rule: Rule) -> Floats:
    """Error of the baseline in the weighted mean of the runs, in sd.

    What it does not know of the level is common to all runs and stays; what it does not know of a speed or a
    shoe counts by how much of that was run.
    """
    scatter = np.array([one.scatter_deg for one in found])
    terms = np.array([one.terms for one in found]).reshape(len(found), len(baseline.mean)).T
    asked = weighted_mean(terms / scatter, rule.weight)
    variance = np.einsum("ti,tu,ui->i", asked, np.array(baseline.covariance), asked)
    learnt = weighted_mean(np.array([one.learnt_error_deg for one in found]) / scatter, rule.weight)
    return np.asarray(np.sqrt(np.maximum(variance + learnt**2, 1 / baseline.runs)), float)


def _points(learnt: list[Comparison | NotCompared], judged: Mapping[Direction, Judged]) -> tuple[Point, ...]:
    points, at = [], 0
    first = next(iter(judged.values()))
    for found in learnt:
        if isinstance(found, NotCompared):
            points.append(Point(run_id=found.run_id, start=found.start, not_judged=found.reason))
            continue
        points.append(
            Point(
                run_id=found.run_id,
                start=found.start,
                comparison=found,
                z=float(first.z[at]),
                limit=float(first.limit[at]),
                warns=any(bool(one.is_open[at]) for one in judged.values()),
            )
        )
        at += 1
    return tuple(points)


def _alarms(
    found: list[Comparison], judged: Judged, charted: Charted, baseline: Baseline, way: Direction
) -> list[Alarm]:
    alarms, after = [], 0
    for opened in np.flatnonzero(judged.opened).tolist():
        closed = next((run for run in range(opened, len(found)) if not judged.is_open[run]), None)
        end = len(found) if closed is None else closed
        standardised = _sign(way) * np.array(
            [one.change_deg / one.scatter_deg for one in found[after : opened + 1]]
        )
        began = found[after + _began(standardised)]
        # An open warning tells of today; one that is over, of the last runs that were still changed.
        latest = opened + int(np.flatnonzero((judged.recent >= judged.least)[opened:end])[-1])
        newest = end - 1 if closed is None else latest
        how = None if newest == latest else _how(judged, newest)
        recent = found[max(0, newest + 1 - RECENT_RUNS) : newest + 1]
        alarms.append(
            Alarm(
                chart=charted.name,
                code=charted.code,
                side=charted.side,
                direction=way,
                raised_by=found[opened].run_id,
                raised_at=found[opened].start,
                began_with=began.run_id,
                began_at=began.start,
                latest_at=recent[-1].start,
                run_ids=tuple(one.run_id for one in recent),
                closed_at=None if closed is None else found[closed].start,
                evidence=_evidence(recent, baseline, _words(charted, way, how), began, how),
            )
        )
        after = end
    return alarms


def _how(judged: Judged, run: int) -> Said:
    """What became of a change that the last runs until this one no longer show."""
    return _OTHER_WAY if -judged.recent[run] >= judged.least[run] else _LESS


def _began(change: Floats) -> int:
    """First run of the likeliest change: zero before it, one level from it on."""
    tail = np.cumsum(change[::-1])[::-1]
    return int(np.argmax(np.maximum(tail, 0) ** 2 / np.arange(len(change), 0, -1)))


def _evidence(
    recent: list[Comparison], baseline: Baseline, words: tuple[str, str], began: Comparison, how: Said | None
) -> Evidence:
    change = float(np.mean([one.change_deg for one in recent]))
    chance = float(np.mean([one.scatter_deg for one in recent])) / len(recent) ** 0.5
    error = float(np.hypot(chance, np.mean([one.standard_error_deg for one in recent])))
    expected = float(np.mean([one.expected_deg for one in recent]))
    sentence, to_do = words
    return Evidence(
        value=expected + change,
        unit="deg",
        reference=expected,
        compared_with=said(
            "your baseline of {runs} runs until {day}, at the same speed, surface, shoe and minute of the "
            "run, and at its slope where a watch told it",
            runs=baseline.runs,
            day=baseline.frozen_at.date(),
        ),
        uncertainty=error,
        n=len(recent),
        counted=said("runs"),
        sentence=said(
            sentence,
            runs=len(recent),
            size=abs(change),
            error=error,
            day=began.start.date(),
            how=how or "",
        ),
        to_do=to_do,
    )


def _words(charted: Charted, way: Direction, how: Said | None) -> tuple[str, str]:
    """What a warning says, and what to do about it."""
    if charted.metric is SHANK_ANGLE_IC:
        sentences = (_LEFT_AHEAD, _LEFT_AHEAD_EASED, _RIGHT_AHEAD, _RIGHT_AHEAD_EASED)
        is_right, to_do = charted.side == "right", _SHANK_TO_DO
    else:
        sentences = (_LEFT_DEEPER, _LEFT_DEEPER_EASED, _RIGHT_DEEPER, _RIGHT_DEEPER_EASED)
        is_right, to_do = way == "less", _DROP_TO_DO
    return sentences[2 * is_right + (how is not None)], _EASED_TO_DO if how is _LESS else to_do
