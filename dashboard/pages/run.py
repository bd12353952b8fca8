"""One run: what was done, what was found, and how sure that is."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components.page import page
from dashboard.components.run_head import head
from dashboard.components.run_quality import quality
from dashboard.components.states import loading
from dashboard.pages import run_measures, run_raw, run_view
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _
from imu.followup import one_run as one
from imu.followup.judgement import judge
from imu.followup.story import looked_back


def layout(run_id: str = "", **_query: str) -> Component:
    return page(_("Run"), ids.content("run", run_id))


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
                html.Div(
                    dmc.Skeleton(height=48), id=ids.content("run-story", at["of"]), style={"minHeight": 48}
                ),
                *([run_view.done(found)] if found.run.bouts else []),
                run_view.angles(found),
                html.Div(loading(600), id=ids.content("run-strides", at["of"])),
                *(_recorded(found) if found.is_recorded else [run_view.without_recording(found)]),
            ],
            gap="lg",
        )

    @app.callback(
        Output(ids.content("run-story", ids.MATCH), "children"),
        Input(ids.content("run-story", ids.MATCH), "id"),
    )
    def tell(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            run = repository.runs.run(at["of"])
            record = repository.record(repository.runs.athlete_of(run.run_id))
            found = judge(record, now=repository.now())
        return dmc.Text(looked_back(run, found), maw=720, lh=1.6)

    @app.callback(
        Output(ids.content("run-strides", ids.MATCH), "children"),
        Input(ids.content("run-strides", ids.MATCH), "id"),
    )
    def measure(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            found = one.one_run(repository, at["of"])
            if not found.is_recorded:
                return run_measures.measures(found, None)
            strides = one.strides_of(repository, at["of"])
        return run_measures.measures(found, strides)

    @app.callback(
        Output(ids.content("run-curves", ids.MATCH), "children"),
        Input(ids.content("run-curves", ids.MATCH), "id"),
    )
    def average(at: dict[str, Any]) -> Component:
        with desk.looking() as repository:
            found = one.one_run(repository, at["of"])
            own = one.curves_of(repository, at["of"])
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

    run_raw.register(app)


def _recorded(found: one.OneRun) -> list[Component]:
    """What only a recording tells."""
    run_id = found.run.run_id
    return [
        html.Div(loading(440), id=ids.content("run-curves", run_id)),
        run_raw.place(found),
        html.Div(loading(300), id=ids.content("run-quality", run_id)),
    ]


PAGES = (Page(path="/run/<run_id>", title=N_("Run"), layout=layout, roles=WITH_ATHLETES),)
