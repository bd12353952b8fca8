"""A Bluetooth controller that is spoken to directly, without the operating system."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from bumble.core import BaseBumbleError
from bumble.device import Device
from bumble.hci import Address
from bumble.transport import open_transport
from bumble.transport.common import Transport

from imu.errors import SensorError

_OPENING_S = 10.0  # a dongle answers its reset within a second
_CLOSING_S = 2.0

# Bumble warns where a peer surprises it; to a user these lines say nothing.
logging.getLogger("bumble").addHandler(logging.NullHandler())


class Controller:
    """A powered controller and the Bumble host above it."""

    def __init__(self, device: Device, transport: Transport) -> None:
        self.device = device
        self.connecting = asyncio.Lock()  # a controller knows one pending connection
        self.is_gone = False
        self._when_gone: list[Callable[[], object]] = []
        # Bumble tells nobody that the cable was pulled, not even its own connections.
        transport.source.terminated.add_done_callback(self._gone)

    def when_gone(self, tell: Callable[[], object]) -> Callable[[], None]:
        """Call `tell` when the controller can no longer be reached; returns how to forget it."""
        self._when_gone.append(tell)

        def forget() -> None:
            if tell in self._when_gone:
                self._when_gone.remove(tell)

        return forget

    def _gone(self, _terminated: object) -> None:
        self.is_gone = True
        for tell in list(self._when_gone):
            tell()


@asynccontextmanager
async def controller(spec: str) -> AsyncIterator[Controller]:
    """Open the transport, reset the controller behind it; hand it back on exit."""
    try:
        async with asyncio.timeout(_OPENING_S):
            transport = await open_transport(spec)
    except _opening_errors() as error:
        raise SensorError(f"radio {spec}: cannot be opened ({str(error) or type(error).__name__})") from error
    try:
        # Two computers must differ; a controller of one's own needs no lasting name.
        address = Address.generate_static_address()
        device = Device.with_hci("restride", address, transport.source, transport.sink)
        try:
            async with asyncio.timeout(_OPENING_S):
                await device.power_on()
        except (TimeoutError, BaseBumbleError) as error:
            raise SensorError(f"radio {spec}: does not answer like a Bluetooth controller") from error
        opened = Controller(device, transport)
        try:
            yield opened
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSING_S):
                    await device.power_off()
    finally:
        await transport.close()


def _opening_errors() -> tuple[type[Exception], ...]:
    # A wrong port or index is a ValueError, an empty one an AssertionError; libusb has errors of its own.
    known: tuple[type[Exception], ...] = (OSError, BaseBumbleError, ValueError, AssertionError)
    try:
        from usb1 import USBError
    except ModuleNotFoundError:
        return known
    return (*known, USBError)
