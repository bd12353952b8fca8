"""A virtual ESP32 sensor that runs the firmware's own core, on the chip that a runner wears."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imu.devices.esp32 import gatt
from imu.devices.esp32.frames import SECTOR_BYTES
from imu.devices.esp32.log_bytes import CHUNK_HEAD_BYTES
from imu.devices.esp32.setting import Setting
from imu.simulate.air.kinds import MakeBoard
from imu.simulate.boards.board import Service
from imu.simulate.boards.esp32 import SERVICES, chip_worn_by
from imu.simulate.boards.esp32_flash import Boot, Chip, frame_samples
from imu.simulate.boards.worn import Wearer
from imu.simulate.simulation import SimulationConfig
from tests.firmware.built import ffi, opened

_CHANNELS = (gatt.CONTROL, gatt.DATA, gatt.SYNC, gatt.LOG)  # as enum rs_channel counts them
_STEP_S = 0.25  # the longest that a sensor which measures sleeps; its chip's FIFO lasts for longer
_KEPT_SECTORS = 2
_NOTIFICATION = 512
_NO_LOG, _LOG_RUNS = 0, 2


@dataclass(slots=True)
class _Run:
    """Samples [first, last) that the chip gave since it was started."""

    first: int
    last: int


class CoreBoard:
    """Satisfies `Board`. Times are true seconds; the core sees its own clock only."""

    def __init__(
        self,
        worn: Callable[[Setting], Chip],
        *,
        library: Path,
        serial: str,
        skew_ppm: float = 0.0,
        capacity: int = 8 * 1024 * 1024,
    ) -> None:
        self._core = opened(library)
        self._worn = worn
        self._serial = serial
        self._skew_ppm = skew_ppm
        self._flash = bytearray(b"\xff" * (capacity + _KEPT_SECTORS * SECTOR_BYTES))
        self._log: list[_Run] = []  # what lies in flash, as the chip numbers it
        self._log_setting = 0
        self._runs_log = False
        self._sent = 0  # bytes of logs, as often as they were asked for
        self._switch_on(0.0)

    @property
    def name(self) -> str:
        return f"RS-{self._serial[-4:]}"

    @property
    def services(self) -> Sequence[Service]:
        return SERVICES

    @property
    def alive(self) -> bool:
        return True

    @property
    def hung_up(self) -> bool:
        return False

    @property
    def flash(self) -> bytes:
        """All of the partition."""
        return bytes(self._flash)

    def connected(self, now_s: float, *, payload: int) -> None:
        self._advance(now_s)
        self._core.core_board_connected(self._board, payload)

    def disconnected(self, now_s: float) -> None:
        self._advance(now_s)
        self._core.core_board_disconnected(self._board)

    def read(self, characteristic: str, now_s: float) -> bytes:
        self._advance(now_s)
        if characteristic == gatt.BATTERY_LEVEL:
            return bytes([100])
        return {
            gatt.MODEL: "Restride ESP32 (firmware core)",
            gatt.SERIAL: self._serial,
            gatt.FIRMWARE: "1.0.0",
            gatt.HARDWARE: "virtual",
            gatt.MANUFACTURER: "Restride",
        }[characteristic].encode()

    def write(self, characteristic: str, data: bytes, now_s: float) -> None:
        """The core is woken at once, as by the radio's interrupt."""
        self._advance(now_s)
        self._core.core_board_write(self._board, _CHANNELS.index(characteristic), data, len(data))
        self._poll(now_s)

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        self._advance(now_s)
        sent: list[tuple[str, bytes]] = []
        while len(sent) < room:
            self._poll(now_s, room=room - len(sent))
            more = list(self._taken_out())
            if not more:
                break
            sent += more
        self._sent += sum(len(value) - CHUNK_HEAD_BYTES for channel, value in sent if channel == gatt.LOG)
        return sent

    def cut_power(self, now_s: float) -> None:
        """It loses all but its flash, and starts again."""
        self._advance(now_s)
        self._switch_on(now_s)

    def state(self) -> Mapping[str, Any]:
        return {
            "flash": b64encode(zlib.compress(self._flash, 1)).decode(),
            "now_s": self._now_s,
            "sent": self._sent,
            "log": {"setting_code": self._log_setting, "stretches": [asdict(run) for run in self._log]},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """As after a power cut when the state was taken."""
        self._flash = bytearray(zlib.decompress(b64decode(state["flash"])))
        self._sent = state["sent"]
        self._log_setting = state["log"]["setting_code"]
        self._log = [_Run(**run) for run in state["log"]["stretches"]]
        self._switch_on(state["now_s"])

    def _switch_on(self, now_s: float) -> None:
        if self._log and self._runs_log:
            run = self._log[-1]  # the frame that was filling is lost
            size = frame_samples(Setting.of_code(self._log_setting))
            run.last = run.first + (run.last - run.first) // size * size
        self._now_s = now_s
        self._boot = Boot(1, now_s, self._skew_ppm)
        self._started = 0
        self._chip: Chip | None = None
        self._run = _Run(0, 0)
        self._runs_log = False
        sectors = len(self._flash) // SECTOR_BYTES
        made = self._core.core_board_make(ffi.from_buffer("uint8_t[]", self._flash), sectors, 0)
        self._board = ffi.gc(made, self._core.core_board_free)
        self._notice()

    def _advance(self, now_s: float) -> None:
        while self._now_s + _STEP_S < now_s:
            self._poll(self._now_s + _STEP_S)
        self._poll(now_s)

    def _poll(self, now_s: float, *, room: int = 0) -> None:
        if self._chip is not None:
            self._measure(self._chip, now_s)
        self._now_s = now_s
        self._core.core_board_poll(self._board, self._boot.us(now_s), room)
        self._notice()

    def _measure(self, chip: Chip, now_s: float) -> None:
        first, last = self._run.last, chip.taken(now_s)
        if last > first:
            counts = np.ascontiguousarray(chip.counts(first, last), np.int16)
            times = [self._boot.us(float(time_s)) for time_s in chip.time_s(np.arange(first, last))]
            taken = self._core.core_board_measured(
                self._board, ffi.from_buffer("int16_t[]", counts), times, last - first
            )
            assert taken, "the chip's FIFO overflowed: it is to be read at every step"
            self._run.last = last

    def _notice(self) -> None:
        """What the core did with chip and log."""
        code = self._core.core_board_setting(self._board)
        starts = self._core.core_board_starts(self._board)
        if starts != self._started:
            self._started = starts
            self._chip = self._worn(Setting.of_code(code))
            first = self._chip.taken(self._now_s)
            self._run = _Run(first, first)
        if code < 0:
            self._chip = None
        log = self._core.core_board_log(self._board)
        if log == _LOG_RUNS and not self._runs_log:
            self._log_setting = code
            self._log.append(self._run)
        if log == _NO_LOG:
            self._log = []
        self._runs_log = log == _LOG_RUNS

    def _taken_out(self) -> Iterator[tuple[str, bytes]]:
        channel, value = ffi.new("uint8_t *"), ffi.new("uint8_t[]", _NOTIFICATION)
        while size := self._core.core_board_sent(self._board, channel, value):
            yield _CHANNELS[channel[0]], bytes(ffi.buffer(value, size))


def core_maker(kind: str) -> MakeBoard:
    """In the place of imu.simulate.air.kinds.maker: these are the sensors of kind esp32."""
    assert kind == "esp32"
    wearers: dict[str, Wearer] = {}

    def make(name: str, options: Mapping[str, Any], runner: Mapping[str, Any]) -> CoreBoard:
        plan = dict(runner)
        begins_s = float(plan.pop("begins_s"))
        wearer = wearers.setdefault(repr(runner), Wearer(SimulationConfig(**plan), begins_s=begins_s))
        own = {"skew_ppm": wearer.skew_ppm(name), **options}
        return CoreBoard(chip_worn_by(wearer, name), **{**own, "library": Path(own["library"])})

    return make
