"""Requests, answers, readings of the clock and pieces of the log: all that can be said, or not."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.esp32.control import (
    REQUEST_BYTES,
    AnswerPart,
    Command,
    Field,
    Refusal,
    Value,
    decode_answer,
    encode_request,
)
from imu.devices.esp32.firmware import Request, decode_request, encode_answer
from imu.devices.esp32.log_bytes import Chunk, decode_allowance, decode_chunk, encode_allowance, encode_chunk
from imu.devices.esp32.sync import (
    SyncReply,
    decode_sync_reply,
    decode_sync_request,
    encode_sync_reply,
    encode_sync_request,
)
from imu.errors import ProtocolError
from tests.devices.esp32.strategies import FIELDS, U32, U64, WIDTHS

U8 = st.integers(0, 255)


@given(U8, st.sampled_from(Command), FIELDS)
def test_a_request_comes_as_it_was_asked(
    request_id: int, command: Command, fields: dict[Field, Value]
) -> None:
    if 2 + sum(2 + WIDTHS.get(field, 4) for field in fields) > REQUEST_BYTES:
        with pytest.raises(ValueError, match="20 bytes at most"):
            encode_request(request_id, command, fields)
    else:
        request = encode_request(request_id, command, fields)
        assert decode_request(request) == Request(request_id, command, fields)


@given(U8, st.sampled_from(Command), FIELDS, st.integers(20, 512))
def test_an_answer_comes_whole_however_little_a_notification_carries(
    request_id: int, command: Command, fields: dict[Field, Value], payload: int
) -> None:
    notifications = encode_answer(request_id, command, fields, payload=payload)
    parts = [decode_answer(data) for data in notifications]
    assert all(len(data) <= payload for data in notifications)
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False]
    assert {(part.request_id, part.command, part.refusal) for part in parts} == {(request_id, command, 0)}
    assert {field: value for part in parts for field, value in part.fields.items()} == fields


def test_what_newer_firmware_tells_is_passed_over() -> None:
    assert decode_answer(bytes.fromhex("07 82 00  05 01 50  7f 02 aa bb")) == AnswerPart(
        7, Command.BATTERY, Refusal.NONE, {Field.PERCENT: 80}
    )


def test_a_wish_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ProtocolError, match="unknown fields"):
        decode_request(bytes.fromhex("07 10  7f 02 aa bb"))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "07 82",
        "07 02 00",  # no answer
        "07 82 00 05",  # no length
        "07 82 00 05 01",  # no value
        "07 82 00 05 02 50 00",  # another width
        "07 82 00 05 01 50 05 01 51",  # twice
    ],
)
def test_a_malformed_answer_is_a_protocol_error(answer: str) -> None:
    with pytest.raises(ProtocolError):
        decode_answer(bytes.fromhex(answer))


@given(U32, U32, U64, U32)
def test_a_reading_of_the_clock_comes_back(token: int, boot: int, received: int, held: int) -> None:
    assert decode_sync_request(encode_sync_request(token)) == token
    reply = SyncReply(token, boot, received, held)
    assert decode_sync_reply(encode_sync_reply(reply)) == reply
    assert len(encode_sync_reply(reply)) == REQUEST_BYTES  # fits the smallest notification


@given(U8, U32, st.binary(min_size=1, max_size=500))
def test_a_piece_of_the_log_comes_back(read_id: int, offset: int, data: bytes) -> None:
    chunk = Chunk(read_id, offset, data)
    assert decode_chunk(encode_chunk(chunk)) == chunk
    assert decode_allowance(encode_allowance(offset)) == offset


@pytest.mark.parametrize(
    "decode",
    [decode_answer, decode_request, decode_sync_reply, decode_sync_request, decode_chunk, decode_allowance],
)
@given(data=st.binary(max_size=64))
def test_any_bytes_are_a_message_or_a_protocol_error(decode: Callable[[bytes], object], data: bytes) -> None:
    with suppress(ProtocolError):
        decode(data)
