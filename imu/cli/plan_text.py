"""A plan as lines: where it stands, its stages, its gates with what speaks for them, what moved it."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from imu.cli.rests_on import rests_on
from imu.cli.summary import aligned

if TYPE_CHECKING:
    from imu.followup.judgement import Judgement
    from imu.store import AthleteRecord
    from imu.training.history import DecisionKind
    from imu.training.plan_state import PlanState

_LATEST_EVENTS = 5
_TOLD = '--cleared-by NAME --reason "WORDS"'
TOLD_BY: "dict[DecisionKind, str]" = {  # the commands that tell of a clinician's word
    "resume": f"restride plan resume {_TOLD}",
    "sign_off": f"restride plan sign-off {_TOLD}",
    "exercises": f"restride plan gate clinician_ok_exercises yes {_TOLD}",
}


def plan_lines(record: "AthleteRecord", found: "Judgement") -> Iterator[str]:
    """All of it."""
    from imu.training.next_session import next_words
    from imu.training.plan_state import PlanState

    yield _whose(record, found)
    yield from (f"It cannot be read: {one.because}." for one in found.unread if one.end is None)
    if isinstance(found.state, PlanState):
        if found.state.whether_it_fits:
            yield found.state.whether_it_fits
        yield ""
        yield from _stages(found.state)
        yield ""
    yield from gate_lines(found)
    if isinstance(found.state, PlanState) and found.state.events:
        yield ""
        yield "Lately:"
        yield from (
            f"  {event.at:%Y-%m-%d}  {event.sentence}" for event in found.state.events[-_LATEST_EVENTS:]
        )
    yield ""
    yield next_words(found.next, today=found.at.date())
    yield from pace_lines(found.next.kind, found.next.from_mps, found.next.to_mps)
    yield from (f"  - {reason}" for reason in found.next.reasons)


def pace_lines(kind: str, from_mps: float | None, to_mps: float | None) -> Iterator[str]:
    """The pace of the next session, in the words of the page Today: running faster is more than planned."""
    from imu.training.pace import pace_limit

    if limit := pace_limit(kind, from_mps, to_mps, written=_min_per_km, unit="min/km"):
        name, words = limit
        yield f"{name:C}: {words}."


def _min_per_km(speed_mps: float) -> str:
    from imu.report.clock import clock

    return clock(1000.0 / speed_mps)


def gate_lines(found: "Judgement") -> Iterator[str]:
    """Each gate before the runner: its key, whether it is met, and what that rests on."""
    from imu.training.not_judged import NotJudged

    state = found.state
    if isinstance(state, NotJudged):
        yield f"No plan is followed: {state.because}."
        return
    if not state.gates:
        yield "No gate but the sessions themselves is before the next stage."
        return
    yield "Before the first run:" if state.entered_at is None else "Before the next stage:"
    for gate in state.gates:
        yield f"  {'met' if gate.met else 'open':4}  {gate.key}: {gate.sentence} {gate.to_do}".rstrip()
        if gate.evidence is not None and (compared := rests_on(gate.evidence)):
            yield f"        {compared}"


def way_to_tell(awaited: Collection["DecisionKind"]) -> Iterator[str]:
    """How a runner whom no clinician's account follows tells of a clinician's word, where one is awaited."""
    if awaited:
        yield "No clinician's account follows you. Once a clinician has cleared you, tell who it was:"
        yield from (f"  {TOLD_BY[one]}" for one in awaited)


def _whose(record: "AthleteRecord", found: "Judgement") -> str:
    if not record.plans:
        return f"{found.plan.id} {found.plan.version}, the plan that comes with this program."
    kept = record.plans[-1]
    signed = "signed" if kept.signed else "not signed by a clinician"
    adopted = f"version {kept.version} of {kept.adopted_at:%Y-%m-%d} by {kept.by}, {signed}: {kept.reason}."
    if any(one.end is None for one in found.unread):
        return f"The plan: {adopted}"
    return f"{found.plan.id} {found.plan.version}: {adopted}"


def _stages(state: "PlanState") -> Iterator[str]:
    rows = []
    for stage in state.row:
        here = state.stage is not None and stage.id == state.stage.id
        needed = state.plan.rules.successes_to_advance
        mark = f"you are here, {state.successes} of {needed} sessions counted" if here else ""
        rows.append([f"{'>' if here else ' '} {stage.id}", stage.words, mark])
    width = max(len(words) for _, words, _ in rows)
    yield aligned([[name, words.ljust(width), mark] for name, words, mark in rows])
    if state.held_because:
        yield f"On hold: {state.held_because}."
    elif state.is_complete:
        yield "The plan is complete."
    elif state.entered_at is None:
        yield "Not begun: the gates before the first run are open."
