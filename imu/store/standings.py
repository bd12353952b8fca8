"""What all rules say of an athlete, kept until something changes: a squad is listed without judging it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Text, cast, select

from imu.build import commit
from imu.store.access import Door
from imu.store.finite import refuse_nan
from imu.store.people import Athlete
from imu.store.read_runs import decoded
from imu.store.rows import AthleteRow, StandingRow

UNTIL = "holds_until"
_LONGEST_VERSION = 32
_SHARED = "without_words"  # the same for viewers without clinical rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Kept words about one athlete. `is_current`: nothing changed since, and rules would say the same now."""

    athlete: Athlete
    as_of: datetime | None
    content: dict[str, Any] | None  # None: never judged
    is_current: bool


def program(analysis_version: str) -> str:
    """Whose words a standing holds: two builds of one version may say them differently."""
    built = commit()
    return analysis_version if built is None else f"{analysis_version}+{built[:12]}"[:_LONGEST_VERSION]


class _Kept(NamedTuple):
    """Columns of a standing; hundreds are read for a list, so no objects of the table."""

    revision: int
    as_of: datetime
    analysis_version: str
    parts: dict[str, msgspec.Raw]  # of the content, by name: whoever reads it decodes what he may read


_PARTS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_COLUMNS = (
    StandingRow.revision,
    StandingRow.as_of,
    StandingRow.analysis_version,
    cast(StandingRow.content, Text).label("content"),
)


def _kept(row: Any, parts: dict[str, msgspec.Raw]) -> _Kept:
    """From a row of `_COLUMNS`, perhaps among others."""
    return _Kept(row.revision, row.as_of, row.analysis_version, parts)


class Standings:
    """Read and keep them. A viewer is given what he may read of them."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def squad(self, *, analysis_version: str) -> tuple[Standing, ...]:
        """One for each athlete that the viewer may see, by name."""
        found = self._door.visible().add_columns(*_COLUMNS)
        rows = self._door.session.execute(
            found.outerjoin(StandingRow, StandingRow.athlete_id == AthleteRow.athlete_id)
        ).all()
        self._door.seen("standing", *(row[0] for row in rows))
        contents = iter(decoded([row.content for row in rows if row.content is not None], _PARTS))
        told = [
            self._told(row[0], None if row.content is None else _kept(row, next(contents)), analysis_version)
            for row in rows
        ]
        return tuple(sorted(told, key=lambda one: (one.athlete.name.lower(), one.athlete.athlete_id)))

    def one(self, athlete_id: str, *, analysis_version: str) -> Standing:
        athlete = self._door.allowed(athlete_id, "read")
        self._door.seen("standing", athlete)
        return self._told(athlete, self._kept(athlete_id), analysis_version)

    def detail(self, athlete_id: str, *, analysis_version: str) -> dict[str, Any] | None:
        """What was kept for the athlete's own pages; None where it may be otherwise by now."""
        athlete = self._door.allowed(athlete_id, "read")
        kept = self._kept(athlete_id)
        if kept is None or not self._holds(athlete, kept, analysis_version):
            return None
        found = select(StandingRow.detail).where(StandingRow.athlete_id == athlete_id)
        return self._door.session.scalar(found)

    def newest(self, athlete_id: str | None = None) -> str:
        """A word that is another one once anything changed of an athlete, or of all that the viewer may see.

        It is cheap to ask for, says nothing of anybody, and changes at midnight, when rules say otherwise.
        """
        found = self._door.visible()
        if athlete_id is not None:
            self._door.allowed(athlete_id, "read")
            found = found.where(AthleteRow.athlete_id == athlete_id)
        rows = self._door.session.execute(
            found.outerjoin(StandingRow, StandingRow.athlete_id == AthleteRow.athlete_id)
            .with_only_columns(AthleteRow.athlete_id, AthleteRow.revision, StandingRow.as_of)
            .order_by(AthleteRow.athlete_id)
        ).all()
        told = f"{self._door.clock():%Y-%m-%d} {[tuple(row) for row in rows]}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def keep(
        self,
        athlete_id: str,
        content: dict[str, Any],
        *,
        without_words: dict[str, Any],
        detail: dict[str, Any] | None = None,
        holds_until: datetime,
        analysis_version: str,
    ) -> None:
        """Keep what was judged of the athlete as he is now, whole and as anybody may read it.

        detail: what only his own pages show, with nothing in it that not everybody may read who sees him.
        """
        athlete = self._door.allowed(athlete_id, "read")
        refuse_nan({**content, _SHARED: without_words}, "what the rules said")
        refuse_nan(detail or {}, "what the charts found")
        self._door.session.merge(
            StandingRow(
                athlete_id=athlete_id,
                revision=athlete.revision,
                as_of=self._door.clock(),
                analysis_version=program(analysis_version),
                content={**content, UNTIL: holds_until.isoformat(), _SHARED: without_words},
                detail=detail,
            )
        )

    def _kept(self, athlete_id: str) -> _Kept | None:
        found = select(*_COLUMNS).where(StandingRow.athlete_id == athlete_id)
        row = self._door.session.execute(found).first()
        return None if row is None else _kept(row, decoded([row.content], _PARTS)[0])

    def _told(self, athlete: AthleteRow, kept: _Kept | None, analysis_version: str) -> Standing:
        content = self._readable(athlete, kept.parts) if kept else None
        return Standing(
            athlete=self._door.athlete(athlete),
            as_of=kept.as_of if kept else None,
            content=content,
            is_current=kept is not None
            and content is not None
            and self._holds(athlete, kept, analysis_version),
        )

    def _holds(self, athlete: AthleteRow, kept: _Kept, analysis_version: str) -> bool:
        """Whether nothing changed since, and rules would say the same now."""
        now = self._door.clock()
        return (
            kept.revision == athlete.revision
            and kept.analysis_version == program(analysis_version)
            and kept.as_of.date() == now.astimezone(kept.as_of.tzinfo).date()
            and (until := kept.parts.get(UNTIL)) is not None
            and now < datetime.fromisoformat(msgspec.json.decode(until, type=str))
        )

    def _readable(self, athlete: AthleteRow, kept: dict[str, msgspec.Raw]) -> dict[str, Any] | None:
        shared = kept.get(_SHARED)
        if "read_clinical" in self._door.rights(athlete):
            return {name: msgspec.json.decode(part) for name, part in kept.items() if name != _SHARED}
        if shared is None:
            return None
        return {**msgspec.json.decode(shared), UNTIL: msgspec.json.decode(kept[UNTIL])}
