"""What a user can put right, as opposed to a bug or a doubt about data.

RestrideError
├── RecordingError    a file or folder that cannot be read, judged or written; names it and the reason
├── PlanError         a plan's file that cannot be followed; names the file and the place in it
├── StoreError        what is remembered cannot be opened, or does not take what it is given
│   └── Forbidden     it is not there, or not for this viewer: the same words for both
├── ServerError       a server that cannot be reached, or goes away
└── SensorError       a sensor or radio that cannot be reached, or does not do what it should
    ├── LinkLostError the connection to a sensor is gone; reconnecting may help
    └── ProtocolError bytes that no sensor of this kind would send

A wrong call is a `TypeError` or `ValueError` for developers; a doubt about data is a flag in the result.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unicodedata import bidirectional, category

# What reorders the words around it: with them a name or an amount reads as another one. The marks that
# Hebrew and Arabic are written with reorder nothing else, and stay.
_REORDERING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def harmless(text: str) -> str:
    """The text with what a terminal would obey, or that makes it read otherwise, written out as JSON does.

    Line breaks and tabs stay.
    """
    return "".join(c if c in "\n\t" or _is_harmless(c) else _written_out(c) for c in text)


def printable(text: str) -> str:
    """The same for one line: a file's name may hold a line break, too."""
    return "".join(c if _is_harmless(c) else _written_out(c) for c in text)


def _is_harmless(character: str) -> bool:
    return category(character) not in ("Cc", "Cs", "Zl", "Zp") and bidirectional(character) not in _REORDERING


def _written_out(character: str) -> str:
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


class RestrideError(Exception):
    """Anything a user can put right. Its text is one line: where, what is wrong, what to do."""


class RecordingError(RestrideError):
    """What stands at `path` cannot be used or made, because of `reason`."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(printable(f"{path}: {reason}"))
        self.path = Path(path)
        self.reason = reason

    def __reduce__(self) -> tuple[type["RecordingError"], tuple[Path, str]]:
        # The default rebuilds from the joined text and fails; a worker process must hand the error back.
        return type(self), (self.path, self.reason)


class PlanError(RestrideError):
    """A plan's file that cannot be followed, because of `reason`."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(printable(f"{name}: {reason}"))


class StoreError(RestrideError):
    """What is remembered cannot be opened, or does not take what it is given."""


class StoreTroubleError(StoreError):
    """A store that is not as it should be. The text names places: for its keeper, and for no viewer."""


class Forbidden(StoreError):  # noqa: N818 - the word of the contract
    """It is not there, or not for this viewer; nobody learns which."""


class ServerError(RestrideError):
    """A server that cannot be reached, or goes away."""


class SensorError(RestrideError):
    """A sensor or radio that cannot be reached, or does not do what it should."""


class WrongSensorError(SensorError):
    """Another sensor than the one that is meant: trying again is no use."""


class LinkLostError(SensorError):
    """The connection to a sensor is gone; reconnecting may help."""


class ProtocolError(SensorError):
    """Bytes that no sensor of this kind would send."""


@contextmanager
def writing(path: Path | str) -> Iterator[None]:
    """Name what was asked for: a full disk names no file, and a file made beside has another name."""
    try:
        yield
    except OSError as error:
        raise RecordingError(path, f"cannot be written ({error.strerror or error})") from error
