"""The injured side against the other in numbers and in words that conclude nothing."""

from dash import html
from dash.development.base_component import Component

from dashboard.components.explained import explained
from dashboard.components.section import table
from dashboard.text import _, episode_words as words
from dashboard.text.rules import spoken
from imu.report.metrics import PEAK_ACCELERATION
from imu.training.sides import SideBySide


def sides_table(found: tuple[SideBySide, ...]) -> Component:
    """Numbers of all quantities: usual, now, change with its error, and what could be told at all."""
    rows: list[list[str | Component]] = []
    for one in found:
        shown = words.quantity(one.quantity)
        rows.append(
            [
                explained(_explained_as(one), shown.name),
                _figure(shown.signed(one.usual) if one.usual is not None else "–"),
                _figure(shown.signed(one.now) if one.now is not None else "–"),
                _figure(changed(one)),
                _figure(detectable(one)),
                verdict(one),
            ]
        )
    return table(heads(), rows)


def heads() -> list[str]:
    """Of the columns: what is changed, and what can be told, are both of the mean of the last runs."""
    return [
        _("Injured − other"),
        _("before"),
        _("last runs, mean"),
        _("change ± se"),
        _("detectable in that mean"),
        "",
    ]


def _figure(words: str) -> Component:
    """A number with its error in one line, however narrow its column."""
    return html.Span(words, style={"whiteSpace": "nowrap"})


def _explained_as(one: SideBySide) -> str:
    """The term of the help page that a quantity is."""
    return PEAK_ACCELERATION.column if one.quantity == "impact_g" else one.quantity


def changed(one: SideBySide) -> str:
    shown = words.quantity(one.quantity)
    if one.change is None or one.standard_error is None:
        return "–"
    # Never nothing: legs that differed by as much in every usual run are no certainty.
    error = max(one.standard_error, 10.0**-shown.decimals / shown.scale)
    return f"{shown.signed(one.change)} ± {shown.number(error)}"


def detectable(one: SideBySide) -> str:
    """What the mean of the last runs must pass, up or down."""
    if one.detectable is None or not one.recent:
        return "–"
    return words.quantity(one.quantity).number(one.detectable)


def verdict(one: SideBySide) -> str:
    """Whether the sides differ otherwise than before the injury, in words that conclude nothing."""
    if one.no_reference is not None:
        return _("not judged: {because}", because=spoken(one.no_reference))
    if one.now is None:
        return _("not judged: no run since the injury shows both legs")
    return _("changed: a pattern to discuss") if one.is_detectable else _("no change that can be told")


def sentence_of_sides(one: SideBySide) -> str:
    """The chart in one sentence."""
    shown = words.quantity(one.quantity)
    now = "–" if one.now is None else f"{shown.signed(one.now)} ({words.last_runs(len(one.recent))})"
    usual = "–" if one.usual is None else shown.signed(one.usual)
    return _(
        "{name}, injured minus other: now {now}, before the injury {usual}: {verdict}.",
        name=shown.name,
        now=now,
        usual=usual,
        verdict=verdict(one),
    )
