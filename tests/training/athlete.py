"""A runner who does what the next session says, one day after the other, as the store would remember it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from imu.training.engine import plan_state
from imu.training.history import (
    Bout,
    CheckIn,
    Exposure,
    GateAnswer,
    History,
    Injury,
    Run,
)
from imu.training.next_session import NextSession
from imu.training.plan import Plan
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.stages import Stage, stages

PLAN = default_plan()
ROW = {stage.id: stage for stage in stages(PLAN, profile="strain")}
DAY_ONE = datetime(2026, 3, 2, 8, tzinfo=UTC)
TOP_MPS = 7.0
EASY_MPS = 2.8


def at(day: int, hour: float = 8.0) -> datetime:
    """A time on a day counted from the injury."""
    return DAY_ONE.replace(hour=0) + timedelta(days=day, hours=hour)


def bouts(*parts: tuple[str, float]) -> tuple[Bout, ...]:
    """Bouts one after the other, from pairs of activity and seconds."""
    made, begin = [], 0.0
    for activity, seconds in parts:
        assert activity in ("walk", "run", "stand")
        made.append(Bout(activity=activity, start_s=begin, end_s=begin + seconds))  # type: ignore[arg-type]
        begin += seconds
    return tuple(made)


def run(
    day: int, *parts: tuple[str, float], fast_s: float = 0.0, fast_mps: float = 0.0, run_id: str | None = None
) -> Run:
    """A run of easy speed, with some of it fast."""
    made = bouts(*parts)
    running_s = sum(b.end_s - b.start_s for b in made if b.activity == "run")
    easy_s = running_s - fast_s
    exposure = [Exposure(from_mps=2.5, to_mps=3.0, seconds=easy_s, metres=easy_s * EASY_MPS)]
    if fast_s:
        exposure.append(
            Exposure(
                from_mps=fast_mps - 0.05, to_mps=fast_mps + 0.05, seconds=fast_s, metres=fast_s * fast_mps
            )
        )
    return Run(
        run_id=run_id or f"run-{day}",
        start=at(day),
        duration_s=made[-1].end_s,
        bouts=made,
        distance_m=easy_s * EASY_MPS + fast_s * fast_mps + 1e-6,
        exposure=tuple(exposure),
        accelerations=sum(b.activity == "run" for b in made),
        top_speed_mps=fast_mps or 3.0,
    )


def planned(day: int, stage: Stage) -> Run:
    """Exactly what a stage asks for."""
    if stage.kind == "speed":
        return run(
            day,
            ("run", stage.running_s),
            fast_s=stage.reps * stage.rep_s,
            fast_mps=TOP_MPS * stage.rep_percent / 100,
        )
    parts: list[tuple[str, float]] = []
    for _ in range(stage.jogs):
        parts += [("walk", stage.walk_s)] if stage.walk_s else []
        parts.append(("run", stage.jog_s))
    return run(day, *parts)


def told(day: int, during: int = 0, morning: int = 0) -> tuple[CheckIn, CheckIn]:
    """Both answers about the run of a day."""
    return (
        CheckIn(at=at(day, 10), moment="during", pain=during, run_id=f"run-{day}"),
        CheckIn(at=at(day + 1, 7), moment="next_morning", pain=morning, run_id=f"run-{day}"),
    )


def yes(day: int, gate: str, *, clinician: bool = False) -> GateAnswer:
    by = "Dr. Ito" if clinician else "runner"
    return GateAnswer(at=at(day, 6), gate=gate, passed=True, by=by, clinician=clinician)


INJURY = Injury(injury_id="i1", side="left", site="hamstring", onset=DAY_ONE.date(), grade="1")
BEFORE = tuple(
    run(-day, ("run", 2400), fast_s=20, fast_mps=TOP_MPS, run_id=f"before-{day}") for day in (20, 14, 8)
)
ENTRY = (
    yes(10, "brisk_walk"),
    yes(10, "painless_single_leg_squat"),
    yes(10, "painless_single_leg_bridge"),
)
INJURED = History(runs=BEFORE, injuries=(INJURY,))
ENTERED = replace(INJURED, gate_answers=ENTRY)


def after(history: History, done: Run, *, during: int = 0, morning: int = 0) -> History:
    """The history with one more run and its answers."""
    day = (done.start.date() - DAY_ONE.date()).days
    return replace(
        history,
        runs=(*history.runs, done),
        check_ins=(*history.check_ins, *told(day, during, morning)),
    )


def state_of(history: History, *, day: int, plan: Plan = PLAN) -> PlanState:
    """Where the plan stands on the morning of a day."""
    state = plan_state(history, plan, now=at(day))
    assert isinstance(state, PlanState)
    return state


def fits(suggested: NextSession, today: date) -> bool:
    return suggested.may_run != "rest" and suggested.earliest is not None and suggested.earliest <= today
