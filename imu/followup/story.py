"""One paragraph about a run: what was found, where the plan stands now, and why."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from imu.followup.judgement import Judgement
from imu.training.baseline import RUNS_NEEDED
from imu.training.chart import Chart, Point
from imu.training.gates import BRISK_WALK
from imu.training.history import Run
from imu.training.next_session import next_words
from imu.training.plan_state import JudgedSession, PlanState
from imu.training.said import Several, said
from imu.training.sessions import is_walk, walked_s

_MOVES = ("advanced", "completed", "repeat", "stepped_back", "held", "resumed", "decided")


def told(run: Run, found: Judgement) -> str:
    """The paragraph. `found` is judged after the run came in; sentences are those of the rules."""
    return " ".join(_sentences(run, found))


def _sentences(run: Run, found: Judgement) -> Iterator[str]:
    yield extent(run)
    if run.trust == "poor":
        yield _load_only(run)
    elif not is_walk(run):
        yield from _of_charts([chart for chart in found.charts if _shows(chart, run)], run)
    for warning in found.pressing:
        is_of_this_run = warning.is_said_by(run.run_id)
        yield f"{'' if is_of_this_run else 'Still open: '}{warning.evidence.sentence}"
        if is_of_this_run:
            yield warning.evidence.to_do
    if isinstance(found.state, PlanState):
        yield from of_plan(found.state, run)
    yield next_words(found.next, today=found.at.date())


def extent(run: Run) -> str:
    """How long was run, and how far; of a walk, how long was walked."""
    distance = f", {run.distance_m / 1000:.1f} km" if run.distance_m else ""
    if is_walk(run):
        return f"{walked_s(run) / 60:.0f} min of walking, no running."
    return f"{run.running_s / 60:.0f} min of running{distance}."


def looked_back(run: Run, found: Judgement) -> Iterator[str]:
    """The paragraph of a run that is looked at later: what was found in it and whether it counted.

    Warnings that rest on it are told while they press. What comes next is told of the latest run alone.
    """
    if run.trust == "poor":
        yield _load_only(run)
    else:
        yield from _of_charts([chart for chart in found.charts if _shows(chart, run)], run)
    yield from (one.evidence.sentence for one in found.pressing if one.is_about(run.run_id))
    if isinstance(found.state, PlanState):
        yield from map(_of_session, _judged(found.state, run))


def _judged(state: PlanState, run: Run) -> Iterator[JudgedSession]:
    return (one for one in state.judged if run.run_id in one.session.run_ids)


def finding(run: Run, found: Judgement) -> str:
    """The one thing to know of a run: why it is poor, what it warns of, or how far from usual it is.

    Of a measure that both legs have, a leg that could not be judged is named with the reason: silence about
    it would pass for usual.
    """
    if run.trust == "poor":
        return _load_only(run)
    for warning in found.pressing:
        if warning.is_said_by(run.run_id):
            return warning.evidence.sentence
    if is_walk(run):
        return said("A walk: nothing to compare with your running.")
    shown = [chart for chart in found.charts if _shows(chart, run)]
    if not shown:
        return said(
            "Not compared: a baseline needs {number} runs without symptoms before it.", number=RUNS_NEEDED
        )
    furthest = max(shown, key=lambda chart: _distance(chart, run))
    unjudged = [
        chart
        for chart in shown
        if chart is not furthest
        and chart.charted.metric is furthest.charted.metric
        and _point(chart, run).comparison is None
    ]
    told = _of_chart(furthest, run)
    return (
        said("{told} {unjudged}", told=told, unjudged=next(_of_charts(unjudged, run))) if unjudged else told
    )


def _load_only(run: Run) -> str:
    return said("Counted as load only: {because:; }.", because=Several(run.untrusted_because))


def _distance(chart: Chart, run: Run) -> float:
    """How far a run is from usual, in standard errors; a run that is not compared is nearest."""
    point = _point(chart, run)
    if point.comparison is None:
        return -1.0
    return abs(point.comparison.change_deg) / point.comparison.standard_error_deg


def _shows(chart: Chart, run: Run) -> bool:
    return any(point.run_id == run.run_id for point in chart.points)


def _of_charts(shown: Sequence[Chart], run: Run) -> Iterator[str]:
    """A sentence of each; one for all that are not judged for the same reason."""
    alike: dict[str, list[Chart]] = defaultdict(list)
    for chart in shown:
        alike[_point(chart, run).not_judged or ""].append(chart)
    for why, told_together in alike.items():
        if why and len(told_together) > 1:
            what = Several(chart.charted.metric.words(chart.charted.side) for chart in told_together)
            yield said("Not judged, {why}: {what:, }.", why=why, what=what)
        else:
            yield from (_of_chart(chart, run) for chart in told_together)


def _point(chart: Chart, run: Run) -> Point:
    return next(one for one in chart.points if one.run_id == run.run_id)


def _of_chart(chart: Chart, run: Run) -> str:
    point = _point(chart, run)
    words = chart.charted.metric.words(chart.charted.side)
    if point.comparison is None:
        return said("{what:C}: not judged, {why}.", what=words, why=point.not_judged)
    change, error = point.comparison.change_deg, point.comparison.standard_error_deg
    return said(
        "{what:C}: {change:+.1f} ± {error:.1f}° against your baseline at this speed.",
        what=words,
        change=change,
        error=error,
    )


def of_plan(state: PlanState, run: Run) -> Iterator[str]:
    """Whether the session of a run counts, and what the plan did since."""
    judged = next(_judged(state, run), None)
    if judged is not None:
        yield _of_session(judged)
    moved = [event for event in state.events if event.at >= run.start and event.kind in _MOVES]
    if moved:
        yield from (event.sentence for event in moved)
    elif state.stage is None:
        yield from (gate.sentence for gate in state.gates if is_walk(run) and gate.key == BRISK_WALK)
    else:
        needed = state.plan.rules.successes_to_advance
        yield said(
            "The plan holds at stage {stage}: {done} of {needed} sessions counted.",
            stage=state.stage.id,
            done=state.successes,
            needed=needed,
        )


def _of_session(judged: JudgedSession) -> str:
    if judged.counted:
        return said("The session counts.")
    if judged.not_counted_because and not judged.awaits_answers:
        return said("The session does not count: {because:; }.", because=Several(judged.not_counted_because))
    return said("Whether the session counts depends on your answers about pain.")
