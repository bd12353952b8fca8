"""Links to the files that can be taken away from an episode."""

from importlib.util import find_spec

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.text import _, linked


def files(athlete_id: str) -> Component:
    """Links to them; what this server cannot make is said."""
    links = [
        (linked("episode.pdf"), _("Report, one page (PDF)")),
        ("episode-runs.csv", _("Runs (CSV)")),
        ("episode-check-ins.csv", _("Check-ins (CSV)")),
    ]
    beside: list[Component] = []
    if find_spec("fhir") is None:
        lacking = _("For a clinic's record (FHIR) this server needs restride[fhir].")
        beside.append(dmc.Text(lacking, size="sm"))
    else:
        links.append((linked("episode-fhir.json"), _("For a clinic's record (FHIR)")))
    shown = [
        html.A(name, href=f"/athlete/{athlete_id}/{file}", className="file", target="_blank")
        for file, name in links
    ]
    return dmc.Group([*shown, *beside], gap="md", style={"rowGap": 0})
