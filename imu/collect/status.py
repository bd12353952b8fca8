"""How one sensor of a session is doing, for whoever shows it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from imu.devices.sensor import Battery, Block, Exchange

_TICKS = 1 << 32  # where counters begin anew; bursts are seconds apart
RECENT_S = 6.0
MEASURED_S = 4.0  # long enough to see what a buffer on the sensor hides in the first second
LEAST_ARRIVED = 0.95  # of the samples a second should bring: one burst a few seconds late is no loss


@dataclass(slots=True)
class ClockSeen:
    """A sensor's clock beside the computer's, as its readings show them; the recording fits them better."""

    offset_ms: float | None = None  # by how much the sensor's has gained since it was first read
    within_ms: float | None = None  # the truth lies no farther from it
    _last: Exchange | None = None  # the fastest reading of the last burst
    _gained_ns: int = 0  # until then
    _first_within_ms: float = 0.0

    def hear(self, burst: Sequence[Exchange], *, tick_s: float | None) -> None:
        """Take in one burst. tick_s: None where no sample hangs on this clock, so that no offset is told.

        The sensor read its clock somewhere within the round trip, so half of that is the bound.
        """
        if not burst:
            return
        now = min(burst, key=lambda exchange: exchange.after_ns - exchange.before_ns)
        half_ms = (now.after_ns - now.before_ns) * 0.5e-6
        if tick_s is None:
            self.within_ms = half_ms if self.within_ms is None else min(self.within_ms, half_ms)
            return
        if self._last is None or now.reset_id != self._last.reset_id:
            self._gained_ns, self._first_within_ms = 0, half_ms
        else:
            ticks = (now.ticks - self._last.ticks) % _TICKS
            passed_ns = (now.before_ns + now.after_ns - self._last.before_ns - self._last.after_ns) // 2
            self._gained_ns += round(ticks * tick_s * 1e9) - passed_ns
        self._last = now
        self.offset_ms = self._gained_ns * 1e-6
        self.within_ms = half_ms + self._first_within_ms


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
    signal_dbm: int | None = None  # how strongly it is heard; None where nobody can tell
    clock: ClockSeen = field(default_factory=ClockSeen)
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

    def _timed(self) -> list[Block]:
        return [block for block in self.recent if block.stream != "gyr"]
