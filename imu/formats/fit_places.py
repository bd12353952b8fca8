"""A FIT of several sessions with the places of one: what else stands in it stays, bit for bit."""

import io
import struct
from typing import Any

import numpy as np

from imu.formats.fit_messages import crc_of, number

_HEADER, _CRC, _DATA = 1, 2, 4
_NO_PLACE = 0x7FFFFFFF  # what FIT writes where there is none
_UNIT = "semicircles"


def places_between(content: bytes, from_s: float, to_s: float) -> bytes:
    """The file without the places of other times, by FIT's clock. Ends where the file is damaged.

    A session or a lap is of the time when it began; what tells no time, of the moment before it.
    """
    from imu.formats.fit_reader import DAMAGED, FitReader

    kept, begins, ends, at_s = bytearray(content), 0, 0, np.nan
    try:
        for frame in FitReader(io.BytesIO(content), keep_raw_chunks=True):
            begin, ends = frame.chunk.offset, frame.chunk.offset + len(frame.chunk.bytes)
            if frame.frame_type == _HEADER:
                begins = begin
            elif frame.frame_type == _CRC:
                kept[begin:ends] = crc_of(kept[begins:begin]).to_bytes(2, "little")
            elif frame.frame_type == _DATA:
                at_s = _moment(frame, at_s)
                if not from_s <= at_s <= to_s:
                    _clear(kept, begin + 1, frame.def_mesg)
    except DAMAGED:
        return bytes(kept[:ends])
    return bytes(kept)


def _moment(frame: Any, before_s: float) -> float:
    told = {one.field.name: one.value for one in frame.fields if one.field is not None}
    return number(told.get("start_time"), number(told.get("timestamp"), before_s))


def _clear(kept: bytearray, at: int, definition: Any) -> None:
    for one in definition.all_field_defs:
        if getattr(one.field, "units", None) == _UNIT and one.size == 4:
            kept[at : at + 4] = struct.pack(f"{definition.endian}i", _NO_PLACE)
        at += one.size
