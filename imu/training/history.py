"""What is known of one athlete: runs, check-ins, injuries, exercises and what a clinician decided.

The rules of this room read nothing else. Times are aware datetimes, days are the athlete's own calendar days;
every tuple is in ascending order of time.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal, TypeVar, cast

from imu.training.said import said
from imu.training.segments import NO_SEGMENTS, Segments, Side as Side

Doing = Literal["stand", "walk", "run"]
Surface = Literal["road", "track", "trail", "grass", "treadmill"]
Moment = Literal["during", "after", "next_morning"]
RedFlag = Literal["sudden_sharp", "pop", "limp"]
DecisionKind = Literal["sign_off", "hold", "hold_running", "resume", "step_back", "set_stage", "exercises"]
HOLDS: tuple[DecisionKind, ...] = ("hold", "hold_running")  # of the second one exercises go on
PainProfile = Literal["strain", "tendon"]
Trust = Literal["good", "usable", "poor"]
Found = TypeVar("Found")

# What stands where something was decided, for whom the words of whoever decided are not.
NOT_SHOWN = said("a reason that is not shared")
NO_NAME = said("a clinician")  # of one without an account here


@dataclass(frozen=True, slots=True, kw_only=True)
class Bout:
    """A stretch of one activity, seconds since the run's start; outside of the run where a watch told it."""

    activity: Doing
    start_s: float
    end_s: float
    speed_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """Running inside one band of speed, metres per second; `to_mps` of the last band is infinite."""

    from_mps: float
    to_mps: float
    seconds: float
    metres: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactLoad:
    """Sums of one leg over a run; lower bounds where `complete` is false."""

    side: Side
    contacts: int
    cumulative_g: float
    damage_index: float
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as its analysis left it."""

    run_id: str
    start: datetime
    duration_s: float
    bouts: tuple[Bout, ...]
    distance_m: float | None = None
    segments: Segments = NO_SEGMENTS
    exposure: tuple[Exposure, ...] = ()
    accelerations: int | None = None  # above 0.5 m/s2 for a second and longer
    top_speed_mps: float | None = None
    impact: tuple[ImpactLoad, ...] = ()
    surface: Surface | None = None
    shoe: str | None = None
    trust: Trust = "good"  # a poor one is counted as load, and judged by no chart
    untrusted_because: tuple[str, ...] = ()
    effort_cr10: float | None = None

    @property
    def running_s(self) -> float:
        return sum(bout.end_s - bout.start_s for bout in self.bouts if bout.activity == "run")

    @property
    def running_beside_s(self) -> float:
        """Of it before and after what was recorded: a watch told it."""
        return sum(
            bout.end_s - bout.start_s
            for bout in self.bouts
            if bout.activity == "run" and not 0 <= 0.5 * (bout.start_s + bout.end_s) <= self.duration_s
        )

    @property
    def end(self) -> datetime:
        return self.start + timedelta(seconds=self.duration_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Pain of 0 to 10 at one moment after one run, or on a day without one (`run_id` None)."""

    at: datetime
    moment: Moment
    pain: int
    run_id: str | None = None
    site: str | None = None
    side: Side | None = None
    red_flags: tuple[RedFlag, ...] = ()
    effort_cr10: float | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Injury:
    """As a clinician or the athlete recorded it; this program grades nothing."""

    injury_id: str
    side: Side
    site: str
    onset: date
    profile: PainProfile = "strain"
    grade: str | None = None  # as written down, for instance 2 or 1b
    intratendinous: bool = False
    resolved: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseInjury(Injury):
    """An injury without its site, and with no more of its grade than the plan's gates read."""

    # All that is left of the site, for the entry gate alone: who asks is told no more than that it asks.
    is_proximal: bool = field(metadata={"told": False})
    is_of_hamstring: bool = field(metadata={"told": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One entry of the rehabilitation log."""

    at: datetime
    exercise: str  # an id of the plan
    sets: int
    reps: int | None = None
    hold_s: float | None = None
    side: Side | None = None
    pain_during: int | None = None
    counted_by_sensors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """What an entry or exit gate asks and no sensor can tell: a squat without pain, a clinician's word."""

    at: datetime
    gate: str  # the plan's own key, for instance painless_single_leg_squat
    passed: bool
    by: str  # who said so
    clinician: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A clinician's act on the plan; or his word, as somebody tells it whom none with an account follows."""

    at: datetime
    kind: DecisionKind
    by: str
    reason: str
    stage: str | None = None
    cleared_by: str | None = None  # the clinician without an account here whose word `by` told

    @property
    def whose(self) -> str:
        """Whose word it is, and on what authority: whatever shows a decision shows this.

        The authority stands first, so that no column too narrow cuts it off.
        """
        if self.cleared_by is None:
            return self.by
        return said(
            "told by {by}, not by a clinician's account: {clinician}",
            by=self.by,
            clinician=self.cleared_by,
        )


class CheckInIndex:
    """The check-ins of a history by run, day and time, so that no rule reads all of them for every run."""

    def __init__(self, check_ins: Iterable[CheckIn]) -> None:
        self._in_order = sorted(check_ins, key=attrgetter("at"))
        self._of_run: dict[str | None, list[CheckIn]] = defaultdict(list)
        self._on_day: dict[date, list[CheckIn]] = defaultdict(list)
        for answer in self._in_order:
            self._of_run[answer.run_id].append(answer)
            self._on_day[answer.at.date()].append(answer)

    def of_run(self, run_id: str) -> Sequence[CheckIn]:
        """Those that name a run, in order of time, as all that follows."""
        return self._of_run.get(run_id, ())

    def effort_of(self, run: Run) -> float | None:
        """How hard a run was: as told with it, else as the last check-in about it says."""
        told = (one.effort_cr10 for one in reversed(self.of_run(run.run_id)))
        later = next((effort for effort in told if effort is not None), None)
        return later if run.effort_cr10 is None else run.effort_cr10

    def on(self, day: date) -> Sequence[CheckIn]:
        """All of one calendar day."""
        return self._on_day.get(day, ())

    def between(self, begin: datetime, end: datetime) -> Sequence[CheckIn]:
        """All from `begin` to `end`, both included."""
        at = attrgetter("at")
        first, after = bisect_left(self._in_order, begin, key=at), bisect_right(self._in_order, end, key=at)
        return self._in_order[first:after]


@dataclass(frozen=True, kw_only=True)  # without slots: what was found once is kept beside the fields
class History:
    """Everything that the rules may look at."""

    runs: tuple[Run, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    injuries: tuple[Injury, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    gate_answers: tuple[GateAnswer, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @cached_property
    def answers(self) -> CheckInIndex:
        """The check-ins, to be looked up."""
        return CheckInIndex(self.check_ins)

    def found(self, rule: "Callable[[History, datetime], Found]", now: datetime) -> Found:
        """What a rule finds here at one time: many others ask it for the same, and it is asked once.

        Only the latest time is kept, so a history that is judged day by day grows no larger.
        """
        at, found = self._found.get(rule, (None, None))
        if at != now:
            found = rule(self, now)
            self._found[rule] = now, found
        return cast("Found", found)

    @cached_property
    def _found(self) -> dict[Any, tuple[datetime, Any]]:
        return {}
