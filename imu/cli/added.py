"""Verbs that other packages add: a function per entry point of the group `restride.verbs`."""

from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from imu.errors import RestrideError

GROUP = "restride.verbs"


def added_verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Their names and functions. One that cannot be loaded says so when it is called, and harms no other."""
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            yield entry.name, entry.load()
        except ImportError as error:
            yield entry.name, _broken(entry, error)


def _broken(entry: EntryPoint, error: ImportError) -> Callable[[], None]:
    def complain() -> None:
        raise RestrideError(f"{entry.name}: {entry.value} cannot be loaded ({reason}); install it again")

    reason = str(error)
    complain.__doc__ = "Is installed, and cannot be loaded."
    return complain
