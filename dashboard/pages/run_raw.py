"""The raw signal of a run: one window of one sensor at a time, fetched when it is looked at."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components.chart import chart
from dashboard.components.section import section
from dashboard.figures import raw_signal
from dashboard.text import _
from dashboard.text.measures import place_name
from imu.followup import raw_window
from imu.followup.one_run import OneRun
from imu.report.clock import clock

_LENGTHS = {"10": 10.0, "60": 60.0, "600": 600.0}
HEIGHT = 300


def place(found: OneRun) -> Component:
    """Controls and an empty chart of the right size. It is filled as soon as it is there."""
    sensors = raw_window.placements(found.files)
    if not sensors:
        return html.Div()
    run_id, duration_s = found.run.run_id, found.run.duration_s
    first_run_s = next((bout.start_s for bout in found.run.bouts if bout.activity == "run"), 0.0)
    last_s = max(duration_s - 10.0, 0.0)
    controls = dmc.Group(
        [
            dmc.SegmentedControl(
                id=ids.control("run-raw", "sensor", run_id),
                data=[{"value": one, "label": place_name(one)} for one in sensors],
                value=sensors[0],
                size="sm",
            ),
            dmc.SegmentedControl(
                id=ids.control("run-raw", "signal", run_id),
                data=[{"value": "acc", "label": _("Acceleration")}, {"value": "gyr", "label": _("Turning")}],
                value="acc",
                size="sm",
            ),
            dmc.SegmentedControl(
                id=ids.control("run-raw", "length", run_id),
                data=[
                    {"value": "10", "label": _("10 s")},
                    {"value": "60", "label": _("1 min")},
                    {"value": "600", "label": _("10 min")},
                    {"value": "all", "label": _("all")},
                ],
                value="10",
                size="sm",
            ),
        ],
        gap="sm",
    )
    slider = dmc.Slider(
        id=ids.control("run-raw", "start", run_id),
        min=0,
        max=max(last_s, 1.0),
        step=1,
        value=min(first_run_s + 30.0, last_s),
        label=None,
        marks=[{"value": 0, "label": "0:00"}, {"value": max(last_s, 1.0), "label": clock(duration_s)}],
        mb="lg",
        mx="sm",  # the words at its ends are wider than it
        thumbLabel=_("Where in the recording"),
    )
    empty = {"layout": {"height": HEIGHT, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}}
    graph_id = ids.control("run-raw", "graph", run_id)
    return section(
        _("Raw signal"),
        controls,
        chart(empty, label=_("Raw signal of one sensor"), height=HEIGHT, graph_id=graph_id),
        slider,
        lead=_(
            "What the sensor itself recorded, in its own axes. Draw over the chart to look closer; a double "
            "click goes back."
        ),
    )


def register(app: Dash) -> None:
    at = {
        name: ids.control("run-raw", name, ids.MATCH)
        for name in ("graph", "sensor", "signal", "length", "start")
    }

    @app.callback(
        output=Output(at["graph"], "figure"),
        inputs={
            "sensor": Input(at["sensor"], "value"),
            "signal": Input(at["signal"], "value"),
            "length": Input(at["length"], "value"),
            "start_s": Input(at["start"], "value"),
            "zoomed": Input(at["graph"], "relayoutData"),
            "graph": State(at["graph"], "id"),
        },
    )
    def show(sensor: Any, signal: Any, length: Any, start_s: Any, zoomed: Any, graph: dict[str, Any]) -> Any:
        by_zoom = any(one["prop_id"].endswith(".relayoutData") for one in ctx.triggered)
        return drawn(graph["of"], sensor, signal, length, start_s, zoomed if by_zoom else None)


def drawn(run_id: str, sensor: Any, signal: Any, length: Any, start_s: Any, zoomed: Any) -> Any:
    """The figure of what was asked for; all of it may be nonsense."""
    with desk.looking() as repository:
        duration_s = repository.runs.run(run_id).duration_s
        chosen = raw_window.chosen(start_s, _LENGTHS.get(str(length)), duration_s)
        asked = chosen if zoomed is None else raw_window.zoomed(zoomed, duration_s, otherwise=chosen)
        found = raw_window.raw_window(repository, run_id, str(sensor), str(signal), *asked)
    return raw_signal.raw(found, revision=f"{sensor} {signal} {chosen}")
