"""When each part of a sensor's samples was taken: which of its clocks they are of, each fitted once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imu.collect.clocks import WRAP_TICKS, ClockFit, fit_exchanges, runs_on
from imu.collect.decode import Decoded, Part, Segment
from imu.collect.runs import Run
from imu.collect.stamps import clock_by_stamps
from imu.collect.stretches import Indexed, Stretch, by_index, by_ticks, clock_by_arrivals, indexed
from imu.devices.sensor import Exchange

_READ_WITHIN_S = 5.0  # a log may run on while its clock is read


class Placer:
    """Finds the time of every part of one sensor, each clock fitted once."""

    def __init__(self, decoded: Decoded, *, start_ns: int, known_skew_ppm: float | None) -> None:
        self._start_ns = start_ns
        self._known_skew_ppm = known_skew_ppm
        self._read = _clocks_read(decoded)
        self._fits: dict[int, ClockFit] = {}
        self._indexed: dict[int, Indexed] = {}
        self._clock_of: dict[int, ClockFit] = {}  # by part
        self.clocks: list[ClockFit] = []
        self.unplaced = 0
        self.inferred_lost = 0
        self._fit_indices(decoded)

    def stretches(self, part: Part, segment: Segment, number: int) -> list[Stretch]:
        """Those of a part, the `number`-th of its segment; none where no clock can place it."""
        if part.ticks is None:
            self._clock_of[id(part)] = self._by_stamps(part, segment, number)
            return by_index(part, self._indexed[id(part)])
        fit = self._by_exchanges(part, segment, number)
        if fit is None and segment.coding.mode == "stream":
            fit = clock_by_arrivals(part, segment, start_ns=self._start_ns)
            self.clocks.append(fit)
        if fit is None:
            self.unplaced += len(part.counts)
            return []
        self._clock_of[id(part)] = fit
        return by_ticks(part, segment, fit, start_ns=self._start_ns)

    def retimed(self, run: Run) -> Run:
        """A run of samples without time where stamped ones say that it was.

        Only now: acceleration and rate are paired by arrivals, which wait alike for the radio.
        """
        clock = self._clock_of[id(run.acc)]
        if clock.method != "stamps":
            return run
        return replace(run, stretch=replace(run.stretch, timeline=clock.timeline))

    def timing(self, runs: Sequence[Run]) -> list[tuple[ClockFit, float, float]]:
        """The clocks that give these runs their times, each once, with the time that they serve."""
        spans: dict[int, tuple[ClockFit, float, float]] = {}
        for run in runs:
            fit = self._clock_of[id(run.acc)]
            _, start_s, end_s = spans.get(id(fit), (fit, np.inf, -np.inf))
            stretch = run.stretch
            spans[id(fit)] = fit, min(start_s, stretch.start_s), max(end_s, stretch.end_s)
        return list(spans.values())

    def _by_stamps(self, part: Part, segment: Segment, number: int) -> ClockFit:
        """The best clock of a part without time."""
        placed = self._indexed[id(part)]
        if segment.stamped and part in segment.parts.get("acc", ()):
            clock = self._by_exchanges(part, segment, number)
            if clock is not None:
                fit = clock_by_stamps(part, placed, segment, clock, start_ns=self._start_ns)
                if fit is not None:
                    self.clocks.append(fit)
                    return fit
        return placed.clock

    def _by_exchanges(self, part: Part, segment: Segment, number: int) -> ClockFit | None:
        position = self._position(part, segment, number)
        if position is None:
            return None
        if position not in self._fits:
            _, exchanges = self._read[position]
            tick_s = segment.coding.tick_s or segment.coding.stamp_tick_s
            assert tick_s is not None
            fit = fit_exchanges(
                exchanges,
                tick_s=tick_s,
                start_ns=self._start_ns,
                known_skew_ppm=self._known_skew_ppm,
            )
            if fit is None:
                return None
            self._fits[position] = fit
            self.clocks.append(fit)
        fit, exchanges = self._fits[position], self._read[position][1]
        is_read_after = segment.coding.mode == "log" and exchanges[0].before_ns >= segment.coded_ns
        return None if is_read_after and _is_ahead(part, segment, fit) else fit

    def _position(self, part: Part, segment: Segment, number: int) -> int | None:
        """Which of the clocks that were read a part is of. Samples of a log say it themselves."""
        resets = [reset_id for reset_id, _ in self._read]
        if segment.coding.mode == "log":
            if part.reset_id in resets:
                return resets.index(part.reset_id)
            # What the bits in a MetaMotion's entries mean was never tried on a real one. Of one life of its
            # clock there are several readings that disagree where the computer's own was set in between.
            return 0 if segment.coding.kind == "metamotion" and len(set(resets)) == 1 else None
        if (
            part.reset_id
        ):  # some streams say it too: packets may be faster than the first reading of a new clock
            return resets.index(part.reset_id) if part.reset_id in resets else None
        if segment.reset_id is None:
            return None
        position = resets.index(segment.reset_id) + number
        return position if position < len(resets) else None

    def _fit_indices(self, decoded: Decoded) -> None:
        """Longest first: what it says of the sensor's true rate serves the short ones after a reconnect."""
        parts = [
            (part, segment)
            for segment in decoded.segments
            for parts in segment.parts.values()
            for part in parts
            if part.ticks is None
        ]
        interval_s: float | None = None
        for part, segment in sorted(parts, key=lambda found: -len(found[0].counts)):
            placed = indexed(part, segment, start_ns=self._start_ns, interval_s=interval_s)
            interval_s = interval_s or 1 / (segment.coding.rate_hz * (1 + 1e-6 * placed.clock.skew_ppm))
            self._indexed[id(part)] = placed
            self.inferred_lost += placed.inferred
            self.clocks.append(placed.clock)


def _is_ahead(part: Part, segment: Segment, clock: ClockFit) -> bool:
    """Whether a log lies ahead of the last reading of a clock that was read only after it.

    Then the clock began anew in between, and this one never saw them. What lies ahead by half a turn of the
    counter and more was before it wrapped.
    """
    assert part.ticks is not None
    assert segment.coding.tick_s is not None
    ahead_s = int(part.ticks[-1]) * segment.coding.tick_s - clock.last_s
    return _READ_WITHIN_S < ahead_s < WRAP_TICKS / 2 * segment.coding.tick_s


def _clocks_read(decoded: Decoded) -> list[tuple[int, list[Exchange]]]:
    """Exchanges by the life of the clock that they read, in order, with its reset.

    Some devices tell a reset, some only begin counting anew.
    """
    units_s = (s.coding.tick_s or s.coding.stamp_tick_s for s in decoded.segments)
    tick_s = next((unit_s for unit_s in units_s if unit_s is not None), None)
    found: list[tuple[int, list[Exchange]]] = []
    for exchange in decoded.exchanges:
        known = [one for reset_id, one in found if reset_id == exchange.reset_id]
        if known and (tick_s is None or runs_on(known[-1][-1], exchange, tick_s=tick_s)):
            known[-1].append(exchange)
        else:
            found.append((exchange.reset_id, [exchange]))
    return found
