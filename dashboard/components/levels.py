"""How pressing something is: a word, a symbol and a colour together, never a colour alone."""

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _


@dataclass(frozen=True, slots=True)
class Level:
    """A level as a screen shows it; its colour is the CSS class `level-<name>`."""

    name: str
    symbol: str
    word: str


def need(name: str) -> Level:
    """Of an athlete in a squad (`imu.followup.needs.Level`)."""
    known = {
        "red": ("▲", _("Look now")),
        "amber": ("◆", _("Look today")),
        "due": ("●", _("Answers due")),
        "stale": ("◌", _("No recent data")),
        "calm": ("✓", _("Nothing asks")),
    }
    return Level(name, *known[name])


def load(name: str | None) -> Level:
    """Of a load against an earlier one (`imu.training.load.Level`); None: not judged."""
    if name is None:
        return Level("stale", "–", _("not judged"))
    known = {"usual": ("✓", _("usual")), "amber": ("◆", _("raised")), "red": ("▲", _("high"))}
    return Level("calm" if name == "usual" else name, *known[name])


def may_run(name: str) -> Level:
    """Of today (`imu.training.next_session.MayRun`)."""
    known = {
        "yes": ("calm", "✓", _("May run")),
        "easy": ("due", "●", _("Easy only")),
        "rest": ("stale", "–", _("Rest today")),
    }
    return Level(*known[name])


def mark(level: Level, *words: str, size: str = "sm") -> Component:
    """The symbol, then the words of the level or others."""
    unread: dict[str, Any] = {"aria-hidden": "true"}
    symbol = html.Span(level.symbol, className="level-symbol", **unread)
    said = words or (level.word,)
    return dmc.Text([symbol, *said], className=f"level-{level.name}", size=size, fw=600, span=True)
