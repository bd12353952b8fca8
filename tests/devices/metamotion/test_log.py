"""Samples from log entries, whatever order, cut and wrap they come with."""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, strategies as st

from imu.devices.decoders import decoder_for
from imu.devices.metamotion.log import Entry, decode_entries
from imu.devices.metamotion.pairing import Pairing, TickCount
from imu.devices.sensor import Block, Coding, Packet

LOGGERS = {"acc": (0, 1), "gyr": (2, 3)}
CODING = Coding(
    "metamotion", "log", 200, 16, 2000, 2048, 16.4, 48 / 32768, {"acc_loggers": "0 1", "gyr_loggers": "2 3"}
)
WRAP = 1 << 32
Cut = tuple[int, int]


def wire(logger: int, tick: int, data: bytes, *, reset_id: int = 5) -> bytes:
    return bytes([logger | reset_id << 5]) + (tick % WRAP).to_bytes(4, "little") + data.ljust(4, b"\0")


def run_of(samples: int, *, began: int = 1000, step: int = 3, reset_id: int = 5) -> list[bytes]:
    """Entries of both sensors, interleaved as a board writes them; x, y and z say which sample it is."""
    entries = []
    for k in range(samples):
        tick = began + step * k
        acc = np.array([k, -k, 1], "<i2").tobytes()
        gyr = np.array([k, 2, -k], "<i2").tobytes()
        for logger, data in ((0, acc[:4]), (1, acc[4:]), (2, gyr[:4]), (3, gyr[4:])):
            entries.append(wire(logger, tick, data, reset_id=reset_id))
    return entries


def decoded(entries: Sequence[bytes]) -> list[Block]:
    decoder = decoder_for(CODING)
    packets = [b"\x0b\x07" + b"".join(entries[at : at + 2]) for at in range(0, len(entries), 2)]
    return list(chain.from_iterable(decoder.receive(Packet(0, packet)) for packet in packets))


def columns(blocks: Sequence[Block], stream: str) -> tuple[list[int], list[list[int]]]:
    own = [block for block in blocks if block.stream == stream]
    ticks = [int(tick) for block in own if block.ticks is not None for tick in block.ticks]
    return ticks, [sample for block in own for sample in block.counts.tolist()]


@given(began=st.integers(0, WRAP - 1), samples=st.integers(0, 40))
def test_ticks_go_on_over_the_wrap(began: int, samples: int) -> None:
    blocks = decoded(run_of(samples, began=began))
    expected = [began + 3 * k for k in range(samples)]
    assert columns(blocks, "acc") == (expected, [[k, -k, 1] for k in range(samples)])
    assert columns(blocks, "gyr") == (expected, [[k, 2, -k] for k in range(samples)])


@given(st.integers(0, 1 << 40), st.lists(st.integers(-(1 << 31) + 1, (1 << 31) - 1), max_size=30))
def test_a_count_follows_any_step_of_less_than_half_a_wrap(first: int, steps: list[int]) -> None:
    count = TickCount()
    true, offset = first, first - count.unwrap(first % WRAP)
    for step in steps:
        true += step
        assert count.unwrap(true % WRAP) + offset == true


@given(st.data())
def test_downloads_cut_anywhere_and_begun_anew_give_every_sample_once(data: st.DataObject) -> None:
    entries = run_of(20)
    cuts = data.draw(st.lists(st.integers(0, len(entries)), max_size=5))
    blocks = decoded([*chain.from_iterable(entries[:cut] for cut in cuts), *entries])
    assert columns(blocks, "acc")[0] == [1000 + 3 * k for k in range(20)]
    assert columns(blocks, "gyr")[0] == [1000 + 3 * k for k in range(20)]
    assert sum(block.lost for block in blocks) == 0


@given(st.data())
def test_entries_that_never_come_cost_their_own_samples_and_shift_none(data: st.DataObject) -> None:
    entries = run_of(20)
    missing = data.draw(st.sets(st.integers(0, len(entries) - 1), max_size=12))
    blocks = decoded([entry for at, entry in enumerate(entries) if at not in missing])
    for stream, base in (("acc", 0), ("gyr", 2)):
        whole = [k for k in range(20) if not {4 * k + base, 4 * k + base + 1} & missing]
        ticks, counts = columns(blocks, stream)
        assert ticks == [1000 + 3 * k for k in whole]
        assert [sample[0] for sample in counts] == whole


@given(st.permutations([0, 1, 2, 3]))
def test_chunks_pair_per_logger_in_whatever_order_they_are_interleaved(order: list[int]) -> None:
    entries = run_of(10)
    shuffled = [entries[4 * k + lane] for k in range(10) for lane in order]
    assert columns(decoded(shuffled), "acc") == columns(decoded(entries), "acc")
    assert columns(decoded(shuffled), "gyr") == columns(decoded(entries), "gyr")


def test_samples_that_share_a_tick_pair_by_order_where_repeats_cannot_be() -> None:
    """Above 683 Hz two samples may share a tick: each half waits in the queue of its logger."""
    pairing = Pairing(LOGGERS)
    for tick in (7, 8):
        assert pairing.receive(Entry(0, 0, tick, bytes([tick] * 4))) is None
    samples = [pairing.receive(Entry(1, 0, tick, bytes([tick] * 4))) for tick in (7, 8)]
    assert [sample.data for sample in samples if sample] == [bytes([7] * 8), bytes([8] * 8)]


def test_a_trailing_half_sample_is_dropped() -> None:
    entries = run_of(3)
    assert len(columns(decoded(entries[:-1]), "gyr")[0]) == 2


def test_each_reset_of_the_board_has_a_clock_of_its_own() -> None:
    blocks = decoded(run_of(3, began=90_000, reset_id=1) + run_of(3, began=10, reset_id=2))
    assert [(block.reset_id, int(block.ticks[0])) for block in blocks if block.ticks is not None][::2] == [
        *((1, 90_000 + 3 * k) for k in range(3)),
        *((2, 10 + 3 * k) for k in range(3)),
    ]


def test_entries_of_unknown_loggers_are_counted_and_change_nothing() -> None:
    pairing = Pairing(LOGGERS)
    assert pairing.receive(Entry(30, 0, 5, b"1234")) is None
    assert pairing.unknown == 1


def test_a_logger_that_never_answers_does_not_fill_the_memory() -> None:
    pairing = Pairing(LOGGERS)
    for tick in range(10_000):
        pairing.receive(Entry(0, 0, tick, bytes(4)))
    sample = pairing.receive(Entry(1, 0, 9_999, bytes(4)))
    assert sample is not None
    assert sample.lost > 9_000


@pytest.mark.parametrize("facts", [{}, {"acc_loggers": "0 x"}, {"acc_register": "031c"}])
def test_a_coding_that_does_not_say_how_to_read_it_is_refused(facts: dict[str, str]) -> None:
    coding = Coding("metamotion", "log", 200, 16, None, 2048, None, None, facts)
    with pytest.raises(Exception, match="MetaMotion coding"):
        decoder_for(coding)


def test_a_notification_holds_one_or_two_entries() -> None:
    packet = b"\x0b\x07" + b"".join(run_of(1)[:2])
    assert [entry.logger for entry in decode_entries(packet).entries] == [0, 1]


@pytest.mark.parametrize(("apart", "is_one"), [(0, True), (2, True), (3, False)])
def test_chunks_of_one_sample_are_stamped_within_so_many_ticks(apart: int, is_one: bool) -> None:
    pairing = Pairing({"acc": (0, 1)}, within_ticks=2)
    assert pairing.receive(Entry(0, 0, 10, b"1234")) is None
    assert (pairing.receive(Entry(1, 0, 10 + apart, b"5678")) is not None) is is_one
