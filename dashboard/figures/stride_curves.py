"""The average stride of one leg, from one landing to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard import theme
from dashboard.figures.base import Figure, Trace, band, figure, line, upright, within
from dashboard.text import _
from dashboard.theme import Look
from imu.followup.one_run import StrideCurve

PHASE_PERCENT = np.arange(101.0)
_USUAL = Look(theme.NEUTRAL, "solid", "circle")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve and how it looks; `name` stands beside it when somebody points there."""

    curve: StrideCurve
    look: Look
    name: str


def stride(
    drawn: Sequence[Drawn],
    *,
    usual: StrideCurve | None = None,
    toe_off_percent: float | None = None,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Curves over 0 to 100 % of a stride. With `usual` over its range, without it over their own scatter."""
    behind = (
        [_range(one.curve, _faint(one.look)) for one in drawn]
        if usual is None
        else [_range(usual, theme.BAND), _curve(Drawn(usual, _USUAL, _("usual")), width=1)]
    )
    shape, words = (None, None) if toe_off_percent is None else upright(toe_off_percent, _("toe-off"))
    return figure(
        [*behind, *(_curve(one, width=2.25) for one in drawn)],
        x={
            "range": [0, 100],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": ["0", "25", "50", "75", "100\N{NO-BREAK SPACE}%"],
            "hoverformat": ".0f",
        },
        y={"ticksuffix": "°", **({} if limits is None else {"range": list(limits)})},
        margin={"t": 22},
        shapes=[shape] if shape else [],
        annotations=[words] if words else [],
    )


def shared_limits(curves: Sequence[StrideCurve]) -> tuple[float, float] | None:
    """Limits that hold all curves and their scatter."""
    ends = ((one.mean_deg - one.sd_deg, one.mean_deg + one.sd_deg) for one in curves)
    return within(*(end for pair in ends for end in pair))


def _curve(one: Drawn, *, width: float) -> Trace:
    told = f"{one.name} %{{y:.1f}}°<extra></extra>"
    return line(PHASE_PERCENT, one.curve.mean_deg, one.look, width=width, hovertemplate=told)


def _range(curve: StrideCurve, colour: str) -> Trace:
    return band(PHASE_PERCENT, curve.mean_deg - curve.sd_deg, curve.mean_deg + curve.sd_deg, colour=colour)


def _faint(look: Look) -> str:
    red, green, blue = (int(look.colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.14)"
