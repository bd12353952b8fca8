"""Three hops while otherwise standing: an event that all sensors feel, to compare their clocks by.

All sensors are weightless together, so their forces' magnitudes drop and return at nearly the same moments.
Nearly: feet land some milliseconds apart, and a landing reaches the pelvis later and rounder than the shanks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import constants

Floats = NDArray[np.float64]


_STUDENT = {2: 12.7, 3: 4.3}  # 95 % of so many values


@dataclass(frozen=True, slots=True)
class HopParameters:
    """What three hops look like, and how well they can tell clocks apart."""

    count: int = 3
    weightless_g: float = 0.6  # magnitude; a leg that swings in the air feels some force
    flight_s: tuple[float, float] = (0.12, 0.6)
    landing_g: float = 1.7  # at least, within `lands_s`
    lands_s: float = 0.12
    apart_s: tuple[float, float] = (0.45, 2.5)  # from one landing to the next
    settles_s: float = 1.1  # of the runner before the first and after the last, which need not be quiet
    quiet_s: float = 1.0  # beyond that
    quiet_g: float = 0.08  # standard deviation, and how far the mean may be from 1 g twice over
    clocks_apart_s: float = 2.0  # at most: 0.2 s in an hour, for the longest day
    rhythm_s: float = 0.04  # to which the time between landings agrees: no clock moves it
    highest_g: float = 1.0  # all above counts alike: how hard a landing is differs from segment to segment
    grid_s: float = 0.001
    sought_s: float = 0.06  # to each side, by correlation
    # 95 %, of two segments of one runner: how much earlier one of them may land in all hops alike. An
    # assumption: no measurement of worn sensors stands behind it.
    habit_ms: float = 8.0


@dataclass(frozen=True, slots=True)
class SharedHops:
    """Hops that all sensors felt."""

    at_s: float  # the middle of the landings, by the clock of the reference
    late_s: Mapping[str, float]  # how much later each sensor's clock says they were than the reference's
    uncertainty_ms: Mapping[str, float]  # of it, 95 %; the reference's own is zero


def find_hops(
    acc_mps2: Mapping[str, tuple[Floats, Floats]],
    *,
    reference: str,
    parameters: HopParameters = HopParameters(),
) -> list[SharedHops]:
    """All triples of hops that every sensor felt, in order of time.

    acc_mps2: by placement, (time_s (n,), acceleration (n, 3)) on clocks that may be 2 s apart. 1. The force's
    magnitude on an even grid. 2. Flights: weightless for a moment, then a landing. 3. Three of them, alone,
    with quiet standing before and after. 4. The same rhythm on all sensors. 5. Each hop's flight correlated
    with the reference's.
    """
    if len(acc_mps2) < 2:
        return []
    signals = {p: _magnitude(*samples, parameters) for p, samples in acc_mps2.items()}
    triples = {p: _triples(signal, parameters) for p, signal in signals.items()}
    found = []
    for triple in triples[reference]:
        matching = {p: _matching(triple, others, parameters) for p, others in triples.items()}
        felt = {p: match for p, match in matching.items() if match is not None}
        if len(felt) == len(signals):
            found.append(_compared(signals, felt, reference, parameters))
    return [hops for hops in found if hops is not None]


@dataclass(frozen=True, slots=True, eq=False)
class _Signal:
    """Magnitude of the force in g, evenly spaced."""

    start_s: float
    force_g: Floats
    measured: NDArray[np.bool_]  # elsewhere bridged

    def between(self, start_s: float, end_s: float, *, grid_s: float, share: float = 1.0) -> Floats:
        """Empty unless that share of it was measured."""
        first, stop = round((start_s - self.start_s) / grid_s), round((end_s - self.start_s) / grid_s)
        if first < 0 or stop > len(self.force_g) or first >= stop:
            return np.empty(0)
        return self.force_g[first:stop] if self.measured[first:stop].mean() >= share else np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class _Triple:
    take_off_s: Floats  # (3,)
    landing_s: Floats  # (3,)


def _magnitude(time_s: Floats, acc_mps2: Floats, parameters: HopParameters) -> _Signal:
    if len(time_s) < 2:
        return _Signal(0.0, np.empty(0), np.empty(0, bool))
    force_g = np.linalg.norm(acc_mps2, axis=1) / constants.g
    steps_s = np.diff(time_s)
    broken = np.flatnonzero(steps_s > 2.5 * float(np.median(steps_s)))
    n = int((time_s[-1] - time_s[0]) / parameters.grid_s) + 1
    grid_s = time_s[0] + parameters.grid_s * np.arange(n)
    measured = np.ones(n, bool)
    ends_s = np.column_stack([time_s[broken], time_s[broken + 1]])
    for first, stop in np.searchsorted(grid_s, ends_s).tolist():
        measured[first:stop] = False
    return _Signal(float(time_s[0]), np.interp(grid_s, time_s, force_g), measured)


def _triples(signal: _Signal, parameters: HopParameters) -> list[_Triple]:
    grid_s = parameters.grid_s
    flying = np.concatenate([[False], signal.force_g < parameters.weightless_g, [False]])
    edges = np.flatnonzero(np.diff(flying.astype(np.int8)))
    take_off, landing = edges[::2], edges[1::2]
    low_s, high_s = parameters.flight_s
    long = ((landing - take_off) * grid_s >= low_s) & ((landing - take_off) * grid_s <= high_s)
    flights = [
        (signal.start_s + first * grid_s, signal.start_s + stop * grid_s)
        for first, stop in zip(take_off[long].tolist(), landing[long].tolist(), strict=True)
        if _lands(signal.force_g, stop, parameters)
    ]
    triples = []
    for group in _groups(flights, parameters.apart_s[1]):
        off_s, on_s = np.array(group).T
        steady = len(group) == parameters.count and bool((np.diff(on_s) >= parameters.apart_s[0]).all())
        if steady and _quiet_around(signal, off_s[0], on_s[-1], parameters):
            triples.append(_Triple(off_s, on_s))
    return triples


def _lands(force_g: Floats, row: int, parameters: HopParameters) -> bool:
    after = force_g[row : row + round(parameters.lands_s / parameters.grid_s)]
    return bool((after >= parameters.landing_g).any())


def _groups(flights: Sequence[tuple[float, float]], longest_s: float) -> list[list[tuple[float, float]]]:
    """Flights that follow each other soon."""
    if not flights:
        return []
    groups = [[flights[0]]]
    for before, after in pairwise(flights):
        if after[1] - before[1] > longest_s:
            groups.append([])
        groups[-1].append(after)
    return groups


def _quiet_around(signal: _Signal, first_s: float, last_s: float, parameters: HopParameters) -> bool:
    spans = (
        (first_s - parameters.settles_s - parameters.quiet_s, first_s - parameters.settles_s),
        (last_s + parameters.settles_s, last_s + parameters.settles_s + parameters.quiet_s),
    )
    pieces = [signal.between(*span, grid_s=parameters.grid_s, share=0.5) for span in spans]
    return all(
        len(piece) > 0
        and float(piece.std()) < parameters.quiet_g
        and abs(float(piece.mean()) - 1) < 2 * parameters.quiet_g
        for piece in pieces
    )


def _matching(wanted: _Triple, offered: Sequence[_Triple], parameters: HopParameters) -> _Triple | None:
    """The triple of the same rhythm, if it is one alone."""
    rhythm_s = np.diff(wanted.landing_s)
    same = [
        triple
        for triple in offered
        if abs(triple.landing_s.mean() - wanted.landing_s.mean()) <= parameters.clocks_apart_s
        and float(np.abs(np.diff(triple.landing_s) - rhythm_s).max()) <= parameters.rhythm_s
    ]
    return same[0] if len(same) == 1 else None


def _compared(
    signals: Mapping[str, _Signal], felt: Mapping[str, _Triple], reference: str, parameters: HopParameters
) -> SharedHops | None:
    """None where a gap leaves fewer than two hops of a sensor to compare."""
    late_s, uncertainty_ms = {reference: 0.0}, {reference: 0.0}
    for placement in felt.keys() - {reference}:
        pairs = [(signals[reference], felt[reference]), (signals[placement], felt[placement])]
        hops = (_later(pairs[0], pairs[1], hop, parameters) for hop in range(parameters.count))
        each_s = np.array([late for late in hops if late is not None])
        if len(each_s) < 2:
            return None
        late_s[placement] = float(np.mean(each_s))
        own_ms = _STUDENT[len(each_s)] * 1e3 * float(np.std(each_s, ddof=1)) / np.sqrt(len(each_s))
        uncertainty_ms[placement] = float(np.hypot(own_ms, parameters.habit_ms))
    return SharedHops(float(felt[reference].landing_s.mean()), late_s, uncertainty_ms)


def _later(
    reference: tuple[_Signal, _Triple], other: tuple[_Signal, _Triple], hop: int, parameters: HopParameters
) -> float | None:
    """How much later one hop is on the other sensor's clock: where its flight fits the reference's best."""
    (own, wanted), (theirs, found) = reference, other
    grid_s, sought = parameters.grid_s, round(parameters.sought_s / parameters.grid_s)
    start_s, end_s = wanted.take_off_s[hop] - 0.1, wanted.landing_s[hop] + 0.1
    ahead_s = float(found.landing_s[hop] - wanted.landing_s[hop])
    template = own.between(start_s, end_s, grid_s=grid_s)
    first_s = start_s + ahead_s - parameters.sought_s
    wide = theirs.between(first_s, first_s + (len(template) + 2 * sought) * grid_s, grid_s=grid_s)
    if not len(template) or not len(wide):
        return None
    template, wide = (np.minimum(values, parameters.highest_g) for values in (template, wide))
    windows = np.lib.stride_tricks.sliding_window_view(wide, len(template))
    misfit = ((windows - template) ** 2).sum(axis=1)
    best = int(np.clip(np.argmin(misfit), 1, len(misfit) - 2))
    before, at, after = misfit[best - 1 : best + 2].tolist()
    bend = before - 2 * at + after
    fraction = 0.0 if bend <= 0 else max(-0.5, min(0.5, 0.5 * (before - after) / bend))
    # Both pieces begin on grids of their own.
    begins_s = own.start_s + round((start_s - own.start_s) / grid_s) * grid_s
    found_s = theirs.start_s + round((first_s - theirs.start_s) / grid_s) * grid_s
    return float(found_s + (best + fraction) * grid_s - begins_s)
