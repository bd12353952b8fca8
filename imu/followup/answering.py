"""Warnings by the short names that people type, and what was done with them so far."""

from collections.abc import Sequence

from imu.errors import StoreError
from imu.training.warnings import RaisedWarning

FEWEST_DIGITS = 4


def warning_named(warnings: Sequence[RaisedWarning], given: str) -> RaisedWarning:
    """A warning by its key, its beginning, or the beginning of the part behind the colon.

    One that still goes on is preferred to those that are over. StoreError where none fits, or several do.
    """
    found = [one for one in warnings if one.key == given]
    found = found or [one for one in warnings if given and _begins(one.key, given)]
    found = [one for one in found if one.resolved_at is None] or found
    if not found:
        raise StoreError(f"warning {given}: there is none of this name; see restride warnings --all")
    if len(found) > 1:
        short = short_keys(warnings)
        several = ", ".join(short[one.key] for one in found[:5])
        raise StoreError(f"warning {given}: {len(found)} are called so; say which: {several}")
    return found[0]


def short_keys(warnings: Sequence[RaisedWarning]) -> dict[str, str]:
    """The shortest name of each warning that no other one shares, by its key."""
    keys = [one.key for one in warnings]
    return {key: _shortest(key, [other for other in keys if other != key]) for key in keys}


def seen_by(warning: RaisedWarning) -> tuple[str, ...]:
    """Who has looked at it or answered it, each once, in the order they came."""
    return tuple(dict.fromkeys(act.by for act in warning.acts))


def _begins(key: str, given: str) -> bool:
    code, _, raised_by = key.partition(":")
    return (
        key.startswith(given)
        or code == given
        or (len(given) >= FEWEST_DIGITS and raised_by.startswith(given))
    )


def _shortest(key: str, others: Sequence[str]) -> str:
    code, _, raised_by = key.partition(":")
    for digits in range(FEWEST_DIGITS, len(raised_by)):
        short = f"{code}:{raised_by[:digits]}"
        if not any(other.startswith(short) for other in others):
            return short
    return key
