"""From a device's clock to the host's, by readings of one between two of the other.

Over Bluetooth a request waits for the next connection event, anything between nothing and one interval; the
device reads its clock; the answer waits for an event after that, usually one whole interval. So the reading
lies at the beginning of the shortest round trips, not in their middle, unless the requests came in step with
the events, and then all round trips are equally long. The spread of the round trips tells the two apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.devices.sensor import Exchange
from imu.signal.timeline import Timeline

WRAP_TICKS = 1 << 32  # both kinds of sensor send 32 bits of their clock
MAX_SKEW_PPM = 200.0  # a crystal is within 50, also in the cold; more is a wrong reading
CRYSTAL_PPM = 50.0  # of a clock whose rate nobody measured
REMEMBERED_PPM = (
    10.0  # of one that was measured on another day: a wrist watch's crystal, 15 K warmer or colder
)
BENDS_PPM = 5.0  # by which a rate changes as a sensor warms up on its wearer
_SET_ANEW_S = 5.0  # a clock that is off by more than the slowest exchange was begun anew
_BURST_GAP_S = 5.0  # between two bursts at least
_KEPT_SHARE = 0.34  # of a burst, by round trip: the others waited for a repetition
_MIN_KEPT = 3
_ALIKE = 0.2  # bursts whose usual round trips differ by less had the same connection interval
_ANY_PHASE = 0.75  # of the shortest round trip: with this spread, requests met every phase of the radio
_BEND_BURSTS = 12  # from which on the drift of a crystal that warms up is worth fitting


@dataclass(frozen=True, slots=True, eq=False)
class ClockFit:
    """How one clock runs against the host's, and how well that is known."""

    method: Literal["exchanges", "arrivals", "stamps"]
    timeline: Timeline
    offset_s: float  # of the session where the device's clock (or index) reads zero
    skew_ppm: float  # positive: the device's clock runs fast (the sensor samples faster than it was set to)
    residual_rms_ms: float
    residual_p95_ms: float
    uncertainty_ms: float  # of the line among what it was fitted to, 95 %; delays that all share not included
    used: int  # exchanges, or packets
    of: int
    last_s: float = 0.0  # of the device, when it was read the last time
    read_s: tuple[float, float] = (-np.inf, np.inf)  # of the session, between the first and the last reading
    skew_uncertainty_ppm: float = 0.0  # 95 %, beyond them
    bends: bool = True  # whether a change of its rate between them was looked for

    def uncertain_ms(self, time_s: float) -> float:
        """How far it may be off at this second of the session, 95 %."""
        first_s, last_s = self.read_s
        beyond_s = max(first_s - time_s, time_s - last_s, 0.0)
        bent_s = 0.0 if self.bends else max(time_s - first_s, 0) * max(last_s - time_s, 0)
        bent_s /= max(2 * (last_s - first_s), 1e-9)
        drift_ppm = float(np.hypot(self.skew_uncertainty_ppm, BENDS_PPM)) if beyond_s else 0.0
        drift_ms = 1e-3 * (drift_ppm * beyond_s + BENDS_PPM * bent_s)
        return float(np.hypot(self.uncertainty_ms, drift_ms))

    def most_uncertain_ms(self, start_s: float, end_s: float) -> float:
        """The largest of these between two seconds of the session."""
        moments_s = [start_s, end_s]
        if np.isfinite(self.read_s).all():
            moments_s.append(float(np.clip(np.mean(self.read_s), start_s, end_s)))
        return max(map(self.uncertain_ms, moments_s))


def fit_exchanges(
    exchanges: Sequence[Exchange], *, tick_s: float, start_ns: int, known_skew_ppm: float | None = None
) -> ClockFit | None:
    """The clock of one device between two resets, None without an exchange.

    A straight line through the bursts, with a slow bend where there are enough to see one. Ticks are
    unwrapped; device seconds count from the tick zero before the first exchange. Where readings lie too close
    to each other to tell the rate, it is `known_skew_ppm`, of another day, or what the crystal is made for.
    """
    if not exchanges:
        return None
    readings = _readings(exchanges, tick_s=tick_s, start_ns=start_ns)
    bursts = np.split(
        np.arange(len(exchanges)), np.flatnonzero(np.diff(readings.before_s) > _BURST_GAP_S) + 1
    )
    usual_s = np.array([np.median(readings.trip_s[burst]) for burst in bursts])
    points = np.array(
        [
            point
            for burst, own_s in zip(bursts, usual_s, strict=True)
            for point in _judged(readings, burst, _answer_s(readings.trip_s, bursts, usual_s, own_s))
        ]
    )
    device_s, host_s, weight = points.T
    centre_s = float(np.average(device_s, weights=weight))
    error_s = host_s - device_s
    coefficients, spread_s, slope_s = _robust_line(device_s - centre_s, error_s, weight, n_bursts=len(bursts))
    skew_uncertainty_ppm = 1e6 * slope_s
    usual_ppm = CRYSTAL_PPM if known_skew_ppm is None else REMEMBERED_PPM
    if not slope_s or skew_uncertainty_ppm > usual_ppm:  # too close to each other to tell more
        skew_uncertainty_ppm = usual_ppm
        coefficients[1] = -1e-6 * (known_skew_ppm or 0.0)
    knots_s = _knots(device_s, bend=len(coefficients) > 2)
    residual_s = error_s - _polynomial(coefficients, device_s - centre_s)
    timeline = Timeline(knots_s, knots_s + _polynomial(coefficients, knots_s - centre_s))
    return ClockFit(
        method="exchanges",
        timeline=timeline,
        offset_s=float(timeline.at(np.zeros(1))[0]),
        skew_ppm=-1e6 * float(coefficients[1]),
        residual_rms_ms=1e3 * float(np.sqrt(np.mean(residual_s**2))),
        residual_p95_ms=1e3 * float(np.quantile(np.abs(residual_s), 0.95)),
        uncertainty_ms=1e3 * spread_s,
        used=len(points),
        of=len(exchanges),
        last_s=float(readings.device_s[-1]),
        read_s=(float(readings.before_s[0]), float(readings.before_s[-1])),
        skew_uncertainty_ppm=skew_uncertainty_ppm,
        bends=len(coefficients) > 2,
    )


def runs_on(before: Exchange, after: Exchange, *, tick_s: float) -> bool:
    """Whether the device's clock can have run from one to the other without having been set anew."""
    host_s = (after.before_ns - before.before_ns) * 1e-9
    turn_s = WRAP_TICKS * tick_s
    ahead_s = ((after.ticks - before.ticks) * tick_s - host_s + turn_s / 2) % turn_s - turn_s / 2
    return abs(ahead_s) <= _SET_ANEW_S + MAX_SKEW_PPM * 1e-6 * abs(host_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Readings:
    """Exchanges as columns, in seconds."""

    before_s: NDArray[np.float64]
    device_s: NDArray[np.float64]
    trip_s: NDArray[np.float64]


def _readings(exchanges: Sequence[Exchange], *, tick_s: float, start_ns: int) -> _Readings:
    ordered = sorted(exchanges, key=lambda exchange: exchange.before_ns)
    before_s = np.array([exchange.before_ns - start_ns for exchange in ordered]) * 1e-9
    trip_s = np.array([exchange.after_ns - exchange.before_ns for exchange in ordered]) * 1e-9
    ticks = np.array([exchange.ticks for exchange in ordered], dtype=np.int64)
    # Whole turns of the counter that the host saw pass: correct within half a turn, 36 min at 1 us.
    expected = (before_s - before_s[0]) / tick_s
    turns = np.round((expected - (ticks - ticks[0])) / WRAP_TICKS).astype(np.int64)
    return _Readings(before_s, (ticks + turns * WRAP_TICKS) * tick_s, trip_s)


def _judged(
    readings: _Readings, burst: NDArray[np.intp], answer_s: float
) -> list[tuple[float, float, float]]:
    """(device, host, weight) of the burst's best exchanges; the burst as a whole weighs one."""
    kept = burst[np.argsort(readings.trip_s[burst])][: max(_MIN_KEPT, round(_KEPT_SHARE * len(burst)))]
    host_s = readings.before_s[kept] + np.maximum(readings.trip_s[kept] - answer_s, 0.0)
    weights = np.full(len(kept), 1.0 / len(kept))
    return list(zip(readings.device_s[kept].tolist(), host_s.tolist(), weights.tolist(), strict=True))


def _answer_s(
    trip_s: NDArray[np.float64], bursts: list[NDArray[np.intp]], usual_s: NDArray[np.float64], own_s: float
) -> float:
    """How long an answer takes, by all bursts whose usual round trip is like this one's.

    A request waits up to one interval, the answer a whole one. Requests at any moment: round trips of 1 to 2
    intervals, the answer as long as the shortest; requests in step with the events: always 2, the answer half
    of it; in between: half of the shortest and the spread together.
    """
    alike = np.flatnonzero(np.abs(usual_s - own_s) <= _ALIKE * own_s)
    shortest_s, middle_s = np.quantile(trip_s[np.concatenate([bursts[b] for b in alike])], [0.0, 0.5])
    spread_s = 2 * (middle_s - shortest_s)  # by the middle: the longest waited for repetitions
    if spread_s >= _ANY_PHASE * shortest_s:
        return float(shortest_s)
    return float(shortest_s + spread_s) / 2


def _robust_line(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], *, n_bursts: int
) -> tuple[NDArray[np.float64], float, float]:
    """Coefficients of a constant, a slope and perhaps a bend; how far the line and its slope at the ends may
    be off, 95 %. The slope's is zero where it shows no slope.
    """
    degree = 0 if n_bursts == 1 else 1 if n_bursts < _BEND_BURSTS else 2
    scale = max(float(np.abs(x).max()), 1e-9)
    powers = np.vander(x / scale, degree + 1, increasing=True)
    robust = np.ones_like(x)
    for _ in range(20):  # Huber's weights; converges in a few rounds
        root = np.sqrt(weight * robust)[:, None]
        solution = np.linalg.lstsq(powers * root, y * root[:, 0], rcond=None)[0]
        residual = np.abs(y - powers @ solution)
        limit = 1.5 * 1.4826 * float(np.median(residual)) + 1e-7
        robust = np.minimum(1.0, limit / np.maximum(residual, 1e-12))
    covariance = np.linalg.pinv((powers * weight[:, None]).T @ powers)
    deviation = 1.4826 * float(np.median(residual))
    worst = float(np.sqrt(np.einsum("ij,jk,ik->i", powers, covariance, powers)).max())
    coefficients = np.zeros(max(2, degree + 1))
    coefficients[: degree + 1] = solution / scale ** np.arange(degree + 1)
    slopes = np.arange(degree + 1) * (x[:, None] / scale) ** np.maximum(np.arange(degree + 1) - 1, 0) / scale
    steepest = float(np.sqrt(np.einsum("ij,jk,ik->i", slopes, covariance, slopes)).max())
    if abs(coefficients[1]) > MAX_SKEW_PPM * 1e-6:
        coefficients[1:] = 0.0  # no crystal; a reading is wrong, and the nominal rate is nearer
        steepest = 0.0
    return coefficients, 1.96 * deviation * worst, 1.96 * deviation * steepest


def _polynomial(coefficients: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.polynomial.polynomial.polyval(x, coefficients))


def _knots(device_s: NDArray[np.float64], *, bend: bool) -> NDArray[np.float64]:
    start_s, end_s = float(device_s.min()), float(device_s.max()) + 1.0
    return np.linspace(start_s, end_s, max(2, round((end_s - start_s) / 30.0)) if bend else 2)
