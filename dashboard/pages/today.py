"""The first page of a runner: may I run today, what and why, and three taps to say how it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import athlete as athlete_parts, check_in, today as parts
from dashboard.components.injury_form import injury_form
from dashboard.components.page import page
from dashboard.components.rehab import programme as rehab
from dashboard.components.warning_answers import warning_answers
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _
from imu.followup.judgement import plan_of
from imu.followup.programme import Planned, programme
from imu.followup.standing import judged_and_kept
from imu.store import AthleteRecord, Repository
from imu.training.due import Due, due
from imu.training.engine import PlanState, plan_state
from imu.training.history import Moment

PAGE = "today"
NOTES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class _Story:
    """What this page needs of an athlete beside the kept standing."""

    record: AthleteRecord
    asked: tuple[Due, ...]
    planned: tuple[Planned, ...]

    def answered(self, run_id: str, moment: Moment) -> bool:
        return any(one.moment == moment for one in self.record.history.answers.of_run(run_id))


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
    story, rights = _story(repository, athlete_id), one.athlete.rights
    may_tell, may_answer = "write_symptoms" in rights, "acknowledge" in rights

    def control(name: str, key: str = "") -> dict[str, Any]:
        return ids.control(PAGE, name, of, key)

    def pain(moment: str, run_id: str, value: int) -> dict[str, Any]:
        return control("pain", f"{moment} {run_id} {value}")

    answers = warning_answers(control) if may_answer else None
    tell = (
        [
            check_in.questions(story.asked, story.answered, pain=pain, flags=control("flags")),
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
        parts.last_run(one.content, now=now),
        rehab(story.planned, (lambda key: control("done", key)) if may_tell else None),
        athlete_parts.warnings(one.content["warnings"], answers, now=now),
        athlete_parts.notes(notes[:NOTES_SHOWN], None, now=now) if notes else None,
        injury if may_tell and not one.content["plan"]["followed"] else None,
    ]
    return dmc.Stack([part for part in found if part is not None], gap="lg", maw=760)


def _story(repository: Repository, athlete_id: str) -> _Story:
    record, now = repository.record(athlete_id, segments=False), repository.now()
    plan, _version = plan_of(record)
    state = plan_state(record.history, plan, now=now)
    followed = state if isinstance(state, PlanState) else None
    asked = due(record.history, plan, followed, now=now)
    return _Story(
        record=record,
        asked=tuple(one for one in asked if one.kind in ("check_in_run", "check_in_morning")),
        planned=programme(record.history, plan, followed, now=now) if followed else (),
    )


PAGES = (
    Page(path="/today", title=N_("Today"), layout=layout, roles=("runner",), in_navigation=True),
    Page(path="/athlete/<athlete_id>/today", title=N_("Today"), layout=layout, roles=WITH_ATHLETES),
)
