"""Samples of a log from its entries: repeats skipped, ticks unwrapped, chunks put together.

1. A tick is continued from the one before, whatever logger that was of: it counts on over 32 bits.
2. Per logger the ticks of a log ascend. One that does not was sent before: a download that was broken off
   may start over, so it is skipped.
3. Chunks of a sample are paired in the order of their arrival per logger: two samples may share a tick.
4. Where chunks are further apart than those of one sample can be, the older one lost its other half (a
   download that went on elsewhere): it is dropped and counted, and pairing is in step again.

Each reset id has a clock and queues of its own.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from imu.devices.metamotion.log import Entry

Name = TypeVar("Name", bound=str)

_WRAP = 1 << 32
_BEFORE_ALL = -(1 << 62)
_RESET_IDS = 8  # three bits of an entry
_HELD = 256  # chunks of one logger that wait for their other half; two are usual


class TickCount:
    """A 32-bit tick that goes on counting where it wraps."""

    def __init__(self) -> None:
        self._last: int | None = None

    def unwrap(self, tick: int) -> int:
        """The tick nearest to the last one, on either side of it."""
        if self._last is None:
            self._last = tick
        else:
            self._last += (tick - self._last + _WRAP // 2) % _WRAP - _WRAP // 2
        return self._last


class LoggedSample(NamedTuple, Generic[Name]):
    """The bytes of one sample of `source`, of the tick of its first chunk."""

    source: Name
    tick: int
    reset_id: int
    data: bytes
    lost: int  # samples dropped just before it for want of a half


@dataclass(slots=True)
class _Lane:
    """The chunks of one logger that still wait."""

    waiting: deque[tuple[int, bytes]] = field(default_factory=deque)
    newest: int = _BEFORE_ALL


@dataclass(slots=True)
class _Group(Generic[Name]):
    """The lanes of one source."""

    source: Name
    lanes: Sequence[_Lane]
    lost: int = 0

    def receive(self, lane: _Lane, tick: int, data: bytes) -> None:
        lane.newest = tick
        if len(lane.waiting) == _HELD:
            lane.waiting.popleft()
            self.lost += 1
        lane.waiting.append((tick, data))

    def complete(self, *, within_ticks: int | None) -> tuple[int, bytes, int] | None:
        """Tick, bytes and losses of the oldest sample that is whole."""
        while True:
            ticks = []
            for lane in self.lanes:
                if not lane.waiting:
                    return None
                ticks.append(lane.waiting[0][0])
            newest = max(ticks)
            if within_ticks is None or newest - min(ticks) <= within_ticks:
                lost, self.lost = self.lost, 0
                return ticks[0], b"".join([lane.waiting.popleft()[1] for lane in self.lanes]), lost
            for lane in self.lanes:
                if newest - lane.waiting[0][0] > within_ticks:
                    lane.waiting.popleft()
            self.lost += 1


class Pairing(Generic[Name]):
    """Entries in, samples out. `sources` names the loggers of each source, in the order of their bytes.

    `within_ticks`: how far apart chunks of one sample may be stamped; None for any.
    """

    def __init__(self, sources: Mapping[Name, Sequence[int]], *, within_ticks: int | None = None) -> None:
        self._within_ticks = within_ticks
        self._counts = [TickCount() for _ in range(_RESET_IDS)]
        self._lanes: dict[tuple[int, int], tuple[_Group[Name], _Lane]] = {}
        for reset_id in range(_RESET_IDS):
            for source, loggers in sources.items():
                group = _Group(source, [_Lane() for _ in loggers])
                for logger, lane in zip(loggers, group.lanes, strict=True):
                    self._lanes[logger, reset_id] = group, lane
        self.repeats = 0
        self.unknown = 0  # entries of loggers that no source has

    def receive(self, entry: Entry) -> LoggedSample[Name] | None:
        """The sample that this entry completes, if it does."""
        logger, reset_id, tick, data = entry
        found = self._lanes.get((logger, reset_id))
        if found is None:
            self.unknown += 1
            return None
        group, lane = found
        tick = self._counts[reset_id].unwrap(tick)
        if tick <= lane.newest:
            self.repeats += 1
            return None
        group.receive(lane, tick, data)
        whole = group.complete(within_ticks=self._within_ticks)
        if whole is None:
            return None
        tick, data, lost = whole
        return LoggedSample(group.source, tick, reset_id, data, lost)
