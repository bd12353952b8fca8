"""What a dashboard is started with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from imu.store.store import now_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the store lies and how the world reaches it. `secret_key` signs cookies: keep it out of logs."""

    home: Path
    secret_key: bytes = field(repr=False)
    database: str | None = None  # a URL of SQLAlchemy; without one as `Store.at` finds it
    blobs: str | None = None
    secure_cookies: bool = True  # False for http on this machine only
    clock: Callable[[], datetime] = now_here
