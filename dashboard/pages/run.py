"""One run: what was done, what was found, and how sure that is."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

import imu
from dashboard import desk, ids
from dashboard.components.page import page
from dashboard.components.run_head import head
from dashboard.components.run_quality import quality
from dashboard.components.states import loading
from dashboard.pages import run_files, run_measures, run_raw, run_view
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.pages.run_watch import attached
from dashboard.text import N_, _
from dashboard.text.rules import spoken
from imu.analysis.trust import unsound_in
from imu.analysis.withheld import sound
from imu.followup import one_run as one
from imu.followup.standing import judged
from imu.followup.story import looked_back
from imu.followup.watch_beside import beside


def layout(run_id: str = "", **_query: str) -> Component:
    return page(_("Run"), ids.content("run", run_id), is_kind=True)


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.content("run", ids.MATCH), "children"), Input(ids.content("run", ids.MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            found = one.one_run(repository, at["of"])
        return dmc.Stack(
            [
                head(found),
                *([run_files.files(at["of"])] if found.is_recorded else []),
                html.Div(dmc.Skeleton(height=48), id=ids.content("run-story", at["of"]), className="story"),
                *([run_view.done(found)] if found.run.bouts else []),
                run_view.angles(found),
                html.Div(loading(600), id=ids.content("run-strides", at["of"])),
                *([html.Div(loading(220), id=ids.content("run-watch", at["of"]))] if found.watches else []),
                *(_recorded(found) if found.is_recorded else [run_view.without_recording(found)]),
            ],
            gap="lg",
        )

    @app.callback(
        Output(ids.content("run-story", ids.MATCH), "children"),
        Input(ids.content("run-story", ids.MATCH), "id"),
    )
    def tell(at: dict[str, Any]) -> Component | None:
        with desk.looking() as repository:
            run = repository.runs.run(at["of"])
            whose = repository.runs.athlete_of(run.run_id)
            _record, found = judged(repository, whose, analysis_version=imu.__version__)
        story = " ".join(map(spoken, looked_back(run, found)))
        return dmc.Text(story, maw=720, lh=1.6, mih=48) if story else None

    @app.callback(
        Output(ids.content("run-strides", ids.MATCH), "children"),
        Input(ids.content("run-strides", ids.MATCH), "id"),
    )
    def measure(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            found = one.one_run(repository, at["of"])
            if not found.is_recorded:
                return run_measures.measures(found, None)
            strides = sound(one.strides_of(repository, at["of"]), unsound_in(found.summary))
        return run_measures.measures(found, strides)

    @app.callback(
        Output(ids.content("run-curves", ids.MATCH), "children"),
        Input(ids.content("run-curves", ids.MATCH), "id"),
    )
    def average(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            found = one.one_run(repository, at["of"])
            own = one.sound_curves(one.curves_of(repository, at["of"]), unsound_in(found.summary))
            toe_off = one.toe_off_percent(repository, at["of"])
            usual = one.usual_curves(repository, run_measures.baseline_of_curves(found), but=at["of"])
        return run_measures.curves(found, own, usual, toe_off)

    @app.callback(
        Output(ids.content("run-quality", ids.MATCH), "children"),
        Input(ids.content("run-quality", ids.MATCH), "id"),
    )
    def judge_data(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            summary = repository.runs.summary(at["of"])
            flags = one.flags_of(repository, at["of"])
        return quality(summary, flags=flags.doubted, strides=flags.strides)

    @app.callback(
        Output(ids.content("run-watch", ids.MATCH), "children"),
        Input(ids.content("run-watch", ids.MATCH), "id"),
    )
    def look_at_watches(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            found = one.one_run(repository, at["of"])
            told = [(watch, beside(repository, found, watch)) for watch in found.watches]
        minutes = found.run.duration_s / 60
        return dmc.Stack([attached(watch, lines, longest_min=minutes) for watch, lines in told], gap="lg")

    run_raw.register(app)
    run_files.register(app)


def _recorded(found: one.OneRun) -> list[Component]:
    """What only a recording tells."""
    run_id = found.run.run_id
    return [
        html.Div(loading(440), id=ids.content("run-curves", run_id)),
        run_raw.place(found),
        html.Div(loading(300), id=ids.content("run-quality", run_id)),
    ]


PAGES = (Page(path="/run/<run_id>", title=N_("Run"), layout=layout, roles=WITH_ATHLETES),)
