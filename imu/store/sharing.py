"""Athletes, what an athlete shares with whom, and the log of who did what."""

from datetime import datetime
from typing import cast

from sqlalchemy import select

from imu.errors import Forbidden, StoreError
from imu.store.access import Door, new_id
from imu.store.names import account_row, folded, printable_name
from imu.store.people import Athlete, AuditEntry, Grant, Note
from imu.store.rights import Scope
from imu.store.rows import AccountRow, AthleteRow, AuditRow, GrantRow, NoteRow
from imu.store.words import kept_everywhere


class Sharing:
    """Who there is for this viewer, and who may see whom."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def athletes(self) -> tuple[Athlete, ...]:
        """Everybody the viewer may see, the viewer first, then by name."""
        rows = self._door.session.scalars(self._door.visible())
        found = [self._door.athlete(row) for row in rows]
        return tuple(sorted(found, key=lambda one: (not one.is_own, one.name.lower(), one.athlete_id)))

    def athlete(self, who: str | None = None) -> Athlete:
        """One by name or id; without one the viewer's own, or the only one there is.

        `Forbidden` for one that is not there and for one that is not shared; StoreError where a choice has
        to be made.
        """
        if who is not None and (row := self._door.found(who)) is not None:
            return self._door.athlete(row)
        known = self.athletes()
        if who is None:
            own = [one for one in known if one.is_own] or list(known)
            if len(own) == 1:
                return own[0]
            what = f"{len(own)} athletes are shared with you" if own else "no athlete is known"
            raise StoreError(f"{what}; say which with --athlete NAME")
        found = [one for one in known if one.name == who]
        found = found or [one for one in known if folded(one.name) == folded(who)]
        if not found:
            raise Forbidden(f"athlete {who}: there is none, or not shared with {self._door.viewer.name}")
        if len(found) > 1:
            raise StoreError(f"athlete {who}: {len(found)} have this name; give the id instead")
        return found[0]

    def own(self) -> Athlete:
        """The viewer's own. StoreError without one: nobody else's stands in its place."""
        for one in self.athletes():
            if one.is_own:
                return one
        raise StoreError(f"{self._door.viewer.name}: has no record of its own; say whose is meant, by his id")

    def by_id(self, athlete_id: str) -> Athlete:
        """One athlete. `Forbidden` for one that is not there and for one that is not shared."""
        return self._door.athlete(self._door.allowed(athlete_id, "read"))

    def add_athlete(self, name: str, *, own: bool = False, simulated: bool = False) -> Athlete:
        """A new athlete: the viewer's own record (`own`), or one that a coach or clinician keeps until
        it is handed over. StoreError for a second own one."""
        door, viewer = self._door, self._door.viewer
        if viewer.role == "admin":
            raise Forbidden("an administrator keeps accounts, not athletes")
        if own and door.session.scalar(
            select(AthleteRow.athlete_id).where(AthleteRow.account_id == viewer.account_id)
        ):
            raise StoreError(f"{viewer.name}: has an athlete already")
        row = AthleteRow(
            athlete_id=new_id(),
            name=printable_name(name),
            account_id=viewer.account_id if own else None,
            simulated=simulated,
            revision=0,
            created_at=door.clock(),
        )
        door.session.add(row)
        door.session.flush()
        if not own:
            self._grant(row, viewer.account_id, "keeper", until=None)
        door.changed(row, "athlete added")
        door.session.flush()
        return door.athlete(row)

    def grant(self, athlete_id: str, viewer: str, scope: Scope, *, until: datetime | None = None) -> Grant:
        """Let an account see this athlete. StoreError for an unknown account or a time that is over."""
        door = self._door
        row = door.allowed(athlete_id, "share")
        if scope == "keeper":
            raise StoreError(f"athlete {row.name}: a record is kept by one; hand it over instead")
        account = self._open_account(viewer, "share with")
        if until is not None and until <= door.clock():
            raise StoreError(f"sharing until {until:%Y-%m-%d %H:%M} would be over already; give a later time")
        made = self._grant(row, account.account_id, scope, until=until)
        door.changed(row, "shared", account.name, scope=scope, until=until.isoformat() if until else None)
        return self._told(made)

    def hand_over(self, athlete_id: str, account: str) -> Athlete:
        """Give a record to the runner whose it is; whoever kept it is left with what his role is granted.

        StoreError if it is somebody's own already, or the account is no runner's or has an athlete.
        """
        door = self._door
        row = door.allowed(athlete_id, "share")
        if row.account_id is not None:
            raise StoreError(f"athlete {row.name}: has an account already")
        runner = self._open_account(account, "hand over to")
        if runner.role != "runner":
            raise StoreError(f"account {account}: is a {runner.role}'s; a record is handed to a runner")
        own = select(AthleteRow.athlete_id).where(AthleteRow.account_id == runner.account_id)
        if door.session.scalar(own):
            raise StoreError(f"account {account}: has an athlete already")
        keepers = door.session.scalars(
            select(GrantRow).where(
                GrantRow.athlete_id == athlete_id, GrantRow.scope == "keeper", GrantRow.revoked_at.is_(None)
            )
        ).all()
        row.account_id = runner.account_id
        for one in keepers:
            one.revoked_at = door.clock()
            if one.viewer_id != runner.account_id:
                role = door.session.get_one(AccountRow, one.viewer_id).role
                self._grant(row, one.viewer_id, "clinical" if role == "clinician" else "training", until=None)
        door.forget_rights()
        door.changed(row, "handed over", runner.name)
        return door.athlete(row)

    def revoke(self, athlete_id: str, viewer: str) -> int:
        """Take back all that is shared with an account; how many grants that were."""
        door = self._door
        row = door.allowed(athlete_id, "share")
        account = account_row(door.session, viewer)
        held = select(GrantRow).where(GrantRow.athlete_id == athlete_id, GrantRow.revoked_at.is_(None))
        rows = account and door.session.scalars(held.where(GrantRow.viewer_id == account.account_id)).all()
        if not account or not rows:
            raise StoreError(f"account {viewer}: nothing of {row.name} is shared with it")
        if any(one.scope == "keeper" for one in rows):
            raise StoreError(f"account {viewer}: keeps the record of {row.name}; hand it over first")
        for one in rows:
            one.revoked_at = door.clock()
        door.forget_rights()
        door.changed(row, "sharing ended", account.name)
        return len(rows)

    def grants(self, athlete_id: str) -> tuple[Grant, ...]:
        """All that was ever shared, the latest first."""
        self._door.allowed(athlete_id, "share")
        rows = self._door.session.scalars(select(GrantRow).where(GrantRow.athlete_id == athlete_id))
        return tuple(sorted(map(self._told, rows), key=lambda one: one.granted_at, reverse=True))

    def audit(
        self, athlete_id: str, *, by_others: bool = False, most: int | None = None
    ) -> tuple[AuditEntry, ...]:
        """Who did and saw what with this athlete's data, the latest first.

        by_others: only what somebody else than the viewer did. most: so many lines and no more.
        """
        self._door.allowed(athlete_id, "share")
        found = select(AuditRow).where(AuditRow.athlete_id == athlete_id)
        if by_others:
            found = found.where(AuditRow.account_id != self._door.viewer.account_id)
        rows = self._door.session.scalars(found.order_by(AuditRow.entry_id.desc()).limit(most))
        return tuple(
            AuditEntry(
                at=row.at,
                by=self._door.name_of(row.account_id),
                action=row.action,
                subject=row.subject,
                detail=row.detail,
            )
            for row in rows
        )

    def add_note(self, athlete_id: str, text: str) -> None:
        """A word to the athlete. StoreError without any."""
        row = self._door.allowed(athlete_id, "write_note")
        kept_everywhere(text, "a note")
        if not text.strip():
            raise StoreError("a note without a word; write one")
        self._door.session.add(
            NoteRow(
                note_id=new_id(),
                athlete_id=athlete_id,
                by=self._door.viewer.account_id,
                at=self._door.clock(),
                text=text.strip(),
            )
        )
        self._door.changed(row, "note written")

    def took(self, athlete_id: str, what: str) -> None:
        """Write down that the viewer took something of somebody else's away as a file."""
        self._door.seen(what, self._door.allowed(athlete_id, "read"))

    def notes(self, athlete_id: str) -> tuple[Note, ...]:
        """Notes to the athlete, the latest first."""
        self._door.seen("notes", self._door.allowed(athlete_id, "read"))
        rows = self._door.session.scalars(select(NoteRow).where(NoteRow.athlete_id == athlete_id))
        told = [Note(at=row.at, by=self._door.name_of(row.by), text=row.text) for row in rows]
        return tuple(sorted(told, key=lambda note: note.at, reverse=True))

    def _open_account(self, name: str, purpose: str) -> AccountRow:
        row = account_row(self._door.session, name)
        if row is None or row.disabled_at is not None:
            raise StoreError(f"account {name}: there is none to {purpose}")
        return row

    def _grant(self, row: AthleteRow, viewer_id: str, scope: Scope, *, until: datetime | None) -> GrantRow:
        made = GrantRow(
            grant_id=new_id(),
            athlete_id=row.athlete_id,
            viewer_id=viewer_id,
            scope=scope,
            granted_by=self._door.viewer.account_id,
            granted_at=self._door.clock(),
            until=until,
        )
        self._door.session.add(made)
        self._door.forget_rights()
        return made

    def _told(self, row: GrantRow) -> Grant:
        return Grant(
            grant_id=row.grant_id,
            viewer=self._door.name_of(row.viewer_id),
            scope=cast("Scope", row.scope),
            granted_at=row.granted_at,
            until=row.until,
            revoked_at=row.revoked_at,
        )
