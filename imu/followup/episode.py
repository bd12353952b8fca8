"""One injury from its onset until now, gathered for whoever reads it as a whole: a page, a report, a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from imu.followup.judgement import Judgement
from imu.followup.plan_versions import state_of
from imu.store import AthleteRecord, ListedRun, Note, PlanVersion
from imu.training.history import CheckIn, Decision, History, Injury, Run, Side
from imu.training.load import session_spike, weekly_change
from imu.training.next_session import NextSession
from imu.training.not_judged import NotJudged
from imu.training.plan import Plan
from imu.training.plan_state import PlanState, StageEvent
from imu.training.rehab import CLINICIAN_EXERCISES
from imu.training.said import said
from imu.training.sessions import sessions
from imu.training.sides import ByRun, SideBySide, compared_runs, side_by_side
from imu.training.warnings import RaisedWarning

SHOWN_BEFORE = timedelta(weeks=4)  # of the time before the injury: what the return leads back to
SHOWN_LATELY = timedelta(weeks=12)  # of the time without an injury


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Time spent in one stage; `stage` is None before the entry gate, `step` counts stages from 1."""

    stage: str | None
    step: int
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Time on hold."""

    begin: datetime
    end: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Running of seven days. The last week ends today, so every week is whole."""

    begin: date
    minutes: float
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """What could not be said, why, and of which day (None: not of one run)."""

    day: date | None
    what: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """Load and pain of the last weeks, injury or not."""

    begin: date  # of the time axis
    end: datetime
    weeks: tuple[Week, ...]
    answers: tuple[CheckIn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """An injury and all that followed, as seen `now`. `end` is now, or the day on which it was over."""

    athlete: str
    is_simulated: bool
    injury: Injury
    begin: date  # of the time axis
    end: datetime
    now: datetime
    is_open: bool
    plan: Plan | None  # None: the version in force cannot be read
    plan_version: PlanVersion | None  # None: the plan that comes with the program
    state: PlanState | NotJudged
    next: NextSession
    spells: tuple[Spell, ...]
    holds: tuple[Held, ...]
    weeks: tuple[Week, ...]
    answers: tuple[CheckIn, ...]
    warnings: tuple[RaisedWarning, ...]  # the latest first
    decisions: tuple[Decision, ...]
    events: tuple[StageEvent, ...]
    sides: tuple[SideBySide, ...]
    unjudged: tuple[Unjudged, ...]  # the latest first
    notes: tuple[Note, ...]  # since the onset, also those after the end
    runs: int  # since the onset
    analysis_versions: tuple[str, ...]  # of the runs in which both legs were looked at


def compared_ids(history: History, *, now: datetime) -> tuple[str, ...]:
    """The runs in which an episode looks at both legs: those of which it takes segments."""
    injury = latest_injury(history, now=now)
    if injury is None:
        return ()
    before, since = compared_runs(history, injury, now=_end(injury, now))
    return tuple(run.run_id for run in (*before, *since))


def latest_injury(history: History, *, now: datetime) -> Injury | None:
    """The one that is open, else the one that began last."""
    known = [one for one in history.injuries if one.onset <= now.date()]
    return max(known, key=lambda one: (_is_open(one, now), one.onset), default=None)


def episode_of(
    record: AthleteRecord, found: Judgement, *, compared: Sequence[ListedRun], notes: Sequence[Note]
) -> Episode | None:
    """The latest injury; None where none is on record.

    compared: the runs of `compared_ids` with their segments; without them no leg is held against the other.
    """
    history, now = record.history, found.at
    injury = latest_injury(history, now=now)
    if injury is None:
        return None
    is_open, end = _is_open(injury, now), _end(injury, now)
    state = found.state if is_open else _while_open(history, injury, found, end=end)
    onset = datetime.combine(injury.onset, datetime.min.time(), now.tzinfo)
    begin = max(
        injury.onset - SHOWN_BEFORE,
        min((run.start.date() for run in history.runs), default=injury.onset),
    )
    events = state.events if isinstance(state, PlanState) else ()
    before, since = compared_runs(history, injury, now=end)
    return Episode(
        athlete=record.athlete.name,
        is_simulated=record.athlete.simulated,
        injury=injury,
        begin=min(begin, injury.onset),
        end=end,
        now=now,
        is_open=is_open,
        plan=None if any(one.end is None for one in found.unread) else found.plan,
        plan_version=record.plans[-1] if record.plans else None,
        state=state,
        next=found.next,
        spells=tuple(_spells(state, onset, end)),
        holds=tuple(_holds(events, end)),
        weeks=tuple(_weeks(history, begin=begin, end=end)),
        answers=tuple(one for one in history.check_ins if begin <= one.at.date() and one.at <= end),
        warnings=tuple(
            one
            for one in found.warnings
            if one.raised_at <= end and (one.resolved_at is None or one.resolved_at >= onset)
        ),
        decisions=tuple(one for one in _decided(history) if onset <= one.at <= end),
        events=events,
        sides=side_by_side(
            _with_segments(before, compared),
            _with_segments(since, compared),
            injury,
            contact_time_s=_of_headlines(compared, "contact_time_s"),
            impact_g=_of_headlines(compared, "peak_tibial_acc_g"),
        ),
        unjudged=tuple(_unjudged(history, found, begin=injury.onset, end=end)),
        notes=tuple(note for note in notes if onset <= note.at),
        runs=sum(injury.onset <= run.start.date() and run.end <= end for run in history.runs),
        analysis_versions=tuple(sorted({one.analysis_version for one in compared if one.analysis_version})),
    )


def lately(history: History, *, now: datetime) -> Lately:
    """The last twelve weeks, or since the first run where that is less; a week at least."""
    first = min((run.start.date() for run in history.runs), default=now.date())
    begin = min(max(now.date() - SHOWN_LATELY, first), now.date() - timedelta(days=6))
    return Lately(
        begin=begin,
        end=now,
        weeks=tuple(_weeks(history, begin=begin, end=now)),
        answers=tuple(one for one in history.check_ins if begin <= one.at.date() and one.at <= now),
    )


def _is_open(injury: Injury, now: datetime) -> bool:
    return injury.resolved is None or injury.resolved > now.date()


def _end(injury: Injury, now: datetime) -> datetime:
    """Now, or the evening of the day on which it was over."""
    return now if _is_open(injury, now) else _evening(injury.resolved or now.date(), now)


def _with_segments(runs: Sequence[Run], compared: Sequence[ListedRun]) -> list[Run]:
    whole = {one.run.run_id: one.run for one in compared}
    return [whole.get(run.run_id, run) for run in runs]


def _evening(day: date, now: datetime) -> datetime:
    return min(now, datetime.combine(day, datetime.max.time(), now.tzinfo))


def _while_open(
    history: History, injury: Injury, found: Judgement, *, end: datetime
) -> PlanState | NotJudged:
    """The plan on the last day on which the injury was still open."""
    last = end - timedelta(days=1)
    if injury.resolved == injury.onset:
        return NotJudged(because=said("the injury was over on the day it began"))
    return state_of(history, found.plan, found.unread, now=last)


def _decided(history: History) -> list[Decision]:
    """With a clinician's agreement to exercises, which an account gives by answering."""
    agreed = (
        Decision(at=one.at, kind="exercises", by=one.by, reason="")
        for one in history.gate_answers
        if one.gate == CLINICIAN_EXERCISES and one.clinician and one.passed
    )
    return sorted((*history.decisions, *agreed), key=lambda one: one.at)


def _spells(state: PlanState | NotJudged, onset: datetime, end: datetime) -> Iterator[Spell]:
    if isinstance(state, NotJudged):
        return
    steps = {stage.id: at for at, stage in enumerate(state.row, start=1)}
    begin, stage = onset, None
    for event in (one for one in state.events if one.before != one.after):
        if event.at > begin:
            yield Spell(stage=stage, step=steps.get(stage or "", 0), begin=begin, end=event.at)
        begin, stage = event.at, event.after
        if stage is None:  # the plan is complete
            return
    yield Spell(stage=stage, step=steps.get(stage or "", 0), begin=begin, end=end)


def _holds(events: Sequence[StageEvent], end: datetime) -> Iterator[Held]:
    """From each hold to what lifted it: resuming, or a clinician's other word."""
    held: StageEvent | None = None
    for event in events:
        if event.kind == "held":
            held = held or event
        elif held is not None and event.kind in ("resumed", "decided"):
            yield Held(begin=held.at, end=event.at, because=held.sentence)
            held = None
    if held is not None:
        yield Held(begin=held.at, end=end, because=held.sentence)


def _weeks(history: History, *, begin: date, end: datetime) -> Iterator[Week]:
    past = sessions(history, now=end)
    count = ((end.date() - begin).days + 7) // 7
    for back in range(count - 1, -1, -1):
        last = end.date() - timedelta(days=7 * back)
        first = last - timedelta(days=6)
        own = [one for one in past if first <= one.day <= last]
        minutes = sum(one.running_s for one in own) / 60
        yield Week(begin=first, minutes=minutes, runs=sum(len(one.runs) for one in own))


def _of_headlines(compared: Sequence[ListedRun], name: str) -> ByRun:
    """Medians of each leg, the same numbers that a run's page tells."""
    sides: tuple[Side, ...] = ("left", "right")
    found: dict[str, dict[Side, float]] = {}
    for one in compared:
        for side in sides:
            value = (one.headline.get(side) or {}).get(name)
            if value is not None:
                found.setdefault(one.run.run_id, {})[side] = value
    return found


def _unjudged(history: History, found: Judgement, *, begin: date, end: datetime) -> Iterator[Unjudged]:
    """What charts and load could not say since the injury."""
    loads = (weekly_change(history, now=end), session_spike(history, now=end))
    for because in dict.fromkeys(one.because for one in loads if isinstance(one, NotJudged)):
        yield Unjudged(day=None, what=said("the load against earlier weeks"), because=because)
    for chart in found.charts:
        words = chart.charted.metric.words(chart.charted.side)
        reason = getattr(chart.baseline, "reason", None)
        if reason is not None:
            yield Unjudged(day=None, what=words, because=reason)
    told = [
        Unjudged(
            day=point.start.date(),
            what=chart.charted.metric.words(chart.charted.side),
            because=point.not_judged,
        )
        for chart in found.charts
        for point in chart.points
        if point.not_judged is not None and begin <= point.start.date() and point.start <= end
    ]
    yield from sorted(told, key=lambda one: (one.day or begin, one.what), reverse=True)
