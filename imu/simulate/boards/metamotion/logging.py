"""The logging module (0b) of a virtual MetaMotion: who logs what, the flash, and its download."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from imu.simulate.boards.metamotion.clock import Clock
from imu.simulate.boards.metamotion.conditions import Faults, Habits
from imu.simulate.boards.metamotion.log import ChipFor, Log, Tap, logger
from imu.simulate.boards.metamotion.models import MAX_LOGGERS, SENSORS, Model, SensorName
from imu.simulate.boards.metamotion.readout import Position, Readout
from imu.simulate.boards.metamotion.streams import sensor_behind
from imu.simulate.boards.worn import ChipSettings

_MODULE = 0x0B
Responses = Sequence[bytes]


class Logging:
    """Loggers, flash and download. Loggers are lost at a restart, entries are not."""

    def __init__(
        self, model: Model, *, capacity: int, faults: Faults, habits: Habits, chip_for: ChipFor
    ) -> None:
        self._model, self._faults, self._habits, self._chip_for = model, faults, habits, chip_for
        self._answers_lost = 0
        self._loggers: dict[int, bytes] = {}  # what each was created with
        self._on = False
        self.log = Log(capacity, model.ram_page)
        self._take_up(Position())
        self._commands: Mapping[int, Callable[[bytes], Responses]] = {
            0x01: self._switch,
            0x02: self._create,
            0x03: self._remove,
            0x06: self._read_out,
            0x07: self._listen,
            0x08: self._tell_progress,
            0x09: self._clear,
            0x0A: self._remove_all,
            0x0B: self._set_overwrite,
            0x0D: self._announce_pages,
            0x0E: self._confirm,
            0x10: self._flush,
            0x82: self._describe,
            0x85: self._tell_length,
        }

    def command(self, register: int, body: bytes) -> Responses:
        """Nothing in answer to what is not known or not whole."""
        handle = self._commands.get(register)
        return handle(body) if handle else ()

    def record(self, clock: Clock, settings: Mapping[SensorName, ChipSettings], now_s: float) -> None:
        """Log from now on what the loggers say, of the sensors that sample."""
        wanted = self._taps(settings, now_s) if self._on else []
        logged = self.log.segments[-1].taps if self.log.running else []
        if [_source(tap) for tap in wanted] != [_source(tap) for tap in logged]:
            self.log.close()
            self.log.open(clock, wanted)

    def link_lost(self) -> None:
        self.readout.stop(self._habits)

    def power_lost(self) -> None:
        self.log.close()
        if self._model.ram_page:
            self.log.lose_ram()
        self._loggers.clear()
        self._on = False

    def state(self) -> dict[str, Any]:
        return {
            "log": asdict(self.log),
            "position": asdict(self.readout.position),
            "loggers": {str(number): trigger.hex() for number, trigger in self._loggers.items()},
            "on": self._on,
            "answers_lost": self._answers_lost,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.log = Log.restored(state["log"])
        self._take_up(Position(**state["position"]))
        self._loggers = {int(number): bytes.fromhex(hexed) for number, hexed in state["loggers"].items()}
        self._on = state["on"]
        self._answers_lost = state["answers_lost"]

    def _take_up(self, position: Position) -> None:
        unasked = self._model.pages_unasked
        self.readout = Readout(self.log, position, self._chip_for, pages_unasked=unasked)

    def _taps(self, settings: Mapping[SensorName, ChipSettings], now_s: float) -> list[Tap]:
        taps = []
        for name in SENSORS:
            loggers = [
                logger(number, trigger[3])
                for number, trigger in sorted(self._loggers.items())
                if sensor_behind(trigger, self._model) == name
            ]
            if loggers and name in settings:
                first = self._chip_for(settings[name]).taken(now_s)
                taps.append(Tap(name, settings[name], loggers, first, first))
        return taps

    def _switch(self, body: bytes) -> Responses:
        self._on = body[:1] == b"\x01"
        return ()

    def _create(self, body: bytes) -> Responses:
        free = next((number for number in range(MAX_LOGGERS) if number not in self._loggers), None)
        if len(body) != 4 or free is None:
            return ()  # assumed: no answer where there is no room
        self._loggers[free] = body
        if self._answers_lost < self._faults.lost_create_answers:
            self._answers_lost += 1
            return ()
        return (bytes([_MODULE, 0x02, free]),)

    def _remove(self, body: bytes) -> Responses:
        if body:
            self._loggers.pop(body[0], None)
        return ()

    def _remove_all(self, _body: bytes) -> Responses:
        self._loggers.clear()
        return ()

    def _describe(self, body: bytes) -> Responses:
        trigger = self._loggers.get(body[0]) if body else None
        if trigger is None:
            return (bytes([_MODULE, 0x82, 0xFF]),) if self._habits.empty_logger_answers else ()
        return (bytes([_MODULE, 0x82]) + trigger,)

    def _set_overwrite(self, body: bytes) -> Responses:
        self.log.overwrite = body[:1] == b"\x01"
        return ()

    def _clear(self, body: bytes) -> Responses:
        if len(body) == 4 and not self._on:
            self.log.clear(int.from_bytes(body, "little"))
            self.readout.begin(0, 0)
        return ()

    def _flush(self, _body: bytes) -> Responses:
        self.log.flushed = self.log.end
        return ()

    def _tell_length(self, _body: bytes) -> Responses:
        return (bytes([_MODULE, 0x85]) + self.readout.length.to_bytes(4, "little"),)

    def _read_out(self, body: bytes) -> Responses:
        if len(body) == 8:
            self.readout.begin(int.from_bytes(body[:4], "little"), int.from_bytes(body[4:], "little"))
        return ()

    def _listen(self, body: bytes) -> Responses:
        self.readout.listening = body[:1] == b"\x01"
        return ()

    def _tell_progress(self, body: bytes) -> Responses:
        self.readout.tells_progress = body[:1] == b"\x01"
        return ()

    def _announce_pages(self, body: bytes) -> Responses:
        self.readout.announces_pages = body[:1] == b"\x01"
        return ()

    def _confirm(self, _body: bytes) -> Responses:
        self.readout.confirm()
        return ()


def _source(tap: Tap) -> tuple[SensorName, ChipSettings, Sequence[Any]]:
    return tap.sensor, tap.settings, list(tap.loggers)
