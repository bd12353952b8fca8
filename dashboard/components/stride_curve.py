"""One curve over the average stride of a leg, with its name and how its sign reads."""

from typing import Any

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components.chart import chart
from dashboard.components.sides import side_label
from dashboard.text.measures import curve_name, curve_up
from imu.report.metrics import Curve


def stride_curve(
    curve: Curve, side: str, figure: dict[str, Any], *, injured: str | None, label: str
) -> Component:
    """`label` says the figure in a sentence."""
    head = dmc.Group([dmc.Text(curve_name(curve), size="sm"), side_label(side, injured=injured)])
    up = dmc.Text(curve_up(curve), size="xs", c="dimmed")
    return dmc.Stack([head, up, chart(figure, label=label, height=210)], gap=2)
