"""`restride injury`: what is being recovered from, as somebody wrote it down."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import uuid4

import typer

from imu.cli.acting import acting
from imu.cli.summary import aligned
from imu.cli.times import day_typed
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.training.history import Injury

injury = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

DayOption = Annotated[
    date | None, typer.Option(parser=day_typed, metavar="DATE", help="The day.  [default: today]")
]


@injury.callback()
def injuries() -> None:
    """Injuries on record: this program grades none. While one is open, a plan is followed."""


@injury.command()
def add(
    side: Annotated[Literal["left", "right"], typer.Option(help="The leg.")],
    site: Annotated[str, typer.Option(metavar="WORDS", help="Where, for instance hamstring.")],
    onset: DayOption = None,
    grade: Annotated[
        str | None, typer.Option(metavar="GRADE", help="As a clinician wrote it down, for instance 1b.")
    ] = None,
    profile: Annotated[
        Literal["strain", "tendon"], typer.Option(help="Which limits of pain hold; a tendon bears more.")
    ] = "strain",
    intratendinous: Annotated[
        bool, typer.Option("--intratendinous", help="It reaches into the tendon.")
    ] = False,
    ended: Annotated[
        date | None,
        typer.Option(parser=day_typed, metavar="DATE", help="The day it was over, for one of the past."),
    ] = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record an injury; from then on the plan back to running is followed.

    Example:  restride injury add --side left --site hamstring --onset 2026-03-02 --grade 1b
    """
    from imu.followup.plain import plain
    from imu.training.history import Injury
    from imu.training.next_session import next_words
    from imu.training.plan_state import PlanState
    from imu.training.sites import is_of_hamstring

    with acting(as_account, athlete) as here:
        made = Injury(
            injury_id=uuid4().hex,
            side=side,
            site=site,
            onset=onset or here.now.date(),
            profile=profile,
            grade=grade,
            intratendinous=intratendinous,
            resolved=ended,
        )
        with here.changing() as repository:
            repository.care.add_injury(here.id, made)
        found = here.judged()
    followed = found.state if made.resolved is None and isinstance(found.state, PlanState) else None
    fits = followed.whether_it_fits if followed else None
    if as_json:
        echo(json.dumps({**plain(made), "whether_it_fits": fits}, indent=2, ensure_ascii=False))
    else:
        echo(f"Recorded: {_words(made)}.")
        if fits:
            echo(fits)
            if not is_of_hamstring(made.site):  # such as a slip of the pen
                again = f"restride injury close {made.injury_id[:8]}, then injury add --site hamstring"
                echo(f"  If it is the hamstring: {again}")
        echo(next_words(found.next, today=found.at.date()))
        echo("\n".join(found.next.to_do))


@injury.command("list")
def list_(athlete: AthleteOption = None, as_account: AsOption = None, as_json: JsonOption = False) -> None:
    """Injuries on record, the latest first.

    Example:  restride injury list
    """
    from imu.followup.plain import plain

    with acting(as_account, athlete) as here:
        known = here.record().history.injuries[::-1]
    if as_json:
        echo(json.dumps(plain(known), indent=2, ensure_ascii=False))
    elif not known:
        echo("None is on record.")
    else:
        head = ["id", "side", "site", "from", "until", "profile", "grade"]
        rows = [
            [
                one.injury_id[:8],
                one.side,
                one.site,
                str(one.onset),
                str(one.resolved or "open"),
                one.profile + (", in the tendon" if one.intratendinous else ""),
                one.grade or "not told",
            ]
            for one in known
        ]
        echo(aligned([head, *rows]))


@injury.command()
def close(
    which: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="Which, or how its id begins.  [default: the only open one]"),
    ] = None,
    on: DayOption = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an injury is over; its plan is then no longer followed.

    Example:  restride injury close --on 2026-06-01
    """
    from imu.followup.plain import plain
    from imu.training.next_session import next_words

    with acting(as_account, athlete) as here:
        one = _named(here.record().history.injuries, which)
        with here.changing() as repository:
            repository.care.resolve_injury(here.id, one.injury_id, on or here.now.date())
        found = here.judged()
        (closed,) = (i for i in here.record().history.injuries if i.injury_id == one.injury_id)
    if as_json:
        echo(json.dumps(plain(closed), indent=2, ensure_ascii=False))
    else:
        echo(f"Over: {_words(closed)}.\n{next_words(found.next, today=found.at.date())}")


def _named(known: "tuple[Injury, ...]", which: str | None) -> "Injury":
    if which is None:
        found = [one for one in known if one.resolved is None]
        what = "no injury is open" if not found else f"{len(found)} injuries are open; say which by its id"
    else:
        found = [one for one in known if which and one.injury_id.startswith(which)]
        what = f"injury {which}: " + ("there is none of this id" if not found else "several begin like this")
    if len(found) != 1:
        raise RestrideError(f"{what}; see restride injury list")
    return found[0]


def _words(one: "Injury") -> str:
    until = f" until {one.resolved}" if one.resolved else ""
    grade = f", grade {one.grade}" if one.grade else ""
    return f"{one.side} {one.site}, from {one.onset}{until}{grade}, {one.profile}"
