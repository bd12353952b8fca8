"""Packets between the radio, which must never wait, and whoever keeps them."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from imu.devices.sensor import Packet
from imu.errors import LinkLostError


class Inbox:
    """Packets of one sensor in the order of arrival. When full, packets are counted, never silently gone."""

    def __init__(self, *, capacity: int = 4096) -> None:
        # Half a minute of a sensor's stream: whoever takes that long has met a full disk, not a hiccup.
        self._packets: deque[Packet] = deque()
        self._capacity = capacity
        self._arrived = asyncio.Event()
        self._closed = False
        self.dropped = 0

    def put(self, arrival_ns: int, data: bytes) -> None:
        """Keep one notification. Called by the radio: whatever is done here delays the next stamp."""
        if len(self._packets) >= self._capacity:
            self.dropped += 1
        else:
            self._packets.append(Packet(arrival_ns, data))
            self._arrived.set()

    def close(self) -> None:
        """No more will come; what is here can still be taken."""
        self._closed = True
        self._arrived.set()

    async def packets(self) -> AsyncGenerator[Packet, None]:
        """What came and what comes. Raises LinkLostError once it is empty and closed."""
        while True:
            while self._packets:
                yield self._packets.popleft()
            if self._closed:
                raise LinkLostError("the connection was lost")
            self._arrived.clear()
            await self._arrived.wait()
