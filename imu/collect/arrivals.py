"""From a sample's index to the host's clock, where samples carry no time: along the earliest arrivals.

A packet is late by its wait for a connection event and by repetitions, never early. Seen against an even
rate, the packets that waited least lie on a line that bends slowly, as the chip's own oscillator warms up:
that line is when samples were taken, but for the least delay, which all sensors of a session share.
"""

import numpy as np
from numpy.typing import NDArray

from imu.collect.clocks import ClockFit
from imu.signal.earliest import ALONE_RATE_S, OWN_RATE_S, earliest_line, even_interval


def fit_arrivals(
    index: NDArray[np.float64],
    arrival_s: NDArray[np.float64],
    *,
    rate_hz: float,
    interval_s: float | None = None,
) -> ClockFit:
    """The clock of one unbroken stretch of packets.

    index (n,) of each packet's last sample, ascending; arrival_s (n,) seconds of the session. `rate_hz` is
    what the sensor was set to; `interval_s` the true one where another stretch told it, for a short one.
    """
    span_s = (index[-1] - index[0]) / rate_hz
    long = span_s >= OWN_RATE_S
    if long or (interval_s is None and span_s >= ALONE_RATE_S):
        interval_s = even_interval(index, arrival_s, 1 / rate_hz)
    elif interval_s is None:
        interval_s = 1 / rate_hz
    line = earliest_line(index, arrival_s, interval_s=interval_s, bends=long)
    timeline, residual_s = line.timeline, line.late_s
    true_interval_s = (timeline.time_s[-1] - timeline.time_s[0]) / (timeline.x[-1] - timeline.x[0])
    return ClockFit(
        method="arrivals",
        timeline=timeline,
        offset_s=float(timeline.at(np.zeros(1))[0]),
        skew_ppm=1e6 * (1 / (true_interval_s * rate_hz) - 1),
        residual_rms_ms=1e3 * float(np.sqrt(np.mean(residual_s**2))),
        residual_p95_ms=1e3 * float(np.quantile(np.abs(residual_s), 0.95)),
        uncertainty_ms=1e3 * line.apart_s,
        used=len(residual_s),
        of=len(index),
    )
