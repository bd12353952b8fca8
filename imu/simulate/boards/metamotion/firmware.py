"""What runs on a virtual MetaMotion: commands in, answers out, samples on their way to air and flash."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from imu.simulate.boards.metamotion.battery import Battery
from imu.simulate.boards.metamotion.clock import Clock
from imu.simulate.boards.metamotion.conditions import Faults, Habits
from imu.simulate.boards.metamotion.log import ChipFor
from imu.simulate.boards.metamotion.logging import Logging
from imu.simulate.boards.metamotion.models import MAX_LOGGERS, SENSORS, Model, SensorName
from imu.simulate.boards.metamotion.program import Program
from imu.simulate.boards.metamotion.sensing import Registers, Sensing
from imu.simulate.boards.metamotion.streams import LONGEST_FRAME, Streams
from imu.simulate.boards.worn import ChipSettings

_READ = 0x80
_LED, _PROCESSORS, _LOGGING, _MACROS, _SETTINGS, _DEBUG = 0x02, 0x09, 0x0B, 0x0F, 0x11, 0xFE

Wish = Literal["restart", "hang up", "bootloader"]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens, and what the hardware around the firmware is like then."""

    now_s: float
    clock: Clock
    battery: Battery


class Firmware:
    """All modules of one board. What they are told takes effect at once (assumed)."""

    def __init__(
        self, model: Model, chip_for: ChipFor, *, log_entries: int, mac: str, faults: Faults, habits: Habits
    ) -> None:
        self._model, self._log_entries = model, log_entries
        self._mac = bytes.fromhex(mac.replace(":", ""))
        self._chip_for = chip_for
        self.logging = Logging(model, capacity=log_entries, faults=faults, habits=habits, chip_for=chip_for)
        self.program = Program()
        self._forget()

    def _forget(self) -> None:
        self.sensing = Sensing(self._model)
        self.sampled: dict[SensorName, ChipSettings] = {}  # the sensors that run, as they run
        self.streams = Streams(self._model)
        self.settings: dict[int, bytes] = {}  # as last written, by register
        self.led_patterns: dict[int, bytes] = {}  # by colour
        self.led_playing = False

    def run(self, now_s: float, clock: Clock, *, connected: bool) -> None:
        """Sample up to now."""
        self.logging.log.extend(now_s, self._chip_for)
        self._fill_streams(now_s, clock, connected=connected)

    def stop(self) -> None:
        """Power is gone, and with it (assumed) all but the flash and the macros."""
        self.logging.power_lost()
        self._forget()

    def start(self, moment: Moment) -> None:
        for command in self.program.at_start():
            self._obey(command, moment)
        self._take_effect(moment)

    def link_lost(self) -> None:
        self.logging.link_lost()
        self.streams.link_lost()
        self.program.collect()

    def command(self, frame: bytes, moment: Moment) -> tuple[Sequence[bytes], Wish | None]:
        """Obey one frame: its answers, and what the board around is to do."""
        if not 2 <= len(frame) <= LONGEST_FRAME:
            return (), None  # assumed
        if frame[0] == _DEBUG and not frame[1] & _READ:
            return (), self._debug(frame[1])
        if frame[0] == _MACROS and frame[1] == 0x05 and len(frame) > 2:
            # Their answers are lost, and they neither restart the board nor call each other (assumed).
            for command in self.program.commands(frame[2]):
                self._obey(command, moment)
            answers: Sequence[bytes] = ()
        else:
            answers = self._obey(frame, moment)
        self._take_effect(moment)
        return answers, None

    def _debug(self, register: int) -> Wish | None:
        if register == 0x05:
            pending = self.program.erasing
            return "restart" if pending or self._model.idle_reset else None
        wishes: dict[int, Wish] = {0x01: "restart", 0x02: "bootloader", 0x06: "hang up"}
        return wishes.get(register)

    def _obey(self, frame: bytes, moment: Moment) -> Sequence[bytes]:
        module, register, body = frame[0], frame[1], frame[2:]
        if register == _READ:
            return (self._about(module),)
        if module == _LOGGING:
            if register == 0x84:
                tick = moment.clock.tick(moment.now_s).to_bytes(4, "little")
                return (bytes([module, register]) + tick + bytes([moment.clock.reset_uid]),)
            return self.logging.command(register, body)
        if module == _PROCESSORS:
            return self.streams.command(register, body)
        if module == _MACROS:
            return self.program.command(register, body)
        if module == _SETTINGS:
            return self._set(register, body, moment)
        if module == _LED:
            self._light(register, body)
        for name in SENSORS:
            if module == self._model.sensor(name).module:
                return self._sense(name, register, body)
        return ()

    def _about(self, module: int) -> bytes:
        about = bytes([module, _READ])
        if module == _LOGGING:
            revision = 3 if self._model.ram_page else 2
            tail = bytes.fromhex(self._model.log_tail)
            return about + bytes([0, revision, MAX_LOGGERS]) + self._log_entries.to_bytes(4, "little") + tail
        return about + bytes.fromhex(self._model.modules.get(module, ""))

    def _sense(self, name: SensorName, register: int, body: bytes) -> Sequence[bytes]:
        module = self._model.sensor(name).module
        if register == 0x03 | _READ:
            return (bytes([module, register]) + bytes.fromhex(self.sensing.registers[name].config),)
        self.sensing.write(name, register, body)
        self.streams.subscribe(module, register, body)
        return ()

    def _set(self, register: int, body: bytes, moment: Moment) -> Sequence[bytes]:
        answer = bytes([_SETTINGS, register])
        if register == 0x0C | _READ:
            percent, millivolts = moment.battery.level(moment.now_s)
            return (answer + bytes([percent]) + millivolts.to_bytes(2, "little"),)
        if register == 0x0B | _READ:
            return (answer + b"\x00" + self._mac[::-1],)
        if not register & _READ:
            self.settings[register] = body
        return ()

    def _light(self, register: int, body: bytes) -> None:
        if register == 0x03 and body:
            self.led_patterns[body[0]] = body
        elif register == 0x01 and body:
            self.led_playing = bool(body[0])
        elif register == 0x02 and body:
            self.led_playing = False
            if body[0]:
                self.led_patterns.clear()

    def _take_effect(self, moment: Moment) -> None:
        """Start and stop what the registers now say."""
        settings = self.sensing.settings
        for name, wanted in settings.items():
            if self.sampled.get(name) != wanted:
                self.streams.begin(name, self._chip_for(wanted).taken(moment.now_s))
        self.sampled = settings
        self._fill_streams(moment.now_s, moment.clock, connected=False)  # a new processor counts from now
        self.logging.record(moment.clock, settings, moment.now_s)

    def _fill_streams(self, now_s: float, clock: Clock, *, connected: bool) -> None:
        chips = {name: self._chip_for(settings) for name, settings in self.sampled.items()}
        self.streams.fill(chips, clock, now_s, connected=connected)

    def state(self) -> dict[str, Any]:
        return {
            "sensing": {name: asdict(one) for name, one in self.sensing.registers.items()},
            "sampled": {name: asdict(settings) for name, settings in self.sampled.items()},
            "streams": self.streams.state(),
            "logging": self.logging.state(),
            "program": self.program.state(),
            "settings": {str(register): body.hex() for register, body in self.settings.items()},
            "led": {str(colour): body.hex() for colour, body in self.led_patterns.items()},
            "led_playing": self.led_playing,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        for name in SENSORS:
            self.sensing.registers[name] = Registers(**state["sensing"][name])
        sampled = state["sampled"]
        self.sampled = {name: ChipSettings(**sampled[name]) for name in SENSORS if name in sampled}
        self.streams.restore(state["streams"])
        self.logging.restore(state["logging"])
        self.program.restore(state["program"])
        self.settings = {int(register): bytes.fromhex(body) for register, body in state["settings"].items()}
        self.led_patterns = {int(colour): bytes.fromhex(body) for colour, body in state["led"].items()}
        self.led_playing = state["led_playing"]
