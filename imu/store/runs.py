"""Runs of an athlete: written once with what was derived from them, rewritten only when derived anew."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from imu.errors import Forbidden, StoreError
from imu.store.access import Door
from imu.store.rows import AthleteRow, RecordingRow, RunRow, SegmentsRow, SensorRow, SummaryRow
from imu.training.history import Bout, Exposure, ImpactLoad, Run, Surface, Trust
from imu.training.segments import NO_SEGMENTS, Segments

CLOCK_AHEAD = timedelta(minutes=5)  # a laptop's clock that is wrong by this much is nobody's mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """What is kept of a recording beside its samples."""

    content_hash: str
    manifest: dict[str, Any]
    files: tuple[str, ...]  # names
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A run as an analysis left it: for the rules, for lists, and whole."""

    run: Run
    headline: dict[str, Any]
    summary: dict[str, Any]
    analysis_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRun:
    """A run in a list: without its segments."""

    run: Run
    headline: Mapping[str, Any]
    analysis_version: str


class Runs:
    """The runs that a viewer may see or add."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(self, athlete_id: str, derived: Derived, raw: RawRecord | None) -> None:
        """Keep a new run. StoreError if it lies in the future or while another one went on."""
        door, run = self._door, derived.run
        athlete = door.allowed(athlete_id, "write_runs")
        self.refuse_impossible(athlete_id, run.run_id, run.start, run.end)
        door.session.add(
            RunRow(run_id=run.run_id, athlete_id=athlete_id, **_columns(derived), analysed_at=door.clock())
        )
        door.session.flush()
        door.session.add(SegmentsRow(run_id=run.run_id, packed=run.segments.packed()))
        door.session.add(SummaryRow(run_id=run.run_id, summary=derived.summary))
        if raw is not None:
            door.session.add(
                RecordingRow(
                    run_id=run.run_id,
                    content_hash=raw.content_hash,
                    manifest=raw.manifest,
                    files=list(raw.files),
                    bytes=raw.bytes,
                    imported_at=door.clock(),
                    imported_by=door.viewer.account_id,
                )
            )
            self._worn(athlete_id, raw.manifest, run)
        door.changed(athlete, "run added", run.run_id)

    def derive_again(self, derived: Derived) -> None:
        """Replace all that was derived of a run by a newer analysis. The raw record stays."""
        row = self._row(derived.run.run_id)
        athlete = self._door.allowed(row.athlete_id, "write_runs")
        for name, value in _columns(derived).items():
            setattr(row, name, value)
        row.analysed_at = self._door.clock()
        session = self._door.session
        session.merge(SegmentsRow(run_id=row.run_id, packed=derived.run.segments.packed()))
        session.merge(SummaryRow(run_id=row.run_id, summary=derived.summary))
        self._door.changed(athlete, "run derived again", row.run_id, analysis=derived.analysis_version)

    def known(self, athlete_id: str, run_id: str) -> bool:
        """Whether this athlete has this run already."""
        self._door.allowed(athlete_id, "read")
        found = select(RunRow.run_id).where(RunRow.athlete_id == athlete_id, RunRow.run_id == run_id)
        return self._door.session.scalar(found) is not None

    def listed(self, athlete_id: str) -> tuple[ListedRun, ...]:
        """All runs in order of time, without their segments."""
        self._door.seen("runs", self._door.allowed(athlete_id, "read"))
        rows = self._door.session.scalars(_of(athlete_id))
        return tuple(
            ListedRun(run=run_of(row), headline=row.headline, analysis_version=row.analysis_version)
            for row in rows
        )

    def run(self, run_id: str) -> Run:
        """One run with its segments. `Forbidden` if there is none, or not for this viewer."""
        row = self._row(run_id)
        packed = self._door.session.scalar(select(SegmentsRow.packed).where(SegmentsRow.run_id == run_id))
        return run_of(row, Segments.from_bytes(packed) if packed else NO_SEGMENTS)

    def athlete_of(self, run_id: str) -> str:
        """Whose run it is."""
        return self._row(run_id).athlete_id

    def summary(self, run_id: str) -> dict[str, Any]:
        """What the analysis said, whole."""
        self._row(run_id)
        found = self._door.session.scalar(select(SummaryRow.summary).where(SummaryRow.run_id == run_id))
        return found or {}

    def raw(self, run_id: str) -> RawRecord | None:
        """What is kept of its recording; None for a run that came without one."""
        self._row(run_id)
        row = self._door.session.get(RecordingRow, run_id)
        if row is None:
            return None
        return RawRecord(
            content_hash=row.content_hash, manifest=row.manifest, files=tuple(row.files), bytes=row.bytes
        )

    def derived_otherwise(self, athlete_id: str, *, than: str | None) -> tuple[str, ...]:
        """Runs with a recording whose analysis has another version; all of them without one."""
        self._door.allowed(athlete_id, "read")
        found = (
            select(RunRow.run_id)
            .join(RecordingRow, RecordingRow.run_id == RunRow.run_id)
            .where(RunRow.athlete_id == athlete_id)
            .order_by(RunRow.start)
        )
        if than is not None:
            found = found.where(RunRow.analysis_version != than)
        return tuple(self._door.session.scalars(found))

    def remove(self, run_id: str) -> None:
        """Take a run out: a test, or somebody else's. Its files are removed by whoever keeps them."""
        row = self._row(run_id)
        athlete = self._door.allowed(row.athlete_id, "write_symptoms")
        self._door.session.execute(delete(RunRow).where(RunRow.run_id == run_id))
        self._door.changed(athlete, "run removed", run_id)

    def refuse_impossible(self, athlete_id: str, run_id: str, start: datetime, end: datetime) -> None:
        """StoreError for a run in the future, or while another one went on."""
        self._door.allowed(athlete_id, "write_runs")
        now = self._door.clock()
        if end > now + CLOCK_AHEAD:
            raise StoreError(
                f"the run of {start:%Y-%m-%d %H:%M} ends in the future; correct its start, or this "
                "computer's clock"
            )
        other = self._door.session.scalar(
            _of(athlete_id).where(RunRow.run_id != run_id, RunRow.start < end, RunRow.end > start)
        )
        if other is not None:
            raise StoreError(
                f"the run of {start:%Y-%m-%d %H:%M} overlaps run {other.run_id} of "
                f"{other.start:%H:%M} to {other.end:%H:%M}; nobody runs twice at a time. Remove that one "
                "first, or correct the start"
            )

    def _row(self, run_id: str) -> RunRow:
        return run_row(self._door, run_id)

    def _worn(self, athlete_id: str, manifest: Mapping[str, Any], run: Run) -> None:
        for placement, facts in manifest.get("sensors", {}).items():
            if not (serial := facts.get("serial")):
                continue
            self._door.session.merge(
                SensorRow(
                    athlete_id=athlete_id,
                    serial=str(serial)[:64],
                    device=facts.get("device"),
                    placement=placement,
                    last_worn_at=run.end,
                )
            )


def run_row(door: Door, run_id: str) -> RunRow:
    """A run that the viewer may read; that he did is noted. `Forbidden` for any other, known or not."""
    ids = door.visible().with_only_columns(AthleteRow.athlete_id)
    row = door.session.scalar(select(RunRow).where(RunRow.run_id == run_id, RunRow.athlete_id.in_(ids)))
    if row is None:
        raise Forbidden(f"run {run_id}: there is none, or not shared with {door.viewer.name}")
    door.seen(f"run {run_id}", door.allowed(row.athlete_id, "read"))
    return row


def runs_with_segments(session: Session, athlete_id: str) -> tuple[Run, ...]:
    """Every run of an athlete with its segments, in order of time."""
    rows = session.execute(
        _of(athlete_id)
        .add_columns(SegmentsRow.packed)
        .outerjoin(SegmentsRow, SegmentsRow.run_id == RunRow.run_id)
    )
    return tuple(run_of(row, Segments.from_bytes(packed) if packed else NO_SEGMENTS) for row, packed in rows)


def run_of(row: RunRow, segments: Segments = NO_SEGMENTS) -> Run:
    return Run(
        run_id=row.run_id,
        start=row.start,
        duration_s=row.duration_s,
        bouts=tuple(Bout(**bout) for bout in row.bouts),
        distance_m=row.distance_m,
        segments=segments,
        exposure=tuple(Exposure(**_open_ended(band)) for band in row.exposure),
        accelerations=row.accelerations,
        top_speed_mps=row.top_speed_mps,
        impact=tuple(ImpactLoad(**one) for one in row.impact),
        surface=cast("Surface | None", row.surface),
        shoe=row.shoe,
        trust=cast("Trust", row.trust),
        untrusted_because=tuple(row.untrusted_because),
        effort_cr10=row.effort_cr10,
    )


def _columns(derived: Derived) -> dict[str, Any]:
    run = derived.run
    return {
        "start": run.start,
        "end": run.end,
        "duration_s": run.duration_s,
        "running_s": run.running_s,
        "distance_m": run.distance_m,
        "accelerations": run.accelerations,
        "top_speed_mps": run.top_speed_mps,
        "surface": run.surface,
        "shoe": run.shoe,
        "trust": run.trust,
        "untrusted_because": list(run.untrusted_because),
        "effort_cr10": run.effort_cr10,
        "bouts": _plain(run.bouts),
        "exposure": [_closed(band) for band in _plain(run.exposure)],
        "impact": _plain(run.impact),
        "headline": derived.headline,
        "analysis_version": derived.analysis_version,
    }


def _plain(parts: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def _closed(band: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no infinity."""
    return {**band, "to_mps": None if band["to_mps"] == float("inf") else band["to_mps"]}


def _open_ended(band: Mapping[str, Any]) -> dict[str, Any]:
    return {**band, "to_mps": float("inf") if band["to_mps"] is None else band["to_mps"]}


def _of(athlete_id: str) -> Select[RunRow]:
    return select(RunRow).where(RunRow.athlete_id == athlete_id).order_by(RunRow.start)
