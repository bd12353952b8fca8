"""An injury over time: stages, load, pain and what was marked, on one axis."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard import theme
from dashboard.text import _, episode_words as words
from imu.followup.episode import Episode
from imu.training.history import CheckIn, Moment
from imu.training.warnings import Level, RaisedWarning

LINE = "#0b8a65"  # the accent, readable on both schemes
_LEVELS: dict[Level, tuple[str, str, float]] = {
    "red": ("#e03131", "solid", 6),
    "amber": ("#d9780f", "solid", 4),
    "note": (theme.NEUTRAL, "dot", 3),
}
_MOMENTS: dict[Moment, tuple[str, str]] = {
    "during": ("circle", "●"),
    "after": ("circle-open", "○"),
    "next_morning": ("diamond-open", "◇"),
}
_ROWS = (0.3, 0.22, 0.24, 0.24)


def course(episode: Episode) -> go.Figure:
    """Four rows on one axis of time. Hatched behind all of them: time on hold."""
    lanes = _lanes(episode)
    figure = make_subplots(rows=4, cols=1, shared_xaxes=True, row_heights=list(_ROWS), vertical_spacing=0.075)
    figure.add_trace(_ladder(episode), row=1, col=1)
    figure.add_trace(_load(episode), row=2, col=1)
    for trace in _pain(episode):
        figure.add_trace(trace, row=3, col=1)
    for trace in _marks(episode, lanes):
        figure.add_trace(trace, row=4, col=1)
    _axes(figure, episode, lanes)
    _behind(figure, episode)
    return figure


def summary(episode: Episode) -> str:
    """The picture in one sentence, for whoever cannot see it."""
    worst = max((one.pain for one in episode.answers if one.at.date() >= episode.injury.onset), default=None)
    reached = max((spell.step for spell in episode.spells), default=0)
    return _(
        "From {begin} to {end}: highest step {step} of the plan, {minutes} minutes of running in the last "
        "seven days, worst pain since the injury {pain} of 10, {warnings} warnings.",
        begin=f"{episode.begin:%Y-%m-%d}",
        end=f"{episode.end:%Y-%m-%d}",
        step=reached,
        minutes=f"{episode.weeks[-1].minutes:.0f}" if episode.weeks else "0",
        pain="–" if worst is None else worst,
        warnings=len(episode.warnings),
    )


def _ladder(episode: Episode) -> go.Scatter:
    """Steps of the plan: up is ahead, down is a step back."""
    at = [moment for spell in episode.spells for moment in (spell.begin, spell.end)]
    step = [spell.step for spell in episode.spells for _twice in range(2)]
    told = [
        _("Stage {stage}", stage=spell.stage) if spell.stage else _("before the entry gate")
        for spell in episode.spells
        for _twice in range(2)
    ]
    return go.Scatter(
        x=[_wall(one) for one in at],
        y=step,
        customdata=told,
        mode="lines",
        line={"color": LINE, "width": 2.5, "shape": "hv"},
        fill="tozeroy",
        fillcolor="rgba(11, 138, 101, 0.14)",
        hovertemplate="%{x|%Y-%m-%d}: %{customdata}<extra></extra>",
    )


def _load(episode: Episode) -> go.Bar:
    day = 24 * 3600 * 1000.0
    return go.Bar(
        x=[week.begin for week in episode.weeks],
        y=[week.minutes for week in episode.weeks],
        customdata=[week.runs for week in episode.weeks],
        width=[6.4 * day] * len(episode.weeks),
        offset=0.3 * day,
        marker={"color": theme.NEUTRAL, "cornerradius": 2},
        hovertemplate=_("Week of %{x|%Y-%m-%d}: %{y:.0f} min in %{customdata} runs") + "<extra></extra>",
    )


def _pain(episode: Episode) -> Iterator[go.Scatter]:
    for moment, (symbol, _glyph) in _MOMENTS.items():
        own = [one for one in episode.answers if one.moment == moment]
        if own:
            yield go.Scatter(
                x=[_wall(one.at) for one in own],
                y=[one.pain for one in own],
                customdata=[_answer(one) for one in own],
                mode="markers",
                marker={"symbol": symbol, "size": 8, "color": theme.INJURED.colour, "line": {"width": 1.5}},
                hovertemplate="%{x|%Y-%m-%d}: %{customdata}<extra></extra>",
            )


def _answer(one: CheckIn) -> str:
    parts = [f"{one.pain}/10 {words.moment(one.moment)}", *(words.flag(flag) for flag in one.red_flags)]
    where = " ".join(part for part in (words.side(one.side) if one.side else "", one.site or "") if part)
    return ", ".join([*parts, *([where] if where else [])])


def _lanes(episode: Episode) -> tuple[str, ...]:
    """Names of the lanes that have something in them, bottom to top."""
    codes = dict.fromkeys(words.warning(one.code) for one in episode.warnings)
    lanes = [*(_("Decisions") for _one in episode.decisions[:1]), *codes]
    if any(one.red_flags for one in episode.answers):
        lanes.append(_("Red flags"))
    return tuple(dict.fromkeys(lanes)) or (_("nothing"),)


def _marks(episode: Episode, lanes: tuple[str, ...]) -> Iterator[go.Scatter]:
    for one in episode.warnings:
        yield _spell(one, episode, lanes)
    flagged = [one for one in episode.answers if one.red_flags]
    yield go.Scatter(
        x=[_wall(one.at) for one in flagged],
        y=[lanes.index(_("Red flags")) for _one in flagged],
        customdata=[_answer(one) for one in flagged],
        mode="markers",
        marker={"symbol": "x", "size": 10, "color": _LEVELS["red"][0]},
        hovertemplate="%{x|%Y-%m-%d}: %{customdata}<extra></extra>",
    )
    yield go.Scatter(
        x=[_wall(one.at) for one in episode.decisions],
        y=[lanes.index(_("Decisions")) for _one in episode.decisions],
        customdata=[f"{words.decision(one.kind)}, {_plain(one.by)}" for one in episode.decisions],
        mode="markers",
        marker={"symbol": "triangle-up", "size": 11, "color": LINE},
        hovertemplate="%{x|%Y-%m-%d}: %{customdata}<extra></extra>",
    )


def _spell(one: RaisedWarning, episode: Episode, lanes: tuple[str, ...]) -> go.Scatter:
    colour, dash, width = _LEVELS[one.level]
    begin = max(one.raised_at, datetime.combine(episode.begin, datetime.min.time(), one.raised_at.tzinfo))
    until = one.resolved_at or episode.end
    lane = lanes.index(words.warning(one.code))
    is_open = one.resolved_at is None
    return go.Scatter(
        x=[_wall(begin), _wall(until)],
        y=[lane, lane],
        mode="lines+markers",
        line={"color": colour, "dash": dash, "width": width},
        marker={
            "symbol": ["line-ns", "arrow-right" if is_open else "line-ns"],
            "size": 12,
            "color": colour,
            "line": {"color": colour, "width": 2},
        },
        name=f"{words.warning(one.code)}, {words.level(one.level)}, {words.status(one.status)}",
        hovertemplate="%{x|%Y-%m-%d}: %{fullData.name}<extra></extra>",
    )


def _axes(figure: go.Figure, episode: Episode, lanes: tuple[str, ...]) -> None:
    glyphs = ", ".join(f"{glyph} {words.moment(moment)}" for moment, (_s, glyph) in _MOMENTS.items())
    titles = (
        _("Step of the plan"),
        _("Running, minutes in seven days"),
        _("Pain of 10: {glyphs}", glyphs=glyphs),
        _("Marked: from when to when"),
    )
    highest = max((spell.step for spell in episode.spells), default=0)
    top = max(highest + 1, 4)
    figure.update_yaxes(range=[0, top], tickvals=_few(highest), row=1, col=1)
    figure.update_yaxes(rangemode="tozero", nticks=4, row=2, col=1)
    figure.update_yaxes(range=[-0.6, 10.6], tickvals=[0, 5, 10], row=3, col=1)
    figure.update_yaxes(
        range=[-0.7, len(lanes) - 0.3], tickvals=list(range(len(lanes))), ticktext=list(lanes), row=4, col=1
    )
    figure.update_yaxes(gridcolor=theme.BAND, zeroline=False, fixedrange=True)
    last = _wall(episode.end)
    figure.update_xaxes(
        range=[episode.begin, last], showgrid=False, fixedrange=True, nticks=6, tickformat="%-d %b"
    )
    for row, title in enumerate(titles, start=1):
        figure.add_annotation(
            text=title,
            x=0,
            xref="paper",
            xanchor="left",
            y=1,
            yref=f"y{row if row > 1 else ''} domain",
            yanchor="bottom",
            showarrow=False,
            font={"size": 12},
        )
    figure.update_layout(
        font={"family": theme.MANTINE["fontFamily"], "size": 11, "color": theme.NEUTRAL},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        uirevision="keep",
        margin={"l": 74, "r": 12, "t": 22, "b": 28},
        height=620,
    )


def _behind(figure: go.Figure, episode: Episode) -> None:
    """Stages as bands by turns, holds as hatching, the injury as a line."""
    for at, spell in enumerate(episode.spells):
        if at % 2:
            _band(figure, spell.begin, spell.end, {"fillcolor": "rgba(134, 142, 150, 0.10)"})
    for held in episode.holds:
        _band(figure, held.begin, held.end, {"fillcolor": "rgba(224, 49, 49, 0.16)"}, _("hold"))
    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    figure.add_shape(
        type="line",
        x0=onset,
        x1=onset,
        y0=0,
        y1=1,
        xref="x",
        yref="paper",
        line={"color": theme.INJURED.colour, "width": 1.5, "dash": "dash"},
    )
    figure.add_annotation(
        text=_("injury"),
        x=onset,
        xref="x",
        y=0.99,
        yref="paper",
        xanchor="right",
        yanchor="top",
        showarrow=False,
        xshift=-4,
        font={"size": 11},
    )


def _band(
    figure: go.Figure, begin: datetime, end: datetime, fill: dict[str, Any], label: str | None = None
) -> None:
    figure.add_shape(
        type="rect",
        x0=_wall(begin),
        x1=_wall(end),
        y0=0,
        y1=1,
        xref="x",
        yref="paper",
        layer="below",
        line={"width": 0},
        **fill,
    )
    if label:
        figure.add_annotation(
            text=label,
            x=_wall(begin),
            xref="x",
            y=0.93,
            yref="paper",
            xanchor="left",
            yanchor="top",
            showarrow=False,
            font={"size": 10},
        )


def _few(highest: int) -> list[int]:
    """Ticks that do not crowd: the highest step, and every fifth below it."""
    return sorted({*range(0, highest - 1, 5), highest})


def _wall(at: datetime) -> datetime:
    """By the athlete's own clock: Plotly knows no zones."""
    return at.replace(tzinfo=None)


def _plain(text: str) -> str:
    """Somebody's words in a label, which Plotly reads as a kind of HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
