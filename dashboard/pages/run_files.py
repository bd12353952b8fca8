"""What can be taken away from a run: its strides as a table, and an activity for other programs."""

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import dash_mantine_components as dmc
from dash import Dash, html
from dash.development.base_component import Component
from flask import Response

from dashboard import desk
from dashboard.text import _
from imu.followup.exporting import fit_of, with_heart
from imu.followup.run_to_export import RunToExport, of_history
from imu.formats.stride_table import csv_bytes


def register(app: Dash) -> None:
    for name, view in {"strides.csv": _strides, "run.fit": _fit}.items():
        app.server.add_url_rule(f"/run/<run_id>/{name}", name, view)


def files(run_id: str) -> Component:
    """Links to them; what this server cannot make is said."""
    parts: list[Component] = [
        html.A(_("Strides (CSV)"), href=f"/run/{run_id}/strides.csv", className="file", target="_blank")
    ]
    if find_spec("fit_tool") is None:
        parts.append(dmc.Text(_("An activity (FIT) needs restride[formats] on this server."), size="sm"))
    else:
        name = _("Activity (FIT)")
        parts.append(html.A(name, href=f"/run/{run_id}/run.fit", className="file", target="_blank"))
    return dmc.Group(parts, gap="md")


def _strides(run_id: str) -> Response:
    run = _taken(run_id, "strides as csv")
    return _file(csv_bytes(with_heart(run)), "text/csv; charset=utf-8", run, "csv")


def _fit(run_id: str) -> Response:
    run = _taken(run_id, "fit")
    return _file(fit_of(run), "application/vnd.ant.fit", run, "fit")


def _taken(run_id: str, what: str) -> RunToExport:
    """A run, and that it was taken away as a file. `Forbidden` where the viewer may not see it."""
    with TemporaryDirectory(prefix="restride-run-") as scratch, desk.looking() as repository:
        found = of_history(repository, run_id, scratch=Path(scratch), samples=False)
        repository.sharing.took(repository.runs.athlete_of(run_id), f"run {run_id} as {what}")
    return found


def _file(content: bytes, kind: str, run: RunToExport, ending: str) -> Response:
    name = f"run-{run.begun():%Y-%m-%d}.{ending}"
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
