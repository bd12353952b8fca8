"""Adapters for the computers in the virtual world: each that attaches gets a controller of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from bumble import hci
from bumble.transport.common import StreamPacketSink, StreamPacketSource

from imu.simulate.air.controller import AirController
from imu.simulate.air.link import AirLink

_number = count(1)


class _Adapter(StreamPacketSource):
    """HCI over one TCP connection. Closing it is pulling the adapter out."""

    def __init__(self, link: AirLink, attached: "set[_Adapter]") -> None:
        super().__init__()
        self._link = link
        self._attached = attached
        self._transport: asyncio.WriteTransport | None = None
        self._controller: AirController | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._attached.add(self)
        number = next(_number)
        address = hci.Address(f"00:1A:7D:00:{number >> 8 & 255:02X}:{number & 255:02X}/P")
        self._controller = AirController(f"computer {number}", self._link, public_address=address)
        self._controller.host = StreamPacketSink(transport)
        self.set_packet_sink(self._controller)

    def connection_lost(self, _error: Exception | None) -> None:
        self._attached.discard(self)
        if self._controller is not None:
            self._controller.host = None
            self._link.remove_controller(self._controller)

    def detach(self) -> None:
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def computers(link: AirLink) -> AsyncIterator[int]:
    """Listen for them on this machine; gives the port, which the kernel chose."""
    attached: set[_Adapter] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Adapter(link, attached), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for adapter in list(attached):
            adapter.detach()
        await server.wait_closed()
