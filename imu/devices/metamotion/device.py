"""The driver: a MetaMotion over any link, as `imu.devices.sensor.Sensor` describes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from imu.devices.calibration import ChipCalibration
from imu.devices.host_clock import HostClock
from imu.devices.inbox import Inbox
from imu.devices.link import Link
from imu.devices.metamotion import debug, gatt, led, log, processors, settings as board_settings, stream
from imu.devices.metamotion.coding import Sampling, nearest, stream_coding, timed_stream_coding
from imu.devices.metamotion.conversation import Conversation
from imu.devices.metamotion.modules import Board, board_from, decode_module, discovery
from imu.devices.metamotion.onboard import SOURCES, OnboardLog
from imu.devices.metamotion.parameters import Parameters
from imu.devices.metamotion.sensors import SENSORS_OFF, configure, sensors_on
from imu.devices.metamotion.stream import Signal
from imu.devices.sensor import Battery, Coding, Exchange, Identity, LogPart, LogStatus, Packet, Settings
from imu.errors import LinkLostError, SensorError

_PROCESSED = b"\x09\x03"
_PROCESSOR_CREATED = b"\x09\x02"
_FASTEST_STAMPED_HZ = 200.0  # that many packets more in a second, for a moment
_RESET_BITS = 0x07  # as many as a log entry has


@dataclass(frozen=True, slots=True)
class _Stream:
    """What is needed to start and end what was configured."""

    sampling: Sampling
    headers: tuple[bytes, ...]
    off: tuple[bytes, ...]
    stamp_processor: int | None = None


@asynccontextmanager
async def opened(
    link: Link, *, clock: HostClock, parameters: Parameters = Parameters()
) -> AsyncIterator["MetaMotion"]:
    """The sensor behind a link. On leaving, a stream ends; a log goes on."""
    talk = Conversation(link, clock=clock, parameters=parameters)
    await talk.begin()
    identity, board = await _meet(talk, parameters)
    inbox = Inbox()
    link.when_lost(inbox.close)
    sensor = MetaMotion(talk, identity, board, inbox=inbox, parameters=parameters)
    try:
        yield sensor
    finally:
        with suppress(SensorError):
            await sensor.stop()


async def _meet(talk: Conversation, parameters: Parameters) -> tuple[Identity, Board]:
    model_number = await talk.read_text(gatt.MODEL_NUMBER)
    serial = await talk.read_text(gatt.SERIAL_NUMBER)
    talk.name = f"MetaMotion {serial}".rstrip()
    try:
        await talk.send(board_settings.connection(parameters.connection))
    except LinkLostError:
        raise
    except SensorError:
        pass  # a wish: with a slower link all of this works, only slower
    replies = [
        decode_module((await talk.ask(question, answer=question, what="its modules")).packet)
        for question in discovery()
    ]
    board = board_from(model_number, replies)
    talk.name = f"{board.model} {serial}".rstrip()
    identity = Identity(
        kind="metamotion",
        model=board.model,
        serial=serial,
        firmware=await talk.read_text(gatt.FIRMWARE),
        hardware=await talk.read_text(gatt.HARDWARE),
        manufacturer=await talk.read_text(gatt.MANUFACTURER),
    )
    return identity, board


class MetaMotion:
    """One connected MetaMotion; made by `opened`."""

    def __init__(
        self, talk: Conversation, identity: Identity, board: Board, *, inbox: Inbox, parameters: Parameters
    ) -> None:
        self._talk = talk
        self._identity = identity
        self._board = board
        self._parameters = parameters
        self._log = OnboardLog(talk, board, parameters=parameters)
        self._inbox = inbox
        self._stream: _Stream | None = None

    @property
    def identity(self) -> Identity:
        return self._identity

    @property
    def board(self) -> Board:
        """The modules it answered for."""
        return self._board

    async def battery(self) -> Battery:
        question = board_settings.READ_BATTERY
        answer = await self._talk.ask(question, answer=question, what="its battery")
        state = board_settings.decode_battery(answer.packet)
        return Battery(state.percent, state.voltage_mv / 1000)

    async def blink(self, *, seconds: float) -> None:
        pattern = led.write(led.Colour.GREEN, led.BLINK)
        await self._talk.send(led.STOP_AND_CLEAR, pattern, led.PLAY)
        try:
            await asyncio.sleep(seconds)
        finally:
            await self._talk.send(led.STOP_AND_CLEAR)

    async def calibration(self, remembered: ChipCalibration | None) -> ChipCalibration | None:
        return remembered

    async def calibrate(self, calibration: ChipCalibration | None) -> bool:
        """The board has no place for one that outlives a reset."""
        del calibration
        return False

    async def exchange(self) -> Exchange:
        answer = await self._talk.ask(log.READ_TIME, answer=log.READ_TIME, what="its clock", attempts=1)
        time = log.decode_time(answer.packet)
        return Exchange(answer.before_ns, time.tick, answer.arrival_ns, time.reset_id & _RESET_BITS)

    async def configure(self, settings: Settings) -> Coding:
        """Raises where a log lies on it: streaming would change the settings that its reading needs."""
        if entries := await self._log.entries():
            raise SensorError(f"{self._talk.name}: a log of {entries} entries lies on it; sync or erase it")
        sampling = nearest(settings, logged=False)
        await self._end_stream()
        await self._talk.send(*SENSORS_OFF, log.STOP, *debug.TEAR_DOWN, *configure(sampling, self._board))
        if self._parameters.timed_stream:
            return await self._configure_timed(sampling)
        outputs = [stream.output(self._board, signal, packed=True) for signal in sampling.signals]
        await self._talk.send(*(output.switch(on=True) for output in outputs))
        off = tuple(output.switch(on=False) for output in outputs)
        headers = tuple(output.header for output in outputs)
        stamps = await self._stamp_processor(sampling)
        if stamps is not None:
            headers, off = (*headers, _PROCESSED), (*off, processors.REMOVE_ALL)
        self._stream = _Stream(sampling, headers, off, stamps)
        registers = {output.signal: output.header for output in outputs}
        return stream_coding(sampling, registers, stamp_processor=stamps)

    async def start(self) -> None:
        """Raises ValueError unless it was configured."""
        if self._stream is None:
            raise ValueError("configure the sensor before starting it")
        self._talk.collect(self._stream.headers, self._inbox)
        await self._talk.send(*sensors_on(self._stream.sampling))

    async def stamp(self) -> None:
        if self._stream is None or self._stream.stamp_processor is None:
            return
        processor = self._stream.stamp_processor
        await self._talk.send(*processors.notify(processor))
        await asyncio.sleep(self._parameters.stamped_s)
        await self._talk.send(processors.mute(processor))

    async def stop(self) -> None:
        await self._end_stream()

    def packets(self) -> AsyncIterator[Packet]:
        return self._inbox.packets()

    @property
    def dropped(self) -> int:
        return self._inbox.dropped

    async def log_status(self) -> LogStatus:
        return await self._log.status()

    async def start_log(self, settings: Settings) -> Coding:
        await self._end_stream()
        return await self._log.arm(settings)

    async def stop_log(self) -> None:
        await self._log.stop()

    def download(self, *, held: int) -> AsyncIterator[LogPart]:
        """The board cannot be asked to begin at `held`: it sends what it has not forgotten.

        `LogPart.done` and `total` count the entries of this download.
        """
        del held
        return self._log.download()

    async def confirm(self, part: LogPart) -> None:
        await self._log.confirm(part)

    async def erase_log(self) -> None:
        await self._log.erase()

    async def _stamp_processor(self, sampling: Sampling) -> int | None:
        """One that puts the board's time before acceleration, silent until `stamp`; None if it cannot."""
        if not self._parameters.stamped_s or sampling.acc.rate_hz > _FASTEST_STAMPED_HZ:
            return None
        command = processors.accounter(log.header_of(SOURCES["acc"], self._board), mode="time")
        try:
            answer = await self._talk.ask(command, answer=_PROCESSOR_CREATED, what="a processor", attempts=1)
        except LinkLostError:
            raise
        except SensorError:  # no firmware must be able to: arrivals tell the time less exactly
            return None
        return processors.decode_created(answer.packet).processor

    async def _configure_timed(self, sampling: Sampling) -> Coding:
        """Have the board put its time before each sample."""
        made: dict[Signal, int] = {}
        for signal in sampling.signals:
            command = processors.accounter(log.header_of(SOURCES[signal], self._board), mode="time")
            answer = await self._talk.ask(command, answer=_PROCESSOR_CREATED, what="a processor", attempts=1)
            made[signal] = processors.decode_created(answer.packet).processor
            await self._talk.send(*processors.notify(made[signal]))
        self._stream = _Stream(sampling, (_PROCESSED,), (processors.REMOVE_ALL,))
        return timed_stream_coding(sampling, made)

    async def _end_stream(self) -> None:
        if self._stream is not None:
            ended, self._stream = self._stream, None
            await self._talk.send(*SENSORS_OFF, *ended.off)
            self._talk.ignore(ended.headers)
