"""What all rules say of an athlete, kept until something changes: a squad is listed without judging it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from imu.store.access import Door
from imu.store.finite import refuse_nan
from imu.store.people import Athlete
from imu.store.rows import AthleteRow, StandingRow

UNTIL = "holds_until"
_SHARED = "without_words"  # the same for viewers without clinical rights


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Kept words about one athlete. `is_current`: nothing changed since, and rules would say the same now."""

    athlete: Athlete
    as_of: datetime | None
    content: dict[str, Any] | None  # None: never judged
    is_current: bool


class Standings:
    """Read and keep them. A viewer is given what he may read of them."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def squad(self, *, analysis_version: str) -> tuple[Standing, ...]:
        """One for each athlete that the viewer may see, by name."""
        found = self._door.visible().add_columns(StandingRow)
        rows = self._door.session.execute(
            found.outerjoin(StandingRow, StandingRow.athlete_id == AthleteRow.athlete_id)
        ).all()
        self._door.seen("standing", *(athlete for athlete, _ in rows))
        told = [self._told(athlete, kept, analysis_version) for athlete, kept in rows]
        return tuple(sorted(told, key=lambda one: (one.athlete.name.lower(), one.athlete.athlete_id)))

    def one(self, athlete_id: str, *, analysis_version: str) -> Standing:
        athlete = self._door.allowed(athlete_id, "read")
        self._door.seen("standing", athlete)
        kept = self._door.session.scalars(
            select(StandingRow).where(StandingRow.athlete_id == athlete_id)
        ).first()
        return self._told(athlete, kept, analysis_version)

    def keep(
        self,
        athlete_id: str,
        content: dict[str, Any],
        *,
        without_words: dict[str, Any],
        holds_until: datetime,
        analysis_version: str,
    ) -> None:
        """Keep what was judged of the athlete as he is now, whole and as anybody may read it."""
        athlete = self._door.allowed(athlete_id, "read")
        refuse_nan({**content, _SHARED: without_words}, "what the rules said")
        self._door.session.merge(
            StandingRow(
                athlete_id=athlete_id,
                revision=athlete.revision,
                as_of=self._door.clock(),
                analysis_version=analysis_version,
                content={**content, UNTIL: holds_until.isoformat(), _SHARED: without_words},
            )
        )

    def _told(self, athlete: AthleteRow, kept: StandingRow | None, analysis_version: str) -> Standing:
        now = self._door.clock()
        content = self._readable(athlete, kept.content) if kept else None
        is_current = (
            kept is not None
            and content is not None
            and kept.revision == athlete.revision
            and kept.analysis_version == analysis_version
            and kept.as_of.date() == now.astimezone(kept.as_of.tzinfo).date()
            and (until := kept.content.get(UNTIL)) is not None
            and now < datetime.fromisoformat(until)
        )
        return Standing(
            athlete=self._door.athlete(athlete),
            as_of=kept.as_of if kept else None,
            content=content,
            is_current=is_current,
        )

    def _readable(self, athlete: AthleteRow, kept: dict[str, Any]) -> dict[str, Any] | None:
        shared = kept.get(_SHARED)
        if "read_clinical" in self._door.rights(athlete):
            return {name: value for name, value in kept.items() if name != _SHARED}
        return None if shared is None else {**shared, UNTIL: kept[UNTIL]}
