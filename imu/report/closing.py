"""The end of the page: warnings, how good the data were, what was not judged, and how to read it all."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from statistics import median
from typing import Any

from imu.analysis.trust import TOLD, Judgement
from imu.analysis.withheld import NONE_TOLD
from imu.report.begun import begun
from imu.report.markup import Html, Part, element, join
from imu.report.metrics import signed, spaced

PLACES = {
    "shank_left": "Left shank",
    "shank_right": "Right shank",
    "pelvis": "Pelvis",
    "foot_left": "Left foot",
    "foot_right": "Right foot",
}

QUALITY_COLUMNS = ("Sensor", "Grade", "Rate", "Missing", "Clipped", "Alignment", "Remarks")

READING = {
    "Compared with yourself": (
        "No angle is good or bad in itself. A warning means that something differs from your own strides, "
        "nothing more. It is not a diagnosis and does not clear you to run; follow your clinician."
    ),
    "What the ranges mean": (
        "Every number is an estimate. The middle half (IQR) says how much your strides vary, a band how "
        "exactly one stride is known. Landing 10 ms earlier or later moves the shank angle by about 2°."
    ),
    "Left and right": "Left is blue, solid, with round markers; right is orange, dashed, with diamonds.",
}

DRAWINGS = {
    "shank_angle.svg": (
        "Shank angle, seen from the side. Zero is your quiet standing; positive: the ankle is ahead of the "
        "knee."
    ),
    "pelvic_drop.svg": (
        "Pelvic drop, seen from behind. Positive means the pelvis sinks on the side of the swinging leg."
    ),
}


EXERCISES = {
    "chair_bridge": "Chair bridge",
    "bridge_walkout": "Bridge walk-out",
    "power_position_hold": "Power position",
    "march_skip_drill": "March and skip, its marching",
}


def exercises(sets: Sequence[Mapping[str, Any]]) -> Html | None:
    """What the sensors counted of the programme; nothing where nothing was done."""
    if not sets:
        return None
    note = "Counted by the sensors, which was tested on simulated movement only. Correct it in your log."
    return element(
        "section",
        element("h2", "Exercises"),
        element("ul", *[element("li", _exercise(one)) for one in sets]),
        element("p", note, class_="note"),
        id="exercises",
    )


def warnings(found: Sequence[Mapping[str, Any]], *, is_whole: bool) -> Html:
    """Every warning: code, value, what it was compared with, and the sentence. is_whole: whether every
    sensor's changes are told."""
    if not found:
        body: Part = element("p", "None." if is_whole else NONE_TOLD, class_="lead")
    else:
        body = element("ul", *[_warning(warning) for warning in found], class_="warnings")
    return element("section", element("h2", "Warnings"), body, id="warnings")


def data_quality(sensors: Mapping[str, Mapping[str, Any]], verdict: Judgement) -> Html:
    """How far the run can be trusted, and how well each sensor recorded and sat."""
    because = f": {'; '.join(verdict.because)}" if verdict.because else ""
    head = [element("th", name, scope="col", role="columnheader") for name in QUALITY_COLUMNS]
    rows = [_sensor(placement, sensor) for placement, sensor in sensors.items()]
    return element(
        "section",
        element("h2", "Data quality"),
        element("p", f"{TOLD[verdict.trust]}{because}.", class_="lead"),
        element(
            "table",
            element("thead", element("tr", *head, role="row"), role="rowgroup"),
            element("tbody", *rows, role="rowgroup"),
            class_="quality",
            role="table",
        ),
        id="quality",
    )


def not_judged(items: Sequence[Mapping[str, Any]]) -> Html:
    """What is absent, and why."""
    body: Part = element("p", "Everything this program judges was judged.", class_="lead")
    if items:
        pairs = [
            element(
                "div",
                element("dt", begun(item["what"])),
                element("dd", item["why"]),
            )
            for item in items
        ]
        body = element("dl", *pairs, class_="reasons")
    return element("section", element("h2", "Not judged"), body, id="not-judged")


def how_to_read() -> Html:
    """Signs, with a drawing of each, and what the numbers do not say."""
    drawings = [
        element("figure", _drawing(name), element("figcaption", text)) for name, text in DRAWINGS.items()
    ]
    notes = [element("div", element("dt", term), element("dd", text)) for term, text in READING.items()]
    return element(
        "section",
        element("h2", "How to read this"),
        element("div", *drawings, class_="pair drawings"),
        element("dl", *notes, class_="reasons"),
        id="reading",
    )


def colophon(version: str) -> Html:
    return element(
        "footer",
        element(
            "p", f"Made by Restride {version}. A training log and movement-change tool, not a medical device."
        ),
    )


def _exercise(one: Mapping[str, Any]) -> str:
    name = EXERCISES.get(one["exercise"], one["exercise"])
    leg = f" on the {one['side']} leg" if one["side"] else ""
    held = f", held {median(one['hold_s']):.1f}{spaced('s')} (median)" if one["hold_s"] else ""
    counted = "knees" if one["exercise"] == "march_skip_drill" else "repetitions"
    doubt = f"; {one['doubtful']} more may have been one" if one["doubtful"] else ""
    return f"{name}{leg}: {one['reps']} {counted}{held}{doubt}."


def _warning(warning: Mapping[str, Any]) -> Html:
    unit = "°" if warning["unit"] == "deg" else spaced(warning["unit"])
    value = warning["value"]
    if value is None:
        size = ""
    elif warning["uncertainty"] is None:  # a count or a share, not a change
        size = f"{value:g}{unit}, "
    else:
        size = f"{signed(value)}{unit} ± {warning['uncertainty']:.1f}{unit}, "
    note = join(element("code", warning["code"]), f"{size}compared with {warning['compared_with']}")
    return element("li", element("p", warning["sentence"]), element("p", note, class_="note"))


def _sensor(placement: str, sensor: Mapping[str, Any]) -> Html:
    alignment = sensor["alignment"]
    device = " ".join(text for text in (sensor["device"], sensor["serial"]) if text)
    cells = (
        sensor["grade"],
        f"{sensor['rate_hz']:.1f}{spaced('Hz')}",
        percent(sensor["missing_share"]),
        percent(sensor["clipped_share"]),
        alignment["grade"] if alignment else "not aligned",
        " ".join(sensor["sentences"]) or "none",
    )
    where = PLACES.get(placement, placement)
    head = element("th", where, element("small", device or None), scope="row", role="rowheader")
    data = [
        element("td", element("span", name, class_="which"), cell, role="cell")
        for name, cell in zip(QUALITY_COLUMNS[1:], cells, strict=True)
    ]
    return element("tr", head, *data, role="row")


def percent(share: float) -> str:
    """`none`, `< 0.01 %` or a share: a rounded zero would hide that something was lost."""
    if share == 0:
        return "none"
    digits = 3 if share >= 0.1 else 2  # as fine as the sentence beside it
    return f"< 0.01{spaced('%')}" if share < 0.0001 else f"{share * 100:.{digits}g}{spaced('%')}"


def _drawing(name: str) -> Html:
    return Html(files("imu.report").joinpath(name).read_text(encoding="utf-8"))
