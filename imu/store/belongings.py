"""All that belongs to one athlete, table by table: to be given away, or to be erased."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, or_, select

from imu.store.access import Door
from imu.store.rows import AccountRow, AuditRow, FailedSignInRow, GrantRow, Row, RunRow
from imu.store.sign_ins import hash_of
from imu.store.work import ERASED

_WRITERS = ("by", "granted_by", "imported_by")  # columns that name the account that wrote a row


class Belongings:
    """For whoever may share an athlete's data; `Forbidden` for others."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def tables(self, athlete_id: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Every table with the athlete's rows in order of their key, and the accounts that they name."""
        athlete = self._door.allowed(athlete_id, "share")
        accounts = {athlete.account_id}
        for table, belongs in _of(athlete_id):
            ordered = select(table).where(belongs).order_by(*table.primary_key.columns)
            rows = [dict(row) for row in self._door.session.execute(ordered).mappings()]
            for name in (*_WRITERS, "account_id", "viewer_id"):
                accounts |= {row.get(name) for row in rows}
            yield table.name, rows
        known = select(AccountRow.account_id, AccountRow.name, AccountRow.role)
        found = self._door.session.execute(known.where(AccountRow.account_id.in_(accounts - {None})))
        yield "account", [dict(row) for row in found.mappings()]

    def exported(self, athlete_id: str) -> None:
        """Write down that everything was given away."""
        self._door.note("exported", None, athlete_id=self._door.allowed(athlete_id, "share").athlete_id)

    def erase(self, athlete_id: str) -> tuple[dict[str, int], bool]:
        """Remove every row; how many of each table, and whether the athlete's own account went too."""
        door = self._door
        account_id = door.allowed(athlete_id, "share").account_id
        counts = {}
        for table, belongs in reversed(tuple(_of(athlete_id))):
            gone = delete(table).where(belongs).returning(table.primary_key.columns[0])
            counts[table.name] = len(door.session.execute(gone).all())
        account_removed = account_id is not None and self._remove_account(account_id)
        door.note(ERASED, None, compacted=False)
        return {name: count for name, count in sorted(counts.items()) if count}, account_removed

    def _remove_account(self, account_id: str) -> bool:
        """A runner's, unless others see it, or it left its name in what belongs to others."""
        session = self._door.session
        row = session.get_one(AccountRow, account_id)
        named = [
            select(table.primary_key.columns[0]).where(table.c[name] == account_id)
            for table in Row.metadata.sorted_tables
            for name in _WRITERS
            if name in table.columns
        ]
        named.append(select(GrantRow.grant_id).where(GrantRow.viewer_id == account_id))
        named.append(
            select(AuditRow.entry_id).where(
                AuditRow.account_id == account_id, AuditRow.athlete_id.is_not(None)
            )
        )
        if row.role != "runner" or any(session.execute(one.limit(1)).first() for one in named):
            return False
        of_account = or_(AuditRow.account_id == account_id, AuditRow.subject == row.name)
        session.execute(delete(AuditRow).where(AuditRow.athlete_id.is_(None), of_account))
        session.execute(delete(FailedSignInRow).where(FailedSignInRow.name_hash == hash_of(row.name)))
        session.execute(delete(AccountRow).where(AccountRow.account_id == account_id))
        return True


def _of(athlete_id: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Every table that speaks of athletes, those first that others point at, and which rows are his."""
    runs = select(RunRow.run_id).where(RunRow.athlete_id == athlete_id)
    for table in Row.metadata.sorted_tables:
        if "athlete_id" in table.columns:
            yield table, table.c.athlete_id == athlete_id
        elif "run_id" in table.columns:
            yield table, table.c.run_id.in_(runs)
