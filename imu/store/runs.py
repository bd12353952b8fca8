"""Runs of an athlete: written once with what was derived from them, rewritten only when derived anew."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, delete, select, update

from imu.errors import Forbidden, StoreError
from imu.store.access import Door
from imu.store.people import WornSensor
from imu.store.read_runs import decoded, runs_where
from imu.store.rows import AthleteRow, RecordingRow, RunRow, SegmentsRow, SensorRow, SummaryRow
from imu.store.times import instant, instant_text
from imu.store.words import short
from imu.training.history import Run

CLOCK_AHEAD = timedelta(minutes=5)  # a laptop's clock that is wrong by this much is nobody's mistake
DOUBTED = ""  # in place of the version of an analysis


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
    """A run in a list; without its segments where nothing else is said."""

    run: Run
    headline: Mapping[str, Any]
    analysis_version: str


class Runs:
    """The runs that a viewer may see or add."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add(
        self,
        athlete_id: str,
        derived: Derived,
        raw: RawRecord | None,
        *,
        beside: Collection[str] = (),
    ) -> None:
        """Keep a new run. StoreError if it lies in the future or while another one went on.

        beside: runs that may have gone on at the same time, since they are told by another device.
        """
        door, run = self._door, derived.run
        athlete = door.allowed(athlete_id, "write_runs")
        short(run.shoe, "the shoe")
        self.refuse_impossible(athlete_id, run.run_id, run.start, run.end, beside=beside)
        door.session.add(
            RunRow(run_id=run.run_id, athlete_id=athlete_id, **row_of(derived), analysed_at=door.clock())
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
        for name, value in row_of(derived).items():
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

    def last_start(self, athlete_id: str) -> datetime | None:
        """When the last run began, by the clock of its place."""
        self._door.allowed(athlete_id, "read")
        own = select(RunRow.start).where(RunRow.athlete_id == athlete_id)
        return self._door.session.scalar(own.order_by(RunRow.start.desc()).limit(1))

    def listed(self, athlete_id: str) -> tuple[ListedRun, ...]:
        """All runs in order of time, without their segments."""
        return self._listed(athlete_id, segments=False)

    def some(self, athlete_id: str, run_ids: Collection[str]) -> tuple[ListedRun, ...]:
        """Some runs of an athlete in order of time, with their segments."""
        return self._listed(athlete_id, RunRow.run_id.in_(run_ids), segments=True)

    def _listed(self, athlete_id: str, *which: ColumnElement[bool], segments: bool) -> tuple[ListedRun, ...]:
        self._door.seen("runs", self._door.allowed(athlete_id, "read"))
        session, wanted = self._door.session, (RunRow.athlete_id == athlete_id, *which)
        runs = runs_where(session, *wanted, segments=segments)
        told = session.execute(
            select(cast(RunRow.headline, Text), RunRow.analysis_version).where(*wanted).order_by(RunRow.start)
        ).all()
        headlines = decoded([headline for headline, _ in told])
        return tuple(
            ListedRun(run=run, headline=headline, analysis_version=version)
            for run, headline, (_, version) in zip(runs, headlines, told, strict=True)
        )

    def run(self, run_id: str) -> Run:
        """One run with its segments. `Forbidden` if there is none, or not for this viewer."""
        self._row(run_id)
        (run,) = runs_where(self._door.session, RunRow.run_id == run_id, segments=True)
        return run

    def athlete_of(self, run_id: str) -> str:
        """Whose run it is."""
        return self._row(run_id).athlete_id

    def athletes_of(self, run_ids: Collection[str]) -> dict[str, str]:
        """Whose runs they are, by run. `Forbidden` if one of them is not there, or not for this viewer."""
        ids = self._door.visible().with_only_columns(AthleteRow.athlete_id)
        rows = self._door.session.execute(
            select(RunRow.run_id, RunRow.athlete_id).where(
                RunRow.run_id.in_(run_ids), RunRow.athlete_id.in_(ids)
            )
        )
        found = {str(run_id): str(athlete_id) for run_id, athlete_id in rows}
        if missing := set(run_ids) - found.keys():
            raise Forbidden(f"run {min(missing)}: there is none, or not shared with {self._door.viewer.name}")
        return found

    def summary(self, run_id: str) -> dict[str, Any]:
        """What the analysis said; the runner's own words only with the right to clinical data."""
        athlete = self._door.allowed(self._row(run_id).athlete_id, "read")
        found = self._door.session.scalar(select(SummaryRow.summary).where(SummaryRow.run_id == run_id))
        if not found or "read_clinical" in self._door.rights(athlete):
            return found or {}
        return {**found, "notes": None}

    def raw(self, run_id: str) -> RawRecord | None:
        """What is kept of its recording; None for a run that came without one."""
        self._row(run_id)
        row = self._door.session.get(RecordingRow, run_id)
        if row is None:
            return None
        return RawRecord(
            content_hash=row.content_hash, manifest=row.manifest, files=tuple(row.files), bytes=row.bytes
        )

    def sensors(self, athlete_id: str) -> tuple[WornSensor, ...]:
        """Every sensor that was worn in a kept run, the one worn last first."""
        self._door.seen("sensors", self._door.allowed(athlete_id, "read"))
        rows = self._door.session.scalars(select(SensorRow).where(SensorRow.athlete_id == athlete_id))
        worn = [
            WornSensor(
                serial=row.serial,
                device=row.device,
                placement=row.placement,
                last_worn_at=row.last_worn_at,
            )
            for row in rows
        ]
        return tuple(sorted(worn, key=lambda one: (one.last_worn_at, one.serial), reverse=True))

    def doubt_all(self, athlete_id: str) -> None:
        """Count all that was derived of this athlete's recordings as derived by no version in use.

        So what is derived anew for another reason than an upgrade can be interrupted, and go on later.
        """
        athlete = self._door.allowed(athlete_id, "write_runs")
        recorded = select(RecordingRow.run_id)
        of_athlete = RunRow.athlete_id == athlete_id, RunRow.run_id.in_(recorded)
        self._door.session.execute(update(RunRow).where(*of_athlete).values(analysis_version=DOUBTED))
        self._door.changed(athlete, "all runs to be derived again")

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

    def fill(
        self, run_id: str, *, surface: str | None, shoe: str | None, effort_cr10: float | None
    ) -> dict[str, Any]:
        """Write down what people tell of a run, where nobody told it of the run before.

        Gives back what stands instead of what was told now, by its name: the first word stays.
        """
        row = run_row(self._door, run_id)
        athlete = self._door.allowed(row.athlete_id, "write_runs")
        short(shoe, "the shoe")
        told = {"surface": surface, "shoe": shoe, "effort_cr10": effort_cr10}
        given = {name: value for name, value in told.items() if value is not None}
        new = {name: value for name, value in given.items() if getattr(row, name) is None}
        for name, value in new.items():
            setattr(row, name, value)
        if new:
            self._door.changed(athlete, "run told more of", run_id)
            self._door.session.flush()
        return {name: getattr(row, name) for name, value in given.items() if getattr(row, name) != value}

    def remove(self, run_id: str) -> None:
        """Take a run out: a test, or somebody else's. Its files are removed by whoever keeps them."""
        row = self._row(run_id)
        athlete = self._door.allowed(row.athlete_id, "write_symptoms")
        self._door.session.execute(delete(RunRow).where(RunRow.run_id == run_id))
        self._door.changed(athlete, "run removed", run_id)

    def refuse_impossible(
        self,
        athlete_id: str,
        run_id: str,
        start: datetime,
        end: datetime,
        *,
        beside: Collection[str] = (),
    ) -> None:
        """StoreError for a run in the future, or while another one went on."""
        self._door.allowed(athlete_id, "write_runs")
        now = self._door.clock()
        if end > now + CLOCK_AHEAD:
            raise StoreError(
                f"the run of {start:%Y-%m-%d %H:%M} ends in the future; correct its start, or this "
                "computer's clock"
            )
        other = self._door.session.scalar(
            _of(athlete_id).where(
                RunRow.run_id.not_in([run_id, *beside]),
                instant(RunRow.start) < instant_text(end),
                instant(RunRow.end) > instant_text(start),
            )
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
            if not (serial := str(facts.get("serial") or "")[:64]):
                continue
            before = self._door.session.get(SensorRow, (athlete_id, serial))
            if before is not None and before.last_worn_at > run.end:
                continue  # an older run was brought later
            self._door.session.merge(
                SensorRow(
                    athlete_id=athlete_id,
                    serial=serial,
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


def row_of(derived: Derived) -> dict[str, Any]:
    run = derived.run
    return {
        "start": run.start,
        "end": run.end,
        "duration_s": run.duration_s,
        "surface": run.surface,
        "shoe": run.shoe,
        "trust": run.trust,
        "untrusted_because": list(run.untrusted_because),
        "effort_cr10": run.effort_cr10,
        "headline": derived.headline,
        "analysis_version": derived.analysis_version,
        **load_of(run),
    }


def load_of(run: Run) -> dict[str, Any]:
    """What a row of a run holds of load."""
    return {
        "running_s": run.running_s,
        "distance_m": run.distance_m,
        "accelerations": run.accelerations,
        "top_speed_mps": run.top_speed_mps,
        "bouts": _plain(run.bouts),
        "exposure": [_closed(band) for band in _plain(run.exposure)],
        "impact": _plain(run.impact),
    }


def _plain(parts: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(part) for part in parts]


def _closed(band: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no infinity."""
    return {**band, "to_mps": None if band["to_mps"] == float("inf") else band["to_mps"]}


def _of(athlete_id: str) -> Select[RunRow]:
    return select(RunRow).where(RunRow.athlete_id == athlete_id).order_by(RunRow.start)
