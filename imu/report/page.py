"""One analysed run as one HTML file: nothing outside it is ever asked for."""

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from plotly.offline import get_plotlyjs

from imu.analysis.trust import judge
from imu.analysis.withheld import as_told, not_told, sound
from imu.errors import writing
from imu.report import asymmetry, charts, closing, opening, theme
from imu.report.markup import POLICY, Html, element, join
from imu.report.trends import run_bouts, running

if TYPE_CHECKING:
    from imu.analysis import RunAnalysis


def write_page(analysis: "RunAnalysis", path: Path | str) -> None:
    """Write the page; an earlier one stays whole until the new one is."""
    path = Path(path)
    beside = path.with_name(f".{path.name}.part")
    with writing(path):
        try:
            beside.write_text(page(analysis), encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def page(analysis: "RunAnalysis") -> str:
    """The whole document."""
    summary = analysis.summary
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        element("title", f"{opening.day(summary['start'])} · Restride"),
        element("style", Html(theme.stylesheet()), Html(_packaged("page.css"))),
    )
    body = element(
        "body", element("main", *_sections(analysis)), _script(get_plotlyjs()), _script(_packaged("page.js"))
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _sections(analysis: "RunAnalysis") -> list[Html]:
    summary, absent = as_told(analysis.summary), not_told(analysis.summary)
    verdict = judge(analysis.summary)
    unsound = verdict.unsound
    duration_s = summary["duration_s"]
    bouts_s = run_bouts(summary)
    running_s = float(np.diff(bouts_s, axis=1).sum())
    counted = sound(running(analysis.strides), unsound)
    sections = [
        opening.headline(summary, running_s=running_s),
        opening.key_numbers(summary["running"], unsound) if opening.judged(summary["running"]) else None,
        opening.left_out(absent),
        charts.timeline(summary["bouts"], duration_s=duration_s),
        *charts.courses(counted, summary, bouts_s, unsound),
        charts.average_strides(analysis.curves, counted, unsound),
        asymmetry.section(summary["asymmetry"], summary["running"], unsound),
        closing.exercises(summary.get("exercises", ())),
        closing.warnings(summary["warnings"], is_whole=not absent),
        closing.data_quality(summary["sensors"], verdict),
        closing.not_judged(summary["not_judged"]),
        closing.how_to_read(),
        closing.colophon(summary["version"]),
    ]
    return [section for section in sections if section is not None]


def _script(source: str) -> Html:
    return join(Html("<script>"), Html(source), Html("</script>"))


def _packaged(name: str) -> str:
    return files("imu.report").joinpath(name).read_text(encoding="utf-8")
