"""The virtual ESP32 sensor on the simulated runner, seen as the air sees it."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from imu.devices.decoders import decoder_for
from imu.devices.esp32 import gatt
from imu.devices.esp32.control import Command, Field, Fields, Refusal, decode_answer, encode_request
from imu.devices.sensor import Coding, Packet
from imu.simulate import SimulationConfig
from imu.simulate.boards.board import Board
from imu.simulate.boards.esp32 import Esp32Board, chip_worn_by
from imu.simulate.boards.esp32_memory import Esp32Faults
from imu.simulate.boards.worn import ChipSettings, Wearer

WANTED: Fields = {Field.RATE_HZ: 200, Field.ACC_RANGE_G: 16, Field.GYR_RANGE_DPS: 2000}


@pytest.fixture(scope="module")
def wearer() -> Wearer:
    return Wearer(SimulationConfig(pattern="stand:4,run:10@3,stand:4"), begins_s=2.0)


def ask(board: Board, command: Command, fields: Fields, now_s: float) -> tuple[int, Fields]:
    board.write(gatt.CONTROL, encode_request(1, command, fields), now_s)
    answers = [decode_answer(d) for c, d in board.notifications(now_s, room=9) if c == gatt.CONTROL]
    return answers[-1].refusal, {k: v for answer in answers for k, v in answer.fields.items()}


def test_it_streams_what_the_runner_makes_its_chip_feel(wearer: Wearer) -> None:
    board: Board = Esp32Board(chip_worn_by(wearer, "shank_left"), serial="0000000000A1")
    chip = wearer.chip("shank_left", ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4))
    board.connected(1.0, payload=244)
    _, told = ask(board, Command.CONFIGURE, WANTED, 1.0)
    ask(board, Command.START, {}, 1.0)
    sent: list[bytes] = []
    for now_s in np.arange(1.0, 19.0, 0.05):
        sent += [data for name, data in board.notifications(float(now_s), room=4) if name == gatt.DATA]
    facts = {"setting": told[Field.SETTING], "boot_id": 1, "time_us": told[Field.TIME_US]}
    coding = Coding("esp32", "stream", 200.0, 16.0, 2000.0, 2048.0, 16.4, 1e-6, facts)  # type: ignore[arg-type]
    decoder = decoder_for(coding)
    blocks = [block for data in sent for block in decoder.receive(Packet(0, data))]
    counts = np.concatenate([block.counts for block in blocks])
    first = chip.taken(1.0)
    assert len(counts) > 17 * 190
    np.testing.assert_array_equal(counts, chip.counts(first, first + len(counts)))
    assert np.abs(counts[:, :3]).max() > 4 * 2048  # somebody ran


def test_it_advertises_its_service_and_a_short_name() -> None:
    board = Esp32Board(lambda _: pytest.fail("no chip needed"), serial="0123456789AB")
    assert board.name == "RS-89AB"
    assert [service.uuid for service in board.services if service.advertised] == [gatt.SERVICE]
    board.connected(0.0, payload=20)
    assert board.read(gatt.SERIAL, 0.0) == b"0123456789AB"
    assert board.read(gatt.BATTERY_LEVEL, 0.0) == b"\x64"


@pytest.mark.parametrize(
    ("request_hex", "refusal"),
    [
        ("01 3f", Refusal.UNKNOWN_COMMAND),
        ("01 03", Refusal.BAD_FIELD),  # blink, but how long
        ("01 03 07 02 05 00", Refusal.BAD_FIELD),
        ("01 02 07 01 05", Refusal.BAD_FIELD),  # battery takes no seconds
        ("01 11", Refusal.WRONG_STATE),
        ("01 24 24 04 00 00 00 00 25 04 01 00 00 00", Refusal.NO_LOG),
    ],
)
def test_it_refuses_what_it_cannot_do(request_hex: str, refusal: Refusal) -> None:
    board = Esp32Board(lambda _: pytest.fail("no chip needed"), serial="0123456789AB")
    board.connected(0.0, payload=20)
    board.write(gatt.CONTROL, bytes.fromhex(request_hex), 0.1)
    ((_, answer),) = board.notifications(0.2, room=9)
    assert decode_answer(answer).refusal == refusal


@given(
    st.lists(
        st.tuples(st.sampled_from([gatt.CONTROL, gatt.SYNC, gatt.LOG]), st.binary(max_size=24)), max_size=6
    )
)
def test_nothing_that_is_written_breaks_it(writes: list[tuple[str, bytes]]) -> None:
    board = Esp32Board(lambda _: pytest.fail("no chip needed"), serial="0123456789AB")
    board.connected(0.0, payload=20)
    for characteristic, data in writes:
        board.write(characteristic, data, 0.1)
    assert all(len(data) <= 20 for _, data in board.notifications(0.2, room=99))
    assert ask(board, Command.HELLO, {}, 0.3)[0] == Refusal.NONE


def test_a_restart_and_an_empty_battery_end_the_connection() -> None:
    faults = Esp32Faults(resets_at_s=10.0, dies_at_s=20.0)
    board = Esp32Board(lambda _: pytest.fail("no chip needed"), serial="0123456789AB", faults=faults)
    board.connected(9.0, payload=20)
    seen = []
    for now_s in (9.9, 10.1):
        board.notifications(now_s, room=1)
        seen.append((board.alive, board.hung_up))
    for now_s in (10.2, 10.6, 20.1):  # still restarting, back, empty
        board.connected(now_s, payload=20)
        seen.append((board.alive, board.hung_up))
    assert seen == [(True, False), (True, True), (True, True), (True, False), (False, True)]
