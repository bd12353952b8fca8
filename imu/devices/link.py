"""A connection as drivers see it: characteristics to read, write and listen to, whatever carries them."""

from collections.abc import Callable
from typing import Protocol

Receive = Callable[[int, bytes], None]  # host time of arrival in ns, one notification


class Link(Protocol):
    """One connected peripheral. Calls raise LinkLostError once the connection is gone."""

    @property
    def payload(self) -> int:
        """Bytes that fit into one notification or one write without response."""
        ...

    def has(self, characteristic: str) -> bool: ...

    async def read(self, characteristic: str) -> bytes: ...

    async def write(self, characteristic: str, data: bytes, *, response: bool) -> None: ...

    async def subscribe(self, characteristic: str, receive: Receive) -> None:
        """Have each notification stamped and handed to `receive` at once, which must only keep it."""
        ...

    def when_lost(self, tell: Callable[[], None]) -> None:
        """Call `tell` once, when the connection is gone; at once if it is already."""
        ...
