"""What can be taken away from an episode: the report, and its runs and check-ins as tables."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dash import Dash
from flask import Response

import imu
from dashboard import desk
from dashboard.components.episode_sides import sentence_of_sides
from dashboard.pages.episode import gathered
from dashboard.report.pdf import episode_pdf
from dashboard.text import _, as_linked, episode_words as words, language
from dashboard.text.evidence import evidence
from dashboard.text.rules import spoken
from imu.errors import Forbidden, StoreError
from imu.followup.episode import Episode
from imu.followup.fhir_runs import episode_fhir
from imu.followup.run_to_export import RunToExport, of_history
from imu.report.unparted import as_typed
from imu.store import AthleteRecord
from imu.training.crossbody import OPPOSITE
from imu.training.sides import Sided

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")

_RUN = (
    "run_id",
    "start",
    "duration_s",
    "running_s",
    "distance_m",
    "top_speed_mps",
    "surface",
    "shoe",
    "effort_cr10",
    "trust",
    "untrusted_because",
)
_OWN = ("shank_angle_ic_deg", "pelvic_drop_deg", "contact_time_s", "peak_tibial_acc_g")  # of a stride table
_LEVEL: tuple[Sided, ...] = ("shank_angle_ic_deg", "pelvic_drop_deg")  # compared by level, steady segments
_CHECK_IN = ("at", "moment", "pain", "run_id", "side", "site", "red_flags", "effort_cr10", "note")


def register(app: Dash) -> None:
    routes = {
        "episode.pdf": _report,
        "episode-runs.csv": _runs,
        "episode-check-ins.csv": _check_ins,
        "episode-fhir.json": _fhir,
    }
    for name, view in routes.items():
        app.server.add_url_rule(f"/athlete/<athlete_id>/{name}", name, view)


def _read(athlete_id: str, what: str) -> tuple[AthleteRecord, Episode, datetime]:
    """The episode, and that it was taken away as a file. `Forbidden` where there is none to read."""
    as_linked()
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


def _fhir(athlete_id: str) -> Response:
    """The report, and the measures of the last run that was recorded by sensors."""
    record, episode, now = _read(athlete_id, "episode as fhir")
    made_by = desk.viewer().name
    report = episode_pdf(episode, made_by=made_by, made_at=now, version=imu.__version__)
    found = episode_fhir(
        _last_recorded(record, episode),
        athlete_id=record.athlete.athlete_id,
        name=record.athlete.name,
        simulated=record.athlete.simulated,
        key=f"{record.athlete.athlete_id}/{episode.injury.injury_id}/{now.isoformat()}",
        begin=datetime.combine(episode.injury.onset, datetime.min.time(), now.tzinfo),
        end=episode.end,
        said=_findings(episode),
        pdf=report.content,
        language=language(),
        title=_("Report, one page (PDF)"),
        made_at=now,
        software=imu.__version__,
    )
    return _file(found, "application/fhir+json", f"episode-{episode.end:%Y-%m-%d}.fhir.json")


def _findings(episode: Episode) -> list[str]:
    """What is open, with what it rests on and how it was answered, and both sides; not what was overruled. No
    advice and no next session: a conclusion stands in a record that others than the runner read.
    """
    still = [one for one in episode.warnings if one.resolved_at is None and one.status != "overruled"]
    warned = (
        f"{spoken(one.evidence.sentence)} {evidence(one.evidence)}".strip() + f" ({words.status(one.status)})"
        for one in still
    )
    sides = (sentence_of_sides(one) for one in episode.sides if one.runs)
    return [as_typed(one) for one in (*warned, *sides)]


def _last_recorded(record: AthleteRecord, episode: Episode) -> list[RunToExport]:
    since = [run for run in record.history.runs if run.start.date() >= episode.injury.onset]
    with TemporaryDirectory(prefix="restride-episode-") as folder, desk.looking() as repository:
        for run in reversed([one for one in since if one.end <= episode.end]):
            if repository.runs.raw(run.run_id) is None:
                continue
            with suppress(StoreError):  # a watch's alone has no strides
                scratch = Path(folder)
                return [of_history(repository, run.run_id, scratch=scratch, samples=False, with_name=True)]
    return []


def _runs(athlete_id: str) -> Response:
    """Each with the medians of its own page, and with what the episode compares where that is another."""
    record, episode, _now = _read(athlete_id, "episode runs")
    with desk.looking() as repository:
        listed = repository.runs.listed(record.athlete.athlete_id)
    own = {one.run.run_id: one.headline for one in listed}
    legs = {"injured": episode.injury.side, "other": OPPOSITE[episode.injury.side]}
    since = [
        run for run in record.history.runs if episode.begin <= run.start.date() and run.end <= episode.end
    ]
    sides = {one.quantity: {run.run_id: run for run in one.runs} for one in episode.sides}
    rows = []
    for run in since:
        row: dict[str, Any] = {
            **{name: getattr(run, name) for name in _RUN},
            "duration_s": round(run.duration_s, 1),
            "running_s": round(run.running_s, 1),
            "effort_cr10": record.history.answers.effort_of(run),
            "untrusted_because": "; ".join(run.untrusted_because),
        }
        for leg, side in legs.items():
            medians = own.get(run.run_id, {}).get(side) or {}
            row |= {f"{name}_{leg}": medians.get(name) for name in _OWN}
            if not any(one.complete for one in run.impact if one.side == side):
                row[f"peak_tibial_acc_g_{leg}"] = None  # a lower bound
            for name in _LEVEL:
                both = sides.get(name, {}).get(run.run_id)
                row[f"{name}_level_{leg}"] = None if both is None else getattr(both, leg)
        rows.append(row)
    measures = (*_OWN, *(f"{name}_level" for name in _LEVEL))
    columns = [*_RUN, *(f"{name}_{leg}" for name in measures for leg in legs)]
    return _table(columns, rows, f"episode-runs-{episode.end:%Y-%m-%d}.csv")


def _check_ins(athlete_id: str) -> Response:
    _record, episode, _now = _read(athlete_id, "episode check-ins")
    rows = [
        {**{name: getattr(one, name) for name in _CHECK_IN}, "red_flags": " ".join(one.red_flags)}
        for one in episode.answers
    ]
    return _table(_CHECK_IN, rows, f"episode-check-ins-{episode.end:%Y-%m-%d}.csv")


def _table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    """A table that says its columns also where it has no row."""
    out = StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows({column: _cell(value) for column, value in row.items()} for row in rows)
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
