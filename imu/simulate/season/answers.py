"""What the athlete and his clinician say and do beside running: pain, gates, exercises, decisions."""

from datetime import date, datetime, time, timedelta

import numpy as np

from imu.simulate.season.options import SeasonOptions, Strain
from imu.simulate.season.tissue import TWINGE_AT_REST, TWINGE_IN_A_RUN, Tissue
from imu.training.gates import CLINICIAN_CLEARANCE, CLINICIAN_OK
from imu.training.history import CheckIn, Decision, Exercise, GateAnswer, History, Injury, Run
from imu.training.plan import Dose, Plan
from imu.training.rehab import active_doses
from imu.training.stages import Stage, stages

CLINICIAN = "a simulated clinician"
ATHLETE = "the athlete"
_WAKES = time(6, 30)
_BEFORE_THE_RUN, _IN_THE_EVENING = time(7, 45), time(19)
_HEALTHY_ANSWERS = 0.5  # share of questions that somebody answers to whom nothing hurts
_SEEN_AFTER_DAYS = 3  # by the clinician
_EXERCISES_FROM_DAY = 4
_ASKS_AGAIN_DAYS = 3
_BEARS_A_SQUAT = 0.1  # hurt of the tissue
_ANSWERS = 24  # keeps this chance apart


class Answers:
    """Collects them for one season."""

    def __init__(self, options: SeasonOptions, plan: Plan) -> None:
        self.options, self.plan = options, plan
        # Per day: whether the question of the morning and of the run is answered, and a twinge in each.
        self._chance = np.random.default_rng((options.seed, _ANSWERS)).random((options.days, 4)).tolist()
        self.check_ins: list[CheckIn] = []
        self.gate_answers: list[GateAnswer] = []
        self.decisions: list[Decision] = []
        self.done: list[Exercise] = []

    def morning(self, number: int, ran: Run | None, tissue: Tissue, *, injured: bool) -> None:
        """The answer of the morning of day `number`: after a run, or while something still hurts."""
        asked, twinge, _, _ = self._chance[number]
        if not (ran is not None or tissue.is_sore) or not self._answers(asked, injured):
            return
        self.check_ins.append(
            CheckIn(
                at=self._at(self.options.first_day + timedelta(days=number), _WAKES),
                moment="next_morning",
                pain=tissue.told(tissue.pain_at_rest(), twinge, twinge=TWINGE_AT_REST),
                run_id=None if ran is None else ran.run_id,
            )
        )

    def after(self, number: int, run: Run, tissue: Tissue, share_of_top: float, *, injured: bool) -> None:
        """The answer about the run of day `number`, half an hour after it."""
        _, _, asked, twinge = self._chance[number]
        if self._answers(asked, injured):
            pain = tissue.told(tissue.pain_in_a_run(share_of_top), twinge, twinge=TWINGE_IN_A_RUN)
            self.check_ins.append(
                CheckIn(
                    at=run.end + timedelta(minutes=30),
                    moment="during",
                    pain=pain,
                    run_id=run.run_id,
                    effort_cr10=run.effort_cr10,
                )
            )

    def accident(self, run: Run, tissue: Tissue, strain: Strain) -> None:
        """What is told after the run with the strain."""
        self.check_ins.append(
            CheckIn(
                at=run.end + timedelta(minutes=10),
                moment="during",
                pain=tissue.told(tissue.pain_in_a_run(0.5), 1.0, twinge=0.0),
                run_id=run.run_id,
                site="hamstring",
                side=strain.side,
                red_flags=("sudden_sharp",),
                note="a sharp pain at the back of the thigh in a fast piece",
            )
        )

    def gates(self, today: date, injury: Injury, tissue: Tissue) -> None:
        """The clinician sees him once; the entry gate is asked every few days until its answers are yes."""
        days = (today - injury.onset).days
        if days == _SEEN_AFTER_DAYS:
            self.decisions.append(
                Decision(
                    at=self._at(today, time(7)),
                    kind="resume",
                    by=CLINICIAN,
                    reason="examined; the plan may be followed from its entry gate on",
                )
            )
        if days < _SEEN_AFTER_DAYS or days % _ASKS_AGAIN_DAYS:
            return
        passed = tissue.hurt < _BEARS_A_SQUAT
        given = {answer.gate for answer in self.gate_answers if answer.passed}
        for gate in self.plan.entry_gate.answers:
            if gate not in given:
                self._gate(today, gate, passed=passed)
        if passed and CLINICIAN_OK not in given and self.plan.entry_gate.clinician_because(injury):
            self._gate(today, CLINICIAN_OK, passed=True, clinician=True)

    def clearance(self, today: date, stage: Stage) -> None:
        """What the stage after this one asks for, when this one is run for the first time."""
        row = stages(self.plan, profile="strain")
        following = row.index(stage) + 1
        given = {answer.gate for answer in self.gate_answers}
        for gate in row[following].requires if following < len(row) else ():
            if gate not in given:
                self._gate(today, gate, passed=True, clinician=gate == CLINICIAN_CLEARANCE)

    def exercises(
        self,
        history: History,
        injury: Injury,
        today: date,
        tissue: Tissue,
        *,
        runs: bool,
        rng: np.random.Generator,
    ) -> None:
        """The programme of a day, as far as he does it."""
        days = (today - injury.onset).days
        if days < _EXERCISES_FROM_DAY:
            return
        now = self._at(today, _BEFORE_THE_RUN)
        for dose in active_doses(history, self.plan, injury, now=now):
            for at in self._times(dose, days, runs=runs):
                if rng.random() < self.options.adherence:
                    self.done.append(_exercise(dose, self._at(today, at), tissue))
        self.done.sort(key=lambda entry: entry.at)

    @staticmethod
    def _times(dose: Dose, days: int, *, runs: bool) -> tuple[time, ...]:
        if dose.per_day is not None:
            return (_IN_THE_EVENING, time(12))[: round(dose.per_day.least)]
        if dose.every_days is not None:
            return () if days % dose.every_days else (_IN_THE_EVENING,)
        return (_BEFORE_THE_RUN,) if runs else ()

    def _answers(self, chance: float, injured: bool) -> bool:
        return chance >= (self.options.missed_check_ins if injured else _HEALTHY_ANSWERS)

    def _gate(self, today: date, gate: str, *, passed: bool, clinician: bool = False) -> None:
        self.gate_answers.append(
            GateAnswer(
                at=self._at(today, time(7)),
                gate=gate,
                passed=passed,
                by=CLINICIAN if clinician else ATHLETE,
                clinician=clinician,
            )
        )

    def _at(self, today: date, at: time) -> datetime:
        return datetime.combine(today, at, self.options.zone)


def _exercise(dose: Dose, at: datetime, tissue: Tissue) -> Exercise:
    return Exercise(
        at=at,
        exercise=dose.id,
        sets=round(dose.sets.least),
        reps=None if dose.reps is None else round(dose.reps.least),
        hold_s=None if dose.hold_s is None else dose.hold_s.least,
        pain_during=int(tissue.pain_at_rest()),
    )
