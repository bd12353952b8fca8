"""How to strap sensors on: drawings without words, words beside them, and a list to go through."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _


def strapping() -> Component:
    """Both shanks, the height above the ankle, the pelvis, and how tight; then what to check before a run."""
    drawings = [
        _drawing(
            "sides",
            _("Both shanks, seen from the front"),
            [
                _(
                    "On the flat inner face of each shin bone, lower third. "
                    "No muscle lies under it, so it shakes little."
                )
            ],
        ),
        _drawing(
            "height",
            _("How high above the ankle"),
            [
                _("The middle of the sensor, 10 to 20 cm up, at the same place every time."),
                _("Measure down to the middle of the inner ankle knob: 3 cm wrong is 3 to 4 % of speed."),
            ],
        ),
        _drawing(
            "pelvis",
            _("Pelvis, seen from behind"),
            [
                _("In the middle of the lower back, belt tight and under the waistband."),
                _("Just above the two dimples."),
            ],
        ),
        _drawing(
            "fit",
            _("How tight, and which way round"),
            [
                _("A fingertip still fits under the strap, and nothing slips when you shake the leg."),
                _("However it is turned: its axes are found from your running. It must stay as it is."),
            ],
        ),
    ]
    return dmc.Stack(
        [
            dmc.Title(_("How to strap them on"), order=2, size="h3"),
            dmc.SimpleGrid(drawings, cols={"base": 1, "xs": 2, "lg": 4}, spacing="md"),
            _before_a_run(),
        ],
        gap="md",
    )


def _drawing(name: str, title: str, steps: list[str]) -> Component:
    """One file for both schemes: its end says which colours it has."""
    source = f"/assets/straps/{name}.svg"
    return dmc.Paper(
        html.Figure(
            [
                dmc.Image(src=source, alt="", darkHidden=True, className="strap-drawing"),
                dmc.Image(src=f"{source}#dark", alt="", lightHidden=True, className="strap-drawing"),
                html.Figcaption(
                    [dmc.Title(title, order=3, size="h5"), html.Ol([html.Li(step) for step in steps])]
                ),
            ],
            className="strap-figure",
        ),
        withBorder=True,
        p="md",
    )


def _before_a_run() -> Component:
    checks = [
        _("Left sensor on the left leg, right on the right."),
        _("Same height as last time, on bone."),
        _("Strap dry and tight: nothing slips."),
        _("Batteries above 20 %."),
        _("Stand still and upright for five seconds: all angles are measured from it."),
    ]
    return dmc.Paper(
        dmc.Stack(
            [
                dmc.Title(_("Before you run"), order=3, size="h4"),
                *(dmc.Checkbox(label=check, size="md") for check in checks),
            ],
            gap="sm",
        ),
        withBorder=True,
        p="md",
    )
