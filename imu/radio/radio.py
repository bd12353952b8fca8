"""Which Bluetooth is used, and whose turn it is on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from imu.errors import SensorError
from imu.radio.reasons import plainly

if TYPE_CHECKING:
    from bleak import BleakScanner

    from imu.radio.controller import Controller

SYSTEM = "system"
_SCHEMES = ("tcp-client", "usb", "pyusb", "serial", "hci-socket")


class Radio:
    """The system's Bluetooth, or a controller spoken to directly through Bumble; open inside `async with`.

    `transport` is "system", "tcp-client:127.0.0.1:PORT" (virtual air), "usb:0" or
    "serial:/dev/ttyUSB0,1000000" (any HCI dongle). Belongs to the event loop that it was opened in.
    """

    def __init__(self, transport: str = SYSTEM) -> None:
        if transport != SYSTEM and transport.partition(":")[0] not in _SCHEMES:
            raise SensorError(
                f"radio {transport!r}: unknown; use {SYSTEM!r} or one of "
                + ", ".join(f"{scheme}:…" for scheme in _SCHEMES)
            )
        self.transport = transport
        self._controller: Controller | None = None
        self._open = AsyncExitStack()
        self._scanning = asyncio.Lock()
        # Adapters connect to one sensor at a time, and hardly while they scan.
        self._turn = asyncio.Lock()
        self._scanner: BleakScanner | None = None

    @property
    def is_system(self) -> bool:
        return self.transport == SYSTEM

    async def __aenter__(self) -> Self:
        if not self.is_system:
            try:
                from imu.radio.controller import controller
            except ModuleNotFoundError as error:
                if error.name and error.name.startswith("imu"):
                    raise
                raise SensorError(
                    f"radio {self.transport}: needs Bumble; pip install 'restride[virtual]'"
                ) from error
            self._controller = await self._open.enter_async_context(controller(self.transport))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller = None
        await self._open.aclose()

    def scanner_options(self) -> dict[str, Any]:
        """What BleakScanner needs to use this radio."""
        if self.is_system:
            return {}
        from imu.radio.bumble_scanner import BumbleScanner

        return {"backend": BumbleScanner, "controller": self._opened()}

    def client_options(self) -> dict[str, Any]:
        """What BleakClient needs to use this radio."""
        if self.is_system:
            return {}
        from imu.radio.bumble_client import BumbleClient

        return {"backend": BumbleClient, "controller": self._opened()}

    @asynccontextmanager
    async def scanning(self, scanner: "BleakScanner") -> AsyncIterator[None]:
        """Let `scanner` run inside, except while somebody connects; one at a time."""
        async with self._scanning:
            async with self._turn:
                with plainly("scanning"):
                    await scanner.start()
                self._scanner = scanner
            try:
                yield
            finally:
                async with self._turn:
                    self._scanner = None
                    with plainly("scanning"):
                        await scanner.stop()

    @asynccontextmanager
    async def connecting(self) -> AsyncIterator[None]:
        """The radio to oneself: whoever scans pauses, whoever else connects waits."""
        async with self._turn:
            scanner = self._scanner
            if scanner is not None:
                with plainly("scanning"):
                    await scanner.stop()
            try:
                yield
            finally:
                if scanner is not None:
                    with plainly("scanning"):
                        await scanner.start()

    def _opened(self) -> "Controller":
        if self._controller is None:
            raise ValueError("use a radio inside `async with`")
        return self._controller
