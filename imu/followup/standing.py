"""What is kept of a judgement for lists: the few words that a squad board shows."""

from typing import Any

from imu.followup.judgement import Judgement, judge
from imu.store import AthleteRecord, Repository
from imu.training.load import Compared, session_spike, weekly_change
from imu.training.not_judged import NotJudged


def judged_and_kept(repository: Repository, athlete_id: str, *, analysis_version: str) -> Judgement:
    """Judge an athlete after a change: new baselines are frozen, and what a list shows is kept."""
    record = repository.record(athlete_id)
    found = judge(record, now=repository.now())
    in_force = record.in_force
    for chart, baseline in found.new_baselines.items():
        if chart not in in_force:
            repository.care.keep_baseline(
                athlete_id,
                chart,
                baseline,
                reason=f"the first {baseline.runs} runs without symptoms",
                analysis_version=analysis_version,
            )
    repository.standings.keep(athlete_id, listed(record, found), analysis_version=analysis_version)
    return found


def listed(record: AthleteRecord, found: Judgement) -> dict[str, Any]:
    """Plain values for a list: stage, next session, load, warnings, and when something last came in."""
    state, history, now = found.state, record.history, found.at
    stage = None if isinstance(state, NotJudged) else state.stage
    worst = max((one.level for one in found.pressing), key=("note", "amber", "red").index, default=None)
    return {
        "stage": stage.id if stage else None,
        "stage_words": stage.words if stage else None,
        "stage_since": None if isinstance(state, NotJudged) else _told(state.entered_at),
        "plan": "none" if isinstance(state, NotJudged) else "complete" if state.is_complete else "followed",
        "held_because": None if isinstance(state, NotJudged) else state.held_because,
        "may_run": found.next.may_run,
        "next": found.next.words,
        "warnings": len(found.pressing),
        "worst": worst,
        "first_warning": found.pressing[0].evidence.sentence if found.pressing else None,
        "week": _compared(weekly_change(history, now=now)),
        "longest": _compared(session_spike(history, now=now)),
        "due": [one.kind for one in found.due],
        "last_run_at": _told(history.runs[-1].start) if history.runs else None,
        "last_check_in_at": _told(history.check_ins[-1].at) if history.check_ins else None,
    }


def _told(moment: Any) -> str | None:
    return None if moment is None else str(moment.isoformat())


def _compared(found: Compared | NotJudged) -> dict[str, Any]:
    if isinstance(found, NotJudged):
        return {"not_judged": found.because}
    return {
        "value": found.evidence.value,
        "unit": found.evidence.unit,
        "reference": found.evidence.reference,
        "sentence": found.evidence.sentence,
    }
