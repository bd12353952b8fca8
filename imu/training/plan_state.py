"""Where a plan stands at one time, how it came there, and what was held against each session."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from imu.training.gates import Gate
from imu.training.history import CheckIn, Injury
from imu.training.pain import PainResponse
from imu.training.plan import PainBands, Plan
from imu.training.session_match import Match
from imu.training.sessions import Session
from imu.training.stages import Stage

EventKind = Literal[
    "entered",
    "success",
    "advanced",
    "completed",
    "repeat",
    "stepped_back",
    "not_counted",
    "waiting",
    "pain_at_rest",
    "time_off",
    "held",
    "resumed",
    "decided",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEvent:
    """One step of the history of a plan; `before` and `after` are stage ids, None outside the stages."""

    at: datetime
    kind: EventKind
    before: str | None
    after: str | None
    sentence: str
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSession:
    """A session with all that was held against it. Without a stage it was before the entry gate."""

    session: Session
    stage: Stage | None
    match: Match | None
    response: PainResponse
    counted: bool
    not_counted_because: tuple[str, ...] = ()
    against_the_plan: tuple[str, ...] = ()  # too soon, before the gate, while held

    @property
    def awaits_answers(self) -> bool:
        """Whether all that is missing for a session to count is what the runner says of pain."""
        was_done = self.match is None or self.match.outcome == "done"
        return self.response.colour is None and was_done and not self.against_the_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState:
    """A plan at one time. `stage` is None before the entry gate and once the plan is complete."""

    plan: Plan
    injury: Injury
    row: tuple[Stage, ...]
    at: datetime
    entered_at: datetime | None
    stage: Stage | None
    is_complete: bool
    successes: int
    held_because: str | None
    exercises_go_on_by: str | None  # whose word it is that they do while the plan is on hold
    gates: tuple[Gate, ...]  # of entry before it, of the next stage after it
    events: tuple[StageEvent, ...]
    judged: tuple[JudgedSession, ...]
    pain_at_rest: tuple[CheckIn, ...]  # red answers on days without a run
    off_since: date | None  # from when days without a run are counted; None before there are stages
    whether_it_fits: str | None  # said beside the plan, where it was not made for such an injury
    exercises_fit: bool  # the plan's are for such an injury, or a clinician agreed
    fast_days: tuple[date, ...]  # with running as fast as the first step of the ladder

    @property
    def stage_since(self) -> datetime | None:
        """When this stage was reached the last time; None outside the stages."""
        if self.stage is None:
            return None
        moves = (event.at for event in reversed(self.events) if event.after != event.before)
        return next(moves, self.entered_at)

    @property
    def bands(self) -> PainBands:
        return self.plan.pain_profiles.of(self.injury.profile)
