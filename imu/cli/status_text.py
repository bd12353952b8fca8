"""Where an athlete stands, as lines: each thing once, in the words of the page Today, with what to type."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from imu.cli.plan_text import TOLD_BY, pace_lines
from imu.report.begun import begun

if TYPE_CHECKING:
    from imu.training.history import DecisionKind

_MAY_RUN = {"yes": "May run", "easy": "Easy only", "rest": "Rest today"}
_OWN_SESSIONS = ("walk_run", "continuous", "speed")  # of a stage: words and reasons tell of it
_PAIN_NOW = "checkin --pain 0-10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the viewer may type."""

    may_tell: bool  # answers about pain, exercises and gates
    clearances: Collection["DecisionKind"]  # of what a clinician said elsewhere
    options: str = ""  # of whose data, as whom

    def tell(self, command: str, *, when: str = "") -> list[str]:
        """The command as a line; `when` it is the one to type."""
        after = f"   ({when})" if when else ""
        return [f"  restride {command}{self.options}{after}"] if self.may_tell else []


def standing_lines(name: str, content: Mapping[str, Any], ways: Ways, *, today: date) -> Iterator[str]:
    """content: of a standing. today: where the athlete lives."""
    yield f"{name}: {_plan_words(content)}"
    if fits := content["plan"].get("whether_it_fits"):
        yield f"  {fits}"
    yield from _coming(content, today)
    yield from _steps(content, ways)
    for warning in content["warnings"]:
        yield f"[{warning['level']}] {warning['sentence']}"
        yield f"  {warning['to_do']}"
        yield f"  restride warnings{ways.options}  (its key: {warning['key']})"
    yield from _due(content["due"], ways)
    if last := content["last_run"]:
        when = datetime.fromisoformat(last["start"])
        yield f"Last run: {when:%Y-%m-%d %H:%M}, {_extent(last)}."
        yield f"  {last['finding']}"
    else:
        yield f"No run yet: restride record, or restride import RECORDING{ways.options}"


def _plan_words(content: Mapping[str, Any]) -> str:
    """Where the plan stands, without what the next session says of it."""
    plan, kind = content["plan"], content["next"]["kind"]
    if not plan["followed"]:
        return f"{'no plan is followed: ' if plan['unread'] else ''}{plan['why_not']}."
    if plan["held_because"]:
        return f"the plan is on hold ({plan['held_because']})."
    if plan["complete"]:
        return "the plan is complete."
    if plan["stage"] is None:
        return "before the first stage of the plan."
    words = "" if kind in _OWN_SESSIONS else f" ({plan['stage_words']})"
    since = datetime.fromisoformat(plan["since"])
    counted = f"{plan['successes']} of {plan['needed']} sessions in a row counted"
    return f"stage {plan['stage']} since {since:%Y-%m-%d}{words}, {counted}."


def _coming(content: Mapping[str, Any], today: date) -> Iterator[str]:
    """Whether to run today, what, and why; what a warning, the plan's line or a step says stays there."""
    coming, plan = content["next"], content["plan"]
    from imu.training.gates import NOT_ANSWERED
    from imu.training.next_session import PROGRESS

    answer = _MAY_RUN[coming["may_run"]]
    if coming["kind"] == "none":
        yield f"{answer}."
    elif coming["may_run"] == "rest":
        yield f"{answer}. {_from_day(coming['earliest'], today)}{coming['words']}."
    else:
        yield f"{answer}: {coming['words']}."
    yield from (f"  {line}" for line in pace_lines(coming["kind"], coming["from_mps"], coming["to_mps"]))
    said_elsewhere = {_bare(one["sentence"]) for one in content["warnings"]}
    if not plan["followed"]:
        said_elsewhere.add(_bare(plan["why_not"]))
    asked = {_question(content, step) for step in coming["to_do"]} - {None}
    for reason in coming["reasons"]:
        made = _made_of(content, reason)
        is_told = (
            made == PROGRESS  # by the line of the plan
            or (plan["held_because"] is not None and reason.endswith(plan["held_because"]))
            or (made == NOT_ANSWERED and _question(content, reason) in asked)  # by a step
            or _bare(reason) in said_elsewhere
        )
        if not is_told:
            yield f"  {begun(_bare(reason))}."


def _from_day(earliest: str | None, today: date) -> str:
    if earliest is None:
        return ""
    day = date.fromisoformat(earliest)
    return "From tomorrow on: " if day == today + timedelta(days=1) else f"From {day:%Y-%m-%d} on: "


def _steps(content: Mapping[str, Any], ways: Ways) -> Iterator[str]:
    """What is to be done before running, each with what to type then."""
    from imu.training.due import PAIN_OF_WALK, PAIN_OF_WALK_AT
    from imu.training.gates import TELL_OF_WALK, TELL_OF_WALK_AT

    said_elsewhere = {one["to_do"] for one in content["warnings"]}
    asked = (PAIN_OF_WALK, PAIN_OF_WALK_AT)
    asks_of_walk = any(_made_of(content, one["sentence"]) in asked for one in content["due"])
    for step in dict.fromkeys(content["next"]["to_do"]):
        is_asked = asks_of_walk and _made_of(content, step) in (TELL_OF_WALK, TELL_OF_WALK_AT)
        if step in said_elsewhere or is_asked:
            continue
        yield f"To do: {step}"
        yield from _to_type(content, step, ways)
    if "resume" in ways.clearances and content["plan"]["held_because"]:
        yield "Once a clinician has cleared you, tell who it was:"
        yield f"  {TOLD_BY['resume']}{ways.options}"


def _to_type(content: Mapping[str, Any], step: str, ways: Ways) -> Iterator[str]:
    from imu.training.gates import BRISK_WALK, CLINICIAN_CLEARANCE, CLINICIAN_OK
    from imu.training.next_session import RECORD_IT, TELL_NOW, TELL_TOMORROW

    if step in (TELL_NOW, TELL_TOMORROW):
        yield from ways.tell(_PAIN_NOW)
    elif step == RECORD_IT:
        yield from ways.tell("injury add --side left|right --site WORDS")
    for gate in _gates(content, step):
        if gate == BRISK_WALK:
            yield from ways.tell("checkin", when="if you recorded it")
            yield from ways.tell(f"plan gate {gate} yes|no", when="if you did not")
        elif gate not in (CLINICIAN_OK, CLINICIAN_CLEARANCE):
            yield from ways.tell(f"plan gate {gate} yes|no")
        elif "sign_off" in ways.clearances:
            yield f"  {TOLD_BY['sign_off']}{ways.options}"


def _gates(content: Mapping[str, Any], step: str) -> Sequence[str]:
    """The gates that a step is of: those that wait, else the one whose question it asks."""
    from imu.training.gates import QUESTIONS

    waiting = [one["key"] for one in content["due"] if one["kind"] == "gate" and one["sentence"] == step]
    question = _question(content, step)
    return waiting or [key for key, words in QUESTIONS.items() if words == question]


def _due(waiting: Sequence[Mapping[str, Any]], ways: Ways) -> Iterator[str]:
    """Answers, then exercises, then those that all wait for a clinician; conditions of a gate are told as
    steps.
    """
    answers = [one for one in waiting if one["kind"] in ("check_in_run", "check_in_morning")]
    exercises = [one for one in waiting if one["kind"] == "exercise"]
    held = [one for one in waiting if one["kind"] == "exercise_on_hold"]
    for kind, command in (
        (answers, "checkin"),
        (exercises, "exercise log {key} --sets N --reps N"),
    ):
        yield from (f"{'Overdue' if one['overdue'] else 'Due'}: {one['sentence']}" for one in kind)
        if kind:
            yield from ways.tell(command.format(key=kind[0]["key"]))
    yield from (f"Waits for a clinician, as the plan is on hold: {one['sentence']}" for one in held)
    not_agreed = [one for one in waiting if one["kind"] == "exercise_not_agreed"]
    yield from (
        f"Waits for a clinician, who decides whether it fits: {one['sentence']}" for one in not_agreed
    )
    if not_agreed and "exercises" in ways.clearances:
        yield "Once a clinician has agreed to the exercises, tell who it was:"
        yield f"  {TOLD_BY['exercises']}{ways.options}"


def _made_of(content: Mapping[str, Any], sentence: str) -> str | None:
    """The pattern that a sentence was made of."""
    made = content.get("said", {}).get(sentence)
    return None if made is None else made["pattern"]


def _question(content: Mapping[str, Any], sentence: str) -> str | None:
    """What a gate asks, where a sentence says it."""
    from imu.training.said import remade

    made = content.get("said", {}).get(sentence)
    question = None if made is None else made["values"].get("question")
    return None if question is None else str(remade(question))


def _bare(sentence: str) -> str:
    return sentence.rstrip(".")


def _extent(last: Mapping[str, Any]) -> str:
    if last.get("walked_s"):
        return f"{last['walked_s'] / 60:.0f} min of walking, no running"
    return f"{last['running_s'] / 60:.0f} min of running"
