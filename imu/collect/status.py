"""How one sensor of a session is doing, for whoever shows it."""

from collections import deque
from dataclasses import dataclass, field

from imu.devices.sensor import Battery, Block

RECENT_S = 6.0
MEASURED_S = 4.0  # long enough to see what a buffer on the sensor hides in the first second
LEAST_ARRIVED = 0.95  # of the samples that a second should bring; an oscillator may be 3 % slow


@dataclass(slots=True)
class Status:
    """Written by the sensor's keeper alone."""

    placement: str
    connected: bool = False
    problem: str | None = None  # why it is not connected, after it was
    set_hz: float | None = None  # the rate that the sensor took; known once connected
    battery: Battery | None = None
    samples: int = 0
    lost: int = 0  # samples that the sensor says are missing
    dropped: int = 0  # packets this computer was too slow for
    spoiled: int = 0  # packets that could not be read
    reconnections: int = 0
    fastest_exchange_ms: float | None = None
    # Blocks of the last seconds of this connection; acceleration may come apart from rate.
    recent: deque[Block] = field(default_factory=deque)

    def heard(self, block: Block) -> None:
        """Count a block that was just decoded."""
        self.lost += block.lost
        if block.stream != "gyr":
            self.samples += len(block.counts)
        self.recent.append(block)
        while self.recent[0].arrival_ns < block.arrival_ns - RECENT_S * 1e9:
            self.recent.popleft()

    def rate_hz(self) -> float | None:
        """Samples per second over the last seconds, of the stream that has most."""
        blocks = self._timed()
        if len(blocks) < 2 or blocks[-1].arrival_ns <= blocks[0].arrival_ns:
            return None
        return sum(len(b.counts) for b in blocks[1:]) / self.recent_s()

    @property
    def is_slow(self) -> bool | None:
        """Whether less arrives than is measured; None while that was not seen for long enough."""
        measured_hz = self.rate_hz()
        if measured_hz is None or self.set_hz is None or self.recent_s() < MEASURED_S:
            return None
        return measured_hz < LEAST_ARRIVED * self.set_hz

    def recent_s(self) -> float:
        """How many of the last seconds `recent` spans."""
        blocks = self._timed()
        return (blocks[-1].arrival_ns - blocks[0].arrival_ns) * 1e-9 if blocks else 0.0

    @property
    def clock_within_ms(self) -> float | None:
        """The sensor's clock is known at least this well against the computer's: half of a round trip."""
        return None if self.fastest_exchange_ms is None else self.fastest_exchange_ms / 2

    def _timed(self) -> list[Block]:
        return [block for block in self.recent if block.stream != "gyr"]
