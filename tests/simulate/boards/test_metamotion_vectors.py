"""A virtual MetaMotion says what real clients were seen to understand."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.simulate.boards.hand import Hand
from imu.simulate.boards.metamotion import MMR, MMRL, MMS, Faults, MetaMotion, Model
from imu.simulate.boards.worn import Chip, ChipSettings, Wearer
from tests.simulate.boards.host import LOGGERS, Host

MODELS: dict[str, Model] = {"MMR": MMR, "MMRL": MMRL, "MMS": MMS}
Vector = dict[str, Any]
TICK_S = 48 / 32768
FIVE_RESETS = Faults(reset_at_s=(0.1, 0.2, 0.3, 0.4, 0.5))


def of(vectors: list[Vector], prefix: str) -> Iterator[tuple[Vector, Model]]:
    chosen = [vector for vector in vectors if vector["case"].startswith(prefix)]
    assert chosen
    for vector in chosen:
        yield vector, MODELS[vector["board"]]


class PlayedChip(Chip):
    """A chip that measures what a vector says, a sample at each of these moments."""

    def __init__(
        self, settings: ChipSettings, counts: NDArray[np.int16], times_s: NDArray[np.float64]
    ) -> None:
        self.settings = settings
        self._counts, self._times_s = counts, times_s

    def taken(self, now_s: float) -> int:
        return int(np.searchsorted(self._times_s, now_s, side="right"))

    def time_s(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        times_s: NDArray[np.float64] = self._times_s[index]
        return times_s

    def counts(self, first: int, last: int) -> NDArray[np.int16]:
        return self._counts[first:last]


class PlayingWearer(Wearer):
    """Somebody whose sensors measure the same numbers in acceleration and rate."""

    def __init__(self, xyz: list[list[int]], times_s: list[float]) -> None:
        self._played = np.tile(np.array(xyz, np.int16), 2), np.array(times_s)

    def chip(self, _placement: str, settings: ChipSettings) -> Chip:
        return PlayedChip(settings, *self._played)

    def hand(self, _placement: str) -> Hand:
        return Hand()


@pytest.mark.parametrize("sensor", ["acc", "gyro"])
@pytest.mark.parametrize("how", ["single", "packed"])
def test_streams_are_byte_for_byte(vectors: list[Vector], sensor: str, how: str) -> None:
    for vector, model in of(vectors, f"{sensor}.stream.{how}"):
        xyz = vector["inputs"]["raw_xyz"]
        played = PlayingWearer(xyz, [0.1 * (1 + i) for i in range(len(xyz))])
        host = Host(MetaMotion(model, played, "pelvis", skew_ppm=0.0))
        host.send("03 02 01 00 | 13 02 01 00 | 03 01 01 | 13 01 01 | " + vector["commands"][0])
        assert host.wait(1.0) == vector["responses"]
        host.send(vector["note"].removeprefix("unsubscribe: "))
        assert host.wait(1.0) == []


def test_entries_of_a_log_are_byte_for_byte(vectors: list[Vector]) -> None:
    ((vector, model),) = of(vectors, "log.download")
    # The first pair of the recorded download: acceleration of (1, -2, 0.5) g at tick 1000 after five resets.
    played = PlayingWearer([[2048, -4096, 1024]], [FIVE_RESETS.reset_at_s[-1] + 1000.5 * TICK_S])
    host = Host(MetaMotion(model, played, "pelvis", skew_ppm=0.0, faults=FIVE_RESETS), now_s=1.0)
    host.send(f"{LOGGERS[model.name]} | 0b 01 01 | 03 02 01 00 | 03 01 01")
    host.wait(2.0)
    host.send("03 01 00 | 0b 01 00 | 0b 10 01")
    assert host.send("0b 85") == ["0b 85 02 00 00 00"]
    host.ask(entries=2)
    assert host.take() == [vector["responses"][1], "0b 0d"]
    assert host.send("0b 0e") == ["0b 08 00 00 00 00"]


@pytest.mark.parametrize(("case", "name"), [("acc.write_config", "acc"), ("gyro.write_config", "gyr")])
def test_configurations_are_understood(vectors: list[Vector], wearer: Wearer, case: str, name: str) -> None:
    for vector, model in of(vectors, case):
        host = Host(MetaMotion(model, wearer, "pelvis"))
        module = "03" if name == "acc" else "13"
        logger = f"0b 02 {module} {model.sensor('acc' if name == 'acc' else 'gyr').data:02x} ff 60"
        host.send(f"{vector['commands'][0]} | {logger} | 0b 01 01 | {module} 02 01 00 | {module} 01 01")
        host.wait(0.2, every_s=0.2)
        ((_, settings, _, _),) = host.board.logged
        asked = vector["inputs"]
        assert settings.rate_hz == asked["odr_hz"]
        if name == "acc":
            assert settings.acc_lsb_per_g * asked["range_g"] == 32768
        else:
            assert settings.gyr_lsb_per_dps * asked["range_dps"] == pytest.approx(32800)


def test_modules_describe_themselves(vectors: list[Vector], wearer: Wearer) -> None:
    ((vector, model),) = of(vectors, "init.module_discovery")
    host = Host(MetaMotion(model, wearer, "pelvis", log_entries=0x2B80))
    for about in vector["responses"]:
        assert host.send(about[:5]) == [about]
    assert host.send("0b 84")[0].startswith("0b 84")
    for vector, model in of(vectors, "module.lookup"):
        host = Host(MetaMotion(model, wearer, "pelvis"))
        (answer,) = host.send(f"{vector['inputs']['module']:02x} 80")
        assert vector["decoded"]["implementation"] == (
            int(answer.split()[2], 16) if len(answer.split()) > 2 else vector["decoded"]["implementation"]
        )


def test_the_clock_is_told_as_recorded(vectors: list[Vector], wearer: Wearer) -> None:
    for vector, model in of(vectors, "log.time_read"):
        board = MetaMotion(model, wearer, "pelvis", skew_ppm=0.0, faults=FIVE_RESETS)
        host = Host(board, now_s=FIVE_RESETS.reset_at_s[-1] + 1045.5 * TICK_S)
        assert host.send(vector["commands"][0]) == vector["responses"]


def test_loggers_processors_and_macros_are_numbered_as_recorded(
    vectors: list[Vector], wearer: Wearer
) -> None:
    for vector, model in of(vectors, "log.create"):
        host = Host(MetaMotion(model, wearer, "pelvis"))
        host.send(LOGGERS[model.name])
        assert host.send(" | ".join(vector["commands"])) == vector["responses"]
    for vector, model in of(vectors, "macro.record"):
        answers = Host(MetaMotion(model, wearer, "pelvis")).send(" | ".join(vector["commands"]))
        assert answers == vector["responses"]


def test_processors_send_packets_of_the_recorded_shape(vectors: list[Vector]) -> None:
    for vector, model in of(vectors, "processor."):
        number = int(vector["responses"][0].split()[-1])
        # Two samples as in the vectors, with the ticks of the timed one.
        played = PlayingWearer([[2048, -4096, 1024], [0, 0, 2048]], [1000.5 * TICK_S, 1007.5 * TICK_S])
        host = Host(MetaMotion(model, played, "pelvis", skew_ppm=0.0))
        host.send(" | ".join(["09 02 03 04 ff a0 10 05 01"] * number))  # those before it
        assert host.send(vector["commands"][0]) == [vector["responses"][0]]
        host.send(" | ".join(vector["commands"][1:]) + " | 03 02 01 00 | 03 01 01")
        packets = host.wait(2.0)
        if vector["case"].startswith("processor.accounter_count"):
            recorded = bytearray.fromhex(vector["responses"][1])
            recorded[3] = 0
            assert packets[0] == recorded.hex(" ")
        else:
            assert packets == vector["responses"][1:]


def test_the_battery_is_told_as_recorded(vectors: list[Vector], wearer: Wearer) -> None:
    for vector, model in of(vectors, "settings.battery"):
        host = Host(MetaMotion(model, wearer, "pelvis", battery_percent=98.5))
        assert host.send(vector["commands"][0]) == vector["responses"]


def test_settings_and_lights_are_taken(vectors: list[Vector], wearer: Wearer) -> None:
    for vector, model in of(vectors, "settings.device_name"):
        host = Host(MetaMotion(model, wearer, "pelvis"))
        host.send(vector["commands"][0])
        assert host.board.name == vector["inputs"]["name"]
    for vector, model in [*of(vectors, "settings.tx_power"), *of(vectors, "settings.connection")]:
        host = Host(MetaMotion(model, wearer, "pelvis"))
        command = bytes.fromhex(vector["commands"][0])
        host.send(command.hex())
        assert host.board.settings == {command[1]: command[2:]}
    for vector, model in of(vectors, "led.write_pattern"):
        host = Host(MetaMotion(model, wearer, "pelvis"))
        host.send(vector["commands"][0])
        assert host.board.led == {}
        host.send("02 01 01")
        pattern = bytes.fromhex(vector["commands"][0])[2:]
        assert host.board.led == {pattern[0]: pattern}
        host.send("02 02 01 | 02 01 01")
        assert host.board.led == {}


def test_every_recorded_command_is_taken(vectors: list[Vector], wearer: Wearer) -> None:
    for vector, model in of(vectors, ""):
        host = Host(MetaMotion(model, wearer, "pelvis"))
        if vector["commands"]:
            host.send(" | ".join(vector["commands"]))
        ends = vector["case"] in ("debug.reset", "debug.disconnect", "debug.jump_to_bootloader")
        if vector["case"] != "debug.reset_after_gc":
            assert host.board.hung_up == ends, vector["case"]
