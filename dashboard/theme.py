"""Colours, type and spacing; and how a side looks wherever it is drawn."""

from dataclasses import dataclass
from typing import Any

ACCENT = "teal"

MANTINE: dict[str, Any] = {
    "primaryColor": ACCENT,
    # One shade for both schemes: Mantine picks the words on a filled button for the light one only. White is
    # readable on this (5.0:1). What has no words on it is drawn in `--accent` of restride.css.
    "primaryShade": 9,
    "defaultRadius": "md",
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', sans-serif",
    "fontFamilyMonospace": "ui-monospace, 'SF Mono', 'DejaVu Sans Mono', monospace",
    "headings": {"fontWeight": "650"},
    "components": {
        "Badge": {"defaultProps": {"tt": "none"}},  # words as everywhere, not in capitals
        "Checkbox": {"defaultProps": {"radius": "sm"}},  # rounder ones look as if only one could be ticked
    },
}


@dataclass(frozen=True, slots=True)
class Look:
    """How one line is told from another: colour, dash and symbol together, never colour alone."""

    colour: str
    dash: str
    symbol: str


# Readable on white and on near-black alike (contrast 3:1 and more on both), and apart for the colour-blind.
INJURED = Look("#d9480f", "solid", "circle")
OTHER = Look("#1c7ed6", "dot", "diamond")
LEFT = Look("#9c36b5", "solid", "circle")
RIGHT = Look("#0c8599", "dash", "square")
BAND = "rgba(134, 142, 150, 0.25)"  # the runner's own usual range
NEUTRAL = "#868e96"


def side_look(side: str, *, injured: str | None) -> Look:
    """A leg's look: injured against other where an injury is known, else left against right."""
    if injured is None:
        return LEFT if side == "left" else RIGHT
    return INJURED if side == injured else OTHER
