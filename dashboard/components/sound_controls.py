"""What a runner sets before a run on the treadmill: sounds of this browser, and the whole screen."""

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _

Id = dict[str, Any]


def sound_controls(*, sound: Id, kind: Id, volume: Id, fill: Id) -> Component:
    """Sounds are off until somebody presses: browsers ask for that. Kind and loudness are remembered here."""
    return dmc.Group(
        [
            dmc.Switch(id=sound, label=_("Sound cues here"), checked=False, size="md"),
            dmc.SegmentedControl(
                id=kind,
                data=[{"value": "rising", "label": _("Rising")}, {"value": "plain", "label": _("Beep")}],
                value="rising",
                size="sm",
                persistence=True,
                persistence_type="local",
                **{"aria-label": _("Kind of sound")},
            ),
            dmc.Slider(
                id=volume,
                value=60,
                min=5,
                max=100,
                step=5,
                w=140,
                label=None,
                thumbLabel=_("Loudness"),
                updatemode="mouseup",
                persistence=True,
                persistence_type="local",
            ),
            dmc.Button(
                [
                    html.Span(_("Fill the screen"), className="when-apart"),
                    html.Span(_("Back"), className="when-filled"),
                ],
                id=fill,
                variant="light",
                ml={"base": 0, "sm": "auto"},
            ),
        ],
        gap="md",
        className="treadmill-controls",
    )
