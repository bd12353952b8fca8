"""Clocks moved to where three hops say, where hops tell more than the radio does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.collect.clocks import BENDS_PPM, ClockFit
from imu.collect.hops import SharedHops, find_hops
from imu.collect.runs import Run, within
from imu.recording.model import joined
from imu.signal.timeline import Timeline

_SOUGHT_S = 300.0  # at the beginning and at the end of what was recorded
_APART_S = 60.0  # hops that lie closer are one event, and tell no rate
_LOOKED_AT = 200  # moments at which two clocks are compared


@dataclass(frozen=True, slots=True)
class Clocked:
    """One sensor on the session's clock, as the radio tells it."""

    runs: Sequence[Run]
    clocks: Sequence[ClockFit]  # of the samples that give the time


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """What hops said of one sensor's clock against the reference's."""

    reference: str
    at_s: NDArray[np.float64]  # of the session, ascending
    late_s: NDArray[np.float64]  # of this sensor's clock there, against the reference's
    own_ms: NDArray[np.float64]  # uncertainty there, 95 %
    hops: int
    before_ms: float  # the largest in the recording, against the reference: by the radio
    after_ms: float  # and by the hops

    @property
    def is_better(self) -> bool:
        return self.after_ms < self.before_ms

    def moved(self, run: Run) -> Run:
        """The run where its reference says that it was."""
        line = run.stretch.timeline
        time_s = line.time_s - np.interp(line.time_s, self.at_s, self.late_s)
        return replace(run, stretch=replace(run.stretch, timeline=Timeline(line.x, time_s)))

    def later_by(self, seconds: float) -> "Refinement":
        """The same, told from an earlier start of the session."""
        return replace(self, at_s=self.at_s + seconds)

    def told(self) -> dict[str, Any]:
        """For recording.json."""
        return {
            "reference": self.reference,
            "hops": self.hops,
            "used": self.is_better,
            "late_ms": [round(1e3 * late_s, 2) for late_s in self.late_s.tolist()],
            "uncertainty_before_ms": round(self.before_ms, 3),
            "uncertainty_after_ms": round(self.after_ms, 3),
        }


def refinements(sensors: Mapping[str, Clocked]) -> dict[str, Refinement]:
    """By placement, for every sensor but the one that the others are compared with; none without hops.

    A sensor whose samples are on more than one clock, after a reset or a reconnect, takes no part.
    """
    whole = {p: sensor for p, sensor in sensors.items() if sensor.runs and len(sensor.clocks) == 1}
    if len(whole) < 2:
        return {}
    span_s = (
        min(sensor.runs[0].stretch.start_s for sensor in whole.values()),
        max(sensor.runs[-1].stretch.end_s for sensor in whole.values()),
    )
    reference = min(whole, key=lambda p: whole[p].clocks[0].most_uncertain_ms(*span_s))
    events = _events(whole, reference, span_s)
    return {
        placement: _refinement(
            sensor.clocks[0], whole[reference].clocks[0], events, placement, reference, span_s
        )
        for placement, sensor in whole.items()
        if events and placement != reference
    }


def _events(sensors: Mapping[str, Clocked], reference: str, span_s: tuple[float, float]) -> list[SharedHops]:
    """Hops that all sensors felt: the first at the beginning, the last at the end."""
    start_s, end_s = span_s
    first = _found(sensors, reference, start_s, min(start_s + _SOUGHT_S, end_s))[:1]
    last = _found(sensors, reference, max(end_s - _SOUGHT_S, start_s), end_s)[-1:]
    if first and last and last[0].at_s - first[0].at_s < _APART_S:
        return first
    return [*first, *last]


def _found(sensors: Mapping[str, Clocked], reference: str, start_s: float, end_s: float) -> list[SharedHops]:
    heard = {}
    for placement, sensor in sensors.items():
        if runs := within(sensor.runs, start_s, np.nextafter(end_s, np.inf)):
            samples = joined([run.samples() for run in runs])
            heard[placement] = (samples.time_s, samples.acc_mps2.astype(np.float64))
    return find_hops(heard, reference=reference) if reference in heard and len(heard) == len(sensors) else []


def _refinement(
    clock: ClockFit,
    against: ClockFit,
    events: Sequence[SharedHops],
    placement: str,
    reference: str,
    span_s: tuple[float, float],
) -> Refinement:
    def by_radio(time_s: float) -> float:
        return float(np.hypot(clock.uncertain_ms(time_s), against.uncertain_ms(time_s)))

    anchors = [(hops.at_s, hops.late_s[placement], hops.uncertainty_ms[placement]) for hops in events]
    if not clock.bends or not against.bends:
        # Read seldom: hops and those readings hold it between them. Read often, hops speak for all of it.
        worst_ms = max(own_ms for _, _, own_ms in anchors)
        read_s = {end_s for one in (clock, against) if not one.bends for end_s in one.read_s}
        anchors += [(at_s, 0.0, by_radio(at_s)) for at_s in read_s if by_radio(at_s) <= worst_ms]
    at_s, late_s, own_ms = np.array(sorted(anchors)).T
    drift_ppm = float(np.hypot(clock.skew_uncertainty_ppm, against.skew_uncertainty_ppm))
    held = _held(at_s, own_ms, drift_ppm=drift_ppm)
    moments_s = np.linspace(*span_s, _LOOKED_AT).tolist()
    return Refinement(
        reference=reference,
        at_s=at_s,
        late_s=late_s,
        own_ms=own_ms,
        hops=len(events),
        before_ms=max(map(by_radio, moments_s)),
        after_ms=max(map(held, moments_s)),
    )


def _held(
    at_s: NDArray[np.float64], own_ms: NDArray[np.float64], *, drift_ppm: float
) -> Callable[[float], float]:
    """How uncertain a clock is that was compared at some moments: bent between them, drifting beyond."""

    def uncertain_ms(time_s: float) -> float:
        beyond_s = max(at_s[0] - time_s, time_s - at_s[-1], 0.0)
        after = int(np.searchsorted(at_s, time_s))
        bent_s = 0.0
        if 0 < after < len(at_s):
            before_s, after_s = at_s[after - 1], at_s[after]
            bent_s = (time_s - before_s) * (after_s - time_s) / max(2 * (after_s - before_s), 1e-9)
        drift_ms = 1e-3 * np.sqrt(2) * BENDS_PPM * bent_s + 1e-3 * drift_ppm * beyond_s
        return float(np.hypot(np.interp(time_s, at_s, own_ms), drift_ms))

    return uncertain_ms
