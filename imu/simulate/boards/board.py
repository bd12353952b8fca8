"""What a virtual board shows to the air around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One GATT characteristic; UUIDs as lower-case text, 128 bits or four digits."""

    uuid: str
    properties: Sequence[str]  # read, write, write-without-response, notify


@dataclass(frozen=True, slots=True)
class Service:
    """A GATT service and what is in it."""

    uuid: str
    characteristics: Sequence[Characteristic]
    advertised: bool = False


class Board(Protocol):
    """A sensor without its radio. Times are true seconds since the world began; they never go back."""

    @property
    def name(self) -> str:
        """As advertised, eight characters at most."""
        ...

    @property
    def services(self) -> Sequence[Service]: ...

    def connected(self, now_s: float, *, payload: int) -> None:
        """A central connected; a notification carries up to `payload` bytes."""
        ...

    def disconnected(self, now_s: float) -> None: ...

    def read(self, characteristic: str, now_s: float) -> bytes: ...

    def write(self, characteristic: str, data: bytes, now_s: float) -> None: ...

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        """Up to `room` notifications that are due, oldest first; the rest waits in the board's own buffer."""
        ...

    @property
    def alive(self) -> bool:
        """False once the battery is empty: it neither advertises nor answers."""
        ...

    @property
    def hung_up(self) -> bool:
        """True once the board itself has ended the connection, until the next: the air takes it down."""
        ...

    def state(self) -> Mapping[str, Any]:
        """All that the board remembers, as JSON: what its flash, clock and running program hold."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None: ...


class Handling(Protocol):
    """What a hand can do to a sensor; see `imu.simulate.boards.hand.Hand`."""

    def shake(self, now_s: float, *, seconds: float) -> None: ...

    def lay(self, now_s: float, *, face: str) -> None: ...

    def turn(self, now_s: float, *, degrees: float, seconds: float) -> None: ...


@runtime_checkable
class Handled(Protocol):
    """A board that a hand can take."""

    @property
    def hand(self) -> Handling: ...


@runtime_checkable
class Rechargeable(Protocol):
    """A board whose battery can be filled again."""

    def recharge(self, now_s: float) -> None: ...
