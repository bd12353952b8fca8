"""A virtual ESP32 sensor: behaves as docs/esp32-protocol.md says, on the chip that a runner wears."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

from imu.devices.esp32 import gatt
from imu.devices.esp32.control import PROTOCOL, Command, Field, Fields, Refusal, State, Value
from imu.devices.esp32.firmware import Request, decode_request, encode_answer
from imu.devices.esp32.log_bytes import CHUNK_HEAD_BYTES, Chunk, decode_allowance, encode_chunk
from imu.devices.esp32.setting import Setting
from imu.devices.esp32.sync import SyncReply, decode_sync_request, encode_sync_reply
from imu.errors import ProtocolError
from imu.simulate.boards.board import Characteristic, Service
from imu.simulate.boards.esp32_flash import Boot, Chip
from imu.simulate.boards.esp32_log import Esp32Log
from imu.simulate.boards.esp32_log_requests import LOG_COMMANDS, existing, of_log
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
_UNCALIBRATED = (0, 0, 0, 0, 0, 0)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Esp32Faults:
    """What goes wrong, and where. Offsets are bytes of the log; those faults happen once."""

    spoilt_frame: int | None = None  # of every stream, arrives with a flipped bit
    spoilt_sector: int | None = None  # holds a flipped bit in flash
    damaged_at: int | None = None  # a bit is flipped on the way
    lost_at: int | None = None  # a notification never arrives
    stalls_at: int | None = None  # nothing more is sent until it is asked for again
    resets_at_s: float | None = None  # brown-out
    dies_at_s: float | None = None  # battery empty
    clock_from_us: int = 0  # what the clock showed when the world began


@dataclass(slots=True)
class _Memory:
    """What outlives a connection, beside the log."""

    boot: Boot
    acc_calibration: tuple[int, ...] = _UNCALIBRATED
    gyr_calibration: tuple[int, ...] = _UNCALIBRATED
    happened: list[str] = field(default_factory=list)  # faults that happen once
    sent: int = 0  # bytes of logs, as often as they were asked for


@dataclass(slots=True)
class _Connection:
    """What is forgotten with the connection."""

    payload: int
    setting: Setting | None = None
    stream: Stream | None = None
    tokens: deque[tuple[int, int]] = field(default_factory=deque)  # and when they came
    answers: deque[bytes] = field(default_factory=deque)
    farewell: list[bytes] = field(default_factory=list)  # the answer that follows the last frame
    read: "_Read | None" = None


@dataclass(slots=True)
class _Read:
    """A range of the log on its way out."""

    read_id: int
    offset: int
    end: int
    allowed: int


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
        self._memory = _Memory(Boot(1, 0.0, skew_ppm, faults.clock_from_us))
        self._log = Esp32Log(self._chip, capacity=capacity, spoilt_sector=faults.spoilt_sector)
        self._connection: _Connection | None = None
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
        self._connection = None if self._hung_up else _Connection(payload)

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
        return list(islice(self._due(), room))

    def state(self) -> Mapping[str, Any]:
        return {**asdict(self._memory), "log": self._log.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._memory = _Memory(
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
        if resets_s is not None and now_s >= resets_s and self._once("reset"):
            self._restart(resets_s)
        if dies_s is not None and now_s >= dies_s and self._once("died"):
            self._power_lost(dies_s)
        self._now_s = now_s
        self._log.advance(now_s)
        if self._connection is not None and self._connection.stream is not None:
            self._connection.stream.advance(now_s)

    def _once(self, fault: str) -> bool:
        if fault in self._memory.happened:
            return False
        self._memory.happened.append(fault)
        return True

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

    # What goes out.

    def _due(self) -> Iterator[tuple[str, bytes]]:
        connection = self._connection
        if connection is None:
            return
        while connection.tokens:
            token, received_us = connection.tokens.popleft()
            boot = self._memory.boot
            reply = SyncReply(token, boot.boot_id, received_us, boot.us(self._now_s) - received_us)
            yield gatt.SYNC, encode_sync_reply(reply)
        while connection.answers:
            yield gatt.CONTROL, connection.answers.popleft()
        if connection.stream is not None:
            for piece in connection.stream.notifications():
                yield gatt.DATA, piece
            if connection.stream.drained:
                connection.stream = None
                connection.answers.extend(connection.farewell)
        while connection.answers:
            yield gatt.CONTROL, connection.answers.popleft()
        while connection.read is not None and (sent := self._chunk(connection.read, connection.payload)):
            yield gatt.LOG, sent

    def _chunk(self, read: _Read, payload: int) -> bytes:
        """The next piece that is allowed; empty where there is none."""
        while (length := min(read.end, read.allowed) - read.offset) > 0:
            length = min(length, payload - CHUNK_HEAD_BYTES)
            offset = read.offset
            here = range(offset, offset + length)
            if self._faults.stalls_at in here and self._once("stalled"):
                read.end = offset
                break
            read.offset += length
            self._memory.sent += length
            if self._faults.lost_at in here and self._once("lost"):
                continue
            data = self._log.read(offset, length)
            if self._faults.damaged_at in here and self._once("damaged"):
                data = bytes([data[0] ^ 0x04]) + data[1:]
            return encode_chunk(Chunk(read.read_id, offset, data))
        return b""

    # What is asked.

    def _answer(self, data: bytes, connection: _Connection) -> None:
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

    def _done(self, request: Request, connection: _Connection) -> tuple[Fields, Refusal]:
        fields = request.fields
        try:
            check_fields(request.command, fields)
            command = Command(request.command)
            if command == Command.LOG_READ:
                self._must_be(State.IDLE)
                offset, length = existing(fields, self._log)
                allowed = number(fields, Field.ALLOWED)
                connection.read = _Read(request.request_id, offset, offset + length, allowed)
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

    def _of_sensor(self, command: Command, fields: Fields, connection: _Connection) -> dict[Field, Value]:
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

    def _start(self, connection: _Connection) -> None:
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
