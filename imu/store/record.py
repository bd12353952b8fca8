"""Everything of one athlete that the rules read, in one piece."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select

from imu.store.access import Door
from imu.store.people import Athlete
from imu.store.read_runs import runs_where
from imu.store.rows import (
    BaselineRow,
    CheckInRow,
    DecisionRow,
    ExerciseRow,
    GateAnswerRow,
    InjuryRow,
    PlanRow,
    Row,
    RunRow,
    WarningActRow,
)
from imu.training.baseline import Baseline
from imu.training.history import (
    NO_NAME,
    NOT_SHOWN,
    CheckIn,
    CheckInIndex,
    Decision,
    Exercise,
    GateAnswer,
    History,
    Injury,
)
from imu.training.plan import coarse
from imu.training.warnings import Act

Kept = TypeVar("Kept")
_ORDER = {CheckIn: "at", Exercise: "at", GateAnswer: "at", Decision: "at", Act: "at", Injury: "onset"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """A plan as it was adopted: the content of its file, by whom and why."""

    version: int
    content: dict[str, Any] | str  # a text where it was damaged and is no JSON any more
    reason: str
    signed: bool
    by: str
    adopted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBaseline:
    """A frozen baseline of one chart; in force while nothing replaced it."""

    chart: str
    baseline: Baseline
    on_purpose: bool  # somebody chose it; otherwise it rests on the first runs that may make one
    reason: str
    by: str
    kept_at: datetime
    replaced_at: datetime | None
    analysis_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteRecord:
    """What is remembered of one athlete. Without its segments a run serves every rule but the charts."""

    athlete: Athlete
    history: History
    plans: tuple[PlanVersion, ...]  # the last one is in force
    baselines: tuple[KeptBaseline, ...]
    acts: tuple[Act, ...]

    @property
    def in_force(self) -> dict[str, KeptBaseline]:
        """The baselines in force, by chart."""
        return {kept.chart: kept for kept in self.baselines if kept.replaced_at is None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardsticks:
    """What a single run is seen beside: read faster than a whole record."""

    in_force: dict[str, KeptBaseline]  # by chart
    injuries: tuple[Injury, ...]
    answers: CheckInIndex  # about that run


def read_yardsticks(door: Door, athlete_id: str, *, run_id: str | None) -> Yardsticks:
    """Baselines in force, injuries and what was told of a run, in as many words as the viewer may read."""
    row = door.allowed(athlete_id, "read")
    door.seen("record", row)
    of_run = CheckInRow.run_id == run_id
    about = () if run_id is None else _all(door, athlete_id, CheckInRow, CheckIn, of_run)
    record = AthleteRecord(
        athlete=door.athlete(row),
        history=History(injuries=_all(door, athlete_id, InjuryRow, Injury), check_ins=about),
        plans=(),
        baselines=_baselines(door, athlete_id),
        acts=(),
    )
    told = record if "read_clinical" in record.athlete.rights else without_words(record)
    return Yardsticks(in_force=told.in_force, injuries=told.history.injuries, answers=told.history.answers)


def read_record(door: Door, athlete_id: str, *, segments: bool) -> AthleteRecord:
    """All that the viewer may read. Without the right to clinical data nobody's words are in it."""
    whole = read_whole(door, athlete_id, segments=segments)
    door.seen("record", door.allowed(athlete_id, "read"))
    return whole if "read_clinical" in whole.athlete.rights else without_words(whole)


def read_whole(door: Door, athlete_id: str, *, segments: bool) -> AthleteRecord:
    """All that there is, to be judged by; nothing of it is for a viewer with fewer rights.

    This is no look: the worker judges too, in the name of whoever keeps the record.
    """
    row = door.allowed(athlete_id, "read")
    athlete = door.athlete(row)
    history = History(
        runs=runs_where(door.session, RunRow.athlete_id == athlete_id, segments=segments),
        check_ins=_all(door, athlete_id, CheckInRow, CheckIn),
        injuries=_all(door, athlete_id, InjuryRow, Injury),
        exercises=_all(door, athlete_id, ExerciseRow, Exercise),
        gate_answers=_named(door, _all(door, athlete_id, GateAnswerRow, GateAnswer)),
        decisions=_named(door, _all(door, athlete_id, DecisionRow, Decision)),
    )
    return AthleteRecord(
        athlete=athlete,
        history=history,
        plans=_plans(door, athlete_id),
        baselines=_baselines(door, athlete_id),
        acts=_named(door, _all(door, athlete_id, WarningActRow, Act)),
    )


def _all(
    door: Door, athlete_id: str, row_kind: type[Row], kind: type[Kept], *which: ColumnElement[bool]
) -> tuple[Kept, ...]:
    """Rows as what the rules read; the fields have the same names in both.

    There may be thousands of them, so columns are read, not objects of the tables. Of two at one moment the
    one that was told first comes first, whatever order a database gives them in.
    """
    table = row_kind.__table__
    of_athlete: Any = table.c.athlete_id == athlete_id
    in_order = (table.c.recorded_at, *table.primary_key)
    fields = tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    # Attributes of the class, not columns of the table: only these see what this transaction just added.
    columns = (getattr(row_kind, name) for name in fields)
    wanted = select(*columns).where(of_athlete, *which).order_by(*in_order)
    found = [
        kind(**dict(zip(fields, map(_frozen, row), strict=True))) for row in door.session.execute(wanted)
    ]
    return tuple(sorted(found, key=lambda one: getattr(one, _ORDER[kind])))


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _named(door: Door, found: tuple[Any, ...]) -> tuple[Any, ...]:
    """People by their names: in the tables they are accounts."""
    names = {one.by: door.name_of(one.by) for one in found}
    return tuple(replace(one, by=names[one.by]) for one in found)


def without_words(record: AthleteRecord) -> AthleteRecord:
    """What anybody may read: no place of pain, no reason, no name that somebody gave.

    Rules must say the same whoever asks, so of an injury there stays what the plan's gates read, and
    that a red flag was told stays: nobody may be shown a run that it forbids.
    """
    history = record.history
    return replace(
        record,
        history=replace(
            history,
            check_ins=tuple(replace(one, note=None, site=None) for one in history.check_ins),
            injuries=tuple(
                coarse(one, injury_id=f"injury {number}")
                for number, one in enumerate(history.injuries, start=1)
            ),
            decisions=tuple(
                replace(one, reason=NOT_SHOWN, cleared_by=one.cleared_by and NO_NAME)
                for one in history.decisions
            ),
        ),
        plans=tuple(replace(one, reason=NOT_SHOWN) for one in record.plans),
        baselines=tuple(replace(one, reason=NOT_SHOWN) for one in record.baselines),
        acts=tuple(replace(one, reason=one.reason and NOT_SHOWN) for one in record.acts),
    )


def _plans(door: Door, athlete_id: str) -> tuple[PlanVersion, ...]:
    rows = door.session.scalars(
        select(PlanRow).where(PlanRow.athlete_id == athlete_id).order_by(PlanRow.version)
    )
    return tuple(
        PlanVersion(
            version=row.version,
            content=row.content,
            reason=row.reason,
            signed=row.signed,
            by=door.name_of(row.by),
            adopted_at=row.recorded_at,
        )
        for row in rows
    )


def _baselines(door: Door, athlete_id: str) -> tuple[KeptBaseline, ...]:
    rows = door.session.scalars(
        select(BaselineRow)
        .where(BaselineRow.athlete_id == athlete_id)
        .order_by(BaselineRow.kept_at, BaselineRow.replaced_at.is_(None), BaselineRow.baseline_id)
    )
    return tuple(
        KeptBaseline(
            chart=row.chart,
            baseline=Baseline.from_json(row.content),
            on_purpose=row.on_purpose,
            reason=row.reason,
            by=door.name_of(row.by),
            kept_at=row.kept_at,
            replaced_at=row.replaced_at,
            analysis_version=row.analysis_version,
        )
        for row in rows
    )
