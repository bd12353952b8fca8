"""One session of a FIT of several: what the others measured is no part of it, neither places nor heart rate.

What is kept stays bit for bit, in its order: definitions, what is told of the file, and what is of the time
of the session. So a run that is erased leaves nothing in the file of another one.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from imu.formats.fit_messages import crc_of, number

_HEADER, _CRC, _DEFINITION, _DATA = 1, 2, 3, 4
_OF_FILE = (  # told once for all sessions, and nothing measured in one
    "file_id",
    "file_creator",
    "activity",
    "sport",
    "device_info",
    "device_settings",
    "user_profile",
    "developer_data_id",
    "field_description",
)
_IN_ORDER = ("record", "hrv")  # without a time of their own they are of the moment of the one before
# Heart beats and minutes in its zones whose session their own times do not tell; no reader here needs them.
_LEFT_OUT = ("hr", "time_in_zone")
_COMPRESSED = 0x80  # a message whose header holds five bits of a time, counted from the one before
_LOCAL = 15  # the number under which a time is put in
_TIME_DEFINITION = struct.pack("<BxBHB3B", 0x40 | _LOCAL, 0, 162, 1, 253, 4, 0x86)  # timestamp_correlation


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The time of a session, by FIT's clock."""

    first_s: float  # of its records
    last_s: float
    begin_s: float  # as the session itself tells
    end_s: float
    next_s: float  # when the next one begins; infinite of the last

    def holds(self, name: str, *, start_s: float, stamp_s: float, at_s: float) -> bool:
        """Whether a message is of it.

        start_s: of what sums up a time. stamp_s: its own. at_s: that, or of the one before. NaN for none.
        """
        if name in _OF_FILE:
            return True
        if name in _LEFT_OUT:
            return False
        if np.isfinite(start_s):
            return self.begin_s <= start_s < self.next_s
        if name == "event":  # the timer starts before the first record, and stops after the last
            return min(self.begin_s, self.first_s) <= at_s <= max(self.end_s, self.last_s)
        if np.isnan(stamp_s) and name not in _IN_ORDER:
            return bool(np.isnan(at_s))  # settings stand before all that was measured
        return self.first_s <= at_s <= self.last_s


def part_of(content: bytes, span: Span) -> bytes:
    """The file of one session. Ends where the file is damaged."""
    return b"".join(_files(content, span))


@dataclass(slots=True)
class _Part:
    """One of the files that are chained in a file, while it is written."""

    header: bytes = b""
    body: bytearray = field(default_factory=bytearray)
    fifteenth: bytes = b""  # the definition that stands under `_LOCAL`
    told_s: float = np.nan  # the last time that stands in `body`

    def add(self, frame: Any, stamp_s: float) -> None:
        chunk = frame.chunk.bytes
        if chunk[0] & _COMPRESSED and np.isfinite(stamp_s) and not 0 <= stamp_s - self.told_s < 32:
            # The time that it counts from was of another session.
            self.body += _TIME_DEFINITION + struct.pack("<BI", _LOCAL, int(stamp_s)) + self.fifteenth
        self.body += chunk
        self.told_s = stamp_s if np.isfinite(stamp_s) else self.told_s

    def whole(self) -> bytes:
        header = bytearray(self.header)
        header[4:8] = len(self.body).to_bytes(4, "little")
        if len(header) >= 14:
            header[12:14] = crc_of(header[:12]).to_bytes(2, "little")
        told = bytes(header + self.body)
        return told + crc_of(told).to_bytes(2, "little")


def _files(content: bytes, span: Span) -> Iterator[bytes]:
    from imu.formats.fit_reader import DAMAGED, FitReader

    part, at_s = _Part(), np.nan
    try:
        for frame in FitReader(io.BytesIO(content), keep_raw_chunks=True):
            if frame.frame_type == _HEADER:
                part = _Part(header=frame.chunk.bytes)
            elif frame.frame_type == _DEFINITION:
                part.body += frame.chunk.bytes
                if frame.local_mesg_num == _LOCAL:
                    part.fifteenth = frame.chunk.bytes
            elif frame.frame_type == _DATA:
                told = {one.field.name: one.value for one in frame.fields if one.field is not None}
                stamp_s = number(told.get("timestamp"))
                at_s = stamp_s if np.isfinite(stamp_s) else at_s
                if span.holds(frame.name, start_s=number(told.get("start_time")), stamp_s=stamp_s, at_s=at_s):
                    part.add(frame, stamp_s)
            elif frame.frame_type == _CRC:
                yield part.whole()
                part = _Part()
    except DAMAGED:
        yield part.header + bytes(part.body)  # which breaks off as the file did
