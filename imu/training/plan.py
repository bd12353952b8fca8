"""A return-to-run plan: what is asked, when it counts, and who must agree. A value, read from a small file.

A clinician may keep another version of it; every rule takes the plan as an argument.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from imu.training.history import CoarseInjury, Injury, PainProfile, RedFlag
from imu.training.sites import is_of_hamstring, is_proximal

NO_SITE = "not shared"
ClinicianReason = Literal["grade>=2", "intratendinous", "unknown_grade", "proximal_tendon", "not_hamstring"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PainBands:
    """Limits of one pain profile, on the scale of 0 to 10; above amber is red."""

    green_max_during: int
    amber_max_during: int
    green_max_24h_change: int
    amber_max_24h_change: int
    amber_needs_settled_by_morning: bool  # more pain in the run is only borne if the morning is as before
    red_if_rising_weeks: int | None  # red once the worst pain has risen in as many weeks in a row
    red_flags: tuple[RedFlag, ...]
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PainProfiles:
    strain: PainBands
    tendon: PainBands

    def of(self, profile: PainProfile) -> PainBands:
        return self.strain if profile == "strain" else self.tendon


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryGate:
    """What must be so before the first jog."""

    brisk_walk_min: float
    walk_pain_max: int
    answers: tuple[str, ...]  # keys that a `GateAnswer` must say passed
    clinician_ok_if: tuple[ClinicianReason, ...]
    sources: tuple[str, ...]
    basis: str

    def clinician_because(self, injury: Injury) -> tuple[ClinicianReason, ...]:
        """Which of the plan's reasons for a clinician's word this injury has."""
        digits, is_in_tendon = _grade_parts(injury.grade)
        has: dict[ClinicianReason, bool] = {
            "grade>=2": bool(digits) and int(digits) >= 2,
            "unknown_grade": not digits,
            "intratendinous": injury.intratendinous or is_in_tendon,
            "proximal_tendon": injury.profile == "tendon" or proximal(injury),
            "not_hamstring": not of_hamstring(injury),
        }
        return tuple(reason for reason in self.clinician_ok_if if has[reason])


def coarse(injury: Injury, *, injury_id: str) -> CoarseInjury:
    """What rules need of an injury to say the same of it, and no more: see `CoarseInjury`."""
    return CoarseInjury(
        injury_id=injury_id,
        side=injury.side,
        site=NO_SITE,
        onset=injury.onset,
        profile=injury.profile,
        grade=coarse_grade(injury.grade),
        intratendinous=injury.intratendinous,
        resolved=injury.resolved,
        is_proximal=proximal(injury),
        is_of_hamstring=of_hamstring(injury),
    )


def proximal(injury: Injury) -> bool:
    return injury.is_proximal if isinstance(injury, CoarseInjury) else is_proximal(injury.site)


def of_hamstring(injury: Injury) -> bool:
    return injury.is_of_hamstring if isinstance(injury, CoarseInjury) else is_of_hamstring(injury.site)


def coarse_grade(grade: str | None) -> str | None:
    """A grade with no more in it than the entry gate reads: known or not, below 2 or not, in the tendon."""
    digits, is_in_tendon = _grade_parts(grade)
    coarse = ("2" if int(digits) >= 2 else "1") if digits else ""
    return (coarse + ("c" if is_in_tendon else "")) or None


def _grade_parts(grade: str | None) -> tuple[str, bool]:
    """The digits of a grade as written down, and whether it ends with the c of a tendon."""
    digits = "".join(character for character in grade or "" if character in "0123456789")
    return digits, (grade or "").strip().lower().endswith("c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    min_rest_days_between_runs: int
    successes_to_advance: int  # in a row
    step_back_stages_if_red: int
    max_session_ratio_to_longest_30d: float
    red_session_ratio: float
    weekly_ratio_amber: float
    speed_and_volume_same_week: bool
    # A plan that was adopted before there was such a rule has none: what was done as it asked stays so.
    days_off_to_step_back: int = 0  # since the last run; 0: a time off changes nothing
    days_off_per_further_stage: int = 0  # after those; 0: it stays at the one stage
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRunStage:
    stage: int
    walk_min: float
    jog_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRun:
    blocks: int
    block_min: float
    effort_cr10_max: float
    percent_of_top_speed_max: float
    stages: tuple[WalkRunStage, ...]
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousStage:
    stage: int
    run_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuous:
    percent_of_top_speed_max: float
    hills_from_stage: int
    uphill_from_stage_if_tendon: int
    stages: tuple[ContinuousStage, ...]
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedStep:
    """Repetitions at a share of own top speed; `requires` are gates besides the successes."""

    id: str
    reps: int
    seconds: float
    percent: float
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedLadder:
    max_sessions_per_week: int
    build_up_m_min: float
    steps: tuple[SpeedStep, ...]
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceCue:
    """How much quicker steps to advise. Kept in the plan; no rule reads it."""

    percent: float
    percent_max: float
    sources: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """How one exercise of the programme is done."""

    id: str
    name: str
    sets: Range
    reps: Range | None = None  # per set; where sides are trained apart, per side
    hold_s: Range | None = None
    per_day: Range | None = None  # neither per_day nor every_days: only before a run
    every_days: int | None = None
    before_run: bool = False
    needs_clinician: bool = False
    progression: str | None = None
    sources: tuple[str, ...]

    @property
    def is_of_days(self) -> bool:
        """Whether days ask for it, not only a run."""
        return self.per_day is not None or self.every_days is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    id: str
    version: str
    boundary: str
    review_status: str
    pain_profiles: PainProfiles
    entry_gate: EntryGate
    rules: Rules
    walk_run: WalkRun
    continuous: Continuous
    speed_ladder: SpeedLadder
    cadence_cue: CadenceCue
    exercises: tuple[Dose, ...]
    stop_and_seek_care: tuple[str, ...]
    sources: Mapping[str, str]
    # No part of a plan's file: whether a clinician adopted it, and the versions before, the first one first.
    signed: bool = field(default=False, metadata={"in_file": False})
    before: tuple["Until", ...] = field(default=(), metadata={"in_file": False})


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """A version of a plan, and when another one took its place."""

    plan: Plan
    at: datetime
