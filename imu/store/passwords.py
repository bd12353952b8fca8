"""Passwords as argon2 hashes. The package that makes them comes with the dashboard."""

from functools import cache
from typing import TYPE_CHECKING

from imu.errors import StoreError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200


def hashed(password: str) -> str:
    """To be kept. StoreError for one that is too short, or where argon2 is not installed."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise StoreError(f"a password has {SHORTEST} to {LONGEST} characters")
    return _hasher().hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is this account's password; as slow where there is no account."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(kept or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _hasher() -> "PasswordHasher":
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise StoreError("passwords need the package argon2-cffi; install restride[dashboard]") from error
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody has this password")
