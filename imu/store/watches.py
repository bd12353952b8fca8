"""What watches and phones kept of runs: beside a recording, or all that there is of a run."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from imu.store.access import Door
from imu.store.blobs import Blobs
from imu.store.rows import CheckInRow, RecordingRow, RunRow, SegmentsRow, WatchRow
from imu.store.runs import DOUBTED, Runs, load_of, run_row
from imu.store.times import instant, instant_text
from imu.training.history import Run

SHARED_S = 60.0  # of two devices on one outing, at least
UNREADABLE = "unreadable"  # in the facts: why the version that read its file last made nothing of it
LONGEST = timedelta(days=2)  # that a watch is looked for from its run; no outing is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWatch:
    """One activity that belongs to a run."""

    run_id: str
    content_hash: str
    alone: bool  # no sensors were worn: the run is known from it alone
    file: str | None  # of the original, among the run's raw files
    facts: dict[str, Any]  # start, duration_s, sport, and what else `imu.followup.watch_run.facts_of` tells
    fit: dict[str, Any]  # offset_s, sd_s, by, and more; what `imu.signal.common_time` found

    @property
    def watch_id(self) -> str:
        return hashlib.sha256(f"{self.run_id} {self.content_hash}".encode()).hexdigest()[:32]

    @property
    def table(self) -> str:
        """The name of its values among the run's derived files."""
        return table_of(self.content_hash)

    @property
    def offset_s(self) -> float:
        """What to add to its times to have them on the run's clock."""
        return float(self.fit["offset_s"])

    @property
    def span_s(self) -> tuple[float, float]:
        """From when to when it told something, on the run's clock."""
        return self.offset_s, self.offset_s + float(self.facts["duration_s"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A run that shares time with something."""

    run_id: str
    start: datetime
    end: datetime
    is_recorded: bool
    has_watch: bool

    def shares(self, start: datetime, end: datetime) -> bool:
        """Whether it is the same outing: a watch stopped at the door belongs to none that begins there."""
        return _shares(self.start, self.end, start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a watch reaches that belongs to a run: it may have been on long before and after."""

    run_id: str
    run_start: datetime
    start: datetime
    end: datetime
    watch: KeptWatch

    def shares(self, start: datetime, end: datetime) -> bool:
        """Whether it is the same outing."""
        return _shares(self.start, self.end, start, end)


def _shares(one_start: datetime, one_end: datetime, start: datetime, end: datetime) -> bool:
    shared_s = (min(one_end, end) - max(one_start, start)).total_seconds()
    return shared_s >= min(SHARED_S, (end - start).total_seconds() / 2)


def table_of(content_hash: str) -> str:
    return f"watch-{content_hash[:16]}.parquet"


class Watches:
    """The activities of the runs that a viewer may see or add."""

    def __init__(self, door: Door, blobs: Blobs) -> None:
        self._door = door
        self._blobs = blobs

    def of_run(self, run_id: str) -> tuple[KeptWatch, ...]:
        """Those of a run, the one kept first leading."""
        run_row(self._door, run_id)
        rows = self._door.session.scalars(
            select(WatchRow).where(WatchRow.run_id == run_id).order_by(WatchRow.kept_at, WatchRow.watch_id)
        )
        return tuple(_kept(row) for row in rows)

    def runs_with(self, athlete_id: str, content_hash: str) -> tuple[str, ...]:
        """The runs of an athlete that have this activity already."""
        self._door.allowed(athlete_id, "read")
        found = select(WatchRow.run_id).join(RunRow, RunRow.run_id == WatchRow.run_id)
        found = found.where(RunRow.athlete_id == athlete_id, WatchRow.content_hash == content_hash)
        return tuple(self._door.session.scalars(found.order_by(RunRow.start)))

    def read_otherwise(self, athlete_id: str, *, than: str | None) -> tuple[str, ...]:
        """Runs with a watch whose file another version understood; all with a watch without one."""
        self._door.allowed(athlete_id, "read")
        rows = self._door.session.scalars(_of_athlete(athlete_id).order_by(RunRow.start))
        found = (row.run_id for row in rows if than is None or row.facts.get("read_by") != than)
        return tuple(dict.fromkeys(found))

    def unreadable(self, athlete_id: str) -> tuple[KeptWatch, ...]:
        """Those whose file the version that read it last made nothing of, by the start of their runs."""
        self._door.allowed(athlete_id, "read")
        rows = self._door.session.scalars(_of_athlete(athlete_id).order_by(RunRow.start, WatchRow.watch_id))
        return tuple(_kept(row) for row in rows if UNREADABLE in row.facts)

    def doubt_all(self, athlete_id: str) -> None:
        """Count the files of this athlete's watches as understood by no version in use."""
        athlete = self._door.allowed(athlete_id, "write_runs")
        for row in self._door.session.scalars(_of_athlete(athlete_id)):
            row.facts = {**row.facts, "read_by": DOUBTED}
        self._door.changed(athlete, "all watches to be read again")

    def neighbours(self, athlete_id: str, start: datetime, end: datetime) -> tuple[Neighbour, ...]:
        """Runs that went on between both, in order of time."""
        self._door.allowed(athlete_id, "read")
        recorded = select(RecordingRow.run_id).where(RecordingRow.run_id == RunRow.run_id).exists()
        watched = select(WatchRow.run_id).where(WatchRow.run_id == RunRow.run_id).exists()
        found = (
            select(RunRow.run_id, RunRow.start, RunRow.end, recorded, watched)
            .where(
                RunRow.athlete_id == athlete_id,
                instant(RunRow.start) < instant_text(end),
                instant(RunRow.end) > instant_text(start),
            )
            .order_by(RunRow.start)
        )
        return tuple(
            Neighbour(run_id=run_id, start=begin, end=stop, is_recorded=bool(has), has_watch=bool(worn))
            for run_id, begin, stop, has, worn in self._door.session.execute(found)
        )

    def alone_within(self, athlete_id: str, start: datetime, end: datetime) -> tuple[Neighbour, ...]:
        """Runs between both that are known from a watch alone."""
        return tuple(
            one for one in self.neighbours(athlete_id, start, end) if one.has_watch and not one.is_recorded
        )

    def reaching(self, athlete_id: str, start: datetime, end: datetime) -> tuple[Reach, ...]:
        """The watches that were on at some time between both, by the start of their runs."""
        self._door.allowed(athlete_id, "read")
        found = (
            select(WatchRow, RunRow.start)
            .join(RunRow, RunRow.run_id == WatchRow.run_id)
            .where(
                RunRow.athlete_id == athlete_id,
                instant(RunRow.start) < instant_text(end + LONGEST),
                instant(RunRow.end) > instant_text(start - LONGEST),
            )
            .order_by(RunRow.start, WatchRow.kept_at, WatchRow.watch_id)
        )
        reached = []
        for row, begun in self._door.session.execute(found):
            watch = _kept(row)
            from_s, to_s = watch.span_s
            one = Reach(
                run_id=watch.run_id,
                run_start=begun,
                start=begun + timedelta(seconds=from_s),
                end=begun + timedelta(seconds=to_s),
                watch=watch,
            )
            if one.start < end and one.end > start:
                reached.append(one)
        return tuple(reached)

    def keep(self, athlete_id: str, watch: KeptWatch) -> None:
        """Write down an activity of a run, or how it lies there now."""
        athlete = self._door.allowed(athlete_id, "write_runs")
        before = self._door.session.get(WatchRow, watch.watch_id)
        self._door.session.merge(
            WatchRow(
                watch_id=watch.watch_id,
                run_id=watch.run_id,
                content_hash=watch.content_hash,
                alone=watch.alone,
                file=watch.file,
                facts=watch.facts,
                fit=watch.fit,
                by=self._door.viewer.account_id if before is None else before.by,
                kept_at=self._door.clock() if before is None else before.kept_at,
            )
        )
        self._door.changed(athlete, "watch attached", watch.run_id)

    def told(self, run: Run) -> None:
        """Write a run anew with what watches told of it: slope, and load beside the recording."""
        row = run_row(self._door, run.run_id)
        athlete = self._door.allowed(row.athlete_id, "write_runs")
        for name, value in load_of(run).items():
            setattr(row, name, value)
        self._door.session.merge(SegmentsRow(run_id=run.run_id, packed=run.segments.packed()))
        self._door.changed(athlete, "run told by a watch", run.run_id)

    def copy(self, athlete_id: str, watch: KeptWatch, run_id: str) -> None:
        """Give another run the files of a watch: before the rows that speak of them."""
        self._door.allowed(athlete_id, "write_runs")
        for kind, name in (("recordings", watch.file), ("derived", watch.table)):
            if name is not None:
                content = self._blobs.read(f"{kind}/{athlete_id}/{watch.run_id}/{name}")
                self._blobs.write(f"{kind}/{athlete_id}/{run_id}/{name}", content)

    def take_over(self, athlete_id: str, watched: Sequence[str], run_id: str) -> tuple[KeptWatch, ...]:
        """Give a recorded run what belonged to runs of a watch alone, answers about pain too.

        So is what people told of them and not of the new one. Those runs are removed. Gives back their
        activities, to be laid on the new run, whose files they have become; the files of the old runs are
        removed when the transaction has ended, with `forget`.
        """
        athlete = self._door.allowed(athlete_id, "write_runs")
        session = self._door.session
        taken = []
        for old in watched:
            for watch in self.of_run(old):
                if watch.facts.get("by_restride"):
                    continue  # what was written of the recording itself is no second device
                self.copy(athlete_id, watch, run_id)
                taken.append(watch)
            row = run_row(self._door, old)
            Runs(self._door).fill(run_id, surface=row.surface, shoe=row.shoe, effort_cr10=row.effort_cr10)
            of_old = CheckInRow.athlete_id == athlete_id, CheckInRow.run_id == old
            session.execute(update(CheckInRow).where(*of_old).values(run_id=run_id))
            session.execute(delete(RunRow).where(RunRow.run_id == old))
            self._door.changed(athlete, "run taken over", old, by=run_id)
        session.expire_all()
        return tuple(taken)

    def forget(self, athlete_id: str, run_ids: Sequence[str]) -> None:
        """Remove the files of runs that another run took over."""
        self._door.allowed(athlete_id, "write_runs")
        gone = set(run_ids) - set(
            self._door.session.scalars(select(RunRow.run_id).where(RunRow.run_id.in_(run_ids)))
        )
        for run_id in sorted(gone):
            for kind in ("recordings", "derived"):
                self._blobs.remove_all(f"{kind}/{athlete_id}/{run_id}")


def _of_athlete(athlete_id: str) -> Select[WatchRow]:
    own = RunRow.athlete_id == athlete_id
    return select(WatchRow).join(RunRow, RunRow.run_id == WatchRow.run_id).where(own)


def _kept(row: WatchRow) -> KeptWatch:
    return KeptWatch(
        run_id=row.run_id,
        content_hash=row.content_hash,
        alone=row.alone,
        file=row.file,
        facts=dict(row.facts),
        fit=dict(row.fit),
    )
