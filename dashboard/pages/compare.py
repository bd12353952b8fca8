"""Two runs of one athlete, side by side."""

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components import comparison
from dashboard.components.chart import chart
from dashboard.components.page import page
from dashboard.components.section import section
from dashboard.components.sides import in_order, side_label, side_name
from dashboard.components.states import empty
from dashboard.components.stride_curve import stride_curve
from dashboard.figures import one_run as figures, stride_curves
from dashboard.pages.route import WITH_ATHLETES, Page
from dashboard.text import N_, _
from dashboard.text.measures import curve_name
from imu.analysis.trust import unsound_in
from imu.errors import Forbidden
from imu.followup import one_run as one
from imu.followup.one_run import OneRun, StrideCurve
from imu.followup.two_runs import side_by_side, usual_numbers
from imu.report.metrics import CURVES, SHANK_ANGLE
from imu.store import Repository

Curves = Mapping[str, tuple[StrideCurve, ...]]


def layout(first_run_id: str = "", second_run_id: str = "", **_query: str) -> Component:
    return page(_("Two runs"), ids.content("compare", f"{first_run_id}/{second_run_id}"))


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.content("compare", ids.MATCH), "children"), Input(ids.content("compare", ids.MATCH), "id")
    )
    def show(at: dict[str, Any]) -> Component:
        asked = str(at["of"]).split("/")
        if len(asked) != 2:
            raise Forbidden("two runs are compared, no more and no fewer")
        with desk.looking() as repository:
            first, second = sorted(
                (one.one_run(repository, run_id) for run_id in asked), key=lambda found: found.run.start
            )
            if first.athlete.athlete_id != second.athlete.athlete_id:
                return empty(
                    _("Two people"), _("These runs are of two athletes. Only runs of one can be compared.")
                )
            usual = usual_numbers(repository, second)
            earlier, later = (_averages(repository, found) for found in (first, second))
        sides = side_by_side(first, second, usual=usual)
        note = _("Median of each run; later minus earlier ± one standard error between usual runs.")
        return dmc.Stack(
            [
                comparison.heads(first.run, second.run),
                section(_("In numbers"), comparison.table(sides, injured=second.injured), lead=note),
                _courses(first, second),
                _curves(second.injured, earlier, later),
            ],
            gap="lg",
        )


def _courses(first: OneRun, second: OneRun) -> Component:
    """Shank angle at contact of both runs, a chart for each leg."""
    looks = [comparison.EARLIER, comparison.LATER]
    longest = max(found.run.running_s / 60 for found in (first, second))
    drawn = []
    for side in in_order(injured=second.injured):
        own = [
            course
            for found in (first, second)
            for course in one.courses(found, [SHANK_ANGLE], None)[SHANK_ANGLE]
            if course.side == side
        ]
        if len(own) == 2:
            figure = figures.course(own, looks, SHANK_ANGLE, longest_min=longest)
            name = side_name(side, injured=second.injured)
            label = _("Shank angle at contact of both runs, {side}", side=name)
            head = side_label(side, injured=second.injured)
            drawn.append(dmc.Stack([head, chart(figure, label=label, height=200)], gap=2))
    if not drawn:
        return section(_("Shank angle at contact"), dmc.Text(_("Not measured in both runs."), c="dimmed"))
    return section(
        _("Shank angle at contact"),
        dmc.SimpleGrid(drawn, cols={"base": 1, "sm": 2}, spacing="lg"),
        lead=_("Over the minutes of running. Grey line: the earlier run; dashed: the later one."),
    )


def _averages(repository: Repository, found: OneRun) -> Curves:
    if not found.is_recorded:
        return {}
    return one.sound_curves(one.curves_of(repository, found.run.run_id), unsound_in(found.summary))


def _curves(injured: str | None, earlier: Curves, later: Curves) -> Component:
    """The average stride of both runs over each other, a chart for each signal and leg."""
    rows = []
    for signal in CURVES:
        both = [{one.side: one for one in told.get(signal.signal, ())} for told in (earlier, later)]
        limits = stride_curves.shared_limits([curve for told in both for curve in told.values()])
        for side in in_order(injured=injured):
            if side not in both[0] or side not in both[1]:
                continue
            lines = [
                stride_curves.Drawn(both[0][side], comparison.EARLIER, _("earlier")),
                stride_curves.Drawn(both[1][side], comparison.LATER, _("later")),
            ]
            name = side_name(side, injured=injured)
            label = _("{signal}, average stride of both runs, {side}", signal=curve_name(signal), side=name)
            figure = stride_curves.stride(lines, limits=limits)
            rows.append(stride_curve(signal, side, figure, injured=injured, label=label))
    if not rows:
        why = _("Average strides are kept of recorded runs only; one of these came without a recording.")
        return section(_("Average stride"), dmc.Text(why, c="dimmed", size="sm"))
    return section(
        _("Average stride"),
        dmc.SimpleGrid(rows, cols={"base": 1, "sm": 2}, spacing="lg"),
        lead=_("From one landing (0 %) to the next (100 %), ± 1 sd of strides."),
    )


PAGES = (
    Page(
        path="/compare/<first_run_id>/<second_run_id>",
        title=N_("Two runs"),
        layout=layout,
        roles=WITH_ATHLETES,
    ),
)
