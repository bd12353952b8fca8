"""The stages of a plan in one row: walk-run, continuous running, speed ladder. What each asks and allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from imu.training.history import PainProfile
from imu.training.plan import Plan, WalkRunStage
from imu.training.said import Said, said

StageKind = Literal["walk_run", "continuous", "speed"]
_KINDS: tuple[StageKind, ...] = get_args(StageKind)  # in the order of a plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage. `jogs` of `jog_s` with `walk_s` between; a speed stage has its repetitions besides a run."""

    id: str
    kind: StageKind
    jogs: int
    jog_s: float
    walk_s: float
    percent_of_top_speed_max: float
    reps: int = 0
    rep_s: float = 0.0
    rep_percent: float = 0.0
    requires: tuple[str, ...] = ()
    hills: bool = False
    uphill: bool = False
    accelerations: bool = False

    @property
    def running_s(self) -> float:
        return self.jogs * self.jog_s

    @property
    def title(self) -> Said:
        """Its name and its words, as a comparison names it."""
        return said("stage {stage}: {words}", stage=self.id, words=self.words)

    @property
    def words(self) -> Said:
        if self.kind == "speed":
            return said(
                "{reps} × {rep_s:g} s at {percent:g} % of your top speed in an easy run",
                reps=self.reps,
                rep_s=self.rep_s,
                percent=self.rep_percent,
            )
        if self.walk_s:
            return said(
                "{jogs} × ({walk} walk, {jog} jog)",
                jogs=self.jogs,
                walk=minutes(self.walk_s),
                jog=minutes(self.jog_s),
            )
        return said("{time} easy running without a break", time=minutes(self.running_s))


def same_or_less(row: Sequence[Stage], stage: Stage) -> int:
    """Where somebody goes on in another row who has reached a stage: at the same one, else at the last of its
    kind that asks for no more of anything, else before its kind begins; never at more, or faster.
    """
    if stage in row:
        return row.index(stage)
    asked = _asked(stage)
    found = [
        at
        for at, one in enumerate(row)
        if _KINDS.index(one.kind) < _KINDS.index(stage.kind)
        or (one.kind == stage.kind and all(own <= old for own, old in zip(_asked(one), asked, strict=True)))
    ]
    return max(found, default=0)


def _asked(stage: Stage) -> tuple[float, ...]:
    return (
        stage.running_s,
        stage.jog_s,
        stage.percent_of_top_speed_max,
        stage.reps * stage.rep_s,
        stage.rep_percent,
    )


def minutes(seconds: float) -> Said:
    """Seconds in the words of a training plan."""
    return (
        said("{number:.0f} s", number=seconds)
        if seconds < 60
        else said("{number:g} min", number=seconds / 60)
    )


def stages(plan: Plan, *, profile: PainProfile) -> tuple[Stage, ...]:
    """All stages of a plan in their order, for a pain profile: a tendon gets to hills later."""
    continuous = plan.continuous
    uphill_from = (
        continuous.uphill_from_stage_if_tendon if profile == "tendon" else continuous.hills_from_stage
    )
    return (
        *(_walk_run(plan, step) for step in plan.walk_run.stages),
        *(
            Stage(
                id=str(long_run.stage),
                kind="continuous",
                jogs=1,
                jog_s=60 * long_run.run_min,
                walk_s=0,
                percent_of_top_speed_max=continuous.percent_of_top_speed_max,
                hills=long_run.stage >= continuous.hills_from_stage,
                uphill=long_run.stage >= uphill_from,
            )
            for long_run in continuous.stages
        ),
        *(
            Stage(
                id=rung.id,
                kind="speed",
                jogs=1,
                jog_s=60 * continuous.stages[-1].run_min,
                walk_s=0,
                percent_of_top_speed_max=rung.percent,
                reps=rung.reps,
                rep_s=rung.seconds,
                rep_percent=rung.percent,
                requires=rung.requires,
                hills=True,
                uphill=True,
                accelerations=True,
            )
            for rung in plan.speed_ladder.steps
        ),
    )


def _walk_run(plan: Plan, step: WalkRunStage) -> Stage:
    whole = step.walk_min == 0  # nothing parts the blocks: they are one jog
    blocks = plan.walk_run.blocks
    return Stage(
        id=str(step.stage),
        kind="walk_run",
        jogs=1 if whole else blocks,
        jog_s=60 * step.jog_min * (blocks if whole else 1),
        walk_s=60 * step.walk_min,
        percent_of_top_speed_max=plan.walk_run.percent_of_top_speed_max,
    )
