"""What a list of runs is narrowed by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.run_head import surface_words
from dashboard.components.run_list import Line
from dashboard.text import _

PERIODS_DAYS = {"30": 30, "90": 90, "365": 365}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader filters by; anything that is not known filters nothing."""

    period: str | None = None
    surface: str | None = None
    trust: str | None = None

    def among(self, lines: Sequence[Line], *, now: datetime) -> list[Line]:
        """Those that are wanted, the latest first."""
        days = PERIODS_DAYS.get(str(self.period))
        surfaces = {line.run.surface for line in lines}
        surface = self.surface if isinstance(self.surface, str) and self.surface in surfaces else None
        return [
            line
            for line in reversed(lines)
            if (days is None or line.run.start >= now - timedelta(days=days))
            and (surface is None or line.run.surface == surface)
            and (self.trust != "judged" or line.run.trust != "poor")
        ]


def filters(of: str, surfaces: Iterable[str]) -> Component:
    """Period, surface and trust, side by side where there is room."""
    periods = {"all": _("All"), "30": _("30 days"), "90": _("90 days"), "365": _("A year")}
    return dmc.Group(
        [
            dmc.SegmentedControl(
                id=ids.control("runs", "period", of),
                data=[{"value": value, "label": label} for value, label in periods.items()],
                value="all",
                size="sm",
            ),
            dmc.Select(
                id=ids.control("runs", "surface", of),
                data=[{"value": one, "label": surface_words(one)} for one in sorted(surfaces)],
                placeholder=_("Any surface"),
                clearable=True,
                size="sm",
                w={"base": "100%", "xs": 190},
                **{"aria-label": _("Surface")},
            ),
            dmc.Select(
                id=ids.control("runs", "trust", of),
                data=[{"value": "judged", "label": _("Only what can be judged")}],
                placeholder=_("Any recording"),
                clearable=True,
                size="sm",
                w={"base": "100%", "xs": 250},
                **{"aria-label": _("Recording")},
            ),
        ],
        gap="sm",
    )
