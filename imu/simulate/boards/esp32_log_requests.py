"""What a virtual ESP32 sensor does with its log when it is asked."""

from imu.devices.esp32.control import Command, Field, Fields, Refusal, State, Value
from imu.simulate.boards.esp32_flash import Boot
from imu.simulate.boards.esp32_log import Esp32Log
from imu.simulate.boards.esp32_requests import RefusedError, nearest, number, told

LOG_COMMANDS = frozenset(
    {
        Command.LOG_STATUS,
        Command.LOG_START,
        Command.LOG_STOP,
        Command.LOG_READ,
        Command.LOG_CRC,
        Command.LOG_CONFIRM,
        Command.LOG_ERASE,
    }
)
_LARGEST_RANGE = 65_536


def of_log(command: Command, fields: Fields, log: Esp32Log, *, boot: Boot, state: State) -> Fields:
    """The answer's fields. Raises RefusedError."""
    if command == Command.LOG_STATUS:
        return _status(log, state)
    if command == Command.LOG_STOP:
        log.end()
        return {}
    if state != State.IDLE:
        raise RefusedError(Refusal.WRONG_STATE)
    if command == Command.LOG_START:
        if log.present:
            raise RefusedError(Refusal.LOG_PRESENT)
        log.begin(nearest(fields), boot)
        return _coding(log)
    if command == Command.LOG_ERASE:
        return _erase(fields, log)
    offset, length = existing(fields, log)
    crc = log.crc32(offset, length)
    if command == Command.LOG_CRC:
        return {Field.CRC32: crc}
    return _confirm(fields, log, crc)


def existing(fields: Fields, log: Esp32Log) -> tuple[int, int]:
    """Offset and length of a range that may be asked for."""
    offset, length = number(fields, Field.OFFSET), number(fields, Field.LENGTH)
    if not log.present:
        raise RefusedError(Refusal.NO_LOG)
    if not 0 < length <= _LARGEST_RANGE or offset + length > log.used:
        raise RefusedError(Refusal.OUT_OF_RANGE)
    return offset, length


def _confirm(fields: Fields, log: Esp32Log, crc: int) -> Fields:
    offset, length = number(fields, Field.OFFSET), number(fields, Field.LENGTH)
    if offset > log.confirmed:
        raise RefusedError(Refusal.OUT_OF_RANGE)  # what lies before was never confirmed
    if crc != number(fields, Field.CRC32):
        raise RefusedError(Refusal.CRC_MISMATCH)
    log.confirm(offset + length)
    return {Field.CONFIRMED: log.confirmed}


def _erase(fields: Fields, log: Esp32Log) -> Fields:
    if number(fields, Field.GENERATION) != log.generation:
        raise RefusedError(Refusal.BAD_FIELD)
    if log.confirmed != log.used:
        raise RefusedError(Refusal.NOT_CONFIRMED)
    log.erase()
    return {Field.GENERATION: log.generation}


def _status(log: Esp32Log, state: State) -> Fields:
    status: dict[Field, Value] = {
        Field.STATE: state,
        Field.USED: log.used,
        Field.CAPACITY: log.capacity,
        Field.CONFIRMED: log.confirmed,
        Field.GENERATION: log.generation,
    }
    return {**status, **(_coding(log) if log.present else {})}


def _coding(log: Esp32Log) -> Fields:
    boot_id, time_us = log.began
    return told(log.setting) | {
        Field.BOOT_ID: boot_id,
        Field.TIME_US: time_us,
        Field.GENERATION: log.generation,
    }
