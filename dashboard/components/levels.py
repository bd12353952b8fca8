"""How pressing something is: a word, a symbol and a colour together, never a colour alone."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _, language

NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class Level:
    """A level as a screen shows it. `look`: its colour is that of the CSS class `level-<look>`."""

    key: str
    look: str
    symbol: str
    word: str


Levels = dict[str, Level]


def needs() -> Levels:
    """Of an athlete in a squad, by `imu.followup.needs.Level`."""
    return _needs(language())


def loads() -> Levels:
    """Of a load against an earlier one, by `imu.training.load.Level` or `NOT_JUDGED`."""
    return _loads(language())


def may_run() -> Levels:
    """Of today, by `imu.training.next_session.MayRun`."""
    return _may_run(language())


def of_warning(level: str) -> Level:
    """Of a warning, by `imu.training.warnings.Level`: what is only noted asks for a look, without alarm."""
    return needs()["due" if level == "note" else level]


def mark(level: Level, *words: str, size: str = "sm") -> Component:
    """The symbol, then the words of the level or others."""
    unread: dict[str, Any] = {"aria-hidden": "true"}
    symbol = html.Span(level.symbol, className="level-symbol", **unread)
    said = words or (level.word,)
    return dmc.Text([symbol, *said], className=f"level-{level.look}", size=size, fw=600, span=True)


# Kept by language: a squad of hundreds asks for the same few words thousands of times.
@cache
def _needs(_language: str) -> Levels:
    return _by_key(
        Level("red", "red", "▲", _("Look now")),
        Level("amber", "amber", "◆", _("Look today")),
        Level("due", "due", "●", _("Answers due")),
        Level("stale", "stale", "◌", _("No recent data")),
        Level("calm", "calm", "✓", _("Nothing asks")),
    )


@cache
def _loads(_language: str) -> Levels:
    return _by_key(
        Level("usual", "calm", "✓", _("usual")),
        Level("amber", "amber", "◆", _("raised")),
        Level("red", "red", "▲", _("high")),
        Level(NOT_JUDGED, "stale", "–", _("not judged")),
    )


@cache
def _may_run(_language: str) -> Levels:
    return _by_key(
        Level("yes", "calm", "✓", _("May run")),
        Level("easy", "due", "●", _("Easy only")),
        Level("rest", "stale", "■", _("Rest today")),
    )


def _by_key(*levels: Level) -> Levels:
    return {level.key: level for level in levels}
