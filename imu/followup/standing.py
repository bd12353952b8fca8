"""What is kept of a judgement: what an athlete's first screen and a squad's list show, as plain values."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from imu.followup import kept_charts
from imu.followup.judgement import Judgement, judge
from imu.followup.story import finding
from imu.store import Account, AthleteRecord, KeptBaseline, Repository, Store
from imu.store.record import without_words
from imu.training.engine import current_injury
from imu.training.load import Compared, session_spike, weekly_change, weekly_minutes
from imu.training.not_judged import NotJudged
from imu.training.said import Said, plain
from imu.training.sessions import is_walk, walked_s
from imu.training.warnings import RaisedWarning, days_asked_for

WEEKS = 12  # that a list draws
_CHARTS = "charts"  # in the detail of a standing
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """All that is to be kept of a judgement, made before anybody has to wait for it."""

    revision: int  # of the athlete who was judged
    in_force: dict[str, KeptBaseline]
    found: Judgement
    found_shared: Judgement  # for viewers without clinical rights
    content: dict[str, Any]
    content_shared: dict[str, Any]
    detail: dict[str, Any]


def judged_anew(store: Store, viewer: Account, athlete_id: str, *, analysis_version: str) -> Judgement:
    """Judge an athlete after a change: new baselines are frozen, and what lists show is kept.

    The whole record is judged, whoever asks; he is given what he may read. Nobody waits while it is judged:
    of an athlete who changed meanwhile nothing is kept, and he is judged again; after some tries while
    others wait, so that it ends.
    """
    for _ in range(_TRIES):
        with store.seen_by(viewer) as repository:
            weighed = _weighed(repository, athlete_id)
        with store.changed_by(viewer) as repository:
            if repository.sharing.by_id(athlete_id).revision == weighed.revision:
                return _kept(repository, athlete_id, weighed, analysis_version=analysis_version)
    with store.changed_by(viewer) as repository:
        return judged_and_kept(repository, athlete_id, analysis_version=analysis_version)


def judged_and_kept(repository: Repository, athlete_id: str, *, analysis_version: str) -> Judgement:
    """The same inside a transaction that changes something; all others who write wait for it."""
    weighed = _weighed(repository, athlete_id)
    return _kept(repository, athlete_id, weighed, analysis_version=analysis_version)


def _weighed(repository: Repository, athlete_id: str) -> _Weighed:
    record = repository.whole_record(athlete_id)
    found = judge(record, now=repository.now(athlete_id))
    shared = without_words(record)
    found_shared = judge(shared, now=found.at, drawn=found.charts)
    return _Weighed(
        revision=record.athlete.revision,
        in_force=record.in_force,
        found=found,
        found_shared=found_shared,
        content=standing_of(record, found),
        content_shared=standing_of(shared, found_shared),
        detail={_CHARTS: kept_charts.packed(found.charts)},
    )


def _kept(repository: Repository, athlete_id: str, weighed: _Weighed, *, analysis_version: str) -> Judgement:
    for chart, baseline in weighed.found.baselines.items():
        before = weighed.in_force.get(chart)
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
    repository.standings.keep(
        athlete_id,
        weighed.content,
        without_words=weighed.content_shared,
        detail=weighed.detail,
        holds_until=weighed.found.holds_until,
        analysis_version=analysis_version,
    )
    rights = repository.sharing.by_id(athlete_id).rights
    return weighed.found if "read_clinical" in rights else weighed.found_shared


def judged(
    repository: Repository, athlete_id: str, *, analysis_version: str
) -> tuple[AthleteRecord, Judgement]:
    """The record as the viewer may read it, and what the rules say of it now.

    Charts are those that were kept, while they hold; then the runs of the record come without segments.
    """
    detail = repository.standings.detail(athlete_id, analysis_version=analysis_version)
    drawn = None if detail is None else kept_charts.unpacked(detail.get(_CHARTS, ""))
    record = repository.record(athlete_id, segments=drawn is None)
    return record, judge(record, now=repository.now(athlete_id), drawn=drawn)


def standing_of(record: AthleteRecord, found: Judgement) -> dict[str, Any]:
    """Plain values: stage, next session with its reasons, what is due, warnings, load, and the last run."""
    state, history, now = found.state, record.history, found.at
    following = None if isinstance(state, NotJudged) else state
    plans = [following] if following else []
    stage = following.stage if following else None
    content: dict[str, Any] = {
        "plan": {
            "followed": following is not None,
            "unread": following is None and current_injury(history, now=now) is not None,
            "why_not": state.because if isinstance(state, NotJudged) else None,
            "version": found.plan_version,
            "complete": following is not None and following.is_complete,
            "stage": stage.id if stage else None,
            "stage_words": stage.words if stage else None,
            "since": _iso(following.stage_since) if following else None,
            "successes": following.successes if following else None,
            "needed": found.plan.rules.successes_to_advance,
            "held_because": following.held_because if following else None,
            "whether_it_fits": following.whether_it_fits if following else None,
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
            "longest": _compared(session_spike(history, now=now, asked_for=days_asked_for(plans))),
        },
        "weeks": [round(minutes, 1) for minutes in weekly_minutes(history, now=now, weeks=WEEKS)],
        "last_run": _last_run(record, found),
        "last_check_in": _last_check_in(record),
        "last_check_in_at": _iso(history.check_ins[-1].at) if history.check_ins else None,
        "runs": len(history.runs),
    }
    return {**content, "said": patterns(content)}


def patterns(content: Any) -> dict[str, Any]:
    """What each sentence of a standing was made of, by its text: for whoever reads another language."""
    if isinstance(content, Said):
        return {content: plain(content)}
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return {text: made for part in parts for text, made in patterns(part).items()}


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
        "walked_s": walked_s(run) if is_walk(run) else None,
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
