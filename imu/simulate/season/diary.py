"""An athlete's days, one after the other: the usual week, an accident, and the way back along a plan.

    season = live(SeasonOptions(days=200, strain=Strain(day=90), overstride=Overstride(side="left")))

While an injury is open, `imu.training.next_session` decides every morning what is run, from the history so
far, exactly as it would for a person; the athlete does it, mostly, and answers what he feels.
"""

from dataclasses import replace
from datetime import datetime, time

from imu.errors import RestrideError
from imu.simulate.season.answers import Answers
from imu.simulate.season.athlete import Athlete
from imu.simulate.season.options import SeasonOptions, Strain
from imu.simulate.season.outings import Outings
from imu.simulate.season.session import Session, brisk_walk, broken_off, longer, ordinary, prescribed
from imu.simulate.season.tissue import Tissue
from imu.simulate.season.truth import Season, SeasonTruth, TrueDay
from imu.training.gates import BRISK_WALK
from imu.training.history import History, Injury, Run
from imu.training.next_session import NextSession, next_session
from imu.training.plan import Plan
from imu.training.plan_file import default_plan
from imu.training.stages import stages

ASKED_AT = time(7, 30)  # what may I run today?
_TOO_MUCH = 1.33  # of a session, by one who does not obey
_BROKEN_OFF = 0.7  # of a run that goes wrong
_WALKS_FROM_HURT = 0.12  # tissue that bears a brisk walk


def live(options: SeasonOptions, *, plan: Plan | None = None) -> Season:
    """The season of these options, along the default plan or another.

    RestrideError for a stage that the plan does not have.
    """
    plan = plan or default_plan()
    known = [stage.id for stage in stages(plan, profile="strain")]
    for change in (options.relapse, options.overstride):
        if change is not None and change.stage is not None and change.stage not in known:
            raise RestrideError(f"season: stage {change.stage!r} is not in the plan: {', '.join(known)}")
    life = _Life(options, plan)
    for number in range(options.days):
        life.day(number)
    return life.season()


class _Life:
    """One person while the days go by."""

    def __init__(self, options: SeasonOptions, plan: Plan) -> None:
        self.options, self.plan = options, plan
        self.athlete = Athlete.draw(options.seed)
        self.outings = Outings(self.athlete, options)
        self.answers = Answers(options, plan)
        self.tissue = Tissue()
        self.injuries: list[Injury] = []
        self.days: list[TrueDay] = []
        self.truth = SeasonTruth(athlete=self.athlete, runs=(), days=())

    def season(self) -> Season:
        truth = replace(
            self.truth,
            runs=tuple(self.outings.truths),
            days=tuple(self.days),
            overstride_from=self.outings.overstride_from,
        )
        last = self.outings.date(self.options.days - 1)
        until = datetime.combine(last, time(21), self.options.zone)
        return Season(options=self.options, history=self._history(), truth=truth, until=until)

    def day(self, number: int) -> None:
        """From waking to sleeping."""
        self.tissue = self.tissue.a_day_later()
        if self.tissue.is_sore:
            self.days.append(
                TrueDay(
                    day=self.outings.date(number),
                    hurt=self.tissue.hurt,
                    pain_at_rest=self.tissue.pain_at_rest(),
                )
            )
        injury = self._injury()
        ran = self._run_of(number - 1)
        self.answers.morning(number, ran, self.tissue, injured=injury is not None)
        strain = self.options.strain
        if strain is not None and strain.day == number:
            self._strained(number, strain)
        elif injury is None:
            if (session := self.outings.usual_session(number)) is not None:
                self._out(number, session)
        else:
            self._on_the_way_back(number, injury)

    def _on_the_way_back(self, number: int, injury: Injury) -> None:
        today = self.outings.date(number)
        self.answers.gates(today, injury, self.tissue)
        now = datetime.combine(today, ASKED_AT, self.options.zone)
        suggested = next_session(self._history(), self.plan, now=now)
        if suggested.kind == "easy_run" and suggested.stage is None:  # the plan has nothing left to ask
            self.injuries[-1] = replace(injury, resolved=today)
            self.truth = replace(self.truth, completed_on=today)
            return
        rng = self.outings.chance(number)
        misses, obeys = rng.random(2)
        runs = _fits(suggested, now) and misses >= self.options.missed_days
        self.answers.exercises(self._history(), injury, today, self.tissue, runs=runs, rng=rng)
        if runs:
            session = prescribed(self.athlete, suggested)
            if obeys >= self.options.obedience:
                session = longer(session, _TOO_MUCH)
            self._stage(number, suggested, session)
        elif self._walks(suggested):
            run = self.outings.go(number, brisk_walk(self.plan.entry_gate.brisk_walk_min + 2), name="-walk")
            self.answers.after(number, run, self.tissue, 0.0, injured=True)

    def _stage(self, number: int, suggested: NextSession, session: Session) -> None:
        stage, relapse = suggested.stage, self.options.relapse
        assert stage is not None
        self.answers.clearance(self.outings.date(number), stage)
        goes_wrong = relapse is not None and relapse.stage == stage.id and self.truth.relapsed_in is None
        if relapse is not None and goes_wrong:
            self.tissue = self.tissue.hurt_by(relapse.hurt)
            session = broken_off(session, _BROKEN_OFF * session.running_s)
        run = self._out(number, session, stage=stage.id)
        if goes_wrong:
            self.truth = replace(self.truth, relapsed_in=run.run_id)

    def _strained(self, number: int, strain: Strain) -> None:
        rng = self.outings.chance(number)
        session = ordinary(self.athlete, "intervals", rng, most_running_s=float("inf"))
        run = self.outings.go(number, broken_off(session, _BROKEN_OFF * session.running_s))
        self.tissue = self.tissue.hurt_by(strain.hurt)
        self.injuries.append(
            Injury(
                injury_id=f"{self.options.athlete_id}-strain",
                side=strain.side,
                site="hamstring",
                onset=run.start.date(),
                grade=strain.grade,
            )
        )
        self.answers.accident(run, self.tissue, strain)
        self.truth = replace(self.truth, strained_in=run.run_id)

    def _out(self, number: int, session: Session, *, stage: str | None = None) -> Run:
        run = self.outings.go(number, session, stage=stage)
        share = (run.top_speed_mps or 0.0) / self.athlete.top_mps
        self.answers.after(number, run, self.tissue, share, injured=self._injury() is not None)
        return run

    def _walks(self, suggested: NextSession) -> bool:
        """Whether he tries the walk that the entry gate still asks for."""
        asked = any(gate.key == BRISK_WALK and not gate.met for gate in suggested.gates)
        return asked and self.tissue.hurt < _WALKS_FROM_HURT

    def _injury(self) -> Injury | None:
        return self.injuries[-1] if self.injuries and self.injuries[-1].resolved is None else None

    def _run_of(self, number: int) -> Run | None:
        last = self.outings.runs[-1] if self.outings.runs else None
        return last if last is not None and last.start.date() == self.outings.date(number) else None

    def _history(self) -> History:
        return History(
            runs=tuple(self.outings.runs),
            check_ins=tuple(self.answers.check_ins),
            injuries=tuple(self.injuries),
            exercises=tuple(self.answers.done),
            gate_answers=tuple(self.answers.gate_answers),
            decisions=tuple(self.answers.decisions),
        )


def _fits(suggested: NextSession, now: datetime) -> bool:
    return suggested.may_run != "rest" and suggested.earliest is not None and suggested.earliest <= now.date()
