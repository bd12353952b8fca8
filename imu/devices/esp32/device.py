"""The driver of an ESP32 sensor: the calls of `imu.devices.sensor.Sensor` as requests over a link."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from math import ceil

from imu.devices.calibration import ChipCalibration
from imu.devices.esp32 import gatt
from imu.devices.esp32.calibration import NONE, calibration_of, steps_of
from imu.devices.esp32.coding import coding_of
from imu.devices.esp32.control import PROTOCOL, Command, Field, Fields, State
from imu.devices.esp32.conversation import Conversation
from imu.devices.esp32.download import Download, crc_of
from imu.devices.esp32.log_bytes import decode_chunk
from imu.devices.esp32.sync import decode_sync_reply, encode_sync_request
from imu.devices.host_clock import HostClock
from imu.devices.inbox import Inbox
from imu.devices.link import Link
from imu.devices.sensor import Battery, Coding, Exchange, Identity, LogPart, LogStatus, Packet, Settings
from imu.devices.text import text_of
from imu.errors import SensorError

_OPENING_S = 20.0  # some ten exchanges, each of which a busy radio may delay
_SYNC_S = 2.0  # a reading that took longer is worth nothing
_PART_BYTES = 32_768  # half a second to a few: what has to be read again after a drop


@asynccontextmanager
async def opened(link: Link, *, clock: HostClock) -> AsyncIterator["Esp32Sensor"]:
    """The sensor at the other end of this link. Leaving does not stop a log."""
    try:
        async with asyncio.timeout(_OPENING_S):
            sensor = Esp32Sensor(link, clock=clock, identity=await _identity(link))
            await sensor.begin()
    except TimeoutError:
        raise SensorError(f"the sensor did not say who it is within {_OPENING_S:g} s; is it near?") from None
    yield sensor


class Esp32Sensor:
    """One connected sensor; made by `opened`."""

    def __init__(self, link: Link, *, clock: HostClock, identity: Identity) -> None:
        self._link = link
        self._clock = clock
        self._identity = identity
        self._conversation = Conversation(link)
        self._download = Download(link, self._conversation)
        self._data = Inbox()
        self._sync = Inbox(capacity=64)
        self._syncing = asyncio.Lock()
        self._token = 0

    async def begin(self) -> None:
        """Listen, and make sure that both speak the same protocol."""
        for characteristic, inbox in ((gatt.DATA, self._data), (gatt.SYNC, self._sync)):
            await self._link.subscribe(characteristic, inbox.put)
            self._link.when_lost(inbox.close)
        await self._conversation.begin()
        await self._download.begin()
        hello = await self._conversation.ask(Command.HELLO)
        if (version := hello.number(Field.PROTOCOL)) != PROTOCOL:
            older = "restride" if version > PROTOCOL else "the sensor's firmware"
            raise SensorError(
                f"{self._identity.serial}: speaks protocol {version}, not {PROTOCOL}; update {older}"
            )

    @property
    def identity(self) -> Identity:
        return self._identity

    async def battery(self) -> Battery:
        told = await self._conversation.ask(Command.BATTERY)
        return Battery(told.number(Field.PERCENT), told.number(Field.MILLIVOLTS) / 1000)

    async def blink(self, *, seconds: float) -> None:
        """To the next whole second, a minute at most."""
        await self._conversation.ask(Command.BLINK, {Field.SECONDS: min(max(ceil(seconds), 1), 60)})

    async def exchange(self) -> Exchange:
        """The time the sensor kept the token is taken off both ends: what is left was spent on the air."""
        async with self._syncing, aclosing(self._sync.packets()) as arriving:
            self._token = (self._token + 1) & 0xFFFFFFFF
            try:
                async with asyncio.timeout(_SYNC_S):
                    sent_ns = self._clock.now_ns()
                    await self._link.write(gatt.SYNC, encode_sync_request(self._token), response=False)
                    async for packet in arriving:
                        reply = decode_sync_reply(packet.data)
                        if reply.token == self._token:
                            break
            except TimeoutError:
                raise SensorError(
                    f"the sensor's clock did not answer within {_SYNC_S:g} s; is it near?"
                ) from None
        held_us = min(reply.held_us, max(packet.arrival_ns - sent_ns, 0) // 1000)
        early_us = held_us // 2
        return Exchange(
            before_ns=sent_ns + early_us * 1000,
            ticks=reply.received_us + early_us,
            after_ns=packet.arrival_ns - (held_us - early_us) * 1000,
            reset_id=reply.boot_id,
        )

    async def configure(self, settings: Settings) -> Coding:
        return coding_of(await self._conversation.ask(Command.CONFIGURE, _wanted(settings)), "stream")

    async def start(self) -> None:
        await self._conversation.ask(Command.START)

    async def stamp(self) -> None:
        """Every frame has the device's time."""

    async def stop(self) -> None:
        """All frames have come when this returns: the sensor answers after the last one."""
        await self._conversation.ask(Command.STOP)

    def packets(self) -> AsyncIterator[Packet]:
        return self._data.packets()

    @property
    def dropped(self) -> int:
        return self._data.dropped

    async def log_status(self) -> LogStatus:
        told = await self._conversation.ask(Command.LOG_STATUS)
        return LogStatus(
            running=told.number(Field.STATE) == State.LOGGING,
            used=told.number(Field.USED),
            capacity=told.number(Field.CAPACITY),
            unit="bytes",
            coding=coding_of(told, "log") if Field.SETTING in told else None,
        )

    async def start_log(self, settings: Settings) -> Coding:
        return coding_of(await self._conversation.ask(Command.LOG_START, _wanted(settings)), "log")

    async def stop_log(self) -> None:
        await self._conversation.ask(Command.LOG_STOP)

    async def download(self, *, held: int) -> AsyncIterator[LogPart]:
        """Each part was compared with the sensor's CRC. What was held but never confirmed comes again."""
        told = await self._conversation.ask(Command.LOG_STATUS)
        total = told.number(Field.USED)
        offset = min(held, told.number(Field.CONFIRMED))
        while offset < total:
            length = min(_PART_BYTES, total - offset)
            packets = await self._download.part(offset, length)
            offset += length
            yield LogPart(packets, done=offset, total=total)

    async def confirm(self, part: LogPart) -> None:
        """The sensor compares once more: only what it finds to be the same may ever be erased."""
        offset = decode_chunk(part.packets[0].data).offset
        copied = {
            Field.OFFSET: offset,
            Field.LENGTH: part.done - offset,
            Field.CRC32: crc_of(part.packets),
        }
        await self._conversation.ask(Command.LOG_CONFIRM, copied)

    async def erase_log(self) -> None:
        """Refused by the sensor unless every byte was confirmed; nothing to do where nothing lies there."""
        told = await self._conversation.ask(Command.LOG_STATUS)
        if Field.SETTING not in told:
            return
        generation: Fields = {Field.GENERATION: told.number(Field.GENERATION)}
        await self._conversation.ask(Command.LOG_ERASE, generation)

    async def calibration(self, remembered: ChipCalibration | None) -> ChipCalibration | None:
        """Its own; what is remembered only says of which day that is, where it is the same."""
        told = await self._conversation.ask(Command.CALIBRATION)
        steps = told.numbers(Field.ACC_CALIBRATION), told.numbers(Field.GYR_CALIBRATION)
        if steps == (NONE, NONE):
            return None
        return (
            remembered if remembered is not None and steps_of(remembered) == steps else calibration_of(*steps)
        )

    async def calibrate(self, calibration: ChipCalibration | None) -> bool:
        acc, gyr = (NONE, NONE) if calibration is None else steps_of(calibration)
        for field, steps in ((Field.ACC_CALIBRATION, acc), (Field.GYR_CALIBRATION, gyr)):
            await self._conversation.ask(Command.CALIBRATE, {field: steps})
        return True


def _wanted(settings: Settings) -> Fields:
    return {
        Field.RATE_HZ: min(round(settings.rate_hz), 0xFFFF),
        Field.ACC_RANGE_G: min(round(settings.acc_range_g), 0xFF),
        Field.GYR_RANGE_DPS: min(round(settings.gyr_range_dps or 0), 0xFFFF),
    }


async def _identity(link: Link) -> Identity:
    async def told(characteristic: str) -> str:
        if not link.has(characteristic):
            return ""
        return text_of(await link.read(characteristic))

    return Identity(
        kind="esp32",
        model=await told(gatt.MODEL),
        serial=await told(gatt.SERIAL),
        firmware=await told(gatt.FIRMWARE),
        hardware=await told(gatt.HARDWARE),
        manufacturer=await told(gatt.MANUFACTURER),
    )
