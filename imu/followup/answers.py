"""What an athlete tells about pain, tied to the run that it is about, and what follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from imu.errors import StoreError
from imu.followup.judgement import Judgement
from imu.followup.story import of_plan
from imu.store.words import scale
from imu.training.due import ASKED_FOR
from imu.training.history import CheckIn, History, Moment, RedFlag, Run, Side
from imu.training.next_session import next_words
from imu.training.not_judged import NotJudged
from imu.training.pain import COLOUR_WORDS
from imu.training.plan_state import PlanState
from imu.training.said import Phrase, Said, Several, said

SHORTEST_ID = 4  # digits of a run's id that are taken for the whole
OFFERED_FOR, MOST_OFFERED = timedelta(days=7), 5  # runs to choose from; an earlier one is named by its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Answers given at one time, pain from 0 to 10 each; `resting` is pain on a day without a run."""

    during: int | None = None
    after: int | None = None
    next_morning: int | None = None
    resting: int | None = None
    site: str | None = None
    side: Side | None = None
    red_flags: tuple[RedFlag, ...] = ()
    effort_cr10: float | None = None
    note: str | None = None


def check_ins(
    history: History, told: Told, *, at: datetime, run: str | None = None, without_run: bool = False
) -> tuple[CheckIn, ...]:
    """One check-in for each answer, tied to the last run that it can be about.

    run: the id of another one, or its first digits. without_run: the answers are about no run. StoreError
    where there is nothing to keep, a number is off the scale, or there is no run to tie it to.
    """
    for pain in (told.during, told.after, told.next_morning, told.resting):
        scale(pain, "pain")
    told_of = [
        (moment, pain)
        for moment, pain in (
            ("during", told.during),
            ("after", told.after),
            ("next_morning", told.next_morning),
        )
        if pain is not None
    ]
    if told.resting is not None:
        if told_of or run is not None:
            raise StoreError(
                "pain on a day without a run does not go with answers about one; tell them apart"
            )
        told_of, without_run = [("after", told.resting)], True
    if not told_of and told.red_flags:
        # An answer is a number of pain and what goes with it, in the store and in every rule that reads it.
        raise StoreError(
            "a red flag is kept with how much it hurt; tell that too, 0 to 10: during the run, after it, or "
            "on a day without one"
        )
    if not told_of:
        raise StoreError("no answer about pain; give it during, after or the morning after a run, 0 for none")
    if without_run and run is not None:
        raise StoreError(f"run {run}: an answer is about it, or about no run")
    made = []
    for number, (moment, pain) in enumerate(told_of):
        first = number == 0  # what was told once is kept once
        made.append(
            CheckIn(
                at=at,
                moment=moment,  # type: ignore[arg-type]
                pain=pain,
                run_id=None if without_run else _tied(history, moment, at=at, run=run),  # type: ignore[arg-type]
                site=told.site,
                side=told.side,
                red_flags=told.red_flags if first else (),
                effort_cr10=told.effort_cr10 if first else None,
                note=told.note if first else None,
            )
        )
    return tuple(made)


def run_named(history: History, given: str) -> Run:
    """A run by its id or the first digits of it. StoreError where that is none, or more than one."""
    found = [run for run in history.runs if run.run_id == given] or [
        run for run in history.runs if len(given) >= SHORTEST_ID and run.run_id.startswith(given)
    ]
    if not found:
        raise StoreError(f"run {given}: there is none of this name; see restride status --runs")
    if len(found) > 1:
        raise StoreError(f"run {given}: {len(found)} begin like this; give more digits")
    return found[0]


def runs_to_tell_of(history: History, *, at: datetime) -> tuple[Run, ...]:
    """The runs of the last days that an answer may be about, the newest first."""
    found = [one for one in history.runs if one.start <= at and at - one.end <= OFFERED_FOR]
    return tuple(reversed(found[-MOST_OFFERED:]))


def last_run(history: History, *, at: datetime) -> Run | None:
    """The run that an answer is about where none is named; that of a morning is about one of a day before."""
    recent = _recent(history, at=at)
    return recent[-1] if recent else None


def consequence(found: Judgement, answers: tuple[CheckIn, ...]) -> Iterator[str]:
    """What follows: the colour of the session, what the plan does, and what comes next.

    found: judged after the answers were kept.
    """
    about = {answer.run_id for answer in answers} - {None}
    first = min(answer.at for answer in answers)
    if isinstance(found.state, NotJudged):
        yield said("No plan is followed: {because}.", because=found.state.because)
    else:
        yield from _of_state(found.state, about, since=first)
    yield next_words(found.next, today=found.at.date())
    if found.next.may_run != "yes":
        for one in found.next.reasons:
            whole = said("{reason:C}", reason=Phrase(one))
            yield whole if one.endswith(".") else said("{reason:C}.", reason=Phrase(one))
        yield from found.next.to_do


def _of_state(state: PlanState, about: set[str | None], *, since: datetime) -> Iterator[str]:
    for judged in state.judged:
        if about & set(judged.session.run_ids):
            response = judged.response
            yield said(
                "{colour:C}. {told: }",
                colour=said("open") if response.colour is None else COLOUR_WORDS[response.colour],
                told=Several(part for part in (response.evidence.sentence, response.evidence.to_do) if part),
            )
            if response.colour is not None:  # until then nothing moves
                run = next(one for one in judged.session.runs if one.run_id in about)
                yield from map(_without_pain, of_plan(state, run))
    if not about:
        yield from (event.sentence for event in state.events if event.at >= since)


def _without_pain(sentence: str) -> str:
    """What the plan did, where the pain that led to it was told before."""
    moved: str = sentence.values.get("moved", sentence) if isinstance(sentence, Said) else sentence
    return moved


def _tied(history: History, moment: Moment, *, at: datetime, run: str | None) -> str | None:
    """The id of the run that an answer given at a time is about."""
    if run is not None:
        named = run_named(history, run)
        if named.start > at:
            raise StoreError(f"run {run}: began {named.start:%Y-%m-%d %H:%M}, after the answer")
        if moment == "next_morning" and named.start.date() >= at.date():
            raise StoreError(f"run {run}: was on {named.start.date()}; its next morning is still to come")
        return named.run_id
    recent = _recent(history, at=at)
    if moment == "next_morning":
        before = [one for one in recent if one.start.date() < at.date()]
        return before[-1].run_id if before else None
    if not recent:
        raise StoreError(
            f"no run in {ASKED_FOR.days} days before {at:%Y-%m-%d %H:%M}; name an earlier one with --run, "
            "or tell pain without a run with --pain"
        )
    return recent[-1].run_id


def _recent(history: History, *, at: datetime) -> list[Run]:
    return [one for one in history.runs if one.start <= at and at - one.end <= ASKED_FOR]
