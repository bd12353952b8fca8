"""The story around the runs: what an athlete tells, what a clinician decides. Nothing is overwritten."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from imu.errors import StoreError
from imu.store.access import Door, new_id
from imu.store.finite import refuse_nan
from imu.store.rights import Right
from imu.store.rows import (
    AthleteRow,
    BaselineRow,
    CheckInRow,
    DecisionRow,
    ExerciseRow,
    GateAnswerRow,
    InjuryRow,
    PlanRow,
    RunRow,
    WarningActRow,
)
from imu.store.runs import CLOCK_AHEAD
from imu.store.times import latest_day
from imu.store.words import LONGEST_ID, kept_everywhere, one_of, said, scale, short, whole
from imu.training.baseline import Baseline
from imu.training.gates import CLINICIAN_CLEARANCE, CLINICIAN_OK
from imu.training.history import (
    HOLDS,
    CheckIn,
    Decision,
    DecisionKind,
    Exercise,
    GateAnswer,
    Injury,
    Moment,
    PainProfile,
    RedFlag,
    Side,
)
from imu.training.plan_file import parse_plan
from imu.training.rehab import CLINICIAN_EXERCISES
from imu.training.warnings import Act, ActKind

LONGEST_KEY = 120  # of a warning
# What may be told of a clinician elsewhere.
TOLD_KINDS: tuple[DecisionKind, ...] = ("sign_off", "resume", "exercises")


class Care:
    """What a viewer may add to a story. StoreError for what cannot be; `Forbidden` without the right."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add_check_in(self, athlete_id: str, answer: CheckIn) -> None:
        athlete = self._allowed(athlete_id, "write_symptoms", at=answer.at)
        short(answer.site, "the site")
        kept_everywhere(answer.note, "the note")
        one_of(answer.moment, Moment, "moment")
        one_of(answer.side, Side, "side")
        for flag in answer.red_flags:
            one_of(flag, RedFlag, "red flag")
        scale(answer.pain, "pain")
        whole(answer.pain, "pain")
        scale(answer.effort_cr10, "effort")
        if answer.run_id is not None and not self._has_run(athlete_id, answer.run_id):
            raise StoreError(f"run {answer.run_id}: {athlete.name} has none; see restride status --runs")
        values = {**asdict(answer), "red_flags": list(answer.red_flags)}
        self._add(CheckInRow(check_in_id=new_id(), athlete_id=athlete_id, **values, **self._door.by()))
        self._door.changed(athlete, "check-in", answer.run_id, moment=answer.moment)

    def add_exercise(self, athlete_id: str, entry: Exercise) -> None:
        athlete = self._allowed(athlete_id, "write_symptoms", at=entry.at)
        short(entry.exercise, "an exercise")
        one_of(entry.side, Side, "side")
        scale(entry.pain_during, "pain")
        whole(entry.pain_during, "pain")
        for name in ("sets", "reps", "hold_s"):
            value = getattr(entry, name)
            if value is not None and not 0 < value <= 1000:
                raise StoreError(f"{name} {value:g}: nobody does that; give 1 to 1000")
        for name in ("sets", "reps"):
            whole(getattr(entry, name), name)
        self._add(
            ExerciseRow(exercise_id=new_id(), athlete_id=athlete_id, **asdict(entry), **self._door.by())
        )
        self._door.changed(athlete, "exercise", entry.exercise)

    def add_injury(self, athlete_id: str, injury: Injury) -> None:
        latest = max(injury.onset, injury.resolved or injury.onset)
        athlete = self._allowed(athlete_id, "write_symptoms", day=latest)
        for what, words in (("the site", injury.site), ("the grade", injury.grade)):
            short(words, what)
        short(injury.injury_id, "the name of an injury", LONGEST_ID)
        one_of(injury.side, Side, "side")
        one_of(injury.profile, PainProfile, "profile")
        if injury.resolved is not None:
            self._check_end(injury.onset, injury.resolved)
        if self._door.session.get(InjuryRow, (athlete_id, injury.injury_id)) is not None:
            raise StoreError(f"injury {injury.injury_id}: {athlete.name} has one of this name already")
        self._add(InjuryRow(athlete_id=athlete_id, **asdict(injury), **self._door.by()))
        self._door.changed(athlete, "injury recorded", injury.injury_id)

    def resolve_injury(self, athlete_id: str, injury_id: str, day: date) -> None:
        """Say that an injury is over, or correct the day; the log keeps the one before."""
        athlete = self._allowed(athlete_id, "write_symptoms", day=day)
        row = self._door.session.get(InjuryRow, (athlete_id, injury_id))
        if row is None:
            raise StoreError(f"injury {injury_id}: {athlete.name} has none of this name")
        self._check_end(row.onset, day)
        before = row.resolved.isoformat() if row.resolved else None
        row.resolved = day
        self._door.changed(athlete, "injury over", injury_id, day=day.isoformat(), before=before)

    def adopt_plan(self, athlete_id: str, content: Mapping[str, Any], *, reason: str) -> int:
        """Keep a new version of the plan; signed if the viewer may decide as a clinician. Its number.

        `PlanError` for content that is no plan: the latest version is judged by, so it has to be one.
        """
        athlete = self._allowed(athlete_id, "write_plan")
        parse_plan(json.dumps(dict(content)), name="the new plan")
        latest = select(func.max(PlanRow.version)).where(PlanRow.athlete_id == athlete_id)
        version = (self._door.session.scalar(latest) or 0) + 1
        signed = "decide" in self._door.rights(athlete)
        self._add(
            PlanRow(
                plan_id=new_id(),
                athlete_id=athlete_id,
                version=version,
                content=dict(content),
                reason=said(reason, "a plan"),
                signed=signed,
                **self._door.by(),
            )
        )
        self._door.changed(athlete, "plan adopted", f"version {version}", signed=signed)
        return version

    def answer_gate(self, athlete_id: str, gate: str, *, passed: bool, at: datetime) -> GateAnswer:
        """Answer what a gate asks; it counts as a clinician's if the viewer is one."""
        athlete = self._allowed(athlete_id, "write_symptoms", at=at)
        short(gate, "a gate")
        is_clinician = "decide" in self._door.rights(athlete)
        answer = GateAnswer(
            at=at, gate=gate, passed=passed, by=self._door.viewer.name, clinician=is_clinician
        )
        values = {**asdict(answer), **self._door.by()}
        self._add(GateAnswerRow(answer_id=new_id(), athlete_id=athlete_id, **values))
        self._door.changed(athlete, "gate answered", gate)
        return answer

    def decide(self, athlete_id: str, decision: Decision) -> None:
        athlete = self._allowed(athlete_id, "decide", at=decision.at)
        if decision.cleared_by is not None:
            raise StoreError(f"{decision.cleared_by}: a clinician's account decides in its own name")
        if decision.kind == "exercises":
            raise StoreError(f"exercises: a clinician's account answers the gate {CLINICIAN_EXERCISES}")
        self._keep_decision(athlete, decision)
        self._door.changed(athlete, "decided", decision.kind, stage=decision.stage)

    def tell_clearance(self, athlete_id: str, decision: Decision) -> None:
        """Keep the word of a clinician without an account here, as it is told by whose record it is.

        It lifts a hold, answers a gate or opens exercises, and nothing else. StoreError where somebody with a
        clinician's account follows the athlete, or has put the plan on hold or said no: then such an account
        decides.
        """
        athlete = self._allowed(athlete_id, "tell_clearance", at=decision.at)
        if follow := self._door.deciders(athlete):
            raise StoreError(
                f"athlete {athlete.name}: {', '.join(follow)} decides about this plan with a clinician's "
                "account; ask there"
            )
        if self._is_refused(athlete, decision.kind):
            raise StoreError(
                f"athlete {athlete.name}: a clinician's account said no, and only one takes that back: "
                "share with that account, or with another clinician's"
            )
        if decision.kind not in TOLD_KINDS:
            raise StoreError(f"{decision.kind}: only a clinician's account does that")
        if not (decision.cleared_by or "").strip():
            raise StoreError("a clearance without a name; say which clinician gave it")
        short(decision.cleared_by, "the name of a clinician")
        self._keep_decision(athlete, decision)
        self._door.changed(athlete, "clearance told", decision.kind, stage=decision.stage)

    def may_tell_clearance(self, athlete_id: str, kind: DecisionKind) -> bool:
        """Whether `tell_clearance` is the viewer's way now, with a word of this kind."""
        athlete = self._door.allowed(athlete_id, "read")
        return (
            "tell_clearance" in self._door.rights(athlete)
            and not self._door.deciders(athlete)
            and not self._is_refused(athlete, kind)
        )

    def act(self, athlete_id: str, act: Act) -> None:
        """Answer a warning."""
        athlete = self._allowed(athlete_id, "acknowledge", at=act.at)
        one_of(act.kind, ActKind, "answer to a warning")
        short(act.warning, "the key of a warning", LONGEST_KEY)
        kept_everywhere(act.reason, "the reason")
        if act.until is not None:
            _zoned(act.until)
        values = {**asdict(act), **self._door.by()}
        self._add(WarningActRow(act_id=new_id(), athlete_id=athlete_id, **values))
        self._door.changed(athlete, f"warning {act.kind}", act.warning)

    def keep_baseline(
        self,
        athlete_id: str,
        chart: str,
        baseline: Baseline,
        *,
        on_purpose: bool,
        reason: str,
        analysis_version: str,
    ) -> None:
        """Freeze a chart's baseline; the one before it stays on record.

        on_purpose: somebody chose it, which takes more rights than adding the runs that make the first one.
        """
        right: Right = "write_symptoms" if on_purpose else "write_runs"
        athlete = self._allowed(athlete_id, right, at=baseline.frozen_at)
        content = baseline.as_json()
        refuse_nan(content, f"the baseline of {chart}")
        in_force = select(BaselineRow).where(
            BaselineRow.athlete_id == athlete_id,
            BaselineRow.chart == chart,
            BaselineRow.replaced_at.is_(None),
        )
        for row in self._door.session.scalars(in_force):
            row.replaced_at = self._door.clock()
        self._add(
            BaselineRow(
                baseline_id=new_id(),
                athlete_id=athlete_id,
                chart=chart,
                frozen_at=baseline.frozen_at,
                content=content,
                on_purpose=on_purpose,
                reason=said(reason, "a baseline"),
                by=self._door.viewer.account_id,
                kept_at=self._door.clock(),
                analysis_version=analysis_version,
            )
        )
        self._door.changed(athlete, "baseline kept", chart)

    def _allowed(
        self, athlete_id: str, right: Right, *, at: datetime | None = None, day: date | None = None
    ) -> AthleteRow:
        athlete = self._door.allowed(athlete_id, right)
        now = self._door.clock()
        if at is not None and _zoned(at) > now + CLOCK_AHEAD:
            raise StoreError(f"{at:%Y-%m-%d %H:%M} is in the future; give a time that is over")
        if day is not None and day > latest_day(now):
            raise StoreError(f"{day} is in the future; give a day that has come")
        return athlete

    def _is_refused(self, athlete: AthleteRow, kind: DecisionKind) -> bool:
        """Whether a hold, or a no to a gate, is the last word of a clinician's account. A no to exercises
        refuses those alone."""
        of, session = athlete.athlete_id, self._door.session
        last = session.scalar(
            select(DecisionRow)
            .where(DecisionRow.athlete_id == of, DecisionRow.cleared_by.is_(None))
            .order_by(DecisionRow.at.desc(), DecisionRow.recorded_at.desc())
            .limit(1)
        )
        if last is not None and last.kind in HOLDS:
            return True
        for gate in (CLINICIAN_OK, CLINICIAN_CLEARANCE):
            answer = self._clinicians_answer(of, gate)
            if answer is not None and not answer.passed and (last is None or last.at < answer.at):
                return True
        if kind != "exercises":
            return False
        answer, begin = (self._clinicians_answer(of, gate) for gate in (CLINICIAN_EXERCISES, CLINICIAN_OK))
        is_taken_back = answer is not None and begin is not None and begin.passed and begin.at > answer.at
        return answer is not None and not answer.passed and not is_taken_back

    def _clinicians_answer(self, athlete_id: str, gate: str) -> GateAnswerRow | None:
        """The last answer of a clinician's account to a gate."""
        return self._door.session.scalar(
            select(GateAnswerRow)
            .where(
                GateAnswerRow.athlete_id == athlete_id,
                GateAnswerRow.gate == gate,
                GateAnswerRow.clinician.is_(True),
            )
            .order_by(GateAnswerRow.at.desc(), GateAnswerRow.recorded_at.desc())
            .limit(1)
        )

    def _keep_decision(self, athlete: AthleteRow, decision: Decision) -> None:
        one_of(decision.kind, DecisionKind, "decision")
        short(decision.stage, "a stage")
        values = {**asdict(decision), **self._door.by(), "reason": said(decision.reason, decision.kind)}
        self._add(DecisionRow(decision_id=new_id(), athlete_id=athlete.athlete_id, **values))

    def _check_end(self, onset: date, end: date) -> None:
        if end < onset:
            raise StoreError(f"an injury of {onset} cannot be over on {end}, before it began")

    def _has_run(self, athlete_id: str, run_id: str) -> bool:
        found = select(RunRow.run_id).where(RunRow.athlete_id == athlete_id, RunRow.run_id == run_id)
        return self._door.session.scalar(found) is not None

    def _add(self, row: Any) -> None:
        self._door.session.add(row)


def _zoned(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise StoreError(f"{at:%Y-%m-%d %H:%M} has no time zone; days are the athlete's own, so give one")
    return at
