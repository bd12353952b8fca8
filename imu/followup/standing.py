"""What is kept of a judgement: what an athlete's first screen and a squad's list show, as plain values."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from imu.followup.judgement import Judgement, judge
from imu.followup.story import finding
from imu.store import AthleteRecord, Repository
from imu.store.record import without_words
from imu.training.load import Compared, session_spike, weekly_change, weekly_minutes
from imu.training.not_judged import NotJudged
from imu.training.warnings import RaisedWarning

WEEKS = 12  # that a list draws


def judged_and_kept(repository: Repository, athlete_id: str, *, analysis_version: str) -> Judgement:
    """Judge an athlete after a change: new baselines are frozen, and what lists show is kept.

    The whole record is judged, whoever asks; he is given what he may read.
    """
    record = repository.whole_record(athlete_id)
    found = judge(record, now=repository.now())
    for chart, baseline in found.baselines.items():
        before = record.in_force.get(chart)
        if before is None or before.baseline != baseline:
            changed = "" if before is None else "; which these are changed by what came in later"
            repository.care.keep_baseline(
                athlete_id,
                chart,
                baseline,
                on_purpose=False,
                reason=f"the first {baseline.runs} runs without symptoms{changed}",
                analysis_version=analysis_version,
            )
    shared = without_words(record)
    found_shared = judge(shared, now=found.at, drawn=found.charts)
    repository.standings.keep(
        athlete_id,
        standing_of(record, found),
        without_words=standing_of(shared, found_shared),
        holds_until=found.holds_until,
        analysis_version=analysis_version,
    )
    return found if "read_clinical" in record.athlete.rights else found_shared


def standing_of(record: AthleteRecord, found: Judgement) -> dict[str, Any]:
    """Plain values: stage, next session with its reasons, what is due, warnings, load, and the last run."""
    state, history, now = found.state, record.history, found.at
    following = None if isinstance(state, NotJudged) else state
    stage = following.stage if following else None
    return {
        "plan": {
            "followed": following is not None,
            "why_not": state.because if isinstance(state, NotJudged) else None,
            "version": found.plan_version,
            "complete": following is not None and following.is_complete,
            "stage": stage.id if stage else None,
            "stage_words": stage.words if stage else None,
            "since": _iso(following.entered_at) if following else None,
            "successes": following.successes if following else None,
            "needed": found.plan.rules.successes_to_advance,
            "held_because": following.held_because if following else None,
        },
        "next": {
            "may_run": found.next.may_run,
            "earliest": _iso(found.next.earliest),
            "kind": found.next.kind,
            "running_min": found.next.running_min,
            "total_min": found.next.total_min,
            "from_mps": found.next.from_mps,
            "to_mps": found.next.to_mps,
            "words": found.next.words,
            "reasons": list(found.next.reasons),
            "to_do": list(found.next.to_do),
        },
        "due": [
            {"kind": one.kind, "key": one.key, "overdue": one.overdue, "sentence": one.sentence}
            for one in found.due
        ],
        "warnings": [_warning(one) for one in found.pressing],
        "load": {
            "week": _compared(weekly_change(history, now=now)),
            "longest": _compared(session_spike(history, now=now)),
        },
        "weeks": [round(minutes, 1) for minutes in weekly_minutes(history, now=now, weeks=WEEKS)],
        "last_run": _last_run(record, found),
        "last_check_in": _last_check_in(record),
        "last_check_in_at": _iso(history.check_ins[-1].at) if history.check_ins else None,
        "runs": len(history.runs),
    }


def _warning(one: RaisedWarning) -> dict[str, Any]:
    return {
        "key": one.key,
        "code": one.code,
        "level": one.level,
        "side": one.side,
        "status": one.status,
        "raised_at": _iso(one.raised_at),
        "acts": [
            {
                "kind": act.kind,
                "by": act.by,
                "at": _iso(act.at),
                "reason": act.reason,
                "until": _iso(act.until),
            }
            for act in one.acts
        ],
        **asdict(one.evidence),
    }


def _last_run(record: AthleteRecord, found: Judgement) -> dict[str, Any] | None:
    if not record.history.runs:
        return None
    run = record.history.runs[-1]
    return {
        "run_id": run.run_id,
        "start": _iso(run.start),
        "running_s": run.running_s,
        "distance_m": run.distance_m,
        "trust": run.trust,
        "finding": finding(run, found),
    }


def _last_check_in(record: AthleteRecord) -> dict[str, Any] | None:
    if not record.history.check_ins:
        return None
    told = record.history.check_ins[-1]
    return {
        "at": _iso(told.at),
        "moment": told.moment,
        "pain": told.pain,
        "site": told.site,
        "red_flags": list(told.red_flags),
    }


def _compared(found: Compared | NotJudged) -> dict[str, Any]:
    if isinstance(found, NotJudged):
        return {"not_judged": found.because}
    return {"level": found.level, **asdict(found.evidence)}


def _iso(moment: datetime | date | None) -> str | None:
    return None if moment is None else moment.isoformat()
