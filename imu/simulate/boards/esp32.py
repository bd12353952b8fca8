"""A virtual ESP32 sensor: behaves as docs/esp32-protocol.md says, on the chip that a runner wears."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from typing import Any

from imu.devices.esp32 import gatt
from imu.devices.esp32.control import PROTOCOL, Command, Field, Fields, Refusal, State, Value
from imu.devices.esp32.firmware import Request, decode_request, encode_answer
from imu.devices.esp32.log_bytes import decode_allowance
from imu.devices.esp32.setting import Setting
from imu.devices.esp32.sync import decode_sync_request
from imu.errors import ProtocolError
from imu.simulate.boards.board import Characteristic, Service
from imu.simulate.boards.esp32_connection import Connection, Read
from imu.simulate.boards.esp32_flash import Boot, Chip
from imu.simulate.boards.esp32_log import Esp32Log
from imu.simulate.boards.esp32_log_requests import LOG_COMMANDS, existing, of_log
from imu.simulate.boards.esp32_memory import Esp32Faults, Memory
from imu.simulate.boards.esp32_requests import (
    RefusedError,
    check_fields,
    nearest,
    number,
    scales,
    told,
)
from imu.simulate.boards.esp32_stream import Stream
from imu.simulate.boards.hand import Hand
from imu.simulate.boards.worn import ChipSettings, Wearer

_FULL_S = 8 * 3600.0  # a battery lasts
_RESTART_S = 0.5
_LONGEST_BLINK_S = 60
_NOTHING: Fields = {}

SERVICES = (
    Service(
        gatt.SERVICE,
        (
            Characteristic(gatt.CONTROL, ("write", "notify")),
            Characteristic(gatt.DATA, ("notify",)),
            Characteristic(gatt.SYNC, ("write-without-response", "notify")),
            Characteristic(gatt.LOG, ("write-without-response", "notify")),
        ),
        advertised=True,
    ),
    Service(
        gatt.DEVICE_INFORMATION,
        tuple(
            Characteristic(uuid, ("read",))
            for uuid in (gatt.MODEL, gatt.SERIAL, gatt.FIRMWARE, gatt.HARDWARE, gatt.MANUFACTURER)
        ),
    ),
    Service(gatt.BATTERY_SERVICE, (Characteristic(gatt.BATTERY_LEVEL, ("read",)),)),
)


class Esp32Board:
    """Satisfies `Board`. Times are true seconds; the clock it shows is its own."""

    def __init__(
        self,
        worn: Callable[[Setting], Chip],
        *,
        serial: str,
        skew_ppm: float = 0.0,
        capacity: int = 8 * 1024 * 1024,
        faults: Esp32Faults = Esp32Faults(),
        hand: Hand | None = None,
    ) -> None:
        self._worn = worn
        self.hand = hand or Hand()
        self._chips: dict[Setting, Chip] = {}
        self._serial = serial
        self._skew_ppm = skew_ppm
        self._faults = faults
        self._memory = Memory(Boot(1, 0.0, skew_ppm, faults.clock_from_us))
        self._log = Esp32Log(self._chip, capacity=capacity, spoilt_sector=faults.spoilt_sector)
        self._connection: Connection | None = None
        self._hung_up = False
        self._now_s = 0.0
        self.blinking_until_s = 0.0

    @property
    def name(self) -> str:
        return f"RS-{self._serial[-4:]}"

    @property
    def services(self) -> Sequence[Service]:
        return SERVICES

    @property
    def alive(self) -> bool:
        return "died" not in self._memory.happened or "recharged" in self._memory.happened

    @property
    def hung_up(self) -> bool:
        return self._hung_up

    def recharge(self, now_s: float) -> None:
        """Switched on again, if it was empty; its battery does not die a second time."""
        self._advance(now_s)
        if not self.alive:
            self._memory.happened.append("recharged")
            boot_id = self._memory.boot.boot_id + 1
            self._memory.boot = Boot(boot_id, now_s + _RESTART_S, self._skew_ppm)

    def connected(self, now_s: float, *, payload: int) -> None:
        """Nobody gets through while it restarts."""
        self._advance(now_s)
        self._hung_up = not self.alive or now_s < self._memory.boot.at_s
        self._connection = None if self._hung_up else Connection(payload)

    def disconnected(self, now_s: float) -> None:
        """A stream ends with its connection, a log goes on."""
        self._advance(now_s)
        self._connection = None

    def read(self, characteristic: str, now_s: float) -> bytes:
        self._advance(now_s)
        if characteristic == gatt.BATTERY_LEVEL:
            return bytes([self._percent()])
        return {
            gatt.MODEL: "Restride ESP32 (virtual)",
            gatt.SERIAL: self._serial,
            gatt.FIRMWARE: "1.0.0",
            gatt.HARDWARE: "virtual",
            gatt.MANUFACTURER: "Restride",
        }[characteristic].encode()

    def write(self, characteristic: str, data: bytes, now_s: float) -> None:
        self._advance(now_s)
        connection = self._connection
        if connection is None:
            return
        with suppress(ProtocolError):  # without an id there is nobody to answer
            if characteristic == gatt.SYNC:
                connection.tokens.append((decode_sync_request(data), self._memory.boot.us(now_s)))
            elif characteristic == gatt.CONTROL:
                self._answer(data, connection)
            elif connection.read is not None:
                connection.read.allowed = max(connection.read.allowed, decode_allowance(data))

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        self._advance(now_s)
        if self._connection is None:
            return []
        due = self._connection.due(now_s, self._log, memory=self._memory, faults=self._faults)
        return list(islice(due, room))

    def state(self) -> Mapping[str, Any]:
        return {**asdict(self._memory), "log": self._log.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._memory = Memory(
            boot=Boot(**state["boot"]),
            acc_calibration=tuple(state["acc_calibration"]),
            gyr_calibration=tuple(state["gyr_calibration"]),
            happened=list(state["happened"]),
            sent=state["sent"],
        )
        self._log.restore(state["log"])
        self._connection = None

    def _advance(self, now_s: float) -> None:
        """Let happen what was due until now."""
        resets_s, dies_s = self._faults.resets_at_s, self._faults.dies_at_s
        if resets_s is not None and now_s >= resets_s and self._memory.once("reset"):
            self._restart(resets_s)
        if dies_s is not None and now_s >= dies_s and self._memory.once("died"):
            self._power_lost(dies_s)
        self._now_s = now_s
        self._log.advance(now_s)
        if self._connection is not None and self._connection.stream is not None:
            self._connection.stream.advance(now_s)

    def _power_lost(self, at_s: float) -> None:
        self._hung_up |= self._connection is not None
        self._connection = None
        self._log.advance(at_s)
        self._log.power_lost(at_s)

    def _restart(self, at_s: float) -> None:
        """After a brown-out: a new clock, and a log that was running goes on."""
        was_logging = self._log.running
        self._power_lost(at_s)
        self._memory.boot = Boot(self._memory.boot.boot_id + 1, at_s + _RESTART_S, self._skew_ppm)
        if was_logging:
            self._log.go_on(self._memory.boot)

    def _chip(self, setting: Setting) -> Chip:
        if setting not in self._chips:
            self._chips[setting] = self._worn(setting)
        return self._chips[setting]

    def _percent(self) -> int:
        lasts_s = _FULL_S if self._faults.dies_at_s is None else self._faults.dies_at_s
        return round(100 * max(1 - self._now_s / lasts_s, 0.0))

    def _answer(self, data: bytes, connection: Connection) -> None:
        try:
            request = decode_request(data)
        except ProtocolError:
            if len(data) < 2:
                raise
            request, fields, refusal = Request(data[0], data[1] & 0x3F, {}), _NOTHING, Refusal.BAD_FIELD
        else:
            fields, refusal = self._done(request, connection)
        answer = encode_answer(
            request.request_id, request.command & 0x3F, fields, refusal=refusal, payload=connection.payload
        )
        if request.command == Command.STOP and connection.stream is not None:
            connection.farewell = answer
        else:
            connection.answers.extend(answer)

    def _done(self, request: Request, connection: Connection) -> tuple[Fields, Refusal]:
        fields = request.fields
        try:
            check_fields(request.command, fields)
            command = Command(request.command)
            if command == Command.LOG_READ:
                self._must_be(State.IDLE)
                offset, length = existing(fields, self._log)
                allowed = number(fields, Field.ALLOWED)
                connection.read = Read(request.request_id, offset, offset + length, allowed)
                return {}, Refusal.NONE
            if command in LOG_COMMANDS:
                answer = of_log(command, fields, self._log, boot=self._memory.boot, state=self._state)
                if command == Command.LOG_ERASE:
                    connection.read = None
                return answer, Refusal.NONE
            return self._of_sensor(command, fields, connection), Refusal.NONE
        except RefusedError as refused:
            return {}, refused.refusal

    @property
    def _state(self) -> State:
        if self._log.running:
            return State.LOGGING
        streaming = self._connection is not None and self._connection.stream is not None
        return State.STREAMING if streaming else State.IDLE

    def _clock(self) -> dict[Field, Value]:
        boot = self._memory.boot
        return {Field.BOOT_ID: boot.boot_id, Field.TIME_US: boot.us(self._now_s)}

    def _of_sensor(self, command: Command, fields: Fields, connection: Connection) -> dict[Field, Value]:
        match command:
            case Command.HELLO:
                return {Field.PROTOCOL: PROTOCOL, Field.STATE: self._state} | self._clock()
            case Command.BATTERY:
                percent = self._percent()
                return {Field.PERCENT: percent, Field.MILLIVOLTS: 3300 + 9 * percent}
            case Command.BLINK:
                self._blink(number(fields, Field.SECONDS))
            case Command.CALIBRATION:
                return {
                    Field.ACC_CALIBRATION: self._memory.acc_calibration,
                    Field.GYR_CALIBRATION: self._memory.gyr_calibration,
                }
            case Command.CALIBRATE:
                for name, steps in fields.items():
                    assert isinstance(steps, tuple)
                    if name == Field.ACC_CALIBRATION:
                        self._memory.acc_calibration = steps
                    else:
                        self._memory.gyr_calibration = steps
            case Command.CONFIGURE:
                self._must_be(State.IDLE)
                connection.setting = nearest(fields)
                return told(connection.setting) | self._clock()
            case Command.START:
                self._start(connection)
            case Command.STOP:
                if connection.stream is not None:
                    connection.stream.end(self._now_s)
        return {}

    def _blink(self, seconds: int) -> None:
        if not 1 <= seconds <= _LONGEST_BLINK_S:
            raise RefusedError(Refusal.BAD_FIELD)
        self.blinking_until_s = self._now_s + seconds

    def _start(self, connection: Connection) -> None:
        self._must_be(State.IDLE)
        if connection.setting is None:
            raise RefusedError(Refusal.WRONG_STATE)
        connection.read = None
        connection.stream = Stream(
            self._chip(connection.setting),
            connection.setting,
            self._memory.boot,
            now_s=self._now_s,
            payload=connection.payload,
            spoilt_frame=self._faults.spoilt_frame,
        )

    def _must_be(self, state: State) -> None:
        if self._state != state:
            raise RefusedError(Refusal.WRONG_STATE)


def chip_worn_by(wearer: Wearer, placement: str) -> Callable[[Setting], Chip]:
    """The chip of a board that this runner wears there."""

    def worn(setting: Setting) -> Chip:
        acc, gyr = scales(setting)
        return wearer.chip(
            placement,
            ChipSettings(rate_hz=setting.rate_hz, acc_lsb_per_g=acc, gyr_lsb_per_dps=gyr),
        )

    return worn
