"""Who there is, as the rest of the program sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from imu.store.rights import Right, Role, Scope

Units = Literal["km", "mi"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who uses the program."""

    account_id: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None = None
    language: str | None = None  # as chosen; None: as the browser asks
    units: Units = "km"


@dataclass(frozen=True, slots=True, kw_only=True)
class Athlete:
    """Somebody whose runs are kept, with what the viewer who asked may do."""

    athlete_id: str
    name: str
    is_own: bool
    simulated: bool
    revision: int
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an athlete shares with another account, and until when (None: until it is taken back)."""

    grant_id: str
    viewer: str  # a name
    scope: Scope
    granted_at: datetime
    until: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the log: who did or saw what."""

    at: datetime
    by: str  # a name
    action: str
    subject: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WornSensor:
    """A sensor that an athlete wore in a run that is kept."""

    serial: str
    device: str | None
    placement: str
    last_worn_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A word of a coach or clinician to the athlete."""

    at: datetime
    by: str  # a name
    text: str
