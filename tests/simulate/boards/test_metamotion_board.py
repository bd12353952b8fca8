"""Streams, faults, restarts and whatever bytes a host may send."""

import json

import numpy as np
import pytest
from hypothesis import given, settings as hypothesis_settings, strategies as st

from imu.simulate.boards.board import Board
from imu.simulate.boards.metamotion import COMMAND, MMR, MMRL, MMS, Faults, Habits, MetaMotion, Model
from imu.simulate.boards.worn import ChipSettings, Wearer
from tests.simulate.boards.host import LOGGERS, SET, START_MMS, STOP, Host, again, samples_of, streamed

AT_16_G = ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)
PACKED = {"MMR": ("03 1c", "13 07"), "MMRL": ("03 1c", "13 07"), "MMS": ("03 05", "13 05")}
MODELS = pytest.mark.parametrize("model", [MMR, MMRL, MMS], ids=lambda model: model.name)


def streaming(board: MetaMotion, registers: tuple[str, ...], *, now_s: float = 0.0) -> Host:
    host = Host(board, now_s=now_s)
    subscribed = " | ".join(f"{register} 01" for register in registers)
    host.send(f"{SET[board.model.name]} | {subscribed} | {START_MMS}")
    return host


@MODELS
def test_packed_streams_are_what_the_chip_measures(wearer: Wearer, model: Model) -> None:
    host = streaming(MetaMotion(model, wearer, "shank_left"), PACKED[model.name], now_s=5.0)
    chip = wearer.chip("shank_left", AT_16_G)
    first = chip.taken(5.0)
    packets = host.wait(10.0)
    for register, columns in zip(PACKED[model.name], (slice(0, 3), slice(3, 6)), strict=True):
        counts = streamed(packets, register)
        assert np.array_equal(counts, chip.counts(first, first + len(counts))[:, columns])
        assert len(counts) == (chip.taken(15.0) - first) // 3 * 3
    assert host.board.overflowed == 0
    host.send(STOP)
    assert host.wait(1.0) == []


def test_gyroscope_register_05_is_one_sample_on_an_r_and_three_on_an_s(wearer: Wearer) -> None:
    sizes = {
        model.name: {
            len(p.split()) for p in streaming(MetaMotion(model, wearer, "pelvis"), ("13 05",)).wait(1.0)
        }
        for model in (MMR, MMS)
    }
    assert sizes == {"MMR": {8}, "MMS": {20}}


def test_what_the_link_does_not_take_is_counted_and_gone(wearer: Wearer) -> None:
    host = streaming(MetaMotion(MMR, wearer, "shank_left"), PACKED["MMR"])
    got = host.wait(2.0)
    host.now_s += 5.0  # the link is there, but takes nothing
    late = host.take(room=100)
    assert len(late) == 32
    got += late + host.wait(1.0)
    sampled = wearer.chip("shank_left", AT_16_G).taken(host.now_s) // 3 * 2
    assert host.board.overflowed == sampled - len(got) > 500


def test_sampling_goes_on_without_a_link_and_nothing_is_kept_for_the_next(wearer: Wearer) -> None:
    host = streaming(MetaMotion(MMS, wearer, "pelvis"), PACKED["MMS"])
    host.wait(1.0)
    host.away(10.0)
    assert host.take() == []
    counts = streamed(host.wait(1.0), "03 05")
    chip = wearer.chip("pelvis", AT_16_G)
    first = chip.taken(11.0) // 3 * 3
    assert np.array_equal(counts, chip.counts(first, first + len(counts))[:, :3])
    assert host.board.overflowed == 0


def test_a_processor_made_while_sampling_counts_from_then(wearer: Wearer) -> None:
    host = streaming(MetaMotion(MMR, wearer, "pelvis"), ())
    host.wait(5.0)
    assert host.send("09 02 03 04 ff a0 11 30 03 | 09 07 00 01 | 09 03 01") == ["09 02 00"]
    packets = [bytes.fromhex(packet) for packet in host.wait(1.0)]
    chip = wearer.chip("pelvis", AT_16_G)
    n = chip.taken(6.0) - chip.taken(5.0)
    assert [int.from_bytes(packet[3:7], "little") for packet in packets] == list(range(n))
    counts = np.frombuffer(b"".join(packet[7:] for packet in packets), "<i2").reshape(-1, 3)
    assert np.array_equal(counts, chip.counts(chip.taken(5.0), chip.taken(6.0))[:, :3])


def test_the_clock_counts_from_its_first_tick_and_wraps(wearer: Wearer) -> None:
    faults = Faults(first_tick=2**32 - 100)
    host = Host(MetaMotion(MMR, wearer, "pelvis", skew_ppm=50.0, faults=faults))

    def tick() -> int:
        return int.from_bytes(bytes.fromhex(host.send("0b 84")[0])[2:6], "little")

    assert tick() == 2**32 - 100
    host.now_s = 3600.0
    assert tick() == int(3600.0 * (1 + 50e-6) * 32768 / 48) - 100


def test_a_cut_packet_is_one_byte_short(wearer: Wearer) -> None:
    board = MetaMotion(MMS, wearer, "pelvis", faults=Faults(cut_packets=(1, 3)))
    sizes = [len(packet.split()) for packet in streaming(board, PACKED["MMS"]).wait(1.0)]
    assert sizes[:6] == [20, 19, 20, 19, 20, 20]


def test_a_lost_answer_leaves_a_logger_behind(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMR, wearer, "pelvis", faults=Faults(lost_create_answers=1)))
    assert host.send("0b 02 03 04 ff 60") == []
    assert host.send("0b 02 03 04 ff 60") == ["0b 02 01"]
    assert host.send("0b 82 00") == ["0b 82 03 04 ff 60"]


def test_a_stalled_download_goes_on_after_the_next_connection(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMS, wearer, "pelvis", faults=Faults(stall_after_pages=3)))
    host.start_log()
    host.wait(1.0, every_s=1.0)
    host.stop_log()
    whole = host.length()
    rows, progress = host.download()
    assert (len(rows), progress) == (3 * 64, [])
    assert host.wait(5.0) == []
    host.away(1.0)
    rest, progress = host.download()
    assert len(rest) == whole - 3 * 64
    assert progress[-1] == 0


@pytest.mark.parametrize("habits", [Habits(), Habits(reset_changes_uid=False, reset_restarts_clock=False)])
@pytest.mark.parametrize("model", [MMR, MMS], ids=lambda model: model.name)
def test_a_reset_in_a_log_keeps_what_was_in_the_flash(wearer: Wearer, model: Model, habits: Habits) -> None:
    board = MetaMotion(model, wearer, "pelvis", faults=Faults(reset_at_s=(3.0,)), habits=habits)
    host = Host(board)
    host.start_log()
    host.now_s = 10.0
    host.take()
    assert board.hung_up
    board.connected(10.0, payload=20)
    logged = wearer.chip("pelvis", AT_16_G).taken(3.0) * 4
    assert host.length() == (logged if model is MMR else logged // 64 * 64)
    assert host.send("0b 82 00") == []
    (answer,) = host.send("0b 84")
    tick, uid = int.from_bytes(bytes.fromhex(answer)[2:6], "little"), int(answer[-2:], 16)
    seconds = tick * 48 / 32768
    assert seconds == pytest.approx(7.0 if habits.reset_restarts_clock else 10.0, rel=1e-3)
    assert uid == habits.reset_changes_uid
    counts, _ = samples_of(host.download()[0], first_id=0)
    assert np.array_equal(counts, wearer.chip("pelvis", AT_16_G).counts(0, len(counts))[:, :3])


def test_an_empty_battery_ends_everything_until_it_is_charged(wearer: Wearer) -> None:
    board = MetaMotion(MMR, wearer, "pelvis", faults=Faults(battery_empty_at_s=4.0))
    host = Host(board)
    host.start_log()
    host.wait(3.9, every_s=0.1)
    assert board.alive
    host.wait(1.0)
    assert not board.alive
    assert board.hung_up
    assert board.notifications(9.0, room=8) == []
    board.recharge(1000.0)
    assert board.alive
    host = Host(board, now_s=1001.0)
    assert host.length() == wearer.chip("pelvis", AT_16_G).taken(4.0) * 4
    assert host.send("11 8c") == ["11 8c 64 e2 0f"]


def test_the_battery_drains(wearer: Wearer) -> None:
    host = Host(MetaMotion(MMR, wearer, "pelvis", battery_percent=50.0, battery_lasts_h=10.0))
    levels = []
    for hour in range(5):
        host.now_s = hour * 3600.0
        levels.append(int(host.send("11 8c")[0].split()[2], 16))
    assert levels == [50, 40, 30, 20, 10]
    host.now_s = 5.1 * 3600
    assert host.send("11 8c") == []
    assert not host.board.alive


def test_a_macro_starts_the_log_again_after_a_reset(wearer: Wearer) -> None:
    board = MetaMotion(MMR, wearer, "pelvis", faults=Faults(reset_at_s=(5.0,)))
    host = Host(board)
    program = f"{LOGGERS['MMR']} | {SET['MMR']} | 0b 01 01 | {START_MMS}"
    recorded = " | ".join(f"0f 03 {command.strip()}" for command in program.split("|"))
    host.send(f"0f 02 01 | {recorded} | 0f 04 | 0f 05 00")
    host.now_s = 8.0
    host.take()
    board.connected(8.0, payload=20)
    assert host.send("0b 82 03") == ["0b 82 13 05 ff 24"]
    chip = wearer.chip("pelvis", AT_16_G)
    host.stop_log()
    rows, _ = host.download()
    assert len(rows) == chip.taken(8.0) * 4
    assert {number >> 5 for number, _, _ in rows} == {0, 1}
    host.send("0f 08 | fe 06")
    assert board.hung_up
    assert board.state()["firmware"]["program"]["macros"] == []


@MODELS
def test_debug_commands_end_the_connection_as_each_board_is_known_to(wearer: Wearer, model: Model) -> None:
    def ended(commands: str) -> MetaMotion | None:
        host = Host(MetaMotion(model, wearer, "pelvis"))
        host.send(commands)
        return host.board if host.board.hung_up else None

    assert ended("fe 01")
    assert ended("fe 06")
    assert ended("0f 08 | fe 05")
    assert (ended("fe 05") is None) == (model is MMS)
    asleep = ended("fe 02")
    assert asleep is not None
    assert asleep.name == "MetaBoot"
    asleep.connected(130.0, payload=20)
    assert asleep.name == "MetaWear"


@MODELS
def test_the_air_sees_a_board_with_its_service_and_its_information(wearer: Wearer, model: Model) -> None:
    board: Board = MetaMotion(model, wearer, "pelvis", serial="0123AB")
    advertised = [service.uuid for service in board.services if service.advertised]
    assert advertised == ["326a9000-85cb-9195-d9dd-464cfbbae75a"]
    assert board.read("2a24", 0.0) == model.model_number.encode()
    assert board.read("2a25", 0.0) == b"0123AB"
    assert len(board.name) <= 8


@pytest.mark.unhurried
@hypothesis_settings(max_examples=150, deadline=None)
@given(
    frames=st.lists(
        st.one_of(
            st.binary(max_size=24),
            st.tuples(
                st.sampled_from([0x02, 0x03, 0x09, 0x0F, 0x11, 0x13, 0xFE]),
                st.integers(0, 0x20),
                st.binary(max_size=18),
            ).map(lambda parts: bytes(parts[:2]) + parts[2]),
        ),
        max_size=30,
    )
)
def test_no_bytes_raise_or_corrupt_a_log(wearer: Wearer, frames: list[bytes]) -> None:
    # Commands of the log module, and macros that hold them, may rightly change it; all else may not.
    frames = [
        frame for frame in frames if frame[:1] != b"\x0b" and frame[:2] not in (b"\x0f\x03", b"\x0f\x09")
    ]
    board = MetaMotion(MMR, wearer, "pelvis")
    host = Host(board)
    host.start_log()
    host.wait(0.5)
    host.stop_log()
    logged = wearer.chip("pelvis", AT_16_G).taken(0.5)
    for frame in frames:
        board.write(COMMAND, frame, host.now_s)
        host.wait(0.03)
        board.connected(host.now_s, payload=20)
    restored = MetaMotion(MMR, wearer, "pelvis")
    restored.restore(again(board.state()))
    host = Host(restored, now_s=max(host.now_s, 300.0))
    assert host.length() == logged * 4
    counts, _ = samples_of(host.download()[0], first_id=0)
    assert np.array_equal(counts, wearer.chip("pelvis", AT_16_G).counts(0, logged)[:, :3])


@pytest.mark.unhurried
@hypothesis_settings(max_examples=150, deadline=None)
@given(
    frames=st.lists(
        st.tuples(st.just(0x0B), st.integers(0, 0x90), st.binary(max_size=18)).map(
            lambda parts: bytes(parts[:2]) + parts[2]
        ),
        max_size=30,
    ),
    model=st.sampled_from([MMR, MMS]),
)
def test_no_bytes_to_the_log_raise_or_break_its_accounts(
    wearer: Wearer, frames: list[bytes], model: Model
) -> None:
    board = MetaMotion(model, wearer, "pelvis", log_entries=500)
    host = Host(board)
    host.start_log()
    for frame in frames:
        board.write(COMMAND, frame, host.now_s)
        host.wait(0.1, every_s=0.05)
        json.dumps(board.state())
    host.stop_log()
    host.away(0.1)  # and any download that was going on is over
    length = host.length()
    assert 0 <= length <= 500
    assert len(host.download()[0]) == length
