"""`restride exercise`: the programme of the plan, and the log of what was done."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from imu.cli.acting import Acting, acting
from imu.cli.summary import aligned
from imu.cli.times import AtOption
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.training.history import Exercise, History
    from imu.training.plan import Plan
    from imu.training.plan_state import PlanState
    from imu.training.programme import Planned

exercise = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@exercise.callback()
def exercises() -> None:
    """The exercises of your plan.

    What is asked for today, what was done, how regularly.
    """


@exercise.command()
def today(athlete: AthleteOption = None, as_account: AsOption = None, as_json: JsonOption = False) -> None:
    """What is asked for today.

    Exercises that need a clinician's word wait until it was given: restride plan gate. While the plan is on
    hold, all of them wait for a clinician; and where they are for the hamstring and the injury is of another
    site, until one agreed.

    Example:  restride exercise today
    """
    from imu.followup.plain import plain
    from imu.training.programme import go_on_words, programme, waiting_words
    from imu.training.rehab import agreed_by

    with acting(as_account, athlete) as here:
        history, plan, state = _followed(here)
        found = programme(history, plan, state, now=here.now)
        agreed = agreed_by(history, state.injury, now=here.now)
    if as_json:
        echo(json.dumps(plain(found), indent=2, ensure_ascii=False))
    else:
        echo("\n".join(_lines(found)))
        for words in (state.whether_it_fits, waiting_words(state)):
            if words is not None:
                echo(words)
        if (go_on := go_on_words(state)) is not None:
            echo(f"The plan is on hold ({state.held_because}); {go_on}.")
        if agreed is not None and any(one.dose.needs_clinician for one in found):
            echo(f"Exercises that need a clinician: agreed, {agreed}.")


@exercise.command()
def log(
    which: Annotated[str, typer.Argument(metavar="EXERCISE", help="Its id or name, or how that begins.")],
    sets: Annotated[int, typer.Option(metavar="N", help="How many sets.")] = 1,
    reps: Annotated[int | None, typer.Option(metavar="N", help="Repetitions of each set.")] = None,
    hold: Annotated[float | None, typer.Option(metavar="SECONDS", help="How long each was held.")] = None,
    side: Annotated[Literal["left", "right"] | None, typer.Option(help="If only one was trained.")] = None,
    pain: Annotated[int | None, typer.Option(metavar="0-10", help="Pain while doing it.")] = None,
    at: AtOption = None,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write down an exercise that was done.

    Example:  restride exercise log chair_bridge --sets 2 --reps 10 --hold 4 --pain 0
    """
    from imu.followup.exercise_log import dose_named, remark
    from imu.followup.plain import plain
    from imu.followup.plan_versions import plan_of
    from imu.training.history import Exercise

    with acting(as_account, athlete) as here:
        plan = plan_of(here.record())
        dose = dose_named(plan, which)
        entry = Exercise(
            at=at or here.now,
            exercise=dose.id,
            sets=sets,
            reps=reps,
            hold_s=hold,
            side=side,
            pain_during=pain,
        )
        with here.changing() as repository:
            repository.care.add_exercise(here.id, entry)
        here.judged()
        said = remark(here.record().history, plan, dose, entry, now=here.now)
    if as_json:
        echo(json.dumps({"kept": plain(entry), "remark": said}, indent=2, ensure_ascii=False))
    else:
        echo(f"Kept: {dose.name}, {_done(entry)}.\n{said}")


@exercise.command()
def history(
    days: Annotated[int, typer.Option(min=1, max=366, metavar="N", help="How many days back.")] = 7,
    athlete: AthleteOption = None,
    as_account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was done, and how much of what the plan asks for that is.

    Example:  restride exercise history --days 14
    """
    from imu.followup.plain import plain
    from imu.training.programme import waiting_words
    from imu.training.rehab import adherence

    with acting(as_account, athlete) as here:
        past, plan, state = _followed(here)
        waits = waiting_words(state)
        kept = adherence(past, plan, state.injury, now=here.now, days=days, waiting=waits is not None)
        entries = [one for one in past.exercises if 0 <= (here.now.date() - one.at.date()).days < days]
    if as_json:
        shown = {"adherence": plain(kept), "entries": plain(entries)}
        echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    echo("\n".join(f"{one.evidence.sentence} {one.evidence.to_do}".rstrip() for one in kept))
    if waits is not None:
        echo(waits)
    if entries:
        names = {dose.id: dose.name for dose in plan.exercises}
        told = ((one.at, names.get(one.exercise, one.exercise), _done(one)) for one in entries)
        echo("\n" + "\n".join(f"{at:%Y-%m-%d %H:%M}  {name}, {done}" for at, name, done in told))


def _followed(here: Acting) -> "tuple[History, Plan, PlanState]":
    """History, plan and its state. RestrideError where no plan is followed: nothing is asked for then."""
    from imu.followup.plan_versions import plan_of
    from imu.training.engine import plan_state
    from imu.training.not_judged import NotJudged

    record = here.record()
    plan = plan_of(record)
    state = plan_state(record.history, plan, now=here.now)
    if isinstance(state, NotJudged):
        raise RestrideError(
            f"{here.athlete.name}: no plan is followed: {state.because}; record one with restride injury add"
        )
    return record.history, plan, state


def _lines(found: "tuple[Planned, ...]") -> list[str]:
    from imu.training.rehab import dose_words

    rows = [["", "today", "last"]]
    for one in found:
        times = f" {one.done} of {one.asked}" if one.asked else ""
        rows.append([dose_words(one.dose), f"{one.when}{times}", str(one.last or "never")])
    return [aligned(rows)]


def _done(entry: "Exercise") -> str:
    parts = [f"{entry.sets} set{'s' if entry.sets != 1 else ''}"]
    if entry.reps is not None:
        parts.append(f"{entry.reps} repetitions")
    if entry.hold_s is not None:
        parts.append(f"{entry.hold_s:g} s each")
    if entry.side is not None:
        parts.append(entry.side)
    if entry.pain_during is not None:
        parts.append(f"pain {entry.pain_during} of 10")
    return ", ".join([*parts, *(["counted by sensors"] if entry.counted_by_sensors else [])])
