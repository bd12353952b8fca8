"""The clinician's page of one injury: what happened, where it stands, and what to decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components import episode as parts, episode_acts as acts
from dashboard.components.chart import chart
from dashboard.components.episode_files import files
from dashboard.components.page import page
from dashboard.components.plan_editor import plan_section
from dashboard.components.section import section
from dashboard.components.states import empty
from dashboard.components.warning_answers import warning_answers
from dashboard.figures import episode as figures
from dashboard.pages.episode_sides import sides
from dashboard.pages.route import Page
from dashboard.text import N_, _
from dashboard.text.rules import spoken
from imu.errors import Forbidden
from imu.followup.episode import Episode, compared_ids, episode_of
from imu.followup.judgement import Judgement
from imu.followup.plans import content_in_force
from imu.followup.standing import judged
from imu.store import Athlete, AthleteRecord, Repository, Role
from imu.training.rehab import agreed_by

ROLES: tuple[Role, ...] = ("runner", "clinician")


def layout(athlete_id: str = "", **_query: str) -> Component:
    return page(_("Episode"), ids.content("episode", athlete_id))


def register(app: Dash) -> None:
    content = ids.content("episode", ids.MATCH)

    @app.callback(Output(content, "children"), Input(content, "id"))
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            return shown(repository, at["of"])


def whose(repository: Repository, athlete_id: object) -> str:
    """The athlete whose clinical data the viewer may read. `Forbidden` for any other."""
    athlete = repository.sharing.by_id(str(athlete_id))
    if "read_clinical" not in athlete.rights:
        raise Forbidden(f"athlete {athlete_id}: there is none, or not shared")
    return athlete.athlete_id


def gathered(repository: Repository, athlete_id: object) -> tuple[AthleteRecord, Judgement, Episode | None]:
    """Everything about the latest injury, read and judged once."""
    of = whose(repository, athlete_id)
    record, found = judged(repository, of, analysis_version=imu.__version__)
    compared = repository.runs.some(of, compared_ids(record.history, now=found.at))
    return record, found, episode_of(record, found, compared=compared, notes=repository.sharing.notes(of))


def shown(
    repository: Repository,
    athlete_id: object,
    *,
    told: Sequence[str] = (),
    wrong: str | None = None,
    reason: str = "",
) -> Component:
    """The whole content. `told`: what the act before it did, in sentences; `wrong`: why it did nothing, for
    all its `reason`."""
    record, found, episode = gathered(repository, athlete_id)
    of = record.athlete.athlete_id
    if episode is None:
        return _no_injury(record.athlete)
    rights = record.athlete.rights
    may_decide, may_plan = "decide" in rights, "write_plan" in rights and "decide" in rights
    agreed = agreed_by(record.history, episode.injury, now=found.at)
    answers = warning_answers(lambda name, key: ids.control("episode", name, of, key))
    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    return dmc.Stack(
        [
            *_said(told, wrong),
            dmc.SimpleGrid(
                [parts.standing(episode), parts.facts(episode, files=files(of))],
                cols={"base": 1, "md": 2},
                spacing="lg",
            ),
            section(
                _("Over time"),
                chart(figures.course(episode), label=figures.summary(episode), height=620),
                lead=_("Grey: stages by turns. Red: on hold. Dashed: the injury."),
            ),
            sides(episode, onset=onset),
            parts.gates(episode, acts.gate_buttons(episode, of) if may_decide else {}),
            _beside(
                acts.decide(episode, of, typed=reason) if may_decide else None,
                acts.exercises(episode, of, agreed=agreed, may_decide=may_decide),
            ),
            acts.end(episode, of) if "write_symptoms" in rights else None,
            plan_section(
                episode.plan,
                episode.plan_version,
                parts.whether_it_fits(episode),
                content_in_force(record),
                episode.injury.profile,
                of,
                may_write=may_plan and episode.is_open,
            ),
            _beside(
                parts.warning_list(episode, answers if "acknowledge" in rights else None),
                parts.history_of_plan(episode),
            ),
            _beside(parts.limits(episode), acts.notes(episode.notes, of, may_write="write_note" in rights)),
        ],
        gap="lg",
    )


def _no_injury(athlete: Athlete) -> Component:
    """How an episode begins, and the way to where the viewer may begin one."""
    begins = _("An episode begins with an injury: side, site and day.")
    title = _("No injury on record")
    if "write_symptoms" not in athlete.rights:
        by_whom = _("The athlete can record one.")
        return empty(title, f"{begins} {by_whom}")
    href = f"/athlete/{athlete.athlete_id}/today"
    way = dmc.Anchor(_("Record an injury"), href=href, className="way", size="sm", underline="never")
    return empty(title, begins, way)


def _said(told: Sequence[str], wrong: str | None) -> list[Component]:
    if wrong is not None:
        return [dmc.Alert(wrong, title=_("Nothing was changed"), color="orange", variant="outline")]
    if not told:
        return []
    sentences = [dmc.Text(spoken(one), size="sm") for one in told]
    return [dmc.Alert(sentences, title=_("Kept"), color="teal", variant="outline")]


def _beside(*children: Component | None) -> Component | None:
    there = [one for one in children if one is not None]
    return dmc.SimpleGrid(there, cols={"base": 1, "md": len(there)}, spacing="lg") if there else None


PAGES = (
    Page(
        path="/athlete/<athlete_id>/episode",
        title=N_("Episode"),
        layout=layout,
        roles=ROLES,
    ),
)
