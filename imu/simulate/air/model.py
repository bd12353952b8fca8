"""How good a connection is: the numbers of a Bluetooth Low Energy link."""

from dataclasses import dataclass, replace
from typing import Any, Self

from imu.errors import SensorError


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkModel:
    """One connection. Packets carry 251 bytes; connections do not share air time in this model."""

    interval_s: float = 0.015  # between two connection events; 0 sends at once
    packets_per_event: int = 4  # each way; 4 fit into 15 ms with their acknowledgements
    supervision_s: float = 2.0  # of silence, then both ends call the connection lost
    mtu: int = 247  # the largest that the sensor agrees to
    signal_dbm: int = -50  # as the computer's adapter hears the connected sensor
    buffers: int = 12  # packets that wait in the sensor's controller: what is behind them is held back

    def changed(self, **changes: Any) -> Self:
        """The same link with other numbers."""
        try:
            model = replace(self, **changes)
        except TypeError as error:
            raise SensorError(f"link: {error}") from error
        model._check()
        return model

    def _check(self) -> None:
        if not 0.0 <= self.interval_s <= 4.0:
            raise SensorError(f"link: interval_s is {self.interval_s}; use 0 to 4")
        if self.packets_per_event < 1 or self.buffers < 1 or self.supervision_s <= 0.0:
            raise SensorError("link: packets_per_event, buffers and supervision_s must be above zero")
        if not -127 <= self.signal_dbm <= 20:
            raise SensorError(f"link: signal_dbm is {self.signal_dbm}; use -127 to 20")
        if not 23 <= self.mtu <= 517:
            raise SensorError(f"link: mtu is {self.mtu}; use 23 to 517")


IDEAL = LinkModel(interval_s=0.0)
