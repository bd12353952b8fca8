"""The first page of a runner: may I run today, what and why, and three taps to say how it was."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, no_update
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import athlete as athlete_parts, check_in, today as parts
from dashboard.components.arrivals import arrivals
from dashboard.components.check_in import Choice, Question
from dashboard.components.clearance_form import clearance_form
from dashboard.components.follower import follower
from dashboard.components.injury_form import injury_form
from dashboard.components.page import page
from dashboard.components.rehab import programme as rehab
from dashboard.components.warning_answers import warning_answers
from dashboard.pages.following import follow, newest_of
from dashboard.pages.no_record import lacks_record, no_record
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _, numbers
from dashboard.text.rules import spoken, standing_in_words
from imu.errors import Forbidden, StoreError, StoreTroubleError
from imu.followup.answers import last_run, runs_to_tell_of
from imu.followup.plan_versions import plan_and_state
from imu.followup.plans import awaited_words
from imu.followup.standing import judged_anew
from imu.store import Repository
from imu.training.due import ASKED_FOR, Due, due
from imu.training.history import DecisionKind, History, Moment, Run
from imu.training.plan_state import PlanState
from imu.training.programme import Planned, programme
from imu.training.rehab import agreed_by
from imu.training.sessions import shares_its_day

PAGE = "today"
CONTENT = ids.content(PAGE, ids.MATCH)
AGAIN = Output(CONTENT, "children", allow_duplicate=True)
NOTES_SHOWN = 2
_MOMENTS: dict[str, tuple[Moment, ...]] = {
    "check_in_run": ("during", "after"),
    "check_in_morning": ("next_morning",),
}


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Today"), ids.content(PAGE, athlete_id))


def register(app: Dash) -> None:
    @app.callback(Output(CONTENT, "children"), Input(CONTENT, "id"))
    def show(at: dict[str, Any]) -> Component:
        return shown(str(at["of"]))

    follow(app, PAGE, _newest, content=PAGE, again=shown)


def _newest(repository: Repository, of: str) -> str:
    return newest_of(repository, desk.athlete_of(repository, of).athlete_id)


def of_one(name: str) -> dict[str, Any]:
    """A control of which the content has one."""
    return ids.control(PAGE, name, ids.MATCH)


def whose(repository: Repository, of: str) -> str:
    """The athlete of an address, or the viewer's own."""
    return desk.athlete_of(repository, of).athlete_id


def heard(of: str, act: Callable[[], Sequence[str]]) -> tuple[Any, Any]:
    """What was filled in and sent: the page anew with what it led to, or what is wrong to stand beside it.

    `Forbidden` before anything that was filled in is looked at.
    """
    with desk.looking() as repository:
        whose(repository, of)
    try:
        return shown(of, told=act()), None
    except (Forbidden, StoreTroubleError):
        raise
    except (StoreError, ValueError) as error:
        return no_update, str(error)


def shown(of: str, *, told: Sequence[str] = ()) -> Component:
    """The whole content. `told`: what the answer before it led to, in sentences."""
    if lacks_record(of):
        return no_record()
    with desk.looking() as repository:
        athlete_id = whose(repository, of)
        is_current = repository.standings.one(athlete_id, analysis_version=imu.__version__).is_current
    if not is_current:
        judged_anew(desk.store(), desk.viewer(), athlete_id, analysis_version=imu.__version__)
    with desk.looking() as repository:
        return _content(repository, of, athlete_id, told)


def _content(repository: Repository, of: str, athlete_id: str, told: Sequence[str]) -> Component:
    one = repository.standings.one(athlete_id, analysis_version=imu.__version__)
    now = repository.now(athlete_id)
    content = standing_in_words(one.content)
    assert content is not None
    plan = content["plan"]
    rights = one.athlete.rights
    asked, about, planned, agreed, awaited = _waiting(repository, athlete_id)
    may_tell, may_answer = "write_symptoms" in rights, "acknowledge" in rights

    def control(name: str, key: str = "") -> dict[str, Any]:
        return ids.control(PAGE, name, of, key)

    def pain(moment: str, run_id: str, value: int) -> dict[str, Any]:
        return control("pain", f"{moment} {run_id} {value}")

    answers = warning_answers(control) if may_answer else None
    tell = (
        [
            check_in.questions(asked, pain=pain, flags=control("flags")),
            check_in.more(control, control("keep"), control("wrong"), about=about),
        ]
        if may_tell
        else []
    )
    notes = repository.sharing.notes(athlete_id)
    told_of = [kind for kind in awaited if repository.care.may_tell_clearance(athlete_id, kind)]
    clearance = clearance_form(control, told_of, control("wrong-clearance")) if told_of else None
    only_exercises = told_of == ["exercises"]
    injury = injury_form(control, control("record"), control("wrong-injury"), today=now.date())
    found = [
        parts.may_run(content),
        parts.answered(told),
        None if only_exercises else clearance,
        *tell,
        arrivals(
            repository.jobs.listed(athlete_id),
            now=now,
            again=(lambda job_id: control("again", job_id)) if "write_runs" in rights else None,
        ),
        parts.last_run(content, now=now),
        rehab(planned, (lambda key: control("done", key)) if may_tell else None, agreed=agreed),
        clearance if only_exercises else None,
        athlete_parts.warnings(content["warnings"], answers, now=now),
        athlete_parts.notes(notes[:NOTES_SHOWN], None, now=now) if notes else None,
        injury if may_tell and not (plan["followed"] or plan.get("unread")) else None,
        follower(PAGE, of, newest_of(repository, athlete_id)),
    ]
    return dmc.Stack([part for part in found if part is not None], gap="lg", maw=760)


def _waiting(
    repository: Repository, athlete_id: str
) -> tuple[tuple[Question, ...], Choice | None, tuple[Planned, ...], str | None, tuple[DecisionKind, ...]]:
    """What is asked about runs and which ones may be told of, the exercises of today and who agreed to those
    that need it, and what waits for a clinician's word."""
    history = (record := repository.record(athlete_id, segments=False)).history
    now = repository.now(athlete_id)
    plan, state = plan_and_state(record, now=now)
    followed = state if isinstance(state, PlanState) else None
    asked = tuple(_questions(history, due(history, plan, followed, now=now), now=now))
    about = _choice(history, now=now)
    if followed is None:
        return asked, about, (), None, ()
    planned = programme(history, plan, followed, now=now)
    agreed = agreed_by(history, followed.injury, now=now)
    return asked, about, planned, agreed, awaited_words(history, followed, now=now)


def _questions(history: History, waiting: Sequence[Due], *, now: datetime) -> Iterator[Question]:
    """What is due; and the other half about a run of which only one was told."""
    asked = [(one.key, one.sentence, _MOMENTS[one.kind]) for one in waiting if one.kind in _MOMENTS]
    last = history.runs[-1] if history.runs else None
    if last and now - last.end <= ASKED_FOR and all(run_id != last.run_id for run_id, _said, _at in asked):
        told = {one.moment for one in history.answers.of_run(last.run_id)} & {"during", "after"}
        if len(told) == 1:
            words = _("The other half about the run of {day}:", day=_day(last, history))
            asked.append((last.run_id, words, ("during", "after")))
    for run_id, sentence, moments in asked:
        known = {one.moment for one in history.answers.of_run(run_id)}
        if lacking := tuple(moment for moment in moments if moment not in known):
            yield Question(run_id, spoken(sentence), lacking)


def _choice(history: History, *, now: datetime) -> Choice | None:
    """The runs that may be told of; None where there are not several."""
    runs, last = runs_to_tell_of(history, at=now), last_run(history, at=now)
    if len(runs) < 2:
        return None
    return Choice(
        runs=tuple((run.run_id, f"{_day(run, history)}, {_size(run)}") for run in runs),
        chosen=None if last is None else last.run_id,
        is_of_today=last is not None and last.start.date() == now.date(),
    )


def _day(run: Run, history: History) -> str:
    """The day of a run, with the time where the day alone does not name it."""
    named = numbers.moment if shares_its_day(run, history) else numbers.date_words
    return named(run.start)


def _size(run: Run) -> str:
    if run.distance_m:
        return f"{numbers.distance(run.distance_m)}\N{NO-BREAK SPACE}{numbers.distance_unit()}"
    return f"{numbers.number(run.duration_s / 60, 0)}\N{NO-BREAK SPACE}min"


PAGES = (
    Page(path="/today", title=N_("Today"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/today", title=N_("Today"), layout=layout, roles=WITH_ATHLETES),
)
