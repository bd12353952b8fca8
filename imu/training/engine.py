"""Where a runner stands in a plan: a fold over sessions, answers and decisions, one event after the other.

Two rules hold whatever the history: no event moves more than one stage ahead, and a red session never does.
A clinician's decision is the only way to skip stages.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import takewhile

from imu.training.gates import entry_gates, stage_gates, whether_it_fits
from imu.training.history import HOLDS, CheckIn, Decision, DecisionKind, GateAnswer, History, Injury
from imu.training.load import LONGEST_OF_DAYS
from imu.training.not_judged import NotJudged
from imu.training.pain import COLOUR_WORDS, FLAG_WORDS, PainResponse, pain_response, unlinked_red
from imu.training.plan import Plan
from imu.training.plan_state import EventKind, JudgedSession, PlanState, StageEvent
from imu.training.rehab import CLINICIAN_EXERCISES, exercises_fit
from imu.training.said import Said, Several, said
from imu.training.session_match import Match, match_session
from imu.training.sessions import Session, longest, runs_of, sessions
from imu.training.stages import Stage, same_or_less, stages
from imu.training.top_speed import TopSpeed, fastest, measured_speeds

FAST_SESSION_S = 20.0  # above the first step's share of top speed; one repetition makes a fast session


# Decisions that may lead nowhere, and why.
_NOWHERE: dict[DecisionKind, Said] = {
    "step_back": said("No stage has begun, so there is none to step back to: nothing changed."),
    "set_stage": said("No stage was named: nothing changed."),
}


def current_injury(history: History, *, now: datetime) -> Injury | None:
    """The latest injury that has not been closed."""
    open_ones = [
        injury
        for injury in history.injuries
        if injury.onset <= now.date() and (injury.resolved is None or injury.resolved > now.date())
    ]
    return max(open_ones, key=lambda injury: (injury.onset, injury.injury_id), default=None)


def plan_state(history: History, plan: Plan, *, now: datetime) -> PlanState | NotJudged:
    """The state of a plan at `now`, for the latest open injury; `NotJudged` where there is none."""
    injury = current_injury(history, now=now)
    if injury is None:
        return NotJudged(because=said("no open injury is on record"))
    return _Fold(history, plan, injury, now).state()


def _of_pain(response: PainResponse, moved: Said) -> Said:
    return said("{pain} {moved}", pain=response.evidence.sentence, moved=moved)


def _quoted(decision: Decision) -> str:
    """Whose word it is, and what was said."""
    if decision.cleared_by is None:
        return f"{decision.by}: {decision.reason}"
    return said("{by:C}: {reason}", by=decision.whose, reason=decision.reason)


def _flagged(flags: Iterable[str], *, of: Session | None = None, told_on: date | None = None) -> Said:
    words = Several(FLAG_WORDS[flag] for flag in flags)
    if of is not None and of.day != told_on:
        return said("a red flag was told of the run of {day}: {flags:, }", day=of.day, flags=words)
    return said("a red flag was told: {flags:, }", flags=words)


@dataclass(frozen=True, slots=True)
class _Position:
    """The index of the stage, the successes in a row in it, and why nothing moves, if so."""

    index: int | None = None  # None before the entry gate; the number of stages once complete
    successes: int = 0
    held_because: str | None = None
    exercises_go_on_by: str | None = None  # whose word that is, while on hold


class _Fold:
    """One pass over the events; it lives as long as the pass."""

    def __init__(self, history: History, plan: Plan, injury: Injury, now: datetime) -> None:
        self.history, self.injury, self.now = history, injury, now
        self.onset = self._midnight(injury.onset)
        changes = [one.at for one in plan.before]
        versions = [*(one.plan for one in plan.before), replace(plan, before=())]
        self.coming = list(zip(changes, versions[1:], strict=True))
        self.sessions = sessions(history, now=now)
        self.reds = tuple(self._reds(versions, changes))
        self._follow(versions[0])
        self.measured = measured_speeds(history)
        self.at = _Position()
        self.off_since: date | None = None  # from when days without a run are counted, in the plan's stages
        self.stages_off = 0  # gone back since
        self.entered_at: datetime | None = None
        self.events: list[StageEvent] = []
        self.judged: list[JudgedSession] = []
        self.fast_days: list[date] = []

    def _reds(self, versions: list[Plan], changes: list[datetime]) -> Iterator[CheckIn]:
        """Red answers without a run, by the limits of whichever version was followed then."""
        ends = [*(min(at, self.now) for at in changes), self.now]
        begin, ran = self.onset, runs_of(self.sessions)
        for plan, end in zip(versions, ends, strict=True):
            bands = plan.pain_profiles.of(self.injury.profile)
            yield from unlinked_red(self.history, bands, begin=begin, end=end, ran=ran)
            begin = max(begin, end)

    def _follow(self, plan: Plan) -> None:
        self.plan = plan
        self.row = stages(plan, profile=self.injury.profile)
        self.bands = plan.pain_profiles.of(self.injury.profile)

    def _go_on(self, at: datetime, day: date) -> None:
        """What happens until a time without anybody's doing: versions adopted by then, and days off.

        day: that of what happens then; a run over midnight is that of the day on which it began.
        """
        while self.coming and self.coming[0][0] <= at:
            adopted_at, plan = self.coming.pop(0)
            self._time_off(min(adopted_at.date(), day))
            self._adopt(adopted_at, plan)
        self._time_off(day)

    def _adopt(self, adopted_at: datetime, plan: Plan) -> None:
        """What was done under a version stays judged by it; the next one goes on from the stage reached."""
        if adopted_at < self.onset:
            self._follow(plan)
            return
        self._enter(adopted_at)  # what was reached by then stays reached
        stage, before, is_complete = self._stage(), self._id(), self._is_complete()
        self._follow(plan)
        if is_complete:
            self.at = replace(self.at, index=len(self.row))
        elif stage is not None:
            index = same_or_less(self.row, stage)
            successes = self.at.successes if self.row[index] == stage else 0
            self.at = replace(self.at, index=index, successes=successes)
        words = said("From here on another version of the plan is followed.")
        self._tell(adopted_at, "decided", words, before=before)
        self._advance(adopted_at)

    def state(self) -> PlanState:
        for at, what in self._happenings():
            self._go_on(at, what.day if isinstance(what, Session) else at.date())
            self._enter(at)
            if isinstance(what, Session):
                self._session(what)
            elif isinstance(what, Decision):
                self._decision(what)
            elif isinstance(what, GateAnswer):
                self._agreement(what)
            elif what in self.reds:
                self._pain_at_rest(what)
            else:
                self._flag_of_run(what, at=at)
            self._advance(at)
        self._go_on(self.now, self.now.date())
        self._enter(self.now)
        index = self.at.index
        following = 0 if index is None else index + 1
        gates = (
            entry_gates(self.history, self.plan, self.injury, at=self.now)
            if index is None
            else stage_gates(self.history, self.injury, self.row[following], at=self.now)
            if following < len(self.row)
            else ()
        )
        return PlanState(
            plan=self.plan,
            injury=self.injury,
            row=self.row,
            at=self.now,
            entered_at=self.entered_at,
            stage=self._stage(),
            is_complete=self._is_complete(),
            successes=self.at.successes,
            held_because=self.at.held_because,
            exercises_go_on_by=self.at.exercises_go_on_by,
            gates=gates,
            events=tuple(self.events),
            judged=tuple(self.judged),
            pain_at_rest=self.reds,
            off_since=self.off_since,
            whether_it_fits=whether_it_fits(self.history, self.plan, self.injury, at=self.now),
            exercises_fit=exercises_fit(self.history, self.plan, self.injury, now=self.now),
            fast_days=tuple(self.fast_days),
        )

    def _happenings(self) -> Iterator[tuple[datetime, Session | Decision | GateAnswer | CheckIn]]:
        """Everything since the injury that can move the plan, in the order it happened."""
        told: list[tuple[datetime, int, Session | Decision | GateAnswer | CheckIn]] = [
            (session.end, 1, session) for session in self.sessions if session.day >= self.injury.onset
        ]
        told += [(answer.at, 0, answer) for answer in self.reds]
        told += [(at, 2, answer) for at, answer in self._flagged_of_runs()]
        told += [(d.at, 3, d) for d in self.history.decisions if self.onset <= d.at <= self.now]
        told += [(a.at, 3, a) for a in self.history.gate_answers if self.onset <= a.at <= self.now]
        for at, _, what in sorted(told, key=lambda entry: entry[:2]):
            yield at, what

    def _flagged_of_runs(self) -> Iterator[tuple[datetime, CheckIn]]:
        """Red flags told of a session, from when on they are known: what was run and decided in between did
        not know of them."""
        for answer in self.history.check_ins:
            if not answer.red_flags or answer.at > self.now:
                continue
            if (session := self._session_of(answer)) is not None:
                yield max(session.end, answer.at), answer

    def _session_of(self, answer: CheckIn) -> Session | None:
        since = (one for one in self.sessions if one.day >= self.injury.onset)
        return next((one for one in since if answer.run_id in one.run_ids), None)

    def _stage(self) -> Stage | None:
        index = self.at.index
        return None if index is None or index >= len(self.row) else self.row[index]

    def _is_complete(self) -> bool:
        return self.at.index is not None and self.at.index >= len(self.row)

    def _id(self) -> str | None:
        stage = self._stage()
        return None if stage is None else stage.id

    def _tell(
        self, at: datetime, kind: EventKind, sentence: str, *, before: str | None, by: str | None = None
    ) -> None:
        event = StageEvent(at=at, kind=kind, before=before, after=self._id(), sentence=sentence, by=by)
        self.events.append(event)

    def _enter(self, at: datetime) -> None:
        if self.at.index is not None:
            return
        gates = entry_gates(self.history, self.plan, self.injury, at=at)
        if all(gate.met for gate in gates):
            self.at, self.entered_at = replace(self.at, index=0, successes=0), at
            self._count_days_off(at.date())
            self._tell(at, "entered", said("Every condition of the entry gate is met: stage 1."), before=None)

    def _session(self, session: Session) -> None:
        response = pain_response(self.history, session, self.bands, now=self.now, since=self.onset)
        stage = self._stage()
        # As of its start: a session's own top speed must not move the limit that it is held against.
        measured = fastest(self.measured, now=session.start)
        top = measured if isinstance(measured, TopSpeed) else None
        match = None
        if stage is not None:
            best = (
                longest(self.sessions, before=session.day, days=LONGEST_OF_DAYS)
                if stage.kind == "speed"
                else None
            )
            match = match_session(
                session,
                stage,
                top=top,
                longest_30d_s=None if best is None else best.running_s,
            )
        against = tuple(self._against(session, stage))
        why_not = (*against, *self._why_not(match, response))
        counted = not why_not and stage is not None
        self.judged.append(
            JudgedSession(
                session=session,
                stage=stage,
                match=match,
                response=response,
                counted=counted,
                not_counted_because=why_not,
                against_the_plan=against,
            )
        )
        if self._is_fast(session, top):
            self.fast_days.append(session.day)
        if self.at.index is not None:
            if session.running_s >= self.row[0].running_s:  # less is no run that the plan knows
                self._count_days_off(session.day)
            self._judge(session, response, counted=counted, why_not=why_not)

    def _against(self, session: Session, stage: Stage | None) -> Iterator[str]:
        """What the plan forbade about the day itself."""
        if (
            self.at.index is None and session.day > self.injury.onset
        ):  # that of the day itself is how it began
            yield said("the entry gate was not met yet")
        if self.at.held_because:
            yield said("the plan was on hold ({because})", because=self.at.held_because)
        last = self.judged[-1].session.day if self.judged else None
        rest = self.plan.rules.min_rest_days_between_runs
        if last is not None and (session.day - last).days <= rest:
            yield (
                said("no day of rest since the run of {day}", day=last)
                if rest == 1
                else said("fewer than {days} days of rest since the run of {day}", days=rest, day=last)
            )
        if stage is not None and stage.kind == "speed":
            week_before = takewhile(lambda day: (session.day - day).days < 7, reversed(self.fast_days))
            fast = list(week_before)
            if len(fast) >= self.plan.speed_ladder.max_sessions_per_week:
                yield said("{number} fast sessions in the seven days before", number=len(fast))

    def _is_fast(self, session: Session, top: TopSpeed | None) -> bool:
        first = self.plan.speed_ladder.steps[0]
        fast_s = None if top is None else session.seconds_above(top.at(first.percent))
        return fast_s is not None and fast_s >= FAST_SESSION_S

    @staticmethod
    def _why_not(match: Match | None, response: PainResponse) -> Iterator[str]:
        if match is not None and match.outcome != "done":
            details = match.details
            yield said("{details:; }", details=details) if details else said("the session is not judged")
        if response.colour is None:
            yield said("an answer about pain is missing")
        elif response.colour != "green":
            yield said("pain was {colour}", colour=COLOUR_WORDS[response.colour])

    def _judge(
        self, session: Session, response: PainResponse, *, counted: bool, why_not: tuple[str, ...]
    ) -> None:
        before, index = self._id(), self.at.index
        assert index is not None
        if response.colour == "red":
            back = max(0, min(index, len(self.row) - 1) - self.plan.rules.step_back_stages_if_red)
            self.at = replace(self.at, index=back, successes=0)
            sentence = _of_pain(response, said("Red: back to stage {stage}.", stage=self._id()))
            self._tell(session.end, "stepped_back", sentence, before=before)
        elif response.colour == "amber":
            self.at = replace(self.at, successes=0)
            sentence = _of_pain(response, said("Amber: repeat."))
            self._tell(session.end, "repeat", sentence, before=before)
        elif counted:
            self.at = replace(self.at, successes=self.at.successes + 1)
            needed = self.plan.rules.successes_to_advance
            moved = said(
                "Success {number}; {needed} in a row are needed.", number=self.at.successes, needed=needed
            )
            sentence = _of_pain(response, moved)
            self._tell(session.end, "success", sentence, before=before)
        elif self._stage() is not None:
            kind: EventKind = "waiting" if response.colour is None else "not_counted"
            sentence = said(
                "The run of {day} is not counted: {because:; }.", day=session.day, because=Several(why_not)
            )
            self._tell(session.end, kind, sentence, before=before)

    def _count_days_off(self, day: date) -> None:
        self.off_since, self.stages_off = day, 0

    def _time_off(self, day: date) -> None:
        """Stages back for days without a run until a day; held or not, for what rests loses what it bore.

        Days are those of whoever lived them: where it is looked at from changes none.
        """
        while (
            self._stage() is not None
            and self.off_since is not None
            and (days := self._days_to_next_step()) is not None
            and (due := self.off_since + timedelta(days=days)) <= day
        ):
            self.stages_off += 1
            before, index = self._id(), self.at.index or 0
            if index == 0 and self.at.successes == 0:
                continue  # nothing is left to go back from
            self.at = replace(self.at, index=max(0, index - 1), successes=0)
            words = said(
                "No run on record for {days} days, since {day}: on from stage {stage}.",
                days=days,
                day=self.off_since,
                stage=self._id(),
            )
            # Another version may ask for less time off than has passed: then from when it was adopted.
            self._tell(max(self._midnight(due), self.events[-1].at), "time_off", words, before=before)

    def _days_to_next_step(self) -> int | None:
        """How many days off, in all, the next step back takes; None where none comes."""
        rules = self.plan.rules
        if not rules.days_off_to_step_back or (self.stages_off and not rules.days_off_per_further_stage):
            return None
        return rules.days_off_to_step_back + self.stages_off * rules.days_off_per_further_stage

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), self.now.tzinfo)

    def _pain_at_rest(self, answer: CheckIn) -> None:
        before = self._id()
        self.at = replace(self.at, successes=0)
        sentence = said(
            "Pain {pain} of 10 on {day} without a run: successes start again.",
            pain=answer.pain,
            day=answer.at.date(),
        )
        self._tell(answer.at, "pain_at_rest", sentence, before=before)
        if flags := set(answer.red_flags) & set(self.bands.red_flags):
            self._hold(answer.at, _flagged(sorted(flags)))

    def _flag_of_run(self, answer: CheckIn, *, at: datetime) -> None:
        """A red flag holds the plan from when it was told; anew where held for another reason, or in part."""
        session = self._session_of(answer)
        assert session is not None
        told = {
            flag
            for run_id in session.run_ids
            for one in self.history.answers.of_run(run_id)
            if one.at <= answer.at
            for flag in one.red_flags
        }
        if not set(answer.red_flags) & set(self.bands.red_flags):
            return
        because = _flagged(sorted(told & set(self.bands.red_flags)), of=session, told_on=at.date())
        if self.at.held_because != because or self.at.exercises_go_on_by is not None:
            self._hold(at, because)

    def _agreement(self, answer: GateAnswer) -> None:
        """Of an account; told of a clinician without one it is a decision, and reads as this does."""
        if answer.gate == CLINICIAN_EXERCISES and answer.clinician:
            words = (
                said("A clinician agrees to the exercises.")
                if answer.passed
                else said("A clinician does not agree to the exercises.")
            )
            self._tell(answer.at, "decided", words, before=self._id(), by=answer.by)

    def _hold(
        self, at: datetime, because: str, by: str | None = None, *, exercises_go_on: bool = False
    ) -> None:
        before = self._id()
        self.at = replace(self.at, held_because=because, exercises_go_on_by=by if exercises_go_on else None)
        sentence = said("On hold until a clinician decides: {because}.", because=because)
        if exercises_go_on:
            sentence = said("{held} Exercises go on.", held=sentence)
        self._tell(at, "held", sentence, before=before, by=by)

    def _decision(self, decision: Decision) -> None:
        """A clinician's act, or his word as it was told.

        What names a stage that the plan does not have changes nothing but the log.
        """
        before, at, by = self._id(), decision.at, decision.whose
        ids = [stage.id for stage in self.row]
        if decision.kind in HOLDS:
            self._hold(at, decision.reason, by, exercises_go_on=decision.kind == "hold_running")
            return
        if decision.kind == "exercises":  # it opens exercises, and moves no stage
            self._tell(at, "decided", _quoted(decision), before=before, by=by)
            return
        if decision.stage is not None and decision.stage not in ids:
            words = said("Stage {stage} is not part of this plan: nothing changed.", stage=decision.stage)
            self._tell(at, "decided", words, before=before, by=by)
            return
        if decision.kind in ("set_stage", "step_back"):
            index = self._decided_index(decision, ids)
            if index is None:
                self._tell(at, "decided", _NOWHERE[decision.kind], before=before, by=by)
                return
            self.at = _Position(index=index)
            self.entered_at = self.entered_at or at
            self._count_days_off(at.date())
            words = said("{by} set stage {stage}: {reason}", by=by, stage=self._id(), reason=decision.reason)
            self._tell(at, "decided", words, before=before, by=by)
        else:
            self.at = replace(self.at, held_because=None, exercises_go_on_by=None)
            if decision.cleared_by is None:  # who decides has seen the stage that it goes on from
                self._count_days_off(at.date())
            kind: EventKind = "resumed" if decision.kind == "resume" else "decided"
            self._tell(at, kind, _quoted(decision), before=before, by=by)

    def _decided_index(self, decision: Decision, ids: list[str]) -> int | None:
        """Where a decision leads; a step back never leads ahead."""
        index = self.at.index
        named = None if decision.stage is None else ids.index(decision.stage)
        if decision.kind == "set_stage":
            return named
        if index is None:
            return None
        back = max(0, min(index, len(self.row)) - 1)
        return back if named is None else min(named, index)

    def _advance(self, at: datetime) -> None:
        """One stage ahead at most, if the successes are there and the gates of the next one are met."""
        index = self.at.index
        if index is None or index >= len(self.row) or self.at.held_because:
            return
        if self.at.successes < self.plan.rules.successes_to_advance:
            return
        by_then = min(self.now, at + timedelta(days=1))  # the morning after has its say, and so may a gate
        if index + 1 < len(self.row):
            gates = stage_gates(self.history, self.injury, self.row[index + 1], at=by_then)
            if not all(gate.met for gate in gates):
                return
        before = self._id()
        self.at = replace(self.at, index=index + 1, successes=0)
        if self._stage() is None:
            self._tell(at, "completed", said("The last stage is done: the plan is complete."), before=before)
        else:
            self._tell(at, "advanced", said("On to stage {stage}.", stage=self._id()), before=before)
