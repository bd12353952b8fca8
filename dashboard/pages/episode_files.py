"""What can be taken away from an episode: the report, and its runs and check-ins as tables."""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from io import StringIO
from typing import Any

from dash import Dash
from flask import Response

import imu
from dashboard import desk
from dashboard.pages.episode import gathered
from dashboard.report.pdf import episode_pdf
from imu.errors import Forbidden
from imu.followup.episode import Episode
from imu.store import AthleteRecord

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def register(app: Dash) -> None:
    routes = {"episode.pdf": _report, "episode-runs.csv": _runs, "episode-check-ins.csv": _check_ins}
    for name, view in routes.items():
        app.server.add_url_rule(f"/athlete/<athlete_id>/{name}", name, view)


def _read(athlete_id: str, what: str) -> tuple[AthleteRecord, Episode, datetime]:
    """The episode, and that it was taken away as a file. `Forbidden` where there is none to read."""
    with desk.looking() as repository:
        record, found, episode = gathered(repository, athlete_id)
        if episode is None:
            raise Forbidden(f"athlete {athlete_id}: no injury is on record")
        repository.sharing.took(record.athlete.athlete_id, what)
        return record, episode, found.at


def _report(athlete_id: str) -> Response:
    _record, episode, now = _read(athlete_id, "episode report")
    made = episode_pdf(episode, made_by=desk.viewer().name, made_at=now, version=imu.__version__)
    return _file(made.content, "application/pdf", f"episode-{episode.end:%Y-%m-%d}.pdf")


def _runs(athlete_id: str) -> Response:
    record, episode, _now = _read(athlete_id, "episode runs")
    since = [
        run for run in record.history.runs if episode.begin <= run.start.date() and run.end <= episode.end
    ]
    sides = {one.quantity: {run.run_id: run for run in one.runs} for one in episode.sides}
    rows = []
    for run in since:
        row: dict[str, Any] = {
            "run_id": run.run_id,
            "start": run.start,
            "duration_s": round(run.duration_s, 1),
            "running_s": round(run.running_s, 1),
            "distance_m": run.distance_m,
            "top_speed_mps": run.top_speed_mps,
            "surface": run.surface,
            "shoe": run.shoe,
            "effort_cr10": run.effort_cr10,
            "trust": run.trust,
            "untrusted_because": "; ".join(run.untrusted_because),
        }
        for quantity in ("shank_angle_ic_deg", "pelvic_drop_deg", "contact_time_s", "impact_g"):
            both = sides.get(quantity, {}).get(run.run_id)
            row[f"{quantity}_injured"] = None if both is None else both.injured
            row[f"{quantity}_other"] = None if both is None else both.other
        rows.append(row)
    return _table(rows, f"episode-runs-{episode.end:%Y-%m-%d}.csv")


def _check_ins(athlete_id: str) -> Response:
    _record, episode, _now = _read(athlete_id, "episode check-ins")
    rows = [
        {
            "at": one.at,
            "moment": one.moment,
            "pain": one.pain,
            "run_id": one.run_id,
            "side": one.side,
            "site": one.site,
            "red_flags": " ".join(one.red_flags),
            "effort_cr10": one.effort_cr10,
            "note": one.note,
        }
        for one in episode.answers
    ]
    return _table(rows, f"episode-check-ins-{episode.end:%Y-%m-%d}.csv")


def _table(rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    listed = [{column: _cell(value) for column, value in row.items()} for row in rows]
    out = StringIO()
    writer = csv.DictWriter(out, list(listed[0]) if listed else [])
    writer.writeheader()
    writer.writerows(listed)
    return _file(out.getvalue().encode(), "text/csv; charset=utf-8", name)


def _cell(value: object) -> object:
    """As a spreadsheet may read it: no text of somebody's is taken for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULAS):
        return f"'{value}"
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
