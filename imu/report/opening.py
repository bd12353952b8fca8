"""The top of the page: what run this was, what stands out, and the numbers per side."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from imu.analysis.trust import TOLD, judge
from imu.analysis.withheld import NONE_TOLD, NotTold, not_told, withheld
from imu.report.begun import begun
from imu.report.clock import clock
from imu.report.figures import LOOKS
from imu.report.markup import Html, Part, element, join
from imu.report.metrics import CADENCE, SIDED, SPEED, WHOLE, Metric, Numbers, count, spaced

NOTHING_RUN = "No running was found in this recording, so nothing about running was judged."
NO_STRIDE = "There was running in this recording, but no stride of it could be judged."
NO_WARNING = "Nothing in this run was marked as changed."


def headline(summary: Mapping[str, Any], *, running_s: float) -> Html:
    """Date, the one sentence worth reading, and the size of the run."""
    facts = [element("span", text) for text in (summary["athlete"], summary["notes"]) if text]
    facts.append(element("a", TOLD[judge(summary).trust], href="#quality"))
    return element(
        "header",
        element("p", "Run report", class_="overline"),
        element("h1", day(summary["start"])),
        element("p", *facts, class_="facts"),
        _finding(summary, running_s=running_s),
        element("dl", *_tiles(summary, running_s=running_s), class_="tiles"),
    )


def day(start: str | None) -> str:
    """`Sunday 22 November 2026, 07:30`; a run without a date is still a run."""
    if start is None:
        return "Undated run"
    began = datetime.fromisoformat(start)
    return f"{began:%A} {began.day} {began:%B %Y}, {began:%H:%M}"


def judged(numbers: Numbers) -> bool:
    """Whether any running stride counts."""
    return bool(numbers.get("overall", {}).get("strides"))


def key_numbers(numbers: Numbers, unsound: Collection[str]) -> Html:
    """Median, middle half and number of strides, per side where the side matters.

    unsound: placements whose own values are not told.
    """
    shown = ["left", "right"]
    if _measured(numbers, "unknown"):
        shown = [*(side for side in shown if _measured(numbers, side)), "unknown"]
    head = [
        element("th", name, scope="col", role="columnheader")
        for name in ("Measure", *(join(swatch(side), LOOKS[side].name) for side in shown))
    ]
    rows = [_row(metric, [_cell(metric, numbers, side, unsound) for side in shown]) for metric in SIDED]
    tiles = [_tile(metric.name, *_statistics(metric, numbers, "overall", unsound)) for metric in WHOLE]
    return element(
        "section",
        element("h2", "Numbers"),
        element(
            "p",
            "Median of all valid running strides, width of their middle half (IQR) and their number n.",
            class_="lead",
        ),
        element(
            "table",
            element("thead", element("tr", *head, role="row"), role="rowgroup"),
            element("tbody", *rows, role="rowgroup"),
            class_="numbers",
            role="table",
        ),
        element("dl", *tiles, class_="tiles small"),
        id="numbers",
    )


def left_out(found: Sequence[NotTold]) -> Html | None:
    """What no number and no chart of the page tells, and why; nothing where all is told."""
    if not found:
        return None
    return element(
        "section",
        element("h2", "Not told"),
        element("p", "Values of a sensor that is not to be trusted in this run.", class_="lead"),
        element("ul", *[element("li", f"{begun(one.sentence)}.") for one in found]),
        id="not-told",
    )


def not_told_here(which: Iterable[str]) -> Html | None:
    """Below charts and bars: which of them are left out, and where it says why."""
    if not (names := ", ".join(which)):
        return None
    return element("p", f"Not told: {names}. ", element("a", "Why", href="#not-told"), class_="note")


def swatch(side: str) -> Html:
    """The line and marker of a side, as the charts draw it."""
    look = LOOKS[side]
    mark = {
        "circle": "M10.6 6a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0Z",
        "diamond": "M14 1.6 18.4 6 14 10.4 9.6 6Z",
        "square": "M11 3h6v6h-6Z",
    }[look.marker]
    dash = ' stroke-dasharray="6 3"' if look.dash != "solid" else ""
    return Html(
        f'<svg class="swatch {look.colour.name}" viewBox="0 0 28 12" aria-hidden="true">'
        f'<path d="M0 6H28"{dash}/><path class="mark" d="{mark}"/></svg>'
    )


def _finding(summary: Mapping[str, Any], *, running_s: float) -> Html:
    warnings = summary["warnings"]
    if not running_s:
        return element("p", NOTHING_RUN, class_="finding")
    if not judged(summary["running"]):
        return element("p", NO_STRIDE, " ", element("a", "Why", href="#not-judged"), class_="finding")
    if not warnings and not_told(summary):
        return element("p", f"{NONE_TOLD} ", element("a", "Why", href="#not-told"), class_="finding")
    if not warnings:
        gaps = (
            element("a", "Not everything could be judged", href="#not-judged")
            if summary["not_judged"]
            else None
        )
        return element("p", f"{NO_WARNING} ", gaps, class_="finding")
    first = warnings[0]["sentence"].split(". ")[0].removesuffix(".")
    more = len(warnings) - 1
    link = element("a", f"{more} more below" if more else "Details below", href="#warnings")
    return element("p", f"{first}. ", link, class_="finding notice")


def _tiles(summary: Mapping[str, Any], *, running_s: float) -> list[Html]:
    cadence, distance_m = CADENCE.median(summary["running"], "overall"), summary["distance_m"]
    # Distance by time, as the dashboard and a watch tell it; the median of strides is another number where
    # somebody ran fast and slow.
    speed = distance_m / running_s if distance_m and running_s else None
    tiles = [
        _tile("Running", clock(running_s), f"of {clock(summary['duration_s'])} recorded"),
        _tile("Distance run", f"{distance_m / 1000:.2f} km", None) if distance_m else None,
        _tile("Pace", f"{clock(1000 / speed)}{spaced('min/km')}", SPEED.text(speed)) if speed else None,
        _tile("Cadence", CADENCE.number(cadence), CADENCE.unit) if cadence else None,
    ]
    return [tile for tile in tiles if tile is not None]


def _tile(name: str, value: Part, detail: Part) -> Html:
    return element("div", element("dt", name), element("dd", element("b", value), element("small", detail)))


def _measured(numbers: Numbers, side: str) -> bool:
    return any(metric.statistics(numbers, side) for metric in SIDED)


def _row(metric: Metric, cells: Sequence[Html]) -> Html:
    name = element("th", metric.name, element("small", metric.meaning), scope="row", role="rowheader")
    return element("tr", name, *cells, role="row")


def _cell(metric: Metric, numbers: Numbers, side: str, unsound: Collection[str]) -> Html:
    value, detail = _statistics(metric, numbers, side, unsound)
    which = element("span", swatch(side), LOOKS[side].name, class_="which")  # a phone shows no column heads
    return element("td", which, element("b", value), element("small", detail), role="cell")


def _statistics(metric: Metric, numbers: Numbers, side: str, unsound: Collection[str]) -> tuple[Part, Part]:
    found = metric.statistics(numbers, side)
    if found is None:
        why: Part = "not measured"
        if metric.column in withheld(side, unsound):
            why = element("a", "not told", href="#not-told")
        return element("span", "–", class_="absent"), why
    return metric.text(found["median"]), f"IQR {metric.text(found['iqr'])} · n {count(found['n'])}"
