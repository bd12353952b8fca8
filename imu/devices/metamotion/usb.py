"""A MetaMotion S on its USB cable, as a link like that over the air: same protocol, same driver, faster.

    async with opened_link("/dev/ttyACM0", clock=clock) as link, opened(link, clock=clock) as sensor: ...

Needs pyserial (`pip install 'restride[serial]'`).
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from imu.devices.host_clock import HostClock
from imu.devices.link import Receive
from imu.devices.metamotion import gatt
from imu.devices.metamotion.usb_frames import (
    IDENTIFY,
    LONGEST_LINE,
    CableIdentity,
    Deframer,
    frame,
    identity_in,
)
from imu.errors import LinkLostError, ProtocolError, SensorError

if TYPE_CHECKING:
    from serial import Serial

VENDOR_ID, PRODUCT_ID = 0x1915, 0xD978
_BAUD = 1_000_000
_READ_S = 0.05  # how long closing waits for the reader at most
_WRITE_S = 5.0
_IDENTITY_S = 2.0
_MODEL_NUMBER = "8"  # only the MetaMotion S has a cable
_LONGEST_PAYLOAD = 255


def is_available() -> bool:
    """Whether pyserial is installed."""
    return find_spec("serial") is not None


def ports() -> list[str]:
    """Where a MetaMotion S is plugged in."""
    _require_pyserial()
    from serial.tools import list_ports

    return [port.device for port in list_ports.comports() if (port.vid, port.pid) == (VENDOR_ID, PRODUCT_ID)]


@asynccontextmanager
async def opened_link(port: str, *, clock: HostClock) -> AsyncIterator["CableLink"]:
    """Raises SensorError where the port cannot be opened or no MetaMotion answers."""
    _require_pyserial()
    from serial import Serial, SerialException

    try:
        serial = Serial(port, _BAUD, timeout=_READ_S, write_timeout=_WRITE_S, exclusive=True)
    except (SerialException, OSError, ValueError) as error:
        raise SensorError(f"{port}: cannot be opened ({error}); is it plugged in, and free?") from error
    try:
        identity = await asyncio.to_thread(_identify, serial, port)
        link = CableLink(serial, identity, clock=clock)
        try:
            yield link
        finally:
            await link.close()
    finally:
        serial.close()


class CableLink:
    """One open serial port; made by `opened_link`."""

    def __init__(self, serial: "Serial", identity: CableIdentity, *, clock: HostClock) -> None:
        self._serial = serial
        self._clock = clock
        self._texts = {
            gatt.MODEL_NUMBER: _MODEL_NUMBER,
            gatt.SERIAL_NUMBER: identity.serial,
            gatt.FIRMWARE: identity.firmware,
        }
        self._loop = asyncio.get_running_loop()
        self._receive: Receive | None = None
        self._when_lost: list[Callable[[], None]] = []
        self._lost = False
        self._closing = threading.Event()
        self._deframer = Deframer()
        self._reader = threading.Thread(target=self._read_on, name="metamotion-usb", daemon=True)
        self._reader.start()

    @property
    def payload(self) -> int:
        return _LONGEST_PAYLOAD

    def has(self, characteristic: str) -> bool:
        return characteristic in {*self._texts, gatt.COMMAND, gatt.NOTIFICATION}

    async def read(self, characteristic: str) -> bytes:
        """Raises SensorError for one that a cable does not have."""
        if characteristic not in self._texts:
            raise SensorError(f"{self._serial.port}: {characteristic} cannot be read over USB")
        return self._texts[characteristic].encode()

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
        """The cable is flow-controlled, so a response adds nothing."""
        del response
        if characteristic != gatt.COMMAND:
            raise SensorError(f"{self._serial.port}: {characteristic} cannot be written over USB")
        if self._lost:
            raise self._unplugged()
        try:
            await asyncio.to_thread(self._serial.write, frame(data))
        except OSError as error:  # a SerialException is one
            self._lose()
            raise self._unplugged() from error

    async def subscribe(self, characteristic: str, receive: Receive) -> None:
        if characteristic != gatt.NOTIFICATION:
            raise SensorError(f"{self._serial.port}: {characteristic} does not notify over USB")
        self._receive = receive

    def when_lost(self, tell: Callable[[], None]) -> None:
        if self._lost:
            tell()
        else:
            self._when_lost.append(tell)

    async def close(self) -> None:
        """End the reader; the port stays with whoever opened it."""
        self._closing.set()
        await asyncio.to_thread(self._reader.join)

    def _read_on(self) -> None:
        """In a thread: serial ports cannot be waited for by an event loop on every system."""
        try:
            while not self._closing.is_set():
                data = self._serial.read(max(1, self._serial.in_waiting))
                arrival_ns = self._clock.now_ns()
                if payloads := self._deframer.receive(data):
                    self._tell(self._deliver, arrival_ns, payloads)
        except OSError:
            self._tell(self._lose)

    def _tell(self, call: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(call, *values)

    def _deliver(self, arrival_ns: int, payloads: list[bytes]) -> None:
        if self._receive is not None:
            for payload in payloads:
                self._receive(arrival_ns, payload)

    def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            for tell in self._when_lost:
                tell()

    def _unplugged(self) -> LinkLostError:
        return LinkLostError(f"{self._serial.port}: the cable was unplugged")


def _identify(serial: "Serial", port: str) -> CableIdentity:
    """Its own line, between the frames that an older program may be sending."""
    deadline = time.monotonic() + _IDENTITY_S
    line = b""
    try:
        serial.write(IDENTIFY)
        while time.monotonic() < deadline:
            line += serial.read_until(b"\n", LONGEST_LINE)
            if line.endswith(b"\n"):
                with suppress(ProtocolError):
                    return identity_in(line)
                line = b""
    except OSError as error:
        raise LinkLostError(f"{port}: the cable was unplugged") from error
    raise SensorError(f"{port}: no MetaMotion said who it is within {_IDENTITY_S:g} s")


def _require_pyserial() -> None:
    try:
        import serial  # noqa: F401
    except ImportError as error:
        raise SensorError("a sensor on a cable needs pyserial: pip install 'restride[serial]'") from error
