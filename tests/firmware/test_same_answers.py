"""The core and the Python sensor on the same chip: whatever a host does, both answer the same bytes."""

import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from imu.devices.esp32 import gatt
from imu.devices.esp32.control import Command, Field, Fields, State, Value, decode_answer, encode_request
from imu.devices.esp32.frames import SECTOR_BYTES, Frame, FrameFlag, RecordReader, SectorHead
from imu.devices.esp32.log_bytes import decode_chunk, encode_allowance
from imu.devices.esp32.setting import Setting
from imu.devices.esp32.sync import encode_sync_request
from imu.simulate.boards.esp32 import Esp32Board
from tests.firmware.core_board import CoreBoard

Step = tuple[str, Any]  # what is done, and with what
_CAPACITY = 64 * SECTOR_BYTES
_ROOM = 10_000
_AT_A_TIME = 65_536
_LEFT_BYTES = 4096 - 24 - 8 * 504  # of a sector, behind its eight frames
_USUAL: Mapping[Field, Value] = {Field.ACC_RANGE_G: 16, Field.GYR_RANGE_DPS: 2000}


class Counting:
    """A chip whose samples tell their number."""

    def __init__(self, setting: Setting) -> None:
        self._rate_hz = setting.rate_hz * 1.0007

    def taken(self, now_s: float) -> int:
        return int(now_s * self._rate_hz) + 1

    def time_s(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(index / self._rate_hz, np.float64)

    def counts(self, first: int, last: int) -> NDArray[np.int16]:
        numbers = np.arange(first, last)[:, None] * np.array([1, -1, 7, 3, 0, -5]) + 100
        counts: NDArray[np.int16] = numbers.astype(np.int16)
        return counts


@cache
def _chip(setting: Setting) -> Counting:
    return Counting(setting)


class Pair:
    """Both sensors, asked the same at the same moments."""

    def __init__(self, library: Path) -> None:
        self.core = CoreBoard(_chip, library=library, serial="T0001", skew_ppm=37.0, capacity=_CAPACITY)
        self.python = Esp32Board(_chip, serial="T0001", skew_ppm=37.0, capacity=_CAPACITY)
        self.now_s = 1.0
        self._id = 0
        # A new core's first log is of generation 0, the Python sensor's of 1: the page leaves it open.
        self.core.connected(0.5, payload=244)
        self.core.write(gatt.CONTROL, encode_request(0, Command.LOG_ERASE, {Field.GENERATION: 0}), 0.5)
        self.core.disconnected(0.6)

    def connected(self, payload: int) -> None:
        for board in (self.core, self.python):
            board.connected(self.now_s, payload=payload)

    def disconnected(self) -> None:
        for board in (self.core, self.python):
            board.disconnected(self.now_s)

    def write(self, channel: str, data: bytes) -> None:
        for board in (self.core, self.python):
            board.write(channel, data, self.now_s)

    def ask(self, command: Command, fields: Fields | None = None) -> int:
        self._id = (self._id + 1) % 256
        self.write(gatt.CONTROL, encode_request(self._id, command, fields or {}))
        return self._id

    def passes(self, seconds: float) -> list[tuple[str, bytes]]:
        """Let time pass; what both sent, which must be the same on every channel."""
        self.now_s += seconds
        ours = self.core.notifications(self.now_s, room=_ROOM)
        theirs = self.python.notifications(self.now_s, room=_ROOM)
        for channel in (gatt.CONTROL, gatt.SYNC, gatt.DATA, gatt.LOG):
            assert _of(ours, channel) == _of(theirs, channel), channel
        return list(ours)


def _of(sent: Sequence[tuple[str, bytes]], channel: str) -> list[str]:
    return [value.hex(" ") for one, value in sent if one == channel]


_SOME_SETTING: st.SearchStrategy[dict[Field, Value]] = st.fixed_dictionaries(
    {
        Field.RATE_HZ: st.sampled_from((100, 200, 208, 400, 800)) | st.integers(0, 65535),
        Field.ACC_RANGE_G: st.sampled_from((8, 16)) | st.integers(0, 255),
        Field.GYR_RANGE_DPS: st.sampled_from((0, 2000)) | st.integers(0, 65535),
    }
)
_PLACES = st.sampled_from((0, 1, 24, 500, 4096)) | st.integers(0, 70_000) | st.integers(0, 2**32 - 1)
_SIX = st.tuples(*[st.integers(-(2**15), 2**15 - 1)] * 6)
_LENGTHS = st.sampled_from((0, 1, 24, 4096, 65_536, 65_537)) | st.integers(0, 5_000)


def _asked(command: Command, **fields: st.SearchStrategy[Value]) -> st.SearchStrategy[tuple[Command, Fields]]:
    named = {Field[name.upper()]: values for name, values in fields.items()}
    return st.tuples(st.just(command), st.fixed_dictionaries(named))


_REQUESTS = st.one_of(
    *(
        _asked(command)
        for command in (
            Command.HELLO,
            Command.CALIBRATION,
            Command.START,
            Command.STOP,
            Command.LOG_STATUS,
            Command.LOG_STOP,
        )
    ),
    st.tuples(st.sampled_from((Command.CONFIGURE, Command.LOG_START)), _SOME_SETTING),
    _asked(Command.BLINK, seconds=st.integers(0, 255)),
    _asked(Command.CALIBRATE, acc_calibration=_SIX),
    _asked(Command.CALIBRATE, gyr_calibration=_SIX),
    _asked(Command.LOG_READ, offset=_PLACES, length=_LENGTHS, allowed=_PLACES),
    _asked(Command.LOG_CRC, offset=_PLACES, length=_LENGTHS),
    _asked(Command.LOG_CONFIRM, offset=_PLACES, length=_LENGTHS, crc32=st.just(0)),
    _asked(Command.LOG_ERASE, generation=st.integers(0, 3)),
)
_DONE_TO_BOTH = st.one_of(
    st.tuples(st.just("ask"), _REQUESTS),
    st.tuples(st.just("raw"), st.binary(max_size=20)),
    st.tuples(st.just("token"), st.integers(0, 2**32 - 1)),
    st.tuples(st.just("allow"), _PLACES),
    st.tuples(st.just("copy"), st.none()),
    st.tuples(st.just("again"), st.sampled_from((20, 100, 244, 495))),
)


@pytest.mark.unhurried
@settings(max_examples=200, deadline=None)
@given(
    payload=st.sampled_from((20, 27, 100, 244)),
    holds_log=st.booleans(),
    steps=st.lists(st.tuples(_DONE_TO_BOTH, st.sampled_from((0.02, 0.3, 1.1))), min_size=3, max_size=25),
)
def test_any_requests_are_answered_alike(
    library: Path, payload: int, holds_log: bool, steps: list[tuple[Step, float]]
) -> None:
    pair = Pair(library)
    pair.connected(payload)
    if holds_log:
        _some_log(pair)
    for (what, content), seconds in steps:
        if what == "ask":
            pair.ask(*content)
        elif what == "raw":
            pair.write(gatt.CONTROL, content)
        elif what == "token":
            pair.write(gatt.SYNC, encode_sync_request(content))
        elif what == "allow":
            pair.write(gatt.LOG, encode_allowance(content))
        elif what == "copy":
            _copy(pair)
        else:
            pair.disconnected()
            pair.connected(content)
        pair.passes(seconds)


def _copy(pair: Pair) -> None:
    """As a host does: all of a log, its confirmation, and then its erasure."""
    status = _answer(pair, Command.LOG_STATUS)
    used = status[Field.USED]
    if not isinstance(used, int) or not used:
        return
    for offset in range(0, used, _AT_A_TIME):
        place: dict[Field, Value] = {Field.OFFSET: offset, Field.LENGTH: min(_AT_A_TIME, used - offset)}
        pair.ask(Command.LOG_READ, {**place, Field.ALLOWED: used})
        chunks = [decode_chunk(value) for channel, value in pair.passes(0.02) if channel == gatt.LOG]
        crc = zlib.crc32(b"".join(chunk.data for chunk in chunks))
        _answer(pair, Command.LOG_CONFIRM, {**place, Field.CRC32: crc})
    _answer(pair, Command.LOG_ERASE, {Field.GENERATION: status[Field.GENERATION]})


def _answer(pair: Pair, command: Command, fields: Fields | None = None) -> dict[Field, Value]:
    asked = pair.ask(command, fields)
    parts = [decode_answer(value) for channel, value in pair.passes(0.02) if channel == gatt.CONTROL]
    return {k: v for part in parts if part.request_id == asked for k, v in part.fields.items()}


@pytest.mark.parametrize("rate_hz", [200, 800])
@pytest.mark.parametrize("payload", [20, 244])
def test_a_stream_is_the_same_frames_to_its_last_short_one(library: Path, rate_hz: int, payload: int) -> None:
    pair = Pair(library)
    pair.connected(payload)
    _answer(pair, Command.CONFIGURE, {**_USUAL, Field.RATE_HZ: rate_hz})
    _answer(pair, Command.START)
    sent = [piece for _ in range(20) for piece in pair.passes(0.1)]
    pair.ask(Command.STOP)
    sent += pair.passes(0.02)
    data = b"".join(value for channel, value in sent if channel == gatt.DATA)
    records = RecordReader().receive(data)
    assert sum(len(r.counts) for r in records if isinstance(r, Frame)) > 1.9 * rate_hz


def test_a_radio_without_buffers_loses_the_same_samples(library: Path) -> None:
    pair = Pair(library)
    pair.connected(244)
    _answer(pair, Command.CONFIGURE, {**_USUAL, Field.RATE_HZ: 800})
    _answer(pair, Command.START)
    pair.passes(0.5)
    sent = [piece for seconds in (5.0, 0.1, 0.1) for piece in pair.passes(seconds)]
    records = RecordReader().receive(b"".join(value for channel, value in sent if channel == gatt.DATA))
    frames = [record for record in records if isinstance(record, Frame)]
    assert [bool(frame.flags & FrameFlag.OVERFLOW) for frame in frames].count(True) == 1
    steps_us = np.sort(np.diff([frame.time_us for frame in frames]))
    assert steps_us[-1] > 3e6
    assert steps_us[-2] < 30_000


def _range(offset: int, length: int, **more: int) -> dict[Field, Value]:
    named = {Field[name.upper()]: value for name, value in more.items()}
    return {Field.OFFSET: offset, Field.LENGTH: length, **named}


def _edges(used: int) -> list[tuple[Command, Fields]]:
    """Every request, and at its edges what is asked of a log with so many bytes."""
    ranges = [(0, 0), (0, 1), (0, used), (0, used + 1), (used, 1), (used, 0), (0, 65_536), (0, 65_537)]
    wanted = {**_USUAL, Field.RATE_HZ: 200}
    return [
        *((command, {}) for command in Command if command != Command.BATTERY),
        *((Command.BLINK, {Field.SECONDS: seconds}) for seconds in (0, 1, 60, 61)),
        *((command, wanted) for command in (Command.CONFIGURE, Command.LOG_START)),
        *((Command.LOG_READ, _range(*place, allowed=used)) for place in ranges),
        *((Command.LOG_CRC, _range(*place)) for place in ranges),
        *((Command.LOG_CONFIRM, _range(*place, crc32=0)) for place in [*ranges, (1, 1)]),
        *((Command.LOG_ERASE, {Field.GENERATION: generation}) for generation in (0, 1, 2)),
    ]


@pytest.mark.parametrize("doing", ["nothing", "configured", "back", "streaming", "logging", "log", "copying"])
def test_every_request_is_done_or_refused_alike_whatever_it_is_doing(library: Path, doing: str) -> None:
    for command, fields in _edges(20_000 if doing in ("nothing", "logging") else _used_by_some_log(library)):
        pair = Pair(library)
        pair.connected(100)
        if doing in ("configured", "back", "streaming", "log", "copying"):
            _answer(pair, Command.CONFIGURE, {**_USUAL, Field.RATE_HZ: 400})
        if doing == "back":
            pair.disconnected()
            pair.connected(100)
        elif doing == "streaming":
            _answer(pair, Command.START)
        elif doing == "logging":
            _answer(pair, Command.LOG_START, {**_USUAL, Field.RATE_HZ: 400})
        elif doing in ("log", "copying"):
            _some_log(pair)
        if doing == "copying":
            pair.ask(Command.LOG_READ, _range(0, 9000, allowed=500))
            pair.passes(0.02)
        pair.ask(command, fields)
        pair.passes(0.1)
        pair.write(gatt.LOG, encode_allowance(2000))
        pair.passes(0.1)
        _answer(pair, Command.STOP)
        _answer(pair, Command.LOG_STATUS)


@cache
def _used_by_some_log(library: Path) -> int:
    pair = Pair(library)
    pair.connected(244)
    _some_log(pair)
    used = _answer(pair, Command.LOG_STATUS)[Field.USED]
    assert isinstance(used, int)
    return used


def test_a_log_goes_out_as_far_as_it_is_allowed(library: Path) -> None:
    pair = Pair(library)
    pair.connected(244)
    _some_log(pair)
    pair.ask(Command.LOG_READ, {Field.OFFSET: 10, Field.LENGTH: 9000, Field.ALLOWED: 1001})
    ends = []
    for allowed in (1001, 4100, 2000, 9000, 20_000):
        pair.write(gatt.LOG, encode_allowance(allowed))
        chunks = [decode_chunk(value) for channel, value in pair.passes(0.02) if channel == gatt.LOG]
        ends.append(chunks[-1].offset + len(chunks[-1].data) if chunks else None)
    assert ends == [1001, 4100, None, 9000, 9010]


def _some_log(pair: Pair) -> None:
    _answer(pair, Command.LOG_START, {**_USUAL, Field.RATE_HZ: 800})
    pair.passes(2.0)
    _answer(pair, Command.LOG_STOP)


def test_a_log_is_the_same_flash_until_it_is_full(library: Path) -> None:
    pair = Pair(library)
    pair.connected(244)
    started = _answer(pair, Command.LOG_START, {**_USUAL, Field.RATE_HZ: 800})
    pair.passes(5.0)
    assert _answer(pair, Command.LOG_STATUS)[Field.STATE] == State.LOGGING
    pair.passes(60.0)
    status = _answer(pair, Command.LOG_STATUS)
    assert (status[Field.STATE], status[Field.GENERATION]) == (State.IDLE, started[Field.GENERATION])
    assert status[Field.USED] == _CAPACITY - _LEFT_BYTES
    _copy(pair)
    assert _answer(pair, Command.LOG_STATUS)[Field.USED] == 0


def test_a_power_cut_costs_the_frame_that_was_filling(library: Path) -> None:
    pair = Pair(library)
    pair.connected(244)
    _answer(pair, Command.LOG_START, {**_USUAL, Field.RATE_HZ: 200})
    pair.passes(10.0)
    board = pair.core
    board.cut_power(pair.now_s)
    board.connected(pair.now_s + 5.0, payload=244)
    board.write(gatt.CONTROL, encode_request(9, Command.LOG_STOP, {}), pair.now_s + 5.0)
    kept = [r for r in RecordReader().receive(board.flash) if isinstance(r, Frame)]
    counts = np.concatenate([frame.counts for frame in kept])
    stretches = board.state()["log"]["stretches"]
    chip = _chip(kept[0].setting)
    measured = [chip.counts(stretch["first"], stretch["last"]) for stretch in stretches]
    assert len(stretches) == 2
    assert stretches[1]["first"] - stretches[0]["last"] < 41 + 1
    np.testing.assert_array_equal(counts, np.concatenate(measured))
    heads = [r for r in RecordReader().receive(board.flash) if isinstance(r, SectorHead)]
    assert sorted({head.boot_id for head in heads}) == [1, 2]
