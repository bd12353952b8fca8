"""The messages of a FIT file: its records as columns, and what else of it matters here.

Decoded by fitdecode, whose checksum per message is left out for one over the file.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.formats.source import Source

Floats = NDArray[np.float64]

MOST_MESSAGES = 500_000  # of three days, at one a second and as much beside
_DATA = 4  # a message that is no definition
_TIMESTAMP = 253  # FIT's number of the field
_STOPS = ("stop", "stop_all", "stop_disable", "stop_disable_all")


@dataclass(slots=True)
class Records:
    """The records as columns that hold only what each record says."""

    time_s: list[float] = field(default_factory=list)
    columns: dict[Any, tuple[list[int], list[Any]]] = field(default_factory=dict)

    def add(self, fields: Sequence[Any]) -> None:
        row, time_s, columns = len(self.time_s), None, self.columns
        for one in fields:
            of = one.field
            try:
                rows, values = columns[of]
            except KeyError:
                rows, values = columns.setdefault(of, ([], []))
            rows.append(row)
            values.append(one.value)
            if of is not None and of.def_num == _TIMESTAMP and of.name == "timestamp":
                time_s = one.value
        # Without a time of its own it is of the same moment as the one before.
        self.time_s.append(number(time_s, self.time_s[-1] if self.time_s else np.nan))

    def arrays(self) -> Iterator[tuple[Any, Floats]]:
        """Every field that has a name, with one value a record, NaN where it has none."""
        for of, (rows, values) in self.columns.items():
            if of is not None:
                filled = np.full(len(self.time_s), np.nan)
                filled[rows] = numbers(values)
                yield of, filled


@dataclass(slots=True)
class Found:
    """What of a file matters here."""

    records: Records = field(default_factory=Records)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    timer: list[tuple[float, bool]] = field(default_factory=list)  # when, and whether it runs from then on
    facts: dict[str, Any] = field(default_factory=dict)  # of file, sport and activity
    notes: list[str] = field(default_factory=list)
    damaged: bool = False


def messages(content: bytes, source: Source) -> Found:
    from imu.formats.fit_reader import DAMAGED, FitEOFError, FitReader

    found, messages = Found(), 0
    try:
        for frame in FitReader(io.BytesIO(content)):
            if frame.frame_type == _DATA:
                _take(frame, found)
            if (messages := messages + 1) > MOST_MESSAGES:
                raise source.refused(f"has more than {MOST_MESSAGES} messages; a day has 86,400")
    except FitEOFError:
        found.damaged = True
        found.notes.append("The file breaks off; what stands before is read.")
    except DAMAGED:
        found.damaged = True
        found.notes.append(f"The file is damaged behind {len(found.records.time_s)} records; they are read.")
    return found


def _take(frame: Any, found: Found) -> None:
    name = frame.name
    if name == "record":
        found.records.add(frame.fields)
    elif name == "session":
        found.sessions.append(_plain(frame))
    elif name == "event":
        told = _plain(frame)
        kind, at = told.get("event_type"), number(told.get("timestamp"))
        if told.get("event") == "timer" and np.isfinite(at) and (kind == "start" or kind in _STOPS):
            found.timer.append((at, kind == "start"))
    elif name in ("file_id", "sport", "activity"):
        for key, value in _plain(frame).items():
            found.facts.setdefault(f"{name} {key}", value)


def _plain(frame: Any) -> dict[str, Any]:
    return {one.field.name: one.value for one in frame.fields if one.field is not None}


def number(value: Any, otherwise: float = np.nan) -> float:
    return float(value) if type(value) in (int, float) else otherwise


def numbers(values: list[Any]) -> Floats:
    """NaN for what is no number: None, text, several values."""
    try:
        found = np.array(values, float)
    except (TypeError, ValueError):
        found = np.empty((0, 0))
    return found if found.ndim == 1 else np.array([number(value) for value in values])


def checksum(content: bytes) -> list[str]:
    """A note where a file's own checksum says that it was changed; of chained files the first is checked."""
    end = content[0] + int.from_bytes(content[4:8], "little")
    told = content[end : end + 2]
    if len(told) < 2:
        return []
    if crc_of(content[:end]) == int.from_bytes(told, "little"):
        return []
    return ["Its checksum is wrong: something in it was changed, so single values may be, too."]


def crc_of(content: bytes | bytearray) -> int:
    """FIT's checksum of these bytes."""
    from fitdecode.utils import compute_crc

    of_byte = [compute_crc(bytes([byte])) for byte in range(256)]
    crc = 0
    for byte in content:
        crc = of_byte[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc
