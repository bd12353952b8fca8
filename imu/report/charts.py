"""The middle of the page: every chart with its key, its sentence for screen readers and its table."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from imu.analysis.curves import own_side_up
from imu.analysis.withheld import sound_rows, tells_curve, withheld
from imu.report import figures
from imu.report.clock import clock
from imu.report.figures import LOOKS
from imu.report.markup import Html, element, join
from imu.report.metrics import (
    CADENCE,
    CONTACT_TIME,
    CURVES,
    PEAK_ACCELERATION,
    PELVIC_DROP,
    SHANK_ANGLE,
    SHANK_CHANGE,
    SPEED,
    Curve,
    Metric,
    count,
)
from imu.report.opening import not_told_here, swatch
from imu.report.trends import Floats, Trend, of_side, sides_of, trend, window_s

# A table is read, not looked at: about a screenful of rows.
MOST_ROWS = 24
ROW_STEPS_S = (10, 30, 60, 120, 300, 600, 1800, 3600)

Courses = Mapping[Metric, Sequence[Trend]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A section of charts over time."""

    anchor: str
    title: str
    lead: str
    metrics: tuple[Metric, ...]
    instead_of: Metric | None = None  # shown only where this was not measured


SUBJECTS = (
    Subject(
        "shank",
        "Shank angle at contact",
        "How far the ankle is ahead of the knee at landing, measured from your own quiet standing.",
        (SHANK_ANGLE,),
    ),
    Subject(
        "shank-change",
        "Shank angle at contact, change",
        "Against the start of this run: without quiet standing the angle itself has no zero.",
        (SHANK_CHANGE,),
        instead_of=SHANK_ANGLE,
    ),
    Subject(
        "drop",
        "Pelvic drop",
        "How far the pelvis sinks on the swinging side while this foot carries you.",
        (PELVIC_DROP,),
    ),
    Subject(
        "rhythm",
        "Rhythm and speed",
        "Cadence and speed of the whole body, contact time of each foot.",
        (CADENCE, SPEED, CONTACT_TIME),
    ),
    Subject(
        "impact",
        "Impact",
        "Peak tibial acceleration in g: the jolt at the shin, not a force in the bone.",
        (PEAK_ACCELERATION,),
    ),
)

# The charts in which the onset of a warning is marked.
CHANGES = {
    "shank_angle_changed": (SHANK_ANGLE, SHANK_CHANGE),
    "strap_or_landing_changed": (SHANK_ANGLE, SHANK_CHANGE),
    "pelvic_drop_changed": (PELVIC_DROP,),
}


def timeline(bouts: Sequence[Mapping[str, Any]], *, duration_s: float) -> Html:
    """What was done when."""
    totals = {
        lane.name.lower(): sum(
            bout["end_s"] - bout["start_s"] for bout in bouts if bout["activity"] == activity
        )
        for activity, lane in figures.LANES.items()
    }
    words = ", ".join(f"{name} {clock(total)}" for name, total in totals.items() if total)
    rows = [(clock(bout["start_s"]), clock(bout["end_s"]), bout["activity"]) for bout in bouts]
    figure = figures.timeline(bouts, duration_s=duration_s)
    return _section(
        "timeline",
        "Timeline",
        f"In all: {words}." if words else "No activity was recognised.",
        _plot(figure, f"Activity over time. In all: {words}.", kind="lanes timed"),
        _details(("From", "To", "Activity"), rows),
    )


def courses(
    strides: pd.DataFrame, summary: Mapping[str, Any], bouts_s: Floats, unsound: Collection[str]
) -> list[Html]:
    """The sections over time; what was not measured has none, what is not told says so.

    `strides`: those that count. unsound: placements whose own values are not told.
    """
    duration_s, window = summary["duration_s"], window_s(bouts_s)
    sections = []
    for subject in SUBJECTS:
        if subject.instead_of is not None and sides_of(strides, subject.instead_of):
            continue
        found = {
            metric: [trend(strides, metric, side=side, bouts_s=bouts_s, window_s=window) for side in sides]
            for metric in subject.metrics
            if (sides := sides_of(strides, metric))
        }
        hidden = not_told_here(
            LOOKS[side].name.lower()
            for side in ("left", "right")
            if withheld(side, unsound).intersection(metric.column for metric in subject.metrics)
        )
        if found:
            reading = element("p", _reading(found, window), class_="note")
            table = _table_over_time(strides, found, duration_s)
            blocks = _course_blocks(strides, found, summary)
            load = _load(summary["load"]) if PEAK_ACCELERATION in found else None
            sections.append(
                _section(subject.anchor, subject.title, subject.lead, *blocks, hidden, reading, load, table)
            )
        elif hidden is not None and subject.instead_of is None:
            sections.append(_section(subject.anchor, subject.title, subject.lead, hidden))
    return sections


def average_strides(curves: pd.DataFrame, strides: pd.DataFrame, unsound: Collection[str]) -> Html | None:
    """Mean curve of each signal over the stride, with its spread and toe-off.

    unsound: placements whose own curves are not told.
    """
    share = (strides["contact_time_s"] / strides["stride_time_s"] * 100).groupby(strides["side"]).median()
    toe_off = {str(side): float(at) for side, at in share.dropna().items()}
    turned = own_side_up(sound_rows(curves, unsound))
    blocks = [
        _curve_block(own, curve, toe_off)
        for curve in CURVES
        if len(own := turned[turned["signal"] == curve.signal])
    ]
    if not blocks:
        return None
    lead = "From one landing of a foot to its next; open markers: toe-off. Band: ± 1 standard deviation."
    hidden = not_told_here(
        f"{curve.name.lower()}, {side}"
        for curve in CURVES
        for side in ("left", "right")
        if tells_curve(curve.signal, side) in unsound
    )
    return _section("curves", "The average stride", lead, element("div", *blocks, class_="pair"), hidden)


def _course_blocks(strides: pd.DataFrame, courses: Courses, summary: Mapping[str, Any]) -> list[Html]:
    stacked = len(courses) > 1
    blocks = []
    for metric, trends in courses.items():
        last = metric is list(courses)[-1]  # charts under each other share the clock of the last
        onsets_s = [
            warning["onset_s"]
            for warning in summary["warnings"]
            if metric in CHANGES.get(warning["code"], ())
        ]
        figure = figures.course(
            trends, metric, duration_s=summary["duration_s"], onsets_s=onsets_s, clock_below=last
        )
        medians = {
            each.side: metric.text(of_side(strides, each.side)[metric.column].median()) for each in trends
        }
        words = ", ".join(f"{LOOKS[side].name.lower()} {value}" for side, value in medians.items())
        key = [
            element("li", swatch(side), LOOKS[side].name if metric.sided else None, element("b", value))
            for side, value in medians.items()
        ]
        kind = ("small last" if last else "small") if stacked else ""
        blocks.append(
            element(
                "figure",
                _caption(metric.name if stacked else None, key),
                _plot(figure, f"{metric.name} over time. Median of the run: {words}.", kind=f"timed {kind}"),
            )
        )
    return blocks


def _reading(courses: Courses, window: float) -> str:
    trends = [each for found in courses.values() for each in found]
    words = (
        f"Line: median of {window:.0f} s. Dots: single strides." if window else "Each marker is one stride."
    )
    if any(each.uncertainty is not None for each in trends):
        words += " Band: how exactly one stride is known (± 1 standard uncertainty)."
    if any(len(each.clipped) for each in trends):
        words += " Open triangle: the sensor was saturated, the true value is at least this."
    return f"{words} No line: you walked or stood, or the data had a gap."


def _load(load: Mapping[str, Any]) -> Html | None:
    """What the impacts of the run add up to, per side."""
    sentences = []
    for side in ("left", "right"):
        if side in load:
            own = load[side]
            words = f"{LOOKS[side].name}: {count(own['contacts'])} landings measured"
            sentences.append(f"{words}, {own['caveat']}." if own["caveat"] else f"{words}.")
    return element("p", " ".join(sentences), class_="note") if sentences else None


def _curve_block(curves: pd.DataFrame, curve: Curve, toe_off: Mapping[str, float]) -> Html:
    own = {side: found for side in LOOKS if len(found := curves[curves["side"] == side])}
    key = [
        element("li", swatch(side), LOOKS[side].name, element("small", f"n {count(int(found['n'].max()))}"))
        for side, found in own.items()
    ]
    extremes = ", ".join(
        f"{LOOKS[side].name.lower()} from {found['mean'].min():.1f} to {found['mean'].max():.1f}°"
        for side, found in own.items()
    )
    tenths = curves[curves["phase_percent"] % 10 == 0]
    table = tenths.pivot(index="phase_percent", columns="side", values="mean")[list(own)]
    rows = [
        (f"{phase:.0f}\N{NO-BREAK SPACE}%", *(SHANK_ANGLE.text(value) for value in values))
        for phase, values in zip(table.index, table.to_numpy(float), strict=True)
    ]
    figure = figures.stride_curves(own, toe_off_percent=toe_off)
    return element(
        "figure",
        _caption(curve.name, key),
        _plot(figure, f"{curve.name} over the stride: {extremes}.", kind="curve"),
        element("p", curve.up, class_="note"),
        _details(("Cycle", *(LOOKS[side].name for side in own)), rows),
    )


def _table_over_time(strides: pd.DataFrame, courses: Courses, duration_s: float) -> Html:
    step_s = next((step for step in ROW_STEPS_S if duration_s / step <= MOST_ROWS), ROW_STEPS_S[-1])
    shown = [(metric, each.side) for metric, trends in courses.items() for each in trends]
    columns = [_stepwise(strides, metric, side, step_s) for metric, side in shown]
    medians = pd.concat(columns, axis=1).sort_index()
    rows = []
    for step, values in zip(medians.index, medians.to_numpy(float), strict=True):
        cells = zip(values, shown, strict=True)
        rows.append(
            (
                clock(step * step_s),
                *("" if np.isnan(value) else metric.text(value) for value, (metric, _) in cells),
            )
        )
    names = [metric.name if side == "both" else f"{metric.name}, {side}" for metric, side in shown]
    return _details(("From", *names), rows)


def _stepwise(strides: pd.DataFrame, metric: Metric, side: str, step_s: float) -> "pd.Series[float]":
    own = of_side(strides, side)
    return own.groupby((own["ic_time_s"] // step_s).rename("step"))[metric.column].median().dropna()


def _section(anchor: str, title: str, lead: str, *blocks: Html | None) -> Html:
    return element("section", element("h2", title), element("p", lead, class_="lead"), *blocks, id=anchor)


def _caption(name: str | None, key: Sequence[Html]) -> Html:
    return element("figcaption", element("h3", name) if name else None, element("ul", *key, class_="key"))


def _plot(figure: go.Figure, summary: str, *, kind: str) -> Html:
    # `<` is the only character that could end a script element early.
    data = Html(figure.to_json().replace("<", "\\u003c"))
    return join(
        element("div", class_=f"plot {kind}".strip(), role="img", aria_label=summary),
        element("script", data, type="application/json"),
    )


def _details(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    heads = element("tr", *[element("th", name, scope="col") for name in head])
    body = [element("tr", *[element("td", cell) for cell in row]) for row in rows]
    table = element("table", element("thead", heads), element("tbody", *body))
    return element(
        "details", element("summary", "As a table"), element("div", table, class_="scroll", tabindex="0")
    )
