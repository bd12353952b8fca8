"""How a session was borne: green, amber or red, from the answers in it, after it and the next morning.

More pain never gives a better answer than less. Pain of any site counts: which of it belongs to the injury is
for a clinician to say.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from imu.training.evidence import Evidence
from imu.training.history import CheckIn, History
from imu.training.plan import PainBands
from imu.training.said import Said, Several, said
from imu.training.sessions import Session

Colour = Literal["green", "amber", "red"]
REST_DAYS = 14  # how far back pain at rest is looked for, to compare a morning with
COLOUR_WORDS: dict[Colour, Said] = {"green": said("green"), "amber": said("amber"), "red": said("red")}
FLAG_WORDS = {"sudden_sharp": said("sudden sharp pain"), "pop": said("a pop"), "limp": said("a limp")}
SHOW_FIRST = said("Stop running and show this to a clinician before the next run.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PainResponse:
    """The colour of a session and why. `colour` is None while an answer is due, or if it never came."""

    colour: Colour | None
    during: int | None  # the worst of the run and the hours after
    next_morning: int | None
    at_rest: int  # what the morning is compared with
    red_flags: tuple[str, ...]
    told_at: datetime | None  # when its answers first said this colour and, where there is one, a red flag
    evidence: Evidence


def pain_response(
    history: History, session: Session, bands: PainBands, *, now: datetime, since: datetime | None = None
) -> PainResponse:
    """The answers about one session against the bands of a pain profile.

    since: answers before it, of an earlier injury for instance, do not tell how it is at rest.
    """
    asked = answers_about(history, session, now=now)
    at_rest = pain_at_rest(history, session, bands, since=since)
    rises = bands.red_if_rising_weeks is not None and _rises(
        history, session, now=now, weeks=bands.red_if_rising_weeks
    )

    def colour_and_flag(answers: Sequence[CheckIn]) -> tuple[Colour | None, bool]:
        during, morning, flags = _told_in(answers, bands)
        change = None if morning is None else morning - at_rest
        return _colour(bands, during, change, bool(flags) or rises), bool(flags)

    during, morning, flags = _told_in(asked, bands)
    said_at_last = colour_and_flag(asked)
    so_far = (asked[: number + 1] for number in range(len(asked)))
    told_at = next((answers[-1].at for answers in so_far if colour_and_flag(answers) == said_at_last), None)
    colour, _ = said_at_last
    return PainResponse(
        colour=colour,
        during=during,
        next_morning=morning,
        at_rest=at_rest,
        red_flags=flags,
        told_at=told_at,
        evidence=Evidence(
            value=float(max(during or 0, morning or 0)),
            unit=said("of 10"),
            reference=float(at_rest),
            compared_with=said(
                "lowest pain at rest in {days} days before, {most} at most",
                days=REST_DAYS,
                most=bands.green_max_during,
            ),
            uncertainty=None,
            n=len(asked),
            counted=said("answers"),
            sentence=_sentence(session, asked, during, morning, at_rest, flags, rises),
            to_do=_to_do(colour, during, bool(flags)),
        ),
    )


def answers_about(history: History, session: Session, *, now: datetime) -> tuple[CheckIn, ...]:
    """Check-ins that name a run of the session, and those that name none but fall in its time."""
    answers, start = history.answers, session.start
    next_day = answers.on(session.day + timedelta(days=1))
    found = [
        *(one for run_id in dict.fromkeys(session.run_ids) for one in answers.of_run(run_id)),
        *(
            one
            for one in answers.on(session.day)
            if one.run_id is None and one.moment != "next_morning" and one.at >= start
        ),
        *(one for one in next_day if one.run_id is None and one.moment == "next_morning"),
    ]
    return tuple(sorted((one for one in found if one.at <= now), key=lambda one: one.at))


def pain_at_rest(
    history: History, session: Session, bands: PainBands, *, since: datetime | None = None
) -> int:
    """The lowest pain told at rest before a session, green at most; 0 if none was told.

    The lowest, so that a pain which creeps up day by day is not taken for the usual one.
    """
    end = session.start
    begin = end - timedelta(days=REST_DAYS)
    begin = begin if since is None else max(begin, since)
    resting = [
        answer.pain
        for answer in history.answers.between(begin, end)
        if answer.at < end and (answer.moment == "next_morning" or answer.run_id is None)
    ]
    return min([*resting, bands.green_max_during]) if resting else 0


def unlinked_red(
    history: History, bands: PainBands, *, begin: datetime, end: datetime, ran: Collection[str]
) -> tuple[CheckIn, ...]:
    """Answers that are about no session and red by themselves: the pain of red, or a red flag.

    ran: the runs of all sessions; an answer about a walk is about none.
    """
    return tuple(
        answer
        for answer in history.check_ins
        if begin < answer.at <= end
        and (answer.run_id is None or answer.run_id not in ran)
        and (answer.pain > bands.amber_max_during or set(answer.red_flags) & set(bands.red_flags))
    )


def _told_in(answers: Sequence[CheckIn], bands: PainBands) -> tuple[int | None, int | None, tuple[str, ...]]:
    """Pain in the run and after it, pain the next morning, and red flags."""
    during = max((one.pain for one in answers if one.moment != "next_morning"), default=None)
    morning = max((one.pain for one in answers if one.moment == "next_morning"), default=None)
    flags = {flag for one in answers for flag in one.red_flags} & set(bands.red_flags)
    return during, morning, tuple(sorted(flags))


def _colour(bands: PainBands, during: int | None, change: int | None, is_red: bool) -> Colour | None:
    """Red needs one answer, amber one, green both."""
    if (
        is_red
        or (during is not None and during > bands.amber_max_during)
        or (change is not None and change > bands.amber_max_24h_change)
    ):
        return "red"
    eventful = during is not None and during > bands.green_max_during
    unsettled = change is not None and change > bands.green_max_24h_change
    if eventful and unsettled and bands.amber_needs_settled_by_morning:
        return "red"
    if eventful and change is None and bands.amber_needs_settled_by_morning:
        return None  # the morning decides between amber and red
    if eventful or unsettled:
        return "amber"
    return None if during is None or change is None else "green"


def _rises(history: History, session: Session, *, now: datetime, weeks: int) -> bool:
    """Whether the worst pain of seven days topped that of the seven before, `weeks` times in a row."""
    last = session.day + timedelta(days=1)
    worst = [
        _worst(
            answer.pain
            for back in range(7 * week, 7 * (week + 1))
            for answer in history.answers.on(last - timedelta(days=back))
            if answer.at <= now
        )
        for week in range(weeks + 1)
    ]
    return all(
        later is not None and earlier is not None and later > earlier for later, earlier in pairwise(worst)
    )


def _worst(pains: Iterable[int]) -> int | None:
    return max(pains, default=None)


def _sentence(
    session: Session,
    asked: Sequence[CheckIn],
    during: int | None,
    morning: int | None,
    at_rest: int,
    flags: tuple[str, ...],
    rises: bool,
) -> Said:
    told = [
        _in_the_run(session, asked, during) if during is not None else said("no answer from the run"),
        said("{pain} the next morning, at rest before {at_rest}", pain=morning, at_rest=at_rest)
        if morning is not None
        else said("no answer from the next morning"),
        *(FLAG_WORDS[flag] for flag in flags),
        *([said("worst pain rising week on week")] if rises else []),
    ]
    if len(session.runs) == 1:
        return said("Pain of the run of {day}: {told:, }.", day=session.day, told=Several(told))
    if (time := _only_start(session, asked)) is not None:
        return said(
            "Pain of the run of {day} at {time}: {told:, }.", day=session.day, time=time, told=Several(told)
        )
    return said("Pain of the runs of {day}: {told:, }.", day=session.day, told=Several(told))


def _in_the_run(session: Session, asked: Sequence[CheckIn], during: int) -> Said:
    """The worst pain, and in which of several runs it was, where answers about more than one were given."""
    if len(session.runs) == 1 or _only_start(session, asked) is not None:
        return said("{pain} of 10 in the run and after", pain=during)
    worst = [one for one in asked if one.moment != "next_morning" and one.pain == during]
    if (time := _only_start(session, worst)) is not None:
        return said("{pain} of 10 in the run at {time} and after", pain=during, time=time)
    return said("{pain} of 10 in the runs and after", pain=during)


def _only_start(session: Session, answers: Sequence[CheckIn]) -> str | None:
    """When the one run began that all answers name; None where they name several, or one names none."""
    named = {answer.run_id for answer in answers}
    starts = [run.start for run in session.runs if run.run_id in named]
    return f"{starts[0]:%H:%M}" if len(named) == len(starts) == 1 else None


def _to_do(colour: Colour | None, during: int | None, is_flagged: bool) -> str:
    if is_flagged:
        return SHOW_FIRST
    if colour == "red":
        return said(
            "Rest until the pain is what it was before, go back as the plan says, and tell your clinician."
        )
    if colour == "amber":
        return said("Repeat this stage; do not add anything.")
    if colour == "green":
        return ""
    return (
        said("Tell how much it hurt in the run.")
        if during is None
        else said("Tell how it is the next morning.")
    )
