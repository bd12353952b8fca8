"""The first page of a runner: may I run today, what and why, and three taps to say how it was."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import athlete as athlete_parts, check_in, today as parts
from dashboard.components.arrivals import arrivals
from dashboard.components.check_in import Question
from dashboard.components.injury_form import injury_form
from dashboard.components.page import page
from dashboard.components.rehab import programme as rehab
from dashboard.components.warning_answers import warning_answers
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _
from imu.followup.judgement import plan_of
from imu.followup.programme import Planned, programme
from imu.followup.standing import judged_and_kept
from imu.store import Repository
from imu.training.due import ASKED_FOR, Due, due
from imu.training.engine import PlanState, plan_state
from imu.training.history import History, Moment

PAGE = "today"
NOTES_SHOWN = 2
_MOMENTS: dict[str, tuple[Moment, ...]] = {
    "check_in_run": ("during", "after"),
    "check_in_morning": ("next_morning",),
}


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Today"), ids.content(PAGE, athlete_id))


def register(app: Dash) -> None:
    content = ids.content(PAGE, ids.MATCH)

    @app.callback(Output(content, "children"), Input(content, "id"))
    def show(at: dict[str, Any]) -> Component:
        return shown(str(at["of"]))


def shown(of: str, *, told: Sequence[str] = ()) -> Component:
    """The whole content. `told`: what the answer before it led to, in sentences."""
    with desk.looking() as repository:
        athlete_id = repository.sharing.athlete(of or None).athlete_id
        is_current = repository.standings.one(athlete_id, analysis_version=imu.__version__).is_current
    if not is_current:
        with desk.changing() as repository:
            judged_and_kept(repository, athlete_id, analysis_version=imu.__version__)
    with desk.looking() as repository:
        return _content(repository, of, athlete_id, told)


def _content(repository: Repository, of: str, athlete_id: str, told: Sequence[str]) -> Component:
    one, now = repository.standings.one(athlete_id, analysis_version=imu.__version__), repository.now()
    assert one.content is not None
    (asked, planned), rights = _waiting(repository, athlete_id), one.athlete.rights
    may_tell, may_answer = "write_symptoms" in rights, "acknowledge" in rights

    def control(name: str, key: str = "") -> dict[str, Any]:
        return ids.control(PAGE, name, of, key)

    def pain(moment: str, run_id: str, value: int) -> dict[str, Any]:
        return control("pain", f"{moment} {run_id} {value}")

    answers = warning_answers(control) if may_answer else None
    tell = (
        [
            check_in.questions(asked, pain=pain, flags=control("flags")),
            check_in.more(control, control("keep"), control("wrong")),
        ]
        if may_tell
        else []
    )
    notes = repository.sharing.notes(athlete_id)
    injury = injury_form(control, control("record"), control("wrong-injury"), today=now.date())
    found = [
        parts.may_run(one.content),
        parts.answered(told),
        *tell,
        arrivals(repository.jobs.listed(athlete_id), now=now) if one.athlete.is_own else None,
        parts.last_run(one.content, now=now),
        rehab(planned, (lambda key: control("done", key)) if may_tell else None),
        athlete_parts.warnings(one.content["warnings"], answers, now=now),
        athlete_parts.notes(notes[:NOTES_SHOWN], None, now=now) if notes else None,
        injury if may_tell and not one.content["plan"]["followed"] else None,
    ]
    return dmc.Stack([part for part in found if part is not None], gap="lg", maw=760)


def _waiting(repository: Repository, athlete_id: str) -> tuple[tuple[Question, ...], tuple[Planned, ...]]:
    """What is asked about runs, and the exercises of today."""
    history, now = (record := repository.record(athlete_id, segments=False)).history, repository.now()
    plan, _version = plan_of(record)
    state = plan_state(history, plan, now=now)
    followed = state if isinstance(state, PlanState) else None
    asked = _questions(history, due(history, plan, followed, now=now), now=now)
    return tuple(asked), programme(history, plan, followed, now=now) if followed else ()


def _questions(history: History, waiting: Sequence[Due], *, now: datetime) -> Iterator[Question]:
    """What is due; and the other half about a run of which only one was told."""
    asked = [(one.key, one.sentence, _MOMENTS[one.kind]) for one in waiting if one.kind in _MOMENTS]
    last = history.runs[-1] if history.runs else None
    if last and now - last.end <= ASKED_FOR and all(run_id != last.run_id for run_id, _said, _at in asked):
        told = {one.moment for one in history.answers.of_run(last.run_id)} & {"during", "after"}
        if len(told) == 1:
            words = _("The other half about the run of {day}:", day=f"{last.start:%Y-%m-%d}")
            asked.append((last.run_id, words, ("during", "after")))
    for run_id, sentence, moments in asked:
        known = {one.moment for one in history.answers.of_run(run_id)}
        if lacking := tuple(moment for moment in moments if moment not in known):
            yield Question(run_id, sentence, lacking)


PAGES = (
    Page(path="/today", title=N_("Today"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/today", title=N_("Today"), layout=layout, roles=WITH_ATHLETES),
)
