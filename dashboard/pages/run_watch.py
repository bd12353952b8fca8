"""The watch that was worn on a run: how its clock lies on the recording's, and what it told."""

from collections.abc import Sequence
from dataclasses import dataclass

import dash_mantine_components as dmc
from dash.development.base_component import Component

from dashboard.components.chart import chart
from dashboard.components.section import section
from dashboard.figures import watch as figures
from dashboard.text import _
from dashboard.text.rules import spoken
from imu.followup.watch_beside import Beside
from imu.followup.watch_words import clock_words, speed_words
from imu.store import KeptWatch


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a quantity is written; `least`: no narrower axis, so that noise does not look like change."""

    name: str
    unit: str
    decimals: int
    least: float
    factor: float = 1.0


def attached(watch: KeptWatch, told: Sequence[Beside], *, longest_min: float) -> Component:
    """One watch of one run."""
    return section(
        _("Watch") if not watch.facts.get("device") else _("Watch: {device}", device=watch.facts["device"]),
        *[
            dmc.Text(spoken(words), size="sm")
            for words in (clock_words(watch), speed_words(watch.fit))
            if words
        ],
        dmc.SimpleGrid(
            [_small(one, longest_min) for one in told],
            cols={"base": 1, "sm": min(len(told), 3) or 1},
            spacing="lg",
        ),
        lead=_("Broken line: the watch. Grey: the sensors."),
    )


def _shown(channel: str) -> _Shown:
    known = {
        "heart_rate_bpm": _Shown(_("Heart rate"), "bpm", 0, 1.0),
        "speed_mps": _Shown(_("Speed"), "m/s", 2, 1.0),
        "cadence_spm": _Shown(_("Cadence"), "/min", 0, 1.0),
        "power_w": _Shown(_("Power"), "W", 0, 20.0),
        "contact_time_s": _Shown(_("Contact time"), "ms", 0, 20.0, 1000.0),
        "contact_time_left_share": _Shown(_("Left foot's share of contact"), "%", 1, 2.0, 100.0),
        "step_length_m": _Shown(_("Step length"), "m", 2, 0.2),
        "vertical_oscillation_m": _Shown(_("Vertical oscillation"), "cm", 1, 2.0, 100.0),
    }
    return known[channel]


def _small(one: Beside, longest_min: float) -> Component:
    how = _shown(one.channel)
    return dmc.Stack(
        [
            dmc.Text(f"{how.name} ({how.unit})", size="sm", c="dimmed"),
            chart(
                figures.told(
                    one,
                    longest_min=longest_min,
                    unit=how.unit,
                    decimals=how.decimals,
                    factor=how.factor,
                    least=how.least,
                ),
                label=_("{measure} of the watch over the run", measure=how.name),
                height=130,
            ),
        ],
        gap=4,
    )
