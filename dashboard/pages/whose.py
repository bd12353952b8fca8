"""Whose page this is, and the way back to him: beside the title, for everybody who looks at another's."""

from typing import Any

import dash_mantine_components as dmc
from dash import MATCH, Dash, Input, Output
from dash.development.base_component import Component

from dashboard import desk, ids
from dashboard.components.page import WHOSE
from imu.errors import Forbidden
from imu.store import Athlete, Repository


def register(app: Dash) -> None:
    @app.callback(Output(ids.content(WHOSE, MATCH), "children"), Input(ids.content(WHOSE, MATCH), "id"))
    def show(at: dict[str, Any]) -> Component | None:
        with desk.looking() as repository:
            athlete = _athlete(repository, str(at["of"]))
        if athlete.is_own:
            return None
        if desk.viewer().role == "runner":
            return dmc.Text(athlete.name, fw=600)
        at_athlete = f"/athlete/{athlete.athlete_id}"
        return dmc.Anchor(athlete.name, href=at_athlete, className="way", size="sm", underline="never")


def _athlete(repository: Repository, of: str) -> Athlete:
    """Of an athlete's id, of a run's, or of two runs'."""
    first = of.partition("/")[0]
    try:
        return repository.sharing.by_id(first)
    except Forbidden:
        return repository.sharing.by_id(repository.runs.athlete_of(first))
