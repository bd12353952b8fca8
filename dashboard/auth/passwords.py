"""Passwords as argon2 hashes."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from imu.errors import StoreError

SHORTEST = 10
_HASHER = PasswordHasher()
_NOBODYS = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """To be kept. StoreError for one that is too short."""
    if not SHORTEST <= len(password) <= 200:
        raise StoreError(f"a password has {SHORTEST} to 200 characters")
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether it is this account's password; as slow where there is no account."""
    try:
        _HASHER.verify(kept or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None
