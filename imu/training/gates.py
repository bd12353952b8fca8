"""Gates: what must be so before a stage, each with what speaks for it. Without an answer it is not met."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from imu.training.evidence import Evidence
from imu.training.history import CheckIn, CoarseInjury, Decision, GateAnswer, History, Injury, Run
from imu.training.plan import Plan, of_hamstring
from imu.training.said import Phrase, Said, Several, pattern, said
from imu.training.sessions import shares_its_day, stretches
from imu.training.stages import Stage

Word = TypeVar("Word", GateAnswer, Decision, GateAnswer | Decision)

CLINICIAN_OK = "clinician_ok"
CLINICIAN_CLEARANCE = "clinician_clearance"
BRISK_WALK = "brisk_walk"
# The id of the plan that comes with this program, and of what was edited in it.
HAMSTRING_PLAN = "hamstring_default"
WALK_GAP_S = 30.0  # a crossing does not end a walk

QUESTIONS = {
    "painless_single_leg_squat": said("a squat on the affected leg without pain"),
    "painless_single_leg_bridge": said("a bridge on the affected leg without pain"),
    "h_test_no_apprehension": said("the H-test (straight leg raised fast) without pain or apprehension"),
    "strength_symmetric": said("both legs equally strong, as measured by a clinician"),
    CLINICIAN_OK: said("a clinician agrees that running may begin"),
    CLINICIAN_CLEARANCE: said("a clinician agrees to running at top speed"),
}
_BECAUSE: dict[str, Said] = {
    "grade>=2": said("grade>=2"),
    "unknown_grade": said("unknown grade"),
    "intratendinous": said("intratendinous"),
    "proximal_tendon": said("proximal tendon"),
    "not_hamstring": said("an injury that is not known to be of the hamstring"),
}
_BECAUSE_COARSELY = {**_BECAUSE, **dict.fromkeys(("proximal_tendon", "not_hamstring"), said("where it is"))}
NOT_ANSWERED = pattern("Not answered: {question}.")
TELL_OF_WALK = pattern("Tell how much the walk of {day} hurt.")
TELL_OF_WALK_AT = pattern("Tell how much the walk of {day} at {time} hurt.")
_YES = pattern("Yes ({by}, {day}): {question}.")
_NOT_YET = pattern("Not yet ({by}, {day}): {question}.")


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
        words = _BECAUSE_COARSELY if isinstance(injury, CoarseInjury) else _BECAUSE
        reasons = Several(dict.fromkeys(words.get(reason, reason.replace("_", " ")) for reason in because))
        gates.append(
            Gate(
                key=gate.key,
                met=gate.met,
                sentence=said(
                    "{asked} Asked because of: {reasons:, }.", asked=gate.sentence, reasons=reasons
                ),
                to_do=gate.to_do,
                answered_by=gate.answered_by,
                answered_at=gate.answered_at,
            )
        )
    return tuple(gates)


def whether_it_fits(history: History, plan: Plan, injury: Injury, *, at: datetime) -> Said | None:
    """What stands beside a plan that no clinician chose, where it was not made for such an injury; for who
    may not know where it is, the entry gate alone.
    """
    if plan.signed or of_hamstring(injury) or isinstance(injury, CoarseInjury):
        return None
    if plan.id != HAMSTRING_PLAN:  # who wrote it knows what it was made for
        return said("No clinician signed this plan; ask one whether it fits.")
    agreed = _clinician(history, CLINICIAN_OK, injury, at=at, stage=None)
    if agreed.met:
        return said(
            "This plan was made for hamstring strains; {by} agreed that running may begin.",
            by=agreed.answered_by,
        )
    return said("This plan was made for hamstring strains; ask a clinician whether it fits.")


def stage_gates(history: History, injury: Injury, stage: Stage, *, at: datetime) -> tuple[Gate, ...]:
    """What a stage asks for besides the successes of the one before."""
    return tuple(
        _clinician(history, key, injury, at=at, stage=stage.id)
        if key == CLINICIAN_CLEARANCE
        else _answered(history, key, injury, at=at)
        for key in stage.requires
    )


def allowed(key: str, is_open: bool, what: Said, from_stage: str) -> Gate:
    """Whether the stage reached lets hills, accelerations or fast running in."""
    return Gate(
        key=key,
        met=is_open,
        sentence=said("{what:C}: part of this stage.", what=what)
        if is_open
        else said("{what:C}: from stage {stage} on.", what=what, stage=from_stage),
        to_do="" if is_open else said("Leave out {what} for now.", what=what),
    )


def asked_by(key: str) -> Phrase:
    """What a gate asks, in words."""
    if key == BRISK_WALK:
        return said("a brisk walk")
    return QUESTIONS.get(key) or Phrase(key.replace("_", " "))


def _answered(history: History, key: str, injury: Injury, *, at: datetime) -> Gate:
    """A yes or no of the athlete or a clinician; the latest since the injury counts."""
    question = asked_by(key)
    answer = _latest(
        a for a in history.gate_answers if a.gate == key and injury.onset <= a.at.date() and a.at <= at
    )
    if answer is None:
        return Gate(
            key=key,
            met=False,
            sentence=said(NOT_ANSWERED, question=question),
            to_do=said("Try: {question}. Then tell.", question=question),
        )
    return Gate(
        key=key,
        met=answer.passed,
        sentence=said(
            _YES if answer.passed else _NOT_YET, by=answer.by, day=answer.at.date(), question=question
        ),
        to_do="" if answer.passed else said("Try again in a few days; until then the stage stays."),
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
            key=key,
            met=False,
            sentence=said(NOT_ANSWERED, question=question),
            to_do=said("Ask your clinician to sign off."),
        )
    whose = word.whose if isinstance(word, Decision) else word.by
    return Gate(
        key=key,
        met=met,
        sentence=said(_YES if met else _NOT_YET, by=whose, day=word.at.date(), question=question),
        to_do="" if met else said("Follow your clinician; the stage stays until the sign-off."),
        answered_by=whose,
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
    walks = list(_walks(history, injury, at=at))
    enough = [found for found in walks if found[0] >= 60 * entry.brisk_walk_min]
    borne = [found for found in walks if _is_borne(history, found[1], plan, at=at)]
    met = any(found in borne for found in enough)
    untold = [found for found in enough if _pain_of(history, found[1], at=at) is None]
    shown = [found for found in enough if found in borne] or untold or borne or walks
    longest_s, walk = max(shown, key=lambda found: found[0], default=(0.0, None))
    pain = None if walk is None else _pain_of(history, walk, at=at)
    told = said("pain not told") if pain is None else said("pain {pain} of 10", pain=pain)
    return Gate(
        key=BRISK_WALK,
        met=met,
        sentence=said(
            "Longest walk: {longest:.0f} of {asked:g} min, {told}.",
            longest=longest_s / 60,
            asked=entry.brisk_walk_min,
            told=told,
        )
        if walk
        else said("No walk of {asked:g} min on record.", asked=entry.brisk_walk_min),
        to_do=""
        if met
        else _tell_of(walk, history)
        if walk and untold
        else said(
            "Walk {asked:g} min briskly and tell the pain: {most} at most.",
            asked=entry.brisk_walk_min,
            most=entry.walk_pain_max,
        ),
        answered_at=walk.end if walk else None,
        evidence=Evidence(
            value=longest_s / 60,
            unit="min",
            reference=entry.brisk_walk_min,
            compared_with=said("the walk that the plan asks for"),
            uncertainty=4.0 / 60,
            n=len(walks),
            counted=said("walks"),
            sentence=said("Walked {minutes:.0f} min, {told}.", minutes=longest_s / 60, told=told),
            to_do="",
        ),
    )


def _tell_of(walk: Run, history: History) -> Said:
    day = walk.start.date()
    if shares_its_day(walk, history):
        return said(TELL_OF_WALK_AT, day=day, time=f"{walk.start:%H:%M}")
    return said(TELL_OF_WALK, day=day)


def untold_walks(history: History, plan: Plan, injury: Injury, *, at: datetime) -> tuple[Run, ...]:
    """Walks since the injury that were long enough for the entry gate, and whose pain nobody told."""
    return tuple(
        run
        for longest_s, run in _walks(history, injury, at=at)
        if longest_s >= 60 * plan.entry_gate.brisk_walk_min and _pain_of(history, run, at=at) is None
    )


def _walks(history: History, injury: Injury, *, at: datetime) -> Iterator[tuple[float, Run]]:
    """The longest walk of each run since the injury that has one, in seconds."""
    for run in history.runs:
        if injury.onset <= run.start.date() and run.end <= at:
            longest_s = max((walk.length_s for walk in stretches(run, "walk", gap_s=WALK_GAP_S)), default=0.0)
            if longest_s > 0:
                yield longest_s, run


def _is_borne(history: History, walk: Run, plan: Plan, *, at: datetime) -> bool:
    pain = _pain_of(history, walk, at=at)
    flagged = any(one.red_flags for one in _answers_of(history, walk, at=at))
    return pain is not None and pain <= plan.entry_gate.walk_pain_max and not flagged


def _pain_of(history: History, run: Run, *, at: datetime) -> int | None:
    return max((answer.pain for answer in _answers_of(history, run, at=at)), default=None)


def _answers_of(history: History, run: Run, *, at: datetime) -> list[CheckIn]:
    on_the_day = history.answers.on(run.start.date())
    answers = [
        *history.answers.of_run(run.run_id),
        *(answer for answer in on_the_day if answer.run_id is None and run.start <= answer.at),
    ]
    return [answer for answer in answers if answer.at <= at]
