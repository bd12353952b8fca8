"""Small charts as SVG text: a picture is a column of panels, each with its own scales."""

from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import ArrayLike

WIDTH, LEFT_EDGE, RIGHT_EDGE = 760, 64, 16
TOP, GAP = 26, 24
INK, MUTED, GRID, PAPER = "#15191e", "#59626c", "#e6e7e3", "#ffffff"
STYLE = (
    "text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#59626c}"
    ".name{fill:#15191e;font-weight:600}"
)


@dataclass(slots=True)
class Panel:
    """One pair of axes; everything is drawn in data units."""

    name: str
    x: tuple[float, float]
    y: tuple[float, float]
    x_ticks: list[float] = field(default_factory=list)
    y_ticks: list[float] = field(default_factory=list)
    height: float = 170.0
    _marks: list[str] = field(default_factory=list)

    def line(
        self, x: ArrayLike, y: ArrayLike, colour: str, *, width: float = 1.6, dash: str = "", label: str = ""
    ) -> None:
        """A line that breaks where a value is missing; its label stands at its last point."""
        px, py = self._at(x, y)
        starts, pen_down = [], False
        for a, b in zip(px.tolist(), py.tolist(), strict=True):
            known = a == a and b == b
            if known:
                starts.append(f"{'L' if pen_down else 'M'}{a:.1f} {b:.1f}")
            pen_down = known
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._marks.append(
            f'<path d="{"".join(starts)}" fill="none" stroke="{colour}" stroke-width="{width}"'
            f' stroke-linejoin="round"{dashed}/>'
        )
        if label:
            self.text(float(np.asarray(x)[-1]), float(np.asarray(y)[-1]), label, colour, dy=-6, anchor="end")

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, colour: str) -> None:
        """The area between two lines."""
        px, below = self._at(x, low)
        _, above = self._at(x, high)
        corners = [*zip(px, below, strict=True), *zip(px[::-1], above[::-1], strict=True)]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
        self._marks.append(f'<polygon points="{path}" fill="{colour}" fill-opacity="0.16"/>')

    def span(self, first: float, last: float, colour: str, *, label: str = "") -> None:
        """A coloured stretch over the whole height."""
        self.band([first, last], [self.y[0]] * 2, [self.y[1]] * 2, colour)
        if label:
            self.text(0.5 * (first + last), self.y[0], label, INK, dy=-6)

    def dots(self, x: ArrayLike, y: ArrayLike, colour: str, *, radius: float = 2.2) -> None:
        px, py = self._at(x, y)
        known = np.isfinite(px) & np.isfinite(py)
        self._marks += [
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{radius}" fill="{colour}"/>'
            for a, b in zip(px[known].tolist(), py[known].tolist(), strict=True)
        ]

    def rule(self, x: float, colour: str, *, label: str = "", dash: str = "", anchor: str = "start") -> None:
        """An upright line, named at its top."""
        self.line([x, x], self.y, colour, width=1.2, dash=dash)
        if label:
            self.text(x, self.y[1], label, colour, dx=4 if anchor == "start" else -4, dy=12, anchor=anchor)

    def level(self, y: float, colour: str, *, dash: str = "4 3") -> None:
        self.line(self.x, [y, y], colour, width=1.0, dash=dash)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str = MUTED,
        *,
        dx: float = 0,
        dy: float = 0,
        anchor: str = "middle",
    ) -> None:
        px, py = self._at([x], [y])
        self._marks.append(
            f'<text x="{px[0] + dx:.1f}" y="{py[0] + dy:.1f}" text-anchor="{anchor}" style="fill:{colour}">'
            f"{escape(words)}</text>"
        )

    def drawn(self, top: float, *, with_x: bool) -> str:
        grid = []
        for tick in self.y_ticks:
            _, (py,) = self._at([self.x[0]], [tick])
            grid.append(
                f'<path d="M{LEFT_EDGE} {py:.1f}H{WIDTH - RIGHT_EDGE}" stroke="{GRID}"/>'
                f'<text x="{LEFT_EDGE - 8}" y="{py + 4:.1f}" text-anchor="end">{_number(tick)}</text>'
            )
        for tick in self.x_ticks:
            (px,), _ = self._at([tick], [self.y[0]])
            grid.append(f'<path d="M{px:.1f} {self.height}v4" stroke="{MUTED}"/>')
            if with_x:
                grid.append(
                    f'<text x="{px:.1f}" y="{self.height + 18}" text-anchor="middle">{_number(tick)}</text>'
                )
        frame = f'<path d="M{LEFT_EDGE} {self.height}H{WIDTH - RIGHT_EDGE}" stroke="{MUTED}" fill="none"/>'
        name = f'<text class="name" x="{LEFT_EDGE}" y="-8">{escape(self.name)}</text>'
        return f'<g transform="translate(0 {top})">{"".join(grid)}{frame}{"".join(self._marks)}{name}</g>'

    def _at(self, x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        (x0, x1), (y0, y1) = self.x, self.y
        px = LEFT_EDGE + (np.asarray(x, float) - x0) / (x1 - x0) * (WIDTH - LEFT_EDGE - RIGHT_EDGE)
        py = self.height * (1 - (np.asarray(y, float) - y0) / (y1 - y0))
        return px, py


def picture(panels: list[Panel], *, x_name: str, says: str) -> str:
    """Panels under each other that share the name of their x axis; says: what a blind reader is told."""
    groups, top = [], float(TOP)
    for panel in panels:
        last = panel is panels[-1]
        numbered = last or panel.x != panels[-1].x
        groups.append(panel.drawn(top, with_x=numbered))
        top += panel.height + GAP + (22 if numbered else 8)
    foot = f'<text x="{WIDTH - RIGHT_EDGE}" y="{top - 6}" text-anchor="end">{escape(x_name)}</text>'
    return framed("".join(groups) + foot, width=WIDTH, height=top, says=says)


def framed(content: str, *, width: float, height: float, says: str) -> str:
    """A whole SVG file on white paper."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'role="img" aria-label="{escape(says)}"><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{content}</svg>\n'
    )


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
