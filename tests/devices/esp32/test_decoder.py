"""From packets to samples: times unwrapped, losses counted, repeats read once, and no bytes that break it."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from imu.devices.decoders import decoder_for
from imu.devices.esp32.firmware import encode_frame, encode_sector_head
from imu.devices.esp32.frames import Frame, FrameFlag, SectorHead
from imu.devices.esp32.log_bytes import Chunk, encode_chunk
from imu.devices.esp32.setting import Setting
from imu.devices.sensor import Block, Coding, Packet
from imu.errors import ProtocolError

SETTING = Setting(200, 16, 2000)
PERIOD_US = 4965  # a chip a little faster than 200 Hz


def coding(mode: Literal["stream", "log"] = "stream", *, time_us: int = 0, boot_id: int = 1) -> Coding:
    facts = {"setting": SETTING.code, "boot_id": boot_id, "time_us": time_us}
    if mode == "log":
        facts["generation"] = 1
    return Coding("esp32", mode, 200.0, 16.0, 2000.0, 2048.0, 16.4, 1e-6, facts)


def frame(number: int, *, first: int, samples: int = 10, begins_us: int = 0, flags: int = 0) -> bytes:
    """The frame with these samples of a chip whose numbers count up."""
    counts = np.repeat(np.arange(first, first + samples, dtype=np.int16)[:, None], 6, axis=1)
    time_us = (begins_us + first * PERIOD_US) & 0xFFFFFFFF
    return encode_frame(Frame(FrameFlag(flags), number & 0xFFFF, time_us, SETTING, counts))


def read(code: Coding, packets: Sequence[bytes]) -> list[Block]:
    decoder = decoder_for(code)
    return [b for i, data in enumerate(packets) for b in decoder.receive(Packet(1000 + i, data))]


def chunks(data: bytes, *, size: int, begin: int = 0) -> list[bytes]:
    return [encode_chunk(Chunk(1, begin + at, data[at : at + size])) for at in range(0, len(data), size)]


@given(
    begin=st.integers(0, 2**40),
    sequence=st.integers(0, 0xFFFF),
    missing=st.sets(st.integers(1, 60), max_size=30),
    samples=st.integers(1, 41),
)
def test_losses_are_counted_whatever_sequence_and_clock_do(
    begin: int, sequence: int, missing: set[int], samples: int
) -> None:
    """Over the wraps of both, from any moment of the sensor's life."""
    came = [number for number in range(62) if number not in missing]
    packets = [
        frame(sequence + number, first=number * samples, samples=samples, begins_us=begin) for number in came
    ]
    blocks = read(coding(time_us=begin), packets)
    expected = 0
    for number, block in zip(came, blocks, strict=True):
        assert block.lost == number * samples - expected
        assert block.counts[0, 0] == number * samples
        assert block.ticks is not None
        assert block.ticks[0] == begin + number * samples * PERIOD_US
        expected = (number + 1) * samples


def test_samples_lost_before_they_had_a_number_are_counted_by_time() -> None:
    packets = [frame(0, first=0), frame(1, first=10), frame(2, first=57, flags=FrameFlag.OVERFLOW)]
    assert [block.lost for block in read(coding(), packets)] == [0, 0, 37]


def test_streamed_blocks_carry_their_arrival_and_their_clock() -> None:
    blocks = read(coding(boot_id=7), [frame(0, first=0), frame(1, first=10)])
    assert [block.arrival_ns for block in blocks] == [1000, 1001]
    assert {block.reset_id for block in blocks} == {7}
    assert {block.stream for block in blocks} == {"both"}


def test_a_frame_in_pieces_is_read_with_its_last_piece() -> None:
    data = frame(0, first=0, samples=6)
    decoder = decoder_for(coding())
    came = [decoder.receive(Packet(0, data[at : at + 20])) for at in range(0, len(data), 20)]
    assert [len(blocks) for blocks in came] == [0, 0, 0, 0, 1]


@given(lost=st.integers(0, 18), size=st.integers(20, 23))
def test_a_lost_piece_costs_its_frame_alone(lost: int, size: int) -> None:
    pieces = [
        (number, data[at : at + size])
        for number in range(5)
        for data in [frame(number, first=6 * number, samples=6)]
        for at in range(0, len(data), size)
    ]
    spoilt, _ = pieces.pop(min(lost, len(pieces) * 4 // 5 - 1))  # one of the first four frames
    decoder = decoder_for(coding())
    blocks: list[Block] = []
    for _, piece in pieces:
        with suppress(ProtocolError):
            blocks += decoder.receive(Packet(0, piece))
    assert [block.counts[0, 0] for block in blocks] == [6 * n for n in range(5) if n != spoilt]
    assert sum(block.lost for block in blocks) == (6 if spoilt else 0)  # before the first is no loss


@given(cut=st.integers(1, 700), again=st.integers(0, 700), size=st.integers(1, 300))
def test_a_resumed_download_is_read_once(cut: int, again: int, size: int) -> None:
    head = encode_sector_head(SectorHead(1, 0, 1, 0, SETTING))
    log = head + b"".join(frame(number, first=number * 10) for number in range(5))
    cut, again = min(cut, len(log)), min(again, cut)
    packets = chunks(log[:cut], size=size) + chunks(log[again:], size=size, begin=again)
    blocks = read(coding("log"), packets)
    np.testing.assert_array_equal(np.concatenate([b.counts for b in blocks])[:, 0], np.arange(50))
    assert sum(block.lost for block in blocks) == 0


def test_each_sector_says_whose_clock_it_is() -> None:
    log = b"".join(
        [
            encode_sector_head(SectorHead(1, 0, 4, 10_000_000, SETTING)),
            frame(0, first=0, begins_us=10_000_000),
            frame(1, first=10, begins_us=10_000_000)[:50] + b"\xff" * 600,  # cut by a brown-out
            encode_sector_head(SectorHead(1, 1, 5, 2**33, SETTING)),
            frame(0, first=200, begins_us=2**33 - 200 * PERIOD_US, flags=FrameFlag.GAP),
        ]
    )
    blocks = read(coding("log", time_us=10_000_000, boot_id=4), chunks(log, size=244))
    assert [(b.reset_id, b.ticks[0] if b.ticks is not None else 0) for b in blocks] == [
        (4, 10_000_000),
        (5, 2**33),
    ]
    assert [block.lost for block in blocks] == [0, 0]


def test_a_log_is_read_from_its_first_byte_on() -> None:
    """Whose clock its first samples are of stands in its very first sector."""
    log = encode_sector_head(SectorHead(1, 0, 9, 7_000_000, SETTING)) + frame(0, first=0, begins_us=7_000_000)
    (block,) = read(coding("log", boot_id=4), chunks(log, size=100))
    assert (block.reset_id, block.lost, block.arrival_ns) == (9, 0, 0)
    assert block.ticks is not None
    assert block.ticks.tolist() == [7_000_000 + 5000 * k for k in range(10)]  # as it is called, at first


@pytest.mark.parametrize(
    ("setting", "stream"), [(Setting(200, 16, None), "acc"), (Setting(200, 16, 250), "both")]
)
def test_samples_of_three_axes_are_acceleration(setting: Setting, stream: str) -> None:
    code = Coding(
        "esp32", "stream", 200.0, 16.0, None, 2048.0, None, 1e-6,
        {"setting": setting.code, "boot_id": 1, "time_us": 0},
    )  # fmt: skip
    counts = np.arange(2 * setting.axes, dtype=np.int16).reshape(2, -1)
    (block,) = read(code, [encode_frame(Frame(FrameFlag(0), 0, 5, setting, counts))])
    assert block.stream == stream
    assert block.counts.tolist() == counts.tolist()


@pytest.mark.parametrize("broken", [FrameFlag.OVERFLOW, FrameFlag.BUS_ERROR, FrameFlag.GAP])
def test_a_frame_after_a_break_is_counted_by_time_even_with_the_next_number(broken: FrameFlag) -> None:
    packets = [frame(0, first=0), frame(1, first=10), frame(2, first=60, flags=broken), frame(3, first=70)]
    blocks = read(coding(), packets)
    assert [block.lost for block in blocks] == [0, 0, 40, 0]
    clipped = [frame(0, first=0), frame(1, first=10, flags=FrameFlag.CLIPPED), frame(3, first=30)]
    assert [block.lost for block in read(coding(), clipped)] == [0, 0, 10]


@pytest.mark.parametrize(
    ("period_us", "is_learnt"), [(4510, True), (5490, True), (4490, False), (5510, False)]
)
def test_a_rate_is_learnt_within_a_tenth_of_what_it_is_called(period_us: int, is_learnt: bool) -> None:
    def one(number: int) -> bytes:
        counts = np.zeros((10, 6), np.int16)
        return encode_frame(Frame(FrameFlag(0), number, number * 10 * period_us, SETTING, counts))

    blocks = read(coding(), [one(0), one(1), one(2)])
    assert blocks[2].ticks is not None
    assert np.diff(blocks[2].ticks)[0] == (period_us if is_learnt else 5000)


def test_an_old_frame_that_comes_again_is_passed_over_up_to_a_minute_back() -> None:
    late = frame(100, first=100, begins_us=100_000_000)
    for back_us, is_new in ((59_000_000, False), (61_000_000, True)):
        old = frame(101, first=100, begins_us=100_000_000 - back_us)
        blocks = read(coding(time_us=100_000_000), [late, old])
        assert len(blocks) == 1 + is_new  # further back it is one of 71 minutes later


def timed(sequence: int, time_us: int, *, samples: int = 10) -> bytes:
    """A frame that says nothing but its number and its time."""
    counts = np.zeros((samples, 6), np.int16)
    return encode_frame(Frame(FrameFlag(0), sequence & 0xFFFF, time_us & 0xFFFFFFFF, SETTING, counts))


@pytest.mark.parametrize(("before", "after"), [(10, 311), (0xFF00, 45), (0xFFFF, 300), (0xFED2, 0xFFFF)])
def test_numbers_count_what_is_lost_over_their_wrap_too(before: int, after: int) -> None:
    """Three hundred frames are lost, whichever numbers they had; the chip is 1.5 % fast."""
    packets = [timed(before, 0), timed(after, 14_824_250), timed(after + 1, 14_873_500)]
    assert [block.lost for block in read(coding(), packets)] == [0, 3000, 0]


@pytest.mark.parametrize(
    ("lasted", "lost"),
    [(1020, 1000), (1022, 1022), (981, 1000), (979, 979), (30, 30), (0, 0)],
    ids=["later within", "later beyond", "sooner within", "sooner beyond", "far less", "nothing"],
)
def test_time_counts_where_the_numbers_are_not_what_it_allows(lasted: int, lost: int) -> None:
    """A hundred numbers of ten samples are missing; samples by the clock that would have fit are `lasted`.

    Frames may have been shorter, or a sensor may count anew: within two percent of the time it is the chip.
    """
    blocks = read(coding(), [timed(7, 0), timed(108, (10 + lasted) * 5000)])
    assert [block.lost for block in blocks] == [0, lost]


@pytest.mark.parametrize(
    ("frames", "samples", "lasted", "by_number"),
    [(1000, 10, 10_204, True), (1000, 10, 10_205, False), (2, 40, 82, True), (2, 40, 83, False)],
)
def test_two_percent_are_of_the_time_from_frame_to_frame(
    frames: int, samples: int, lasted: int, by_number: bool
) -> None:
    packets = [timed(7, 0, samples=samples), timed(8 + frames, (samples + lasted) * 5000, samples=samples)]
    lost = frames * samples if by_number else lasted
    assert [block.lost for block in read(coding(), packets)] == [0, lost]


@pytest.mark.parametrize("away", [0x10000, 0x10000 + 5, 3 * 0x10000 + 1])
def test_more_frames_than_there_are_numbers_are_counted(away: int) -> None:
    """After 55 minutes numbers begin again: time says how often they did, and they say the rest.

    A clock that wraps after 71 minutes stands in the head of a log's sector, whole.
    """
    back_us = round((away + 1) * 10 * 5000 * 0.99)
    log = b"".join(
        [
            encode_sector_head(SectorHead(1, 0, 1, 0, SETTING)),
            timed(40, 0),
            encode_sector_head(SectorHead(1, 9, 1, back_us, SETTING)),
            timed(41 + away, back_us),
        ]
    )
    blocks = read(coding("log"), chunks(log, size=100))
    assert [block.lost for block in blocks] == [0, away * 10]


def test_what_is_lost_is_counted_from_the_last_frame_that_came() -> None:
    """By its own number and length, in the time that its own samples are apart."""
    numbered = [
        timed(5, 0, samples=4),
        timed(6, 20_000, samples=8),
        timed(8, 100_000, samples=8),
        timed(9, 140_000, samples=8),
        timed(15, 383_000, samples=3),  # five of eight, though it is short itself
    ]
    assert [block.lost for block in read(coding(), numbered)] == [0, 0, 8, 0, 40]


def test_a_frame_that_comes_twice_or_late_is_read_once() -> None:
    frames = [frame(number, first=10 * number) for number in range(4)]
    for order, kept in (
        ([0, 0, 1, 1, 2], [0, 1, 2]),
        ([0, 1, 2, 1, 3], [0, 1, 2, 3]),  # what was seen before is no loss, and makes none
        ([0, 2, 1, 3], [0, 2, 3]),  # too late: it was counted as lost
        ([3, 0, 1], [3]),
    ):
        blocks = read(coding(), [frames[number] for number in order])
        assert [int(block.counts[0, 0]) // 10 for block in blocks] == kept
        whole = [block.lost // 10 for block in blocks]
        assert whole == [0, *(after - before - 1 for before, after in pairwise(kept))]


def test_another_frame_of_the_same_moment_is_none() -> None:
    """A sensor makes no two samples at once, whatever numbers it gives them."""
    blocks = read(coding(), [timed(3, 1000), timed(4, 1000), timed(4, 1000 + 50_000)])
    assert [block.lost for block in blocks] == [0, 0]


def test_damage_in_a_stream_is_told_and_in_a_log_passed_over() -> None:
    bad = bytearray(frame(0, first=0))
    bad[15] ^= 1
    with pytest.raises(ProtocolError, match=f"^ESP32: damaged frame of {len(bad)} bytes$"):
        read(coding(), [bytes(bad)])
    head = encode_sector_head(SectorHead(1, 0, 1, 0, SETTING))
    blocks = read(coding("log"), chunks(head + frame(0, first=0) + bytes(bad) + frame(2, first=20), size=90))
    assert [block.lost for block in blocks] == [0, 10]


def test_what_a_coding_lacks_is_named() -> None:
    facts: dict[str, str | int] = {"setting": SETTING.code, "boot_id": 1, "time_us": 0, "generation": 1}
    for name in facts:
        less = {key: value for key, value in facts.items() if key != name}
        for told in (less, {**less, name: "1"}):
            code = Coding("esp32", "log", 200.0, 16.0, 2000.0, 2048.0, 16.4, 1e-6, told)
            with pytest.raises(ProtocolError, match=f"^ESP32: the coding of a recording lacks '{name}'$"):
                decoder_for(code)


def test_what_a_sector_failed_to_forget_is_no_part_of_the_log() -> None:
    log = b"".join(
        [
            encode_sector_head(SectorHead(1, 0, 1, 0, SETTING)),
            frame(0, first=0),
            encode_sector_head(SectorHead(0, 1, 1, 50_000_000, SETTING)),
            frame(40, first=400),
            encode_sector_head(SectorHead(1, 2, 1, 10 * PERIOD_US, SETTING)),
            frame(1, first=10),
        ]
    )
    blocks = read(coding("log"), chunks(log, size=200))
    assert np.concatenate([block.counts[:, 0] for block in blocks]).tolist() == list(range(20))
    assert sum(block.lost for block in blocks) == 0


def test_sectors_lost_for_longer_than_a_wrap_leave_the_time_right() -> None:
    later_us = 3 * 2**32 + 77
    log = b"".join(
        [
            encode_sector_head(SectorHead(1, 0, 1, 0, SETTING)),
            frame(0, first=0),
            encode_sector_head(SectorHead(1, 900, 1, later_us, SETTING)),
            frame(9, first=0, begins_us=later_us),
        ]
    )
    blocks = read(coding("log"), chunks(log, size=100))
    assert blocks[1].ticks is not None
    assert blocks[1].ticks[0] == later_us


def test_a_frame_of_another_setting_is_refused() -> None:
    other = encode_frame(Frame(FrameFlag(0), 0, 0, Setting(800, 32, 4000), np.zeros((2, 6), np.int16)))
    with pytest.raises(ProtocolError, match="another setting"):
        read(coding(), [other])


def test_a_coding_without_its_facts_is_refused() -> None:
    bare = Coding("esp32", "log", 200.0, 16.0, 2000.0, 2048.0, 16.4, 1e-6, {})
    with pytest.raises(ProtocolError, match="lacks 'setting'"):
        decoder_for(bare)


PIECES = st.one_of(
    st.binary(max_size=80),
    st.builds(
        lambda number, first, begins, flags: frame(number, first=first, begins_us=begins, flags=flags),
        st.integers(0, 0xFFFF),
        st.integers(0, 1000),
        st.integers(0, 2**33),
        st.integers(0, 15),
    ),
)


@pytest.mark.unhurried
@settings(max_examples=200)
@given(st.sampled_from(["stream", "log"]), st.lists(PIECES, max_size=8))
def test_any_packets_are_samples_in_order_or_a_protocol_error(
    mode: Literal["stream", "log"], packets: list[bytes]
) -> None:
    decoder = decoder_for(coding(mode))
    latest = -(2**62)
    for data in packets:
        with suppress(ProtocolError):
            for block in decoder.receive(Packet(0, data)):
                assert block.lost >= 0
                assert block.ticks is not None
                assert len(block.ticks) == len(block.counts) > 0
                assert block.ticks[0] > latest
                latest = int(block.ticks[0])
