"""SVG by hand: what a drawing on paper is made of. Black and greys only; one unit is one point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Literal

INK, SOFT, PALE = "#000", "#666", "#d5d5d5"
_STEPS_DAYS = (7, 14, 28, 56, 112, 224, 448)
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Days:
    """Moments on a horizontal axis. They are read by the clock that they were told in."""

    begin: datetime
    end: datetime
    left: float
    right: float

    def at(self, moment: datetime) -> float:
        """Where a moment lies, held inside the axis."""
        share = (moment.replace(tzinfo=None) - self.begin) / max(self.end - self.begin, timedelta(days=1))
        return self.left + min(1.0, max(0.0, share)) * (self.right - self.left)

    def ticks(self, *, most: int) -> list[datetime]:
        """Days at an even distance, so few that their dates do not touch."""
        whole = (self.end - self.begin).days
        step = next((one for one in _STEPS_DAYS if whole / one <= most), _STEPS_DAYS[-1])
        return [self.begin + timedelta(days=day) for day in range(0, whole + 1, step)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers on a vertical axis, the least one at the bottom."""

    low: float
    high: float
    top: float
    bottom: float

    def at(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.bottom - share * (self.bottom - self.top)


def line(
    x1: float, y1: float, x2: float, y2: float, *, width: float = 0.5, ink: str = INK, dash: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" '
        f'stroke-width="{width}"{dashed}/>'
    )


def box(x: float, y: float, width: float, height: float, *, fill: str = PALE) -> str:
    wide, high = max(width, 0), max(height, 0)
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{fill}"/>'


def text(
    x: float, y: float, words: str, *, size: float = 6.5, anchor: Anchor = "start", ink: str = INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{ink}">'
        f"{escape(words)}</text>"
    )


def path(points: Sequence[tuple[float, float]], *, width: float = 1.2, fill: str = "none") -> str:
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    stroke = f'stroke="{INK}" stroke-width="{width}"' if width else 'stroke="none"'
    return f'<polyline points="{told}" fill="{fill}" {stroke}/>'


def dot(x: float, y: float, *, filled: bool, size: float = 1.8) -> str:
    fill = INK if filled else "#fff"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{INK}" stroke-width="0.6"/>'


def diamond(x: float, y: float, *, size: float = 2.2) -> str:
    corners = f"{x:.1f},{y - size:.1f} {x + size:.1f},{y:.1f} {x:.1f},{y + size:.1f} {x - size:.1f},{y:.1f}"
    return f'<polygon points="{corners}" fill="#fff" stroke="{INK}" stroke-width="0.6"/>'


def triangle(x: float, y: float, *, size: float = 2.6) -> str:
    corners = f"{x:.1f},{y - size:.1f} {x + size:.1f},{y + size:.1f} {x - size:.1f},{y + size:.1f}"
    return f'<polygon points="{corners}" fill="{INK}"/>'


def cross(x: float, y: float, *, size: float = 2.2) -> str:
    return line(x - size, y - size, x + size, y + size, width=1.1) + line(
        x - size, y + size, x + size, y - size, width=1.1
    )


def hatched(x1: float, x2: float, top: float, bottom: float, *, every: float = 4.0) -> str:
    """Slanting lines: what a colour would say on a screen."""
    drawn, start = [f"M{x1:.1f} {top:.1f}V{bottom:.1f}M{x2:.1f} {top:.1f}V{bottom:.1f}"], top - (x2 - x1)
    while start < bottom:
        # From the left edge downwards; cut where a line leaves the field.
        begin_y, end_y = max(start, top), min(start + (x2 - x1), bottom)
        drawn.append(f"M{x1 + begin_y - start:.1f} {begin_y:.1f}L{x1 + end_y - start:.1f} {end_y:.1f}")
        start += every
    return f'<path d="{"".join(drawn)}" stroke="{SOFT}" stroke-width="0.3" fill="none"/>'


def drawing(width: float, height: float, *parts: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}pt" '
        f'height="{height}pt" font-family="DejaVu Sans, Noto Sans, sans-serif">{"".join(parts)}</svg>'
    )
