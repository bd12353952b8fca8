"""A connection to one sensor, and nothing that could wait for ever."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from imu.errors import SensorError
from imu.radio.radio import Radio
from imu.radio.reasons import in_plain_words, lost, plainly
from imu.radio.scan import Found

if TYPE_CHECKING:
    from bleak.backends.characteristic import BleakGATTCharacteristic

    from imu.devices.host_clock import HostClock
    from imu.devices.link import Receive

T = TypeVar("T")

_UNKNOWN_DBM = 127  # what controllers say that cannot measure it
_SMALLEST_PAYLOAD = 20  # of an MTU of 23, which every sensor has


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before giving up."""

    connect_s: float = 20.0  # until connected and all services are known
    answer_s: float = 10.0  # for one read or write
    leave_s: float = 5.0  # for a goodbye


@asynccontextmanager
async def connect(
    found: Found, *, radio: Radio, clock: "HostClock", patience: Patience = Patience()
) -> AsyncIterator["BleLink"]:
    """Connect, one sensor at a time; disconnect on exit, whatever happened meanwhile."""
    link = BleLink(found, clock=clock, radio=radio, patience=patience)
    async with radio.connecting():
        await link.open()
    try:
        yield link
    finally:
        await link.close()


class BleLink:
    """One connected sensor, as imu/devices/link.py describes it."""

    def __init__(self, found: Found, *, clock: "HostClock", radio: Radio, patience: Patience) -> None:
        from bleak import BleakClient

        self.name = str(found)
        self._clock = clock
        self._patience = patience
        # A socket per characteristic instead of a D-Bus signal per packet: 75 packets a second came 15
        # instead of 94 ms late (medians, emulated BlueZ).
        self._prefers_socket = radio.is_system and sys.platform == "linux"
        self._client = BleakClient(
            found.device, self._on_lost, timeout=patience.connect_s, **radio.client_options()
        )
        self._characteristics: dict[str, BleakGATTCharacteristic] = {}
        self._is_lost = False
        self._tell: list[Callable[[], None]] = []
        self._waits: set[asyncio.Timeout] = set()

    async def open(self) -> None:
        """Connect and learn what there is."""
        seconds = self._patience.connect_s
        try:
            with plainly(f"{self.name}: connecting"):
                async with asyncio.timeout(seconds):
                    await self._client.connect()
                for characteristic in self._client.services.characteristics.values():
                    self._characteristics.setdefault(characteristic.uuid, characteristic)
        except BaseException as error:
            await self.close()
            if isinstance(error.__cause__, TimeoutError):
                raise SensorError(
                    f"{self.name}: seen, but it accepts no connection within {seconds:g} s;"
                    " is it connected to another phone or computer?"
                ) from error.__cause__
            raise

    async def close(self) -> None:
        """Disconnect. Whoever listens learns that the connection is gone."""
        try:
            with suppress(SensorError), plainly(self.name):
                async with asyncio.timeout(self._patience.leave_s):
                    await self._client.disconnect()
        finally:
            self._on_lost()

    @property
    def payload(self) -> int:
        """Bytes that fit into one notification or one write without response."""
        # Asked each time: Windows learns the negotiated size a moment after connecting. And not mtu_size,
        # which BlueZ does not tell.
        sizes = [each.max_write_without_response_size for each in self._characteristics.values()]
        return max(sizes, default=_SMALLEST_PAYLOAD)

    def has(self, characteristic: str) -> bool:
        from bleak.uuids import normalize_uuid_str

        return normalize_uuid_str(characteristic) in self._characteristics

    async def read(self, characteristic: str) -> bytes:
        which = self._known(characteristic)
        return bytes(await self._answer(f"reading {characteristic}", self._client.read_gatt_char(which)))

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None:
        which = self._known(characteristic)
        call = self._client.write_gatt_char(which, data, response=response)
        await self._answer(f"writing {characteristic}", call)

    async def subscribe(self, characteristic: str, receive: "Receive") -> None:
        which = self._known(characteristic)
        now_ns = self._clock.now_ns

        def stamp(_sender: object, data: bytearray) -> None:
            receive(now_ns(), bytes(data))

        doing = f"listening to {characteristic}"
        if self._prefers_socket:
            # Old BlueZ and some peripherals refuse it; a lost connection shows in the second try.
            with suppress(SensorError):
                call = self._client.start_notify(which, stamp, bluez={"use_start_notify": False})
                return await self._answer(doing, call)
        return await self._answer(doing, self._client.start_notify(which, stamp))

    async def signal_dbm(self) -> int | None:
        """How strongly the sensor is heard now; None where this system does not tell it of a connection."""
        # bleak has no call of its own for it: macOS and a controller of our own answer, Linux and Windows
        # only know it of advertisements, and a connected sensor sends none.
        ask = getattr(self._client._backend, "get_rssi", None)
        if ask is None:
            return None
        if self._is_lost:
            raise lost(self.name)
        told: int = await self._answer("asking for its signal", ask())
        return None if told == _UNKNOWN_DBM else told

    def when_lost(self, tell: Callable[[], None]) -> None:
        if self._is_lost:
            tell()
        else:
            self._tell.append(tell)

    def _known(self, characteristic: str) -> "BleakGATTCharacteristic":
        from bleak.uuids import normalize_uuid_str

        if self._is_lost:
            raise lost(self.name)
        if (known := self._characteristics.get(normalize_uuid_str(characteristic))) is None:
            raise SensorError(
                f"{self.name}: has no characteristic {characteristic}; is its firmware current?"
            )
        return known

    async def _answer(self, doing: str, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._patience.answer_s) as wait:
                self._waits.add(wait)
                try:
                    return await call
                finally:
                    self._waits.discard(wait)
        except Exception as error:
            from bleak.exc import BleakError

            if not isinstance(error, BleakError | OSError | EOFError):
                raise
            if self._is_lost or not self._client.is_connected:
                raise lost(self.name) from error
            if isinstance(error, TimeoutError):
                raise lost(self.name, f"{doing}: no answer in {self._patience.answer_s:g} s") from error
            raise in_plain_words(error, doing=f"{self.name}: {doing}") from error

    def _on_lost(self, _client: object = None) -> None:
        if self._is_lost:
            return
        self._is_lost = True
        now = asyncio.get_running_loop().time()
        for wait in self._waits:  # nobody waits for an answer that cannot come
            wait.reschedule(now)
        for tell in self._tell:
            tell()
        self._tell.clear()
