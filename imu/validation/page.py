"""The report as one HTML file that asks for nothing outside it: goals, worst cases, Bland-Altman plots."""

from importlib.resources import files
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

import imu
from imu.report import theme
from imu.report.markup import POLICY, Html, element, join
from imu.validation.evidence import Evidence
from imu.validation.experiments import ALL_SENSORS, UNCALIBRATED
from imu.validation.judging import MET, MISSED, Verdict, summary
from imu.validation.metrics import METRIC_OF_COLUMN
from imu.validation.plots import bland_altman
from imu.validation.tables import (
    Chapter,
    Table,
    agreement_chapters,
    goal_chapters,
    missed_goals,
    refusals,
    unmeasured_goals,
)

_HOW = (
    "Running with all sensors, no calibration. A point is one stride, its error ours minus true; the lines "
    "are the bias and the 95 % limits over all strides of people, with the runner as random effect. "
    "Simulated runs are shown but do not count, sprints have goals of their own, and a set whose truth is "
    "only approximate for a metric stands in the table alone, marked ≈."
)
_VERDICTS = {MET: "met", MISSED: "not-met"}


def write(evidence: Evidence, verdicts: list[Verdict], path: Path) -> None:
    """Write the page; an earlier one stays whole until the new one is."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(render(evidence, verdicts), encoding="utf-8")
    beside.replace(path)


def render(evidence: Evidence, verdicts: list[Verdict]) -> str:
    """The whole document."""
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        element("title", "Validation · Restride"),
        element("style", Html(theme.stylesheet()), Html(_packaged("page.css"))),
    )
    main = element(
        "main",
        element("h1", "How well Restride agrees with the truth"),
        element("p", f"{summary(verdicts)}. Restride {imu.__version__}.", class_="lead"),
        _list("Goals missed", missed_goals(verdicts)),
        _list("Recordings not analysed", refusals(evidence)),
        _goals(goal_chapters(verdicts)),
        _list("Goals no recording here can show", unmeasured_goals(verdicts)),
        *_agreement(evidence),
    )
    body = element("body", main, _script(get_plotlyjs()), _script(_packaged("page.js")))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _list(title: str, lines: list[str]) -> Html | None:
    if not lines:
        return None
    items = [element("li", line) for line in lines]
    return element("section", element("h2", title), element("ul", *items, class_="lines"))


def _goals(chapters: list[Chapter]) -> Html:
    parts = [join(element("h3", chapter.title), _table(chapter.table)) for chapter in chapters]
    return element("section", element("h2", "Goals"), *parts)


def _agreement(evidence: Evidence) -> list[Html]:
    """A Bland-Altman plot and, folded away, the table behind it, per metric."""
    errors = evidence.where(activity="run", sensors=ALL_SENSORS, calibration=UNCALIBRATED).errors
    chapters = agreement_chapters(evidence)
    if not chapters:
        return []
    introduction = element(
        "section", element("h2", "Agreement of strides"), element("p", _HOW, class_="lead")
    )
    return [introduction, *(_metric(chapter, errors[errors["set"] != "sprint"]) for chapter in chapters)]


def _metric(chapter: Chapter, errors: pd.DataFrame) -> Html:
    return element(
        "section",
        element("h3", chapter.title),
        _plot(bland_altman(errors, METRIC_OF_COLUMN[chapter.metric])),
        element("details", element("summary", "By set, variant and speed"), _table(chapter.table)),
        class_="metric",
    )


def _table(table: Table) -> Html:
    def cell(text: str, numeric: bool) -> Html:
        return element("td", text, class_="number" if numeric else _VERDICTS.get(text))

    head = [
        element("th", text, class_="number" if numeric else None)
        for text, numeric in zip(table.header, table.numeric, strict=True)
    ]
    rows = [element("tr", *map(cell, line, table.numeric)) for line in table.rows]
    whole = element("table", element("thead", element("tr", *head)), element("tbody", *rows))
    # On a phone the table scrolls, not the page; the keyboard reaches it too.
    return element("div", whole, class_="wide", tabindex="0")


def _plot(figure: go.Figure) -> Html:
    # `</` inside the data would end the script early.
    data = Html(str(figure.to_json()).replace("</", "<\\/"))
    return join(
        element("div", class_="plot"), Html('<script type="application/json">'), data, Html("</script>")
    )


def _script(source: str) -> Html:
    return join(Html("<script>"), Html(source), Html("</script>"))


def _packaged(name: str) -> str:
    return files("imu.validation").joinpath(name).read_text(encoding="utf-8")
