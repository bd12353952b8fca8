"""The virtual board around its firmware: characteristics, link, battery, restarts, and true time."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Literal

from imu.simulate.boards.board import Characteristic, Service
from imu.simulate.boards.metamotion.battery import Battery
from imu.simulate.boards.metamotion.clock import Clock
from imu.simulate.boards.metamotion.conditions import Faults, Habits
from imu.simulate.boards.metamotion.firmware import Firmware, Moment, Wish
from imu.simulate.boards.metamotion.models import Model, SensorName
from imu.simulate.boards.metamotion.readout import ENTRIES
from imu.simulate.boards.worn import ChipSettings, Wearer

COMMAND = "326a9001-85cb-9195-d9dd-464cfbbae75a"
NOTIFY = "326a9006-85cb-9195-d9dd-464cfbbae75a"

_SERVICE = Service(
    "326a9000-85cb-9195-d9dd-464cfbbae75a",
    (
        Characteristic(COMMAND, ("write", "write-without-response")),
        Characteristic(NOTIFY, ("notify",)),
    ),
    advertised=True,
)
_BOOTLOADER = Service("00001530-1212-efde-1523-785feabcd123", (), advertised=True)
_BOOTLOADER_S = 120.0  # assumed: then the board starts again by itself

_ANSWERS_HELD = 64  # assumed: more unfetched answers than that are lost
_NAME = 0x01  # register of the settings

Mode = Literal["running", "bootloader", "empty"]
Logged = tuple[SensorName, ChipSettings, int, int]  # whose samples, how set, from which to which


class MetaMotion:
    """A MetaMotion R, RL or S on the simulated runner; see `imu.simulate.boards.board.Board`.

    It samples by true time whether somebody is connected or not. `state()` and the arguments given here are
    all that is needed to go on in another process.
    """

    def __init__(
        self,
        model: Model,
        wearer: Wearer,
        placement: str,
        *,
        serial: str = "05A1B2",
        mac: str = "C4:12:34:56:78:9A",
        battery_percent: float = 100.0,
        battery_lasts_h: float = 24.0,
        log_entries: int | None = None,
        skew_ppm: float | None = None,
        faults: Faults = Faults(),
        habits: Habits = Habits(),
    ) -> None:
        """log_entries instead of the model's; skew_ppm of the device clock instead of the one drawn."""
        self.model, self.faults, self.habits = model, faults, habits
        self._serial = serial
        self.hand = wearer.hand(placement)
        self._now_s = 0.0
        self._mode: Mode = "running"
        self._mode_since_s = 0.0
        self._connected = self._hung_up = False
        self._resets = 0  # of faults.reset_at_s that are past
        self._packets = 0  # of samples that went out
        self._stall_over = False
        self._battery = Battery(battery_percent, 0.0, battery_lasts_h)
        skew = wearer.skew_ppm(placement) if skew_ppm is None else skew_ppm
        self._clock = Clock(0.0, faults.first_tick, 0, skew)
        self._answers: deque[bytes] = deque()
        self._firmware = Firmware(
            model,
            partial(wearer.chip, placement),
            log_entries=model.log_entries if log_entries is None else log_entries,
            mac=mac,
            faults=faults,
            habits=habits,
        )

    @property
    def name(self) -> str:
        if self._mode == "bootloader":
            return "MetaBoot"
        return self._firmware.settings.get(_NAME, b"MetaWear").decode("ascii", "ignore")[:8]

    @property
    def services(self) -> Sequence[Service]:
        information = Service("180a", tuple(Characteristic(uuid, ("read",)) for uuid in self._information()))
        return (_BOOTLOADER if self._mode == "bootloader" else _SERVICE, information)

    @property
    def alive(self) -> bool:
        return self._mode != "empty"

    @property
    def hung_up(self) -> bool:
        return self._hung_up

    def connected(self, now_s: float, *, payload: int) -> None:
        del payload  # a frame has 20 bytes at most, which every link carries
        self._advance(now_s)
        self._connected, self._hung_up = self.alive, not self.alive

    def disconnected(self, now_s: float) -> None:
        self._advance(now_s)
        self._link_lost()

    def read(self, characteristic: str, now_s: float) -> bytes:
        self._advance(now_s)
        return self._information()[characteristic].encode()

    def write(self, characteristic: str, data: bytes, now_s: float) -> None:
        self._advance(now_s)
        if not self._connected or characteristic != COMMAND or self._mode != "running":
            return
        answers, wish = self._firmware.command(data, self._moment)
        self._answers.extend(answers[: _ANSWERS_HELD - len(self._answers)])
        if wish:
            self._grant(wish)

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        self._advance(now_s)
        packets = [self._answers.popleft() for _ in range(min(room, len(self._answers)))]
        packets += [self._sent(packet) for packet in self._firmware.streams.take(room - len(packets))]
        readout = self._firmware.logging.readout
        while len(packets) < room and not self._stalled and (packet := readout.packet()):
            packets.append(self._sent(packet) if packet.startswith(ENTRIES) else packet)
        return [(NOTIFY, packet) for packet in packets]

    def recharge(self, now_s: float) -> None:
        """Full again, and started if it was empty."""
        self._advance(now_s)
        self._battery = replace(self._battery, percent=100.0, at_s=now_s)
        if not self.alive:
            self._start(now_s)

    @property
    def overflowed(self) -> int:
        """Packets of samples that found the buffer full, since the last restart."""
        return self._firmware.streams.overflowed

    @property
    def logged(self) -> Sequence[Logged]:
        """What was logged up to the last call, whole; the flash may have kept less (see `log_entries`)."""
        segments = self._firmware.logging.log.segments
        return [(tap.sensor, tap.settings, tap.first, tap.last) for one in segments for tap in one.taps]

    @property
    def settings(self) -> Mapping[int, bytes]:
        """Of the settings module, as last written, by register: 03 TX power, 09 connection parameters."""
        return self._firmware.settings

    @property
    def led(self) -> Mapping[int, bytes]:
        """The patterns that play, by colour, as written; a number of repeats does not end them."""
        return self._firmware.led_patterns if self._firmware.led_playing else {}

    def state(self) -> Mapping[str, Any]:
        return {
            "model": self.model.name,
            "serial": self._serial,
            "now_s": self._now_s,
            "mode": self._mode,
            "mode_since_s": self._mode_since_s,
            "resets": self._resets,
            "packets": self._packets,
            "stall_over": self._stall_over,
            "battery": asdict(self._battery),
            "clock": asdict(self._clock),
            "firmware": self._firmware.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on as the same board, not connected. Raises ValueError for the state of another."""
        if (state["model"], state["serial"]) != (self.model.name, self._serial):
            raise ValueError(
                f"{self.model.name} {self._serial}: state is of {state['model']} {state['serial']}"
            )
        self._now_s = state["now_s"]
        self._mode, self._mode_since_s = state["mode"], state["mode_since_s"]
        self._resets, self._packets = state["resets"], state["packets"]
        self._stall_over = state["stall_over"]
        self._battery, self._clock = Battery(**state["battery"]), Clock(**state["clock"])
        self._firmware.restore(state["firmware"])
        self._link_lost()

    def _information(self) -> Mapping[str, str]:
        return {
            "2a24": self.model.model_number,
            "2a25": self._serial,
            "2a26": self.model.firmware,
            "2a27": self.model.hardware,
            "2a29": "MbientLab Inc",
        }

    @property
    def _moment(self) -> Moment:
        return Moment(self._now_s, self._clock, self._battery)

    @property
    def _stalled(self) -> bool:
        after = self.faults.stall_after_pages
        pages = self._firmware.logging.readout.position.pages
        return after is not None and pages >= after and not self._stall_over

    def _sent(self, packet: bytes) -> bytes:
        self._packets += 1
        return packet[:-1] if self._packets - 1 in self.faults.cut_packets else packet

    def _advance(self, now_s: float) -> None:
        """Everything that happens up to now, in its order."""
        now_s = max(now_s, self._now_s)
        while (event := min(self._events(), key=lambda event: event[0], default=None)) and event[0] <= now_s:
            at_s, happen = max(event[0], self._now_s), event[1]
            self._run(at_s)
            happen(at_s)
        self._run(now_s)

    def _events(self) -> list[tuple[float, Callable[[float], None]]]:
        events: list[tuple[float, Callable[[float], None]]] = []
        if self._resets < len(self.faults.reset_at_s):
            events.append((self.faults.reset_at_s[self._resets], self._reset))
        if self._mode == "bootloader":
            events.append((self._mode_since_s + _BOOTLOADER_S, self._start))
        fault_s = self.faults.battery_empty_at_s
        if self.alive:
            events.append((self._battery.empty_s, self._die))
            if fault_s is not None and fault_s > self._battery.at_s:
                events.append((fault_s, self._die))
        return events

    def _run(self, now_s: float) -> None:
        self._now_s = now_s
        if self._mode == "running":
            self._firmware.run(now_s, self._clock, connected=self._connected)

    def _grant(self, wish: Wish) -> None:
        if wish == "restart":
            self._start(self._now_s)
        elif wish == "bootloader":
            self._stop("bootloader", self._now_s)
        else:
            self._hang_up()

    def _reset(self, at_s: float) -> None:
        self._resets += 1
        if self.alive:
            self._start(at_s)

    def _die(self, at_s: float) -> None:
        self._stop("empty", at_s)

    def _stop(self, mode: Mode, at_s: float) -> None:
        self._hang_up()
        self._firmware.stop()
        self._mode, self._mode_since_s = mode, at_s

    def _start(self, at_s: float) -> None:
        self._stop("running", at_s)
        if self.habits.reset_changes_uid:
            uid = (self._clock.reset_uid + 1) % 8  # assumed: the three bits of an entry
            self._clock = replace(self._clock, reset_uid=uid)
        if self.habits.reset_restarts_clock:
            self._clock = replace(self._clock, boot_s=at_s, first_tick=0)
        self._firmware.start(self._moment)

    def _hang_up(self) -> None:
        self._hung_up = self._hung_up or self._connected
        self._link_lost()

    def _link_lost(self) -> None:
        self._connected = False
        self._answers.clear()
        self._stall_over = self._stall_over or self._stalled
        self._firmware.link_lost()
