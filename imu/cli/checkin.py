"""`restride checkin`: how much it hurt, and what follows."""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from imu.cli.acting import Acting, acting
from imu.cli.times import AtOption
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.followup.answers import Told
    from imu.followup.judgement import Judgement
    from imu.training.due import Due
    from imu.training.history import CheckIn, History

Side = Literal["left", "right"]
RedFlag = Literal["sudden_sharp", "pop", "limp"]
_MOMENTS = {"during": "during", "after": "after", "next_morning": "next morning"}


def _pain(words: str) -> Any:
    return typer.Option(metavar="0-10", help=words)


def checkin(
    during: Annotated[int | None, _pain("Pain during the run.")] = None,
    after: Annotated[int | None, _pain("Pain right after it.")] = None,
    morning: Annotated[int | None, _pain("Pain the next morning.")] = None,
    pain: Annotated[int | None, _pain("Pain now, on a day without a run.")] = None,
    site: Annotated[str | None, typer.Option(metavar="WORDS", help="Where it hurts.")] = None,
    side: Annotated[Side | None, typer.Option(help="On which side.")] = None,
    effort: Annotated[float | None, typer.Option(metavar="0-10", help="How hard the run was (CR10).")] = None,
    note: Annotated[str | None, typer.Option(metavar="WORDS", help="In your own words.")] = None,
    red_flag: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FLAG",
            help="sudden_sharp pain, a pop, or a limp; repeatable. It puts a plan on hold. Tell pain too.",
        ),
    ] = None,
    run: Annotated[
        str | None, typer.Option(metavar="ID", help="The run it is about.  [default: the last one]")
    ] = None,
    no_run: Annotated[bool, typer.Option("--no-run", help="It is about no run.")] = False,
    at: AtOption = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how much it hurt.

    Without options it asks for what is due. 0 is no pain, 10 the worst that you can imagine.

    Example:  restride checkin --during 1 --after 2 --effort 4
    """
    from imu.followup.answers import Told, check_ins

    told = Told(
        during=during,
        after=after,
        next_morning=morning,
        resting=pain,
        site=site,
        side=side,
        red_flags=tuple(dict.fromkeys(map(_flag, red_flag or ()))),
        effort_cr10=effort,
        note=note,
    )
    with acting(as_account, athlete) as here:
        history, when = here.record().history, at or here.now
        if told == Told() and run is None and not no_run:
            answers = _asked(here, history)
            if not answers:
                echo("[]" if as_json else "Nothing is due.")
                return
        else:
            told = _with_pain(told, "resting" if no_run else "after")
            answers = check_ins(history, told, at=when, run=run, without_run=no_run)
        with here.changing() as repository:
            for answer in answers:
                repository.care.add_check_in(here.id, answer)
        _tell(answers, here.judged(), as_json=as_json)


def _asked(here: Acting, history: "History") -> "tuple[CheckIn, ...]":
    """Ask for what is due, the earliest run first. Enter leaves a question open."""
    from imu.followup.answers import check_ins

    options = {"check_in_run": "--during and --after", "check_in_morning": "--morning"}
    open_ones = [one for one in here.judged().due if one.kind in options]
    if open_ones and not sys.stdin.isatty():
        waiting = "; ".join(f"{options[one.kind]} --run {one.key[:8]}" for one in open_ones)
        raise RestrideError(f"nobody is here to ask; give the answers as options: {waiting}")
    made: list[CheckIn] = []
    for one in open_ones:
        echo(one.sentence, err=True)
        told = _told_about(one)
        told = _with_pain(told, "after")
        if told.red_flags or (told.during, told.after, told.next_morning) != (None, None, None):
            made += check_ins(history, told, at=here.now, run=one.key)
    return tuple(made)


def _told_about(question: "Due") -> "Told":
    from imu.followup.answers import Told

    if question.kind == "check_in_morning":
        return Told(next_morning=_number("This morning, 0 to 10"))
    return Told(
        during=_number("In the run, 0 to 10"),
        after=_number("Right after it, 0 to 10"),
        effort_cr10=_number("How hard was it, 0 to 10"),
        red_flags=_flags(),
    )


def _with_pain(told: "Told", moment: Literal["after", "resting"]) -> "Told":
    """A red flag is kept with a number of pain: where somebody is here who told none, he is asked for it."""
    told_pain = (told.during, told.after, told.next_morning, told.resting) != (None, None, None, None)
    if not told.red_flags or told_pain or not sys.stdin.isatty():
        return told
    when = "did it hurt right after the run" if moment == "after" else "does it hurt now"
    while (pain := _number(f"How much {when}, 0 to 10")) is None:
        echo("  A red flag is kept with a number only: 0 is no pain.", err=True)
    return replace(told, after=pain) if moment == "after" else replace(told, resting=pain)


def _number(words: str) -> int | None:
    """A whole number of 0 to 10, asked for until it is one; None for Enter."""
    while True:
        typed = str(typer.prompt(f"  {words}", default="", show_default=False, err=True)).strip()
        if not typed:
            return None
        if typed.isdecimal() and int(typed) <= 10:
            return int(typed)
        echo("  A whole number from 0 to 10, or Enter to leave it open.", err=True)


def _flag(word: str) -> RedFlag:
    known: tuple[RedFlag, ...] = get_args(RedFlag)
    for flag in known:
        if flag == word:
            return flag
    raise RestrideError(f"red flag {word}: there is none of this name; known are {', '.join(known)}")


def _flags() -> tuple[RedFlag, ...]:
    known: dict[str, RedFlag] = {"sharp": "sudden_sharp", "pop": "pop", "limp": "limp"}
    words = "Sudden sharp pain, a pop or a limp? sharp, pop, limp, or Enter for none"
    while True:
        typed = str(typer.prompt(f"  {words}", default="", show_default=False, err=True))
        said = typed.replace(",", " ").split()
        if all(word in known for word in said):
            return tuple(dict.fromkeys(known[word] for word in said))
        echo("  Only these words: sharp, pop, limp.", err=True)


def _tell(answers: "Sequence[CheckIn]", found: "Judgement", *, as_json: bool) -> None:
    from imu.followup.answers import consequence
    from imu.followup.plain import plain

    follows = list(consequence(found, tuple(answers)))
    if as_json:
        echo(json.dumps({"kept": plain(answers), "follows": follows}, indent=2, ensure_ascii=False))
        return
    for answer in answers:
        moment = _MOMENTS[answer.moment] if answer.run_id else "without a run"
        about = f", run {answer.run_id[:8]}" if answer.run_id else ""
        echo(f"Kept: pain {answer.pain} of 10, {moment}{about}.")
    echo("\n".join(follows))
