"""Measures and average strides of a run: a run and its tables in, parts out."""

from collections.abc import Mapping

import dash_mantine_components as dmc
import pandas as pd
from dash.development.base_component import Component

from dashboard.components import run_numbers
from dashboard.components.section import section
from dashboard.components.sides import in_order, look_of, side_name
from dashboard.components.stride_curve import stride_curve
from dashboard.figures import one_run as figures, stride_curves
from dashboard.pages.run_view import longest_min
from dashboard.text import _
from dashboard.text.measures import curve_name
from imu.followup.one_run import OneRun, StrideCurve, courses, numbers
from imu.report.metrics import (
    CADENCE,
    CONTACT_TIME,
    CURVES,
    PEAK_ACCELERATION,
    PELVIC_DROP,
    SHANK_MAXIMUM,
    SPEED,
    STRIDE_LENGTH,
)
from imu.training.baseline import Baseline

SMALL = (CADENCE, SPEED, STRIDE_LENGTH, CONTACT_TIME, PELVIC_DROP, PEAK_ACCELERATION, SHANK_MAXIMUM)


def measures(found: OneRun, strides: pd.DataFrame | None) -> Component:
    """Every other measure: its number per side and its course."""
    told, longest = numbers(found.run, found.summary), longest_min(found)
    parts, courses_of = [], courses(found, SMALL, strides)
    for metric in SMALL:
        sides = in_order(injured=found.injured) if metric.sided else ("both",)
        if not any(metric.statistics(told, "overall" if side == "both" else side) for side in sides):
            continue
        drawn = courses_of.get(metric, ())
        looks = [look_of(one.side, injured=found.injured) for one in drawn]
        figure = figures.course(drawn, looks, metric, longest_min=longest) if drawn else None
        parts.append(run_numbers.small(metric, told, sides, injured=found.injured, figure=figure))
    note = (
        _("Median of all valid strides, and the width of their middle half (IQR).")
        if strides is not None
        else _("Median over pieces of 25 strides, and the width of their middle half (IQR).")
    )
    if not parts:
        return section(_("Measures"), dmc.Text(_("No stride of this run could be judged."), c="dimmed"))
    return section(_("Measures"), run_numbers.grid(parts), lead=note)


def curves(
    found: OneRun,
    own: Mapping[str, tuple[StrideCurve, ...]],
    usual: Mapping[str, Mapping[str, StrideCurve]],
    toe_off_percent: Mapping[str, float],
) -> Component:
    """The average stride of each side, over the baseline's runs where their curves are kept."""
    rows = []
    for signal in (one for one in CURVES if own.get(one.signal)):
        by_side = {one.side: one for one in own[signal.signal]}
        beside = usual.get(signal.signal, {})
        limits = stride_curves.shared_limits([*by_side.values(), *beside.values()])
        for side in (one for one in in_order(injured=found.injured) if one in by_side):
            name = side_name(side, injured=found.injured)
            line = stride_curves.Drawn(by_side[side], look_of(side, injured=found.injured), _("this run"))
            figure = stride_curves.stride(
                [line],
                usual=beside.get(side),
                toe_off_percent=toe_off_percent.get(side),
                limits=limits,
            )
            label = _("{signal}, average stride, {side}", signal=curve_name(signal), side=name)
            rows.append(stride_curve(signal, side, figure, injured=found.injured, label=label))
    if not rows:
        return section(
            _("Average stride"), dmc.Text(_("No stride was whole enough for a curve."), c="dimmed")
        )
    note = (
        _("From one landing (0 %) to the next (100 %). Grey: your baseline's runs, ± 1 sd.")
        if usual
        else _(
            "From one landing (0 %) to the next (100 %), ± 1 sd of strides. No curves of a baseline are kept."
        )
    )
    return section(
        _("Average stride"), dmc.SimpleGrid(rows, cols={"base": 1, "sm": 2}, spacing="lg"), lead=note
    )


def baseline_of_curves(found: OneRun) -> Baseline | None:
    """The runs whose curves are shown as usual: those of either leg's baseline."""
    return found.baselines.get("overstride_left") or found.baselines.get("overstride_right")
