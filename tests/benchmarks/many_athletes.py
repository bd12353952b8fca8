"""A store of hundreds of athletes with years of runs, written as fast as the database takes it."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.types import JSON

from imu.simulate.season import ordinary_years
from imu.store import Account, Derived, Store
from imu.store.rows import AthleteRow, GrantRow, RunRow, SegmentsRow, StandingRow, SummaryRow
from imu.store.runs import row_of
from imu.store.times import Moment, as_text
from imu.training.history import Run

VERSION = "1"
DISTINCT = 10  # seasons that are simulated; other athletes have one of these, under other names
# Sizes as an analysis leaves them; what is in them is not read here.
_SUMMARY = {"running": {"overall": {"median": [1.5] * 100}}}
_HEADLINE = {
    side: {"cadence_spm": 172.1, "speed_mps": 2.91, "shank_angle_ic_deg": 6.4, "pelvic_drop_deg": 5.2}
    for side in ("overall", "left", "right")
}
_STANDING = {"stage": "7", "words": "x" * 1500, "holds_until": "2999-01-01T00:00:00+00:00"}


@dataclass(frozen=True, slots=True)
class Squad:
    coach: Account
    athlete_ids: tuple[str, ...]
    runs: int


def fill(store: Store, *, athletes: int, years: int) -> Squad:
    """Athletes with ordinary years, all shared with one coach who has an overview of each."""
    coach = store.add_account("coach", "coach")
    seasons = [season.history.runs for season in ordinary_years(athletes=DISTINCT, years=years)]
    ids = tuple(_id(f"athlete {number}") for number in range(athletes))
    now = store.now()
    with store.engine.begin() as connection:
        connection.execute(
            insert(table_of(AthleteRow)),
            [
                {
                    "athlete_id": one,
                    "name": f"Athlete {number}",
                    "simulated": True,
                    "revision": 1,
                    "created_at": now,
                }
                for number, one in enumerate(ids)
            ],
        )
        granted = {"viewer_id": coach.account_id, "scope": "clinical", "granted_by": coach.account_id}
        connection.execute(
            insert(table_of(GrantRow)),
            [{"grant_id": _id(one), "athlete_id": one, "granted_at": now, **granted} for one in ids],
        )
        judged = {"revision": 1, "as_of": now, "analysis_version": VERSION, "content": _STANDING}
        connection.execute(insert(table_of(StandingRow)), [{"athlete_id": one, **judged} for one in ids])
    runs = 0
    for table, rows in _tables(store, seasons, ids):
        written = _write(store, table, rows)
        runs = written if table.name == "run" else runs
    _settle(store)
    return Squad(coach, ids, runs)


def _tables(
    store: Store, seasons: Sequence[Sequence[Run]], ids: Sequence[str]
) -> Iterator[tuple[Table, Iterator[tuple[Any, ...]]]]:
    """The three tables of runs, with rows as the database keeps them."""
    shift = store.now() - max(season[-1].end for season in seasons) - timedelta(days=1)
    kept = [[_columns(store, run, shift) for run in season] for season in seasons]
    packed = [[run.segments.packed() for run in season] for season in seasons]
    summary = json.dumps(_SUMMARY)

    def of_all() -> Iterator[tuple[str, str, int, int]]:
        """In the order in which they were run, so that nobody's rows lie side by side."""
        for place in range(max(map(len, seasons))):
            for number, athlete_id in enumerate(ids):
                season = number % len(seasons)
                if place < len(seasons[season]):
                    yield _id(f"run {number} {place}"), athlete_id, season, place

    yield table_of(RunRow), ((run_id, who, *kept[of][at]) for run_id, who, of, at in of_all())
    yield table_of(SegmentsRow), ((run_id, packed[of][at]) for run_id, _, of, at in of_all())
    yield table_of(SummaryRow), ((run_id, summary) for run_id, *_ in of_all())


def _columns(store: Store, run: Run, shift: timedelta) -> tuple[Any, ...]:
    """A run's row but for its keys, in the order of the table."""
    derived = Derived(run=run, headline=_HEADLINE, summary={}, analysis_version=VERSION)
    values = {**row_of(derived), "analysed_at": store.now()}
    values |= {"start": run.start + shift, "end": run.end + shift}
    return tuple(_kept(column.type, values[column.name]) for column in list(table_of(RunRow).columns)[2:])


def _kept(kind: object, value: Any) -> Any:
    if isinstance(kind, Moment):
        return as_text(value)
    return json.dumps(value) if isinstance(kind, JSON) else value


def _write(store: Store, table: Table, rows: Iterable[tuple[Any, ...]]) -> int:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    count = 0
    raw = store.engine.raw_connection()
    try:
        if isinstance(raw.driver_connection, sqlite3.Connection):
            marks = ", ".join("?" * len(table.columns))
            raw.driver_connection.execute("BEGIN")
            found = raw.driver_connection.executemany(
                f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows
            )
            count = found.rowcount
        else:
            assert raw.driver_connection is not None
            with raw.driver_connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
        raw.driver_connection.commit()
    finally:
        raw.close()
    return count


def _settle(store: Store) -> None:
    """What a database does by itself in the night: count what lies where."""
    with store.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")
            return
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    raw = store.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()


def table_of(row: Any) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


def _id(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:32]
