"""The clinician's page of one injury: what happened, where it stands, and what to decide."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components import episode as parts, episode_acts as acts
from dashboard.components.chart import chart
from dashboard.components.page import page
from dashboard.components.plan_editor import plan_section
from dashboard.components.sections import section
from dashboard.components.states import empty
from dashboard.components.warning_answers import warning_answers
from dashboard.figures import episode as figures, sides
from dashboard.pages.route import Page
from dashboard.text import N_, _, episode_words as words
from imu.errors import Forbidden
from imu.followup.episode import Episode, episode_of
from imu.followup.judgement import Judgement, judge
from imu.followup.plans import content_in_force
from imu.store import AthleteRecord, Repository
from imu.training.rehab import clinician_agreed


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
    record = repository.record(of)
    found = judge(record, now=repository.now())
    listed, notes = repository.runs.listed(of), repository.sharing.notes(of)
    return record, found, episode_of(record, found, listed=listed, notes=notes)


def shown(
    repository: Repository, athlete_id: object, *, told: Sequence[str] = (), wrong: str | None = None
) -> Component:
    """The whole content. `told`: what the act before it did, in sentences; `wrong`: why it did nothing."""
    record, found, episode = gathered(repository, athlete_id)
    of = record.athlete.athlete_id
    if episode is None:
        return empty(
            _("No injury on record"),
            _("An episode begins with an injury: side, site and day. The athlete can record one."),
        )
    rights = record.athlete.rights
    may_decide, may_plan = "decide" in rights, "write_plan" in rights and "decide" in rights
    agreed = clinician_agreed(record.history, episode.injury, now=found.at)
    answers = warning_answers(lambda name, key: _press_of(of, name, key)) if "acknowledge" in rights else None
    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    return dmc.Stack(
        [
            dmc.Text(episode.athlete, size="lg", c="dimmed"),
            *_said(told, wrong),
            dmc.SimpleGrid(
                [parts.standing(episode), parts.facts(episode, files=_files(of))],
                cols={"base": 1, "md": 2},
                spacing="lg",
            ),
            section(
                _("Over time"),
                chart(figures.course(episode), label=figures.summary(episode), height=620),
                lead=_("Grey: stages by turns. Red: on hold. Dashed: the injury."),
            ),
            _sides(episode, onset),
            parts.gates(episode, acts.gate_buttons(episode, of) if may_decide else {}),
            _beside(
                acts.decide(episode, of) if may_decide else None,
                acts.exercises(episode, of, agreed=agreed, may_decide=may_decide),
            ),
            plan_section(
                episode.plan,
                episode.plan_version,
                content_in_force(record),
                episode.injury.profile,
                of,
                may_write=may_plan and episode.is_open,
            ),
            _beside(parts.warning_list(episode, answers), parts.history_of_plan(episode)),
            _beside(parts.limits(episode), acts.notes(episode.notes, of, may_write="write_note" in rights)),
        ],
        gap="lg",
    )


def _press_of(of: str, name: str, key: str) -> dict[str, Any]:
    """Ids of the answers to a warning; the reason of a new plan has the usual name for `why`."""
    return ids.control("episode", "why-not" if name == "why" else name, of, key)


def _said(told: Sequence[str], wrong: str | None) -> list[Component]:
    if wrong is not None:
        return [dmc.Alert(wrong, title=_("Nothing was changed"), color="orange", variant="outline")]
    if not told:
        return []
    sentences = [dmc.Text(one, size="sm") for one in told]
    return [dmc.Alert(sentences, title=_("Kept"), color="teal", variant="outline")]


def _files(of: str) -> Component:
    links = (
        ("episode.pdf", _("Report, one page (PDF)")),
        ("episode-runs.csv", _("Runs (CSV)")),
        ("episode-check-ins.csv", _("Check-ins (CSV)")),
    )
    return dmc.Group(
        [
            html.A(name, href=f"/athlete/{of}/{file}", className="file", target="_blank")
            for file, name in links
        ],
        gap="md",
    )


def _sides(episode: Episode, onset: datetime) -> Component:
    told = [one for one in episode.sides if one.runs]
    if not told:
        return section(
            _("Injured side against the other"),
            dmc.Text(
                _("Not judged: no run shows both legs. It takes a sensor on each shank, or a pelvis one.")
            ),
        )
    charts = [
        html.Div(
            [
                dmc.Title(words.quantity(one.quantity).name, order=3, size="h5"),
                dmc.Text(words.quantity(one.quantity).more + " ↑", size="sm", c="dimmed"),
                chart(sides.over_runs(one, onset=onset), label=parts.sentence_of_sides(one), height=330),
            ]
        )
        for one in told
    ]
    return section(
        _("Injured side against the other"),
        dmc.SimpleGrid(charts, cols={"base": 1, "md": 2}, spacing="lg"),
        parts.sides_table(episode.sides),
        lead=_(
            "Medians of a run, held against the runs without symptoms before the injury. Detectable: "
            "1.96 √2 sd between runs, for angles 2° at least, because straps feign as much."
        ),
    )


def _beside(*children: Component | None) -> Component | None:
    there = [one for one in children if one is not None]
    return dmc.SimpleGrid(there, cols={"base": 1, "md": len(there)}, spacing="lg") if there else None


PAGES = (
    Page(
        path="/athlete/<athlete_id>/episode",
        title=N_("Episode"),
        layout=layout,
        roles=("runner", "clinician"),
    ),
)
