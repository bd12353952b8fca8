"""What a dashboard is started with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from imu.store.store import now_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Whose word is taken for who somebody is (OpenID Connect); an administrator links its identities."""

    issuer: str  # a URL; what it offers stands under /.well-known/openid-configuration
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "OpenID"  # as the sign-in page calls it


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the store lies and how the world reaches it. `secret_key` signs cookies: keep it out of logs."""

    home: Path
    secret_key: bytes = field(repr=False)
    database: str | None = None  # a URL of SQLAlchemy; without one as `Store.at` finds it
    blobs: str | None = None
    secure_cookies: bool = True  # False for http on this machine only
    proxies: int = 0  # how many stand before it, each adding to X-Forwarded-For; without any that is a lie
    provider: Provider | None = None
    clock: Callable[[], datetime] = now_here
