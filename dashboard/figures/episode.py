"""An injury over time: stages, load, pain and what was marked, on one axis."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from dashboard import theme
from dashboard.figures.base import Figure, Trace, note
from dashboard.figures.stacked import Row, as_text, day_pointed_at, span, stacked, upright, wall
from dashboard.text import _, episode_words as words, numbers
from dashboard.text.rules import spoken
from imu.followup.episode import Episode, Lately, Week
from imu.training.history import CheckIn, Moment
from imu.training.warnings import Level, RaisedWarning

LINE = "#0b8a65"  # the accent, readable on both schemes
_DAY_MS = 24 * 3600 * 1000.0
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


def course(episode: Episode) -> Figure:
    """Four rows on one axis of time. Red behind all of them: time on hold."""
    lanes = _lanes(episode)
    highest = max((spell.step for spell in episode.spells), default=0)
    rows = (
        Row(
            0.28,
            _("Step of the plan"),
            [_ladder(episode)],
            {"range": [0, max(highest + 1, 4)], "tickvals": _few(highest)},
        ),
        _load_row(episode.weeks, share=0.2),
        _pain_row(episode.answers, share=0.22),
        Row(
            0.06 * len(lanes),
            _("Marked: from when to when"),
            list(_marks(episode, lanes)),
            {
                "range": [-0.6, len(lanes) - 0.4],
                "tickvals": list(range(len(lanes))),
                "ticktext": list(lanes),
                "automargin": True,  # names are as long as their language makes them
            },
        ),
    )
    shapes, notes = _behind(episode)
    return stacked(
        rows,
        x={"range": [wall(episode.begin), wall(episode.end)]},
        gap=0.075,
        margin={"l": 92, "r": 12, "t": 22, "b": 28},
        shapes=shapes,
        notes=notes,
    )


def load_and_pain(shown: Lately) -> Figure:
    """Two rows on one axis of time, where no plan is followed."""
    return stacked(
        (_load_row(shown.weeks, share=0.5), _pain_row(shown.answers, share=0.5)),
        x={"range": [wall(shown.begin), wall(shown.end)]},
        gap=0.14,
        margin={"l": 40, "r": 12, "t": 22, "b": 28},
    )


def summary_of_lately(shown: Lately) -> str:
    """The same picture in one sentence."""
    worst = max((one.pain for one in shown.answers), default=None)
    return _(
        "From {begin} to {end}: {minutes} minutes of running in the last seven days, worst pain {pain} of "
        "10.",
        begin=numbers.date_words(shown.begin),
        end=numbers.date_words(shown.end),
        minutes=f"{shown.weeks[-1].minutes:.0f}" if shown.weeks else "0",
        pain="–" if worst is None else worst,
    )


def summary(episode: Episode) -> str:
    """The picture in one sentence, for whoever cannot see it."""
    worst = max((one.pain for one in episode.answers if one.at.date() >= episode.injury.onset), default=None)
    reached = max((spell.step for spell in episode.spells), default=0)
    return _(
        "From {begin} to {end}: highest step {step} of the plan, {minutes} minutes of running in the last "
        "seven days, worst pain since the injury {pain} of 10, {warnings} warnings.",
        begin=numbers.date_words(episode.begin),
        end=numbers.date_words(episode.end),
        step=reached,
        minutes=f"{episode.weeks[-1].minutes:.0f}" if episode.weeks else "0",
        pain="–" if worst is None else worst,
        warnings=len(episode.warnings),
    )


def _ladder(episode: Episode) -> Trace:
    """Steps of the plan: up is ahead, down is a step back."""
    ends = [(moment, spell) for spell in episode.spells for moment in (spell.begin, spell.end)]
    told = [
        _("Stage {stage}", stage=spell.stage) if spell.stage else _("before the entry gate")
        for _at, spell in ends
    ]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [wall(at) for at, _spell_of in ends],
        "y": [spell.step for _at, spell in ends],
        "customdata": told,
        "line": {"color": LINE, "width": 2.5, "shape": "hv"},
        "fill": "tozeroy",
        "fillcolor": "rgba(11, 138, 101, 0.14)",
        "hovertemplate": f"{day_pointed_at()}: %{{customdata}}<extra></extra>",
    }


def _load_row(weeks: Sequence[Week], *, share: float) -> Row:
    return Row(
        share,
        _("Running, minutes in seven days"),
        [_load(weeks)],
        {"rangemode": "tozero", "nticks": 4},
    )


def _pain_row(answers: Sequence[CheckIn], *, share: float) -> Row:
    # One line of a phone has room for short words.
    told = {one: _("morning") if one == "next_morning" else words.moment(one) for one in _MOMENTS}
    glyphs = ", ".join(f"{glyph} {told[moment]}" for moment, (_s, glyph) in _MOMENTS.items())
    return Row(
        share,
        _("Pain of 10: {glyphs}", glyphs=glyphs),
        list(_pain(answers)),
        {"range": [-0.8, 10.8], "tickvals": [0, 5, 10]},
    )


def _load(weeks: Sequence[Week]) -> Trace:
    said = _(
        "Week of {day}: {minutes} min in {runs} runs",
        day=day_pointed_at(),
        minutes="%{y:.0f}",
        runs="%{customdata}",
    )
    return {
        "type": "bar",
        "x": [wall(week.begin) for week in weeks],
        "y": [round(week.minutes, 1) for week in weeks],
        "customdata": [week.runs for week in weeks],
        "width": 6.4 * _DAY_MS,
        "offset": 0.3 * _DAY_MS,
        "marker": {"color": theme.NEUTRAL, "cornerradius": 2},
        "hovertemplate": f"{said}<extra></extra>",
    }


def _pain(answers: Sequence[CheckIn]) -> Iterator[Trace]:
    for moment, (symbol, _glyph) in _MOMENTS.items():
        own = [one for one in answers if one.moment == moment]
        marker = {"symbol": symbol, "size": 8, "color": theme.INJURED.colour, "line": {"width": 1.5}}
        yield _points(own, [one.pain for one in own], marker)


def _points(answers: list[CheckIn], y: list[int], marker: dict[str, Any]) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [wall(one.at) for one in answers],
        "y": y,
        "customdata": [_answer(one) for one in answers],
        "marker": marker,
        "hovertemplate": f"{day_pointed_at()}: %{{customdata}}<extra></extra>",
    }


def _answer(one: CheckIn) -> str:
    parts = [f"{one.pain}/10 {words.moment(one.moment)}", *(words.flag(flag) for flag in one.red_flags)]
    where = " ".join(part for part in (words.side(one.side) if one.side else "", one.site or "") if part)
    return as_text(", ".join([*parts, *([where] if where else [])]))


def _lanes(episode: Episode) -> tuple[str, ...]:
    """Names of the lanes that have something in them, bottom to top."""
    lanes = [_("Decisions")] if episode.decisions else []
    lanes += dict.fromkeys(words.warning(one.code) for one in episode.warnings)
    lanes += [_("Red flags")] if any(one.red_flags for one in episode.answers) else []
    return tuple(lanes) or (_("nothing"),)


def _marks(episode: Episode, lanes: tuple[str, ...]) -> Iterator[Trace]:
    for one in episode.warnings:
        yield _warned(one, episode, lanes)
    flagged = [one for one in episode.answers if one.red_flags]
    if flagged:
        lane = lanes.index(_("Red flags"))
        yield _points(flagged, [lane] * len(flagged), {"symbol": "x", "size": 10, "color": _LEVELS["red"][0]})
    if episode.decisions:
        yield {
            "type": "scatter",
            "mode": "markers",
            "x": [wall(one.at) for one in episode.decisions],
            "y": [lanes.index(_("Decisions"))] * len(episode.decisions),
            "customdata": [
                as_text(f"{words.decision(one.kind)}, {spoken(one.whose)}") for one in episode.decisions
            ],
            "marker": {"symbol": "triangle-up", "size": 11, "color": LINE},
            "hovertemplate": f"{day_pointed_at()}: %{{customdata}}<extra></extra>",
        }


def _warned(one: RaisedWarning, episode: Episode, lanes: tuple[str, ...]) -> Trace:
    """From when it was raised until it was over; an arrow where it is still open."""
    colour, dash, width = _LEVELS[one.level]
    until = one.resolved_at or episode.end
    end = "arrow-right" if one.resolved_at is None else "line-ns"
    lane = lanes.index(words.warning(one.code))
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [wall(one.raised_at), wall(until)],
        "y": [lane, lane],
        "line": {"color": colour, "dash": dash, "width": width},
        "marker": {
            "symbol": ["line-ns", end],
            "size": 12,
            "color": colour,
            "line": {"color": colour, "width": 2},
        },
        "name": f"{words.warning(one.code)}, {words.level(one.level)}, {words.status(one.status)}",
        "hovertemplate": f"{day_pointed_at()}: %{{fullData.name}}<extra></extra>",
    }


def _behind(episode: Episode) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Stages as bands by turns, holds, and the injury as a line; and their names."""
    shapes = [span(spell.begin, spell.end, "rgba(134, 142, 150, 0.10)") for spell in episode.spells[1::2]]
    shapes += [span(held.begin, held.end, "rgba(224, 49, 49, 0.16)") for held in episode.holds]
    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    shapes.append(upright(onset, {"color": theme.INJURED.colour, "width": 1.5, "dash": "dash"}))
    at_top = {"yref": "paper", "yanchor": "top"}
    notes: list[dict[str, Any]] = [
        note(as_text(_("on hold")), wall(held.begin), 0.94, xanchor="left", **at_top)
        for held in episode.holds
    ]
    # On the side with more room: its word neither stands in the numbers of the axis nor leaves the picture.
    is_early = episode.injury.onset - episode.begin < episode.end.date() - episode.injury.onset
    beside = {"xanchor": "left", "xshift": 4} if is_early else {"xanchor": "right", "xshift": -4}
    notes.append(note(_("injury"), wall(onset), 0.99, **beside, **at_top))
    return shapes, notes


def _few(highest: int) -> list[int]:
    """Ticks that do not crowd: the highest step, and every fifth below it."""
    return sorted({*range(0, highest - 1, 5), highest})
