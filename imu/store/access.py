"""The door to the database: it lets through what a viewer may do, and writes down that he did."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from imu.errors import Forbidden
from imu.store.people import Account, Athlete
from imu.store.rights import OWN, Right, Role, Scope, granted
from imu.store.rows import AccountRow, AthleteRow, AuditRow, GrantRow
from imu.store.times import instant, instant_text

Clock = Callable[[], datetime]


def new_id() -> str:
    return uuid4().hex


class Door:
    """What one viewer may reach in one transaction."""

    def __init__(self, session: Session, *, viewer: Account, clock: Clock, looks: list[AuditRow]) -> None:
        self.session = session
        self.viewer = viewer
        self.clock = clock
        self.looks = looks  # that somebody saw something; written by whoever opened the door
        self._known: dict[str, AthleteRow] = {}
        self._names: dict[str, str] = {}

    def visible(self) -> Select[AthleteRow]:
        """The athletes that this viewer may know of. The only place where a grant becomes a WHERE."""
        if self.viewer.role == "admin":
            return select(AthleteRow).where(false())
        return select(AthleteRow).where(
            or_(
                AthleteRow.account_id == self.viewer.account_id,
                AthleteRow.athlete_id.in_(select(GrantRow.athlete_id).where(*self._valid())),
            )
        )

    def rights(self, athlete: AthleteRow) -> frozenset[Right]:
        """What this viewer may do with a visible athlete's data."""
        rights = OWN if athlete.account_id == self.viewer.account_id else frozenset()
        for scope in self._scopes.get(athlete.athlete_id, ()):
            rights |= granted(self.viewer.role, scope)
        return rights

    def allowed(self, athlete_id: str, right: Right) -> AthleteRow:
        """The athlete's row, if the viewer has this right. `Forbidden` otherwise."""
        row = self.found(athlete_id)
        if row is None:
            raise Forbidden(f"athlete {athlete_id}: there is none, or not shared with {self.viewer.name}")
        if right not in self.rights(row):
            own = row.account_id == self.viewer.account_id
            who = "who follows the record may" if own else "ask the athlete to share more"
            raise Forbidden(f"athlete {row.name}: {self.viewer.name} may not {_WORDS[right]}; {who}")
        return row

    def found(self, athlete_id: str) -> AthleteRow | None:
        """The row of an athlete whom the viewer may see; None for any other."""
        row = self._known.get(athlete_id) or self.session.scalar(
            self.visible().where(AthleteRow.athlete_id == athlete_id)
        )
        if row is not None:
            self._known[athlete_id] = row
        return row

    def deciders(self, athlete: AthleteRow) -> tuple[str, ...]:
        """Names of those who may decide about this athlete as clinicians, by name."""
        held = (
            select(AccountRow.name, AccountRow.role, GrantRow.scope)
            .join(AccountRow, AccountRow.account_id == GrantRow.viewer_id)
            .where(
                GrantRow.athlete_id == athlete.athlete_id,
                AccountRow.disabled_at.is_(None),
                *self._in_force(),
            )
        )
        rows = self.session.execute(held)
        found = {
            name
            for name, role, scope in rows
            if "decide" in granted(cast("Role", role), cast("Scope", scope))
        }
        return tuple(sorted(found))

    def forget_rights(self) -> None:
        """Look at the grants again: this transaction changed them."""
        self.session.flush()
        self._known.clear()
        self.__dict__.pop("_scopes", None)

    @cached_property
    def _scopes(self) -> dict[str, list[Scope]]:
        """The valid grants of the viewer, by athlete."""
        found: dict[str, list[Scope]] = {}
        rows = self.session.execute(select(GrantRow.athlete_id, GrantRow.scope).where(*self._valid()))
        for athlete_id, scope in rows:
            found.setdefault(athlete_id, []).append(cast("Scope", scope))
        return found

    def athlete(self, row: AthleteRow) -> Athlete:
        return Athlete(
            athlete_id=row.athlete_id,
            name=row.name,
            is_own=row.account_id == self.viewer.account_id,
            simulated=row.simulated,
            revision=row.revision,
            rights=self.rights(row),
        )

    def changed(self, athlete: AthleteRow, action: str, subject: str | None = None, **detail: Any) -> None:
        """Write down a change, and that what was derived before it is out of date."""
        athlete.revision += 1
        self.note(action, subject, athlete_id=athlete.athlete_id, **detail)

    def seen(self, what: str, *athletes: AthleteRow) -> None:
        """Write down that somebody else looked, once a day and subject: the athlete may ask who did."""
        others = {one.athlete_id for one in athletes if one.account_id != self.viewer.account_id}
        others -= {look.athlete_id for look in self.looks if look.subject == what}
        if not others:
            return
        midnight = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        known = select(AuditRow.athlete_id).where(
            AuditRow.athlete_id.in_(others),
            AuditRow.account_id == self.viewer.account_id,
            AuditRow.action == "read",
            AuditRow.subject == what,
            instant(AuditRow.at) >= instant_text(midnight),
        )
        for athlete_id in sorted(others.difference(self.session.scalars(known))):
            self.looks.append(self._entry("read", what, athlete_id=athlete_id))

    def note(self, action: str, subject: str | None, *, athlete_id: str | None = None, **detail: Any) -> None:
        """Write down something that happened."""
        self.session.add(self._entry(action, subject, athlete_id=athlete_id, **detail))

    def _entry(self, action: str, subject: str | None, *, athlete_id: str | None, **detail: Any) -> AuditRow:
        return AuditRow(
            at=self.clock(),
            account_id=self.viewer.account_id,
            athlete_id=athlete_id,
            action=action,
            subject=subject,
            detail=detail,
        )

    def by(self) -> dict[str, Any]:
        """Who writes a row, and when."""
        return {"by": self.viewer.account_id, "recorded_at": self.clock()}

    def name_of(self, account_id: str) -> str:
        if account_id not in self._names:
            found = self.session.scalar(select(AccountRow.name).where(AccountRow.account_id == account_id))
            self._names[account_id] = found or f"account {account_id[:8]}"
        return self._names[account_id]

    def _valid(self) -> tuple[Any, ...]:
        return GrantRow.viewer_id == self.viewer.account_id, *self._in_force()

    def _in_force(self) -> tuple[Any, ...]:
        return (
            GrantRow.revoked_at.is_(None),
            or_(GrantRow.until.is_(None), instant(GrantRow.until) > instant_text(self.clock())),
        )


def account_of(row: AccountRow) -> Account:
    return Account(
        account_id=row.account_id,
        name=row.name,
        role=cast("Role", row.role),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        language=(row.settings or {}).get("language"),
        units=(row.settings or {}).get("units") or "km",
    )


def entry_of_account(account_id: str, action: str, subject: str | None, *, at: datetime) -> AuditRow:
    """A line of the log about an account, not about an athlete."""
    return AuditRow(at=at, account_id=account_id, action=action, subject=subject, detail={})


_WORDS: dict[Right, str] = {
    "read": "read it",
    "read_clinical": "read pain notes",
    "write_runs": "add runs",
    "write_symptoms": "write symptoms",
    "write_plan": "change the plan",
    "acknowledge": "answer warnings",
    "write_note": "write a note",
    "decide": "decide as a clinician",
    "tell_clearance": "tell that a clinician has cleared the athlete",
    "share": "share, export or erase",
}
