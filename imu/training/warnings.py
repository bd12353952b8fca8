"""All that a person should look at: what charts and rules found, once each, and what became of it.

Like everything here it follows from the history alone: a warning is raised by one run, its evidence is
renewed while it lasts, and the run or the days that end it resolve it. What people did is kept as acts.
A recording that cannot be trusted raises nothing but the warning that says so.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from imu.errors import RestrideError
from imu.training.engine import current_injury
from imu.training.evidence import Evidence, since_then
from imu.training.history import CheckIn, History, Injury, Run, Side
from imu.training.load import spike
from imu.training.not_judged import NotJudged
from imu.training.pain import COLOUR_WORDS, FLAG_WORDS, SHOW_FIRST, pain_response, unlinked_red
from imu.training.plan import PainBands
from imu.training.plan_state import JudgedSession, PlanState
from imu.training.said import Several, said
from imu.training.sessions import Session, runs_of, sessions

Code = Literal[
    "overstriding_appeared",
    "drop_asymmetry_changed",
    "load_spike",
    "pain_response",
    "plan_exceeded",
    "data_not_trusted",
]
CLINICAL_CHARTS = frozenset({"overstride_left", "overstride_right", "drop_asymmetry"})  # no others may warn
Level = Literal["note", "amber", "red"]  # a movement that changed is amber at most; pain and load can be red
LEVELS: tuple[Level, ...] = ("red", "amber", "note")  # the most pressing first
Status = Literal["open", "seen", "acknowledged", "snoozed", "overruled", "resolved"]
ActKind = Literal["seen", "acknowledged", "snoozed", "overruled", "reopened"]
FORGOTTEN_AFTER = timedelta(days=14)  # nothing new about it: what a single run raised is history


_REST_WITH_A_PLAN = said("Do not run; rest until it is what it was, and tell your clinician.")
_REST_WITHOUT_A_PLAN = said(
    "Do not run; rest until it is what it was. If it is an injury, record it: the plan back to running is "
    "followed from then on."
)


class ChartAlarm(Protocol):
    """What a chart hands over; `raised_by` (a run id) and `chart` identify it for ever."""

    @property
    def chart(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def side(self) -> Side | None: ...
    @property
    def raised_by(self) -> str: ...
    @property
    def raised_at(self) -> datetime: ...
    @property
    def latest_at(self) -> datetime: ...
    @property
    def run_ids(self) -> tuple[str, ...]: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def evidence(self) -> Evidence: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person did with a warning."""

    at: datetime
    warning: str  # its key
    kind: ActKind
    by: str
    reason: str | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.kind == "overruled" and not (self.reason or "").strip():
            raise RestrideError(
                f"warning {self.warning}: overruling needs a reason; say why it does not count"
            )
        if self.kind == "snoozed" and (self.until is None or self.until <= self.at):
            raise RestrideError(
                f"warning {self.warning}: snoozing needs a time in the future; say until when"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedWarning:
    """One thing to look at, with its evidence and its life so far."""

    key: str
    code: Code
    level: Level
    side: Side | None
    raised_by: str
    raised_at: datetime
    latest_at: datetime
    resolved_at: datetime | None
    status: Status
    run_ids: tuple[str, ...]  # of a chart those that its evidence is of, else all that said it
    evidence: Evidence
    acts: tuple[Act, ...] = ()
    graver_since: datetime | None = None  # acts from before answered less; None: it never was less

    def is_about(self, run_id: str) -> bool:
        """Whether the page of a run tells of it: the run raised it, or is among those it rests on."""
        return run_id == self.raised_by or run_id in self.run_ids

    def is_said_by(self, run_id: str) -> bool:
        """Whether a run says it: of a chart, whose evidence is of several runs, the one that raised it."""
        is_of_chart = self.key.partition(":")[0] in CLINICAL_CHARTS
        return run_id == self.raised_by or (not is_of_chart and run_id in self.run_ids)

    @property
    def is_pressing(self) -> bool:
        """Whether a screen should still ask for attention."""
        return self.status in ("open", "seen")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raised:
    """What one session says about one subject."""

    level: Level
    evidence: Evidence
    is_flagged: bool = False  # a red flag: a clinician is to see it, whatever else is red
    told_at: datetime | None = None  # None: as soon as the session had ended

    @property
    def asks(self) -> tuple[int, bool]:
        """How much it asks of the reader."""
        return -LEVELS.index(self.level), self.is_flagged


Told = tuple[tuple[str, ...], datetime, _Raised | None]  # by which runs, when, and what


def warnings(
    history: History,
    *,
    now: datetime,
    state: PlanState | None,
    alarms: Sequence[ChartAlarm] = (),
    acts: Sequence[Act] = (),
    bands: PainBands | None = None,
    earlier: Sequence[PlanState] = (),
) -> tuple[RaisedWarning, ...]:
    """Every warning until `now`, resolved ones too, the latest first.

    state: of the plan at `now`, None where none is followed. alarms: of all charts, closed ones too.
    bands: of pain while no plan is followed; without them it is not looked at then. earlier: of plans that
    were followed in injuries which are over.
    """
    past = sessions(history, now=now)
    trusted = {run.run_id for run in history.runs if run.trust != "poor"}
    found = [_from_chart(alarm) for alarm in alarms if alarm.raised_at <= now and alarm.raised_by in trusted]
    # What cannot be judged neither raises a warning nor ends one.
    followed = (*earlier, *([state] if state else []))
    asked_for = days_asked_for(followed)
    spikes = [
        (s.run_ids, s.end, None if s.day in asked_for else _spike(s, past, history.injuries))
        for s in past
        if s.is_trusted
    ]
    found += _spells("load_spike", spikes, now=now)
    if state is not None:
        found += _spells("pain_response", _pains(state), now=now)
        trusted_ones = [one for one in state.judged if one.session.is_trusted]
        exceeded = [(one.session.run_ids, one.session.end, _exceeded(one)) for one in trusted_ones]
        found += _spells("plan_exceeded", exceeded, now=now)
    elif bands is not None:
        found += _spells("pain_response", _reds_without_a_plan(history, past, bands, now=now), now=now)
    runs = sorted((run for run in history.runs if run.end <= now), key=lambda run: run.start)
    found += _spells("data_not_trusted", [((run.run_id,), run.end, _distrust(run)) for run in runs], now=now)
    by_key: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        by_key[act.warning].append(act)
    lived = [_lived(warning, by_key.get(warning.key, ()), now=now) for warning in found]
    return tuple(sorted(lived, key=lambda warning: (warning.raised_at, warning.key), reverse=True))


def _from_chart(alarm: ChartAlarm) -> RaisedWarning:
    if alarm.chart not in CLINICAL_CHARTS:
        raise ValueError(f"chart {alarm.chart!r} may not warn; known: {', '.join(sorted(CLINICAL_CHARTS))}")
    code: Code = "drop_asymmetry_changed" if alarm.chart == "drop_asymmetry" else "overstriding_appeared"
    return RaisedWarning(
        key=f"{alarm.chart}:{alarm.raised_by}",
        code=code,
        level="amber",
        side=alarm.side,
        raised_by=alarm.raised_by,
        raised_at=alarm.raised_at,
        latest_at=alarm.latest_at,
        resolved_at=alarm.closed_at,
        status="open",
        run_ids=alarm.run_ids,
        evidence=alarm.evidence,
    )


def _spells(code: Code, told: Iterable[Told], *, now: datetime) -> list[RaisedWarning]:
    """One warning for each row of runs that say the same, resolved by the first that does not, or by time.

    It says what asks most of the reader, of equals the latest, and what came since.
    """
    spells: list[RaisedWarning] = []
    leading: _Raised | None = None  # of the spell that is open
    for run_ids, end, raised in told:
        current = spells[-1] if spells and spells[-1].resolved_at is None else None
        if current is not None and end - current.latest_at > FORGOTTEN_AFTER:
            spells[-1] = replace(current, resolved_at=current.latest_at + FORGOTTEN_AFTER)
            current = None
        if raised is None:
            if current is not None:
                spells[-1] = replace(current, resolved_at=end)
        elif current is None or leading is None:
            leading = raised
            spells.append(
                RaisedWarning(
                    key=f"{code}:{run_ids[0]}",
                    code=code,
                    level=raised.level,
                    side=None,
                    raised_by=run_ids[0],
                    raised_at=end,
                    latest_at=end,
                    resolved_at=None,
                    status="open",
                    run_ids=run_ids,
                    evidence=raised.evidence,
                )
            )
        else:
            graver_since = raised.told_at or end if raised.asks > leading.asks else current.graver_since
            leading = raised if raised.asks >= leading.asks else leading
            spells[-1] = replace(
                current,
                level=leading.level,
                graver_since=graver_since,
                latest_at=end,
                run_ids=(*current.run_ids, *run_ids),
                evidence=leading.evidence if leading is raised else _since_then(leading, raised, end.date()),
            )
    if spells and spells[-1].resolved_at is None and now - spells[-1].latest_at > FORGOTTEN_AFTER:
        spells[-1] = replace(spells[-1], resolved_at=spells[-1].latest_at + FORGOTTEN_AFTER)
    return spells


def _since_then(leading: _Raised, latest: _Raised, day: date) -> Evidence:
    words = COLOUR_WORDS["red" if latest.level == "red" else "amber"]
    return since_then(leading.evidence, words=words, day=day)


def days_asked_for(followed: Iterable[PlanState]) -> set[date]:
    """Days of what a plan asked for, when it may be done: then the stage says how far to go."""
    return {
        one.session.day
        for plan in followed
        for one in plan.judged
        if one.match is not None and one.match.outcome == "done" and not one.against_the_plan
    }


def _spike(session: Session, past: Sequence[Session], injuries: Sequence[Injury]) -> _Raised | None:
    found = spike(session, past, injuries=injuries)
    if isinstance(found, NotJudged) or found.level == "usual":
        return None
    return _Raised(level=found.level, evidence=found.evidence)


def _pains(state: PlanState) -> list[Told]:
    """Pain is told by a person: it counts whatever the sensors did, after a run and on days without one."""
    found: list[Told] = []
    for one in state.judged:
        response, told_by = one.response, (one.session.run_ids, one.session.end)
        if response.colour == "green":
            found.append((*told_by, None))
        elif response.colour is not None:
            level: Level = "red" if response.colour == "red" else "amber"
            raised = _Raised(
                level=level,
                evidence=response.evidence,
                is_flagged=bool(response.red_flags),
                told_at=response.told_at,
            )
            found.append((*told_by, raised))
    found += [_at_rest(answer, state.bands, _REST_WITH_A_PLAN) for answer in state.pain_at_rest]
    return sorted(found, key=lambda told: told[1])


def _reds_without_a_plan(
    history: History, past: Sequence[Session], bands: PainBands, *, now: datetime
) -> list[Told]:
    """Pain that is red, told by somebody who follows no plan; what was told in an earlier injury is over."""
    injured = current_injury(history, now=now) is not None  # and the plan cannot be read
    rest = _REST_WITH_A_PLAN if injured else _REST_WITHOUT_A_PLAN
    ended = max((injury.resolved for injury in history.injuries if injury.resolved), default=date.min)
    found: list[Told] = []
    for session in past:
        if session.day < ended:
            continue
        response = pain_response(history, session, bands, now=now)
        if response.colour == "red":
            to_do = response.evidence.to_do if response.red_flags else rest
            evidence = replace(response.evidence, to_do=to_do)
            flagged, told_at = bool(response.red_flags), response.told_at
            raised = _Raised(level="red", evidence=evidence, is_flagged=flagged, told_at=told_at)
            found.append((session.run_ids, session.end, raised))
        elif response.colour == "green":
            found.append((session.run_ids, session.end, None))
    begin = datetime.combine(ended, time.min, now.tzinfo)
    reds = unlinked_red(history, bands, begin=begin, end=now, ran=runs_of(past))
    found += [_at_rest(answer, bands, rest) for answer in reds]
    return sorted(found, key=lambda told: told[1])


def _at_rest(answer: CheckIn, bands: PainBands, to_do: str) -> Told:
    """A red flag is red whatever the pain: then the pain is held against nothing."""
    evidence = Evidence(
        value=float(answer.pain),
        unit=said("of 10"),
        reference=float(bands.amber_max_during),
        compared_with=said("the most that is not red"),
        uncertainty=None,
        n=1,
        counted=said("answers"),
        sentence=said("Pain {pain} of 10 on {day}, without a run.", pain=answer.pain, day=answer.at.date()),
        to_do=to_do,
    )
    if flags := sorted(set(answer.red_flags) & set(bands.red_flags)):
        evidence = replace(
            evidence,
            reference=None,
            compared_with="",
            sentence=said(
                "Pain {pain} of 10 on {day}, without a run, with a red flag: {flags:, }.",
                pain=answer.pain,
                day=answer.at.date(),
                flags=Several(FLAG_WORDS[flag] for flag in flags),
            ),
            to_do=SHOW_FIRST,
        )
    raised = _Raised(level="red", evidence=evidence, is_flagged=bool(flags))
    return (f"{answer.at:%Y-%m-%dT%H:%M}",), answer.at, raised


def _exceeded(judged: JudgedSession) -> _Raised | None:
    match = judged.match
    is_more = match is not None and match.outcome == "more"
    if not (is_more or judged.against_the_plan):
        return None
    if match is not None and is_more and not judged.against_the_plan:
        return _Raised(level="amber", evidence=match.evidence)
    details = Several([*judged.against_the_plan, *(match.beyond if match is not None else ())])
    stage = said("no running yet") if judged.stage is None else judged.stage.title
    return _Raised(
        level="amber",
        evidence=Evidence(
            value=judged.session.running_s,
            unit="s",
            reference=None if judged.stage is None else judged.stage.running_s,
            compared_with=stage,
            uncertainty=None,
            n=len(judged.session.runs),
            counted=said("runs"),
            sentence=said(
                "The run of {day} was not in the plan: {details:; }.", day=judged.session.day, details=details
            ),
            to_do=said(
                "Look at what comes next before running; if the plan does not suit, tell your clinician."
            ),
        ),
    )


def _distrust(run: Run) -> _Raised | None:
    if run.trust != "poor":
        return None
    because = Several(run.untrusted_because or (said("the recording is poor"),))
    return _Raised(
        level="note",
        evidence=Evidence(
            value=1.0,
            unit=said("runs"),
            reference=None,
            compared_with="",
            uncertainty=None,
            n=1,
            counted=said("runs"),
            sentence=said(
                "The recording of {day} cannot be trusted ({because:; }): "
                "it counts as load, and its movement is not judged.",
                day=run.start.date(),
                because=because,
            ),
            to_do=said("Look at straps and sensors before the next run; stand still for 5 s at its start."),
        ),
    )


def _lived(warning: RaisedWarning, acts: Sequence[Act], *, now: datetime) -> RaisedWarning:
    """The warning with what people did about it; an end by the data ends it, whatever its status was.

    What was answered before it came to ask for more was an answer to less: it is open again.
    """
    mine = tuple(sorted((act for act in acts if act.at <= now), key=lambda act: act.at))
    status: Status = "open"
    for act in mine:
        if warning.graver_since is not None and act.at < warning.graver_since:
            continue
        if act.kind == "seen":
            status = "seen" if status == "open" else status  # having looked takes nothing back
        elif act.kind == "snoozed":
            status = "snoozed" if act.until is not None and act.until > now else "open"
        elif act.kind == "reopened":
            status = "open"
        else:
            status = act.kind
    if warning.resolved_at is not None and warning.resolved_at <= now:
        status = "resolved"
    return replace(warning, status=status, acts=mine)
