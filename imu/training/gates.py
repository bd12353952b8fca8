"""Gates: what must be so before a stage, each with what speaks for it. Without an answer it is not met."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from imu.training.evidence import Evidence
from imu.training.history import Decision, GateAnswer, History, Injury, Run
from imu.training.plan import Plan
from imu.training.sessions import stretches
from imu.training.stages import Stage

Word = TypeVar("Word", GateAnswer, Decision, GateAnswer | Decision)

CLINICIAN_OK = "clinician_ok"
CLINICIAN_CLEARANCE = "clinician_clearance"
BRISK_WALK = "brisk_walk"
WALK_GAP_S = 30.0  # a crossing does not end a walk

QUESTIONS = {
    "painless_single_leg_squat": "a squat on the affected leg without pain",
    "painless_single_leg_bridge": "a bridge on the affected leg without pain",
    "h_test_no_apprehension": "the H-test (straight leg raised fast) without pain or apprehension",
    "strength_symmetric": "both legs equally strong, as measured by a clinician",
    CLINICIAN_OK: "a clinician agrees that running may begin",
    CLINICIAN_CLEARANCE: "a clinician agrees to running at top speed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One condition. What it rests on is `evidence` if it was measured, and who answered it if not."""

    key: str
    met: bool
    sentence: str
    to_do: str
    answered_by: str | None = None
    answered_at: datetime | None = None
    evidence: Evidence | None = None


def entry_gates(history: History, plan: Plan, injury: Injury, *, at: datetime) -> tuple[Gate, ...]:
    """What must be so before the first jog of a plan, as known at a time."""
    gates = [
        _walk_gate(history, plan, injury, at=at),
        *(_answered(history, key, injury, at=at) for key in plan.entry_gate.answers),
    ]
    if because := plan.entry_gate.clinician_because(injury):
        gate = _clinician(history, CLINICIAN_OK, injury, at=at, stage=None)
        reasons = ", ".join(reason.replace("_", " ") for reason in because)
        gates.append(
            Gate(
                key=gate.key,
                met=gate.met,
                sentence=f"{gate.sentence} Asked because of: {reasons}.",
                to_do=gate.to_do,
                answered_by=gate.answered_by,
                answered_at=gate.answered_at,
            )
        )
    return tuple(gates)


def stage_gates(history: History, injury: Injury, stage: Stage, *, at: datetime) -> tuple[Gate, ...]:
    """What a stage asks for besides the successes of the one before."""
    return tuple(
        _clinician(history, key, injury, at=at, stage=stage.id)
        if key == CLINICIAN_CLEARANCE
        else _answered(history, key, injury, at=at)
        for key in stage.requires
    )


def allowed(key: str, is_open: bool, what: str, from_stage: str) -> Gate:
    """Whether the stage reached lets hills, accelerations or fast running in."""
    return Gate(
        key=key,
        met=is_open,
        sentence=f"{what}: {'part of this stage' if is_open else f'from stage {from_stage} on'}.",
        to_do="" if is_open else f"Leave out {what.lower()} for now.",
    )


def _answered(history: History, key: str, injury: Injury, *, at: datetime) -> Gate:
    """A yes or no of the athlete or a clinician; the latest since the injury counts."""
    question = QUESTIONS.get(key, key.replace("_", " "))
    answer = _latest(
        a for a in history.gate_answers if a.gate == key and injury.onset <= a.at.date() and a.at <= at
    )
    if answer is None:
        return Gate(
            key=key, met=False, sentence=f"Not answered: {question}.", to_do=f"Try: {question}. Then tell."
        )
    return Gate(
        key=key,
        met=answer.passed,
        sentence=f"{'Yes' if answer.passed else 'Not yet'} ({answer.by}, {answer.at:%Y-%m-%d}): {question}.",
        to_do="" if answer.passed else "Try again in a few days; until then the stage stays.",
        answered_by=answer.by,
        answered_at=answer.at,
    )


def _clinician(history: History, key: str, injury: Injury, *, at: datetime, stage: str | None) -> Gate:
    """A clinician's word: an answer given as a clinician, or a sign-off of this stage."""
    question = QUESTIONS[key]
    words: list[GateAnswer | Decision] = [
        a
        for a in history.gate_answers
        if a.gate == key and a.clinician and injury.onset <= a.at.date() and a.at <= at
    ]
    words += [
        d
        for d in history.decisions
        if d.kind == "sign_off" and d.stage == stage and injury.onset <= d.at.date() and d.at <= at
    ]
    word = _latest(words)
    met = word is not None and (isinstance(word, Decision) or word.passed)
    if word is None:
        return Gate(
            key=key, met=False, sentence=f"Not answered: {question}.", to_do="Ask your clinician to sign off."
        )
    return Gate(
        key=key,
        met=met,
        sentence=f"{'Yes' if met else 'Not yet'} ({word.by}, {word.at:%Y-%m-%d}): {question}.",
        to_do="" if met else "Follow your clinician; the stage stays until the sign-off.",
        answered_by=word.by,
        answered_at=word.at,
    )


def _latest(words: Iterable[Word]) -> Word | None:
    return max(words, key=lambda word: word.at, default=None)


def _walk_gate(history: History, plan: Plan, injury: Injury, *, at: datetime) -> Gate:
    """A brisk walk without pain: as sensors and a check-in tell, or as the athlete answers."""
    entry = plan.entry_gate
    answer = _answered(history, BRISK_WALK, injury, at=at)
    if answer.met:
        return answer
    walks = [
        (longest_s, run)
        for run in history.runs
        if injury.onset <= run.start.date() and run.end <= at and (longest_s := _walked_s(run)) > 0
    ]
    borne = [
        (s, run)
        for s, run in walks
        if (p := _pain_of(history, run, at=at)) is not None and p <= entry.walk_pain_max
    ]
    longest_s, walk = max(borne or walks, key=lambda found: found[0], default=(0.0, None))
    met = bool(borne) and longest_s >= 60 * entry.brisk_walk_min
    pain = None if walk is None else _pain_of(history, walk, at=at)
    told = "pain not told" if pain is None else f"pain {pain} of 10"
    return Gate(
        key=BRISK_WALK,
        met=met,
        sentence=f"Longest walk: {longest_s / 60:.0f} of {entry.brisk_walk_min:g} min, {told}."
        if walk
        else f"No walk of {entry.brisk_walk_min:g} min on record.",
        to_do=""
        if met
        else f"Walk {entry.brisk_walk_min:g} min briskly and tell the pain: {entry.walk_pain_max} at most.",
        answered_at=walk.end if walk else None,
        evidence=Evidence(
            value=longest_s / 60,
            unit="min",
            reference=entry.brisk_walk_min,
            compared_with="the walk that the plan asks for",
            uncertainty=4.0 / 60,
            n=len(walks),
            counted="walks",
            sentence=f"Walked {longest_s / 60:.0f} min, {told}.",
            to_do="",
        ),
    )


def _walked_s(run: Run) -> float:
    return max((stretch.length_s for stretch in stretches(run, "walk", gap_s=WALK_GAP_S)), default=0.0)


def _pain_of(history: History, run: Run, *, at: datetime) -> int | None:
    on_the_day = history.answers.on(run.start.date())
    answers = [
        *history.answers.of_run(run.run_id),
        *(answer for answer in on_the_day if answer.run_id is None and run.start <= answer.at),
    ]
    return max((answer.pain for answer in answers if answer.at <= at), default=None)
