"""Which way is up, seen from the sensor: gyro strap-down, levelled by the mean specific force.

Over whole strides the specific force of a body that neither gains nor loses speed averages to gravity. The
gyro is integrated once, without correction, into a frame that is nearly at rest; there the measured force
is smoothed over a few strides, and the result is "up". The smoothing is symmetric in time, so a constant
gyro bias, which turns that frame at a constant rate, cancels; no magnetometer and no filter constant of the
running itself is needed.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from imu.signal.stretches import held, stretches

Quaternions = NDArray[np.float64]  # (4, n), scalar first, sensor to nearly-inertial frame

SCAN_WIDTH = 16  # 8 to 24 cost the same, on a minute of signal as on ten seconds of a live window
SHORT_SCAN = 4096  # up to here doubling is quicker: more products, but fewer steps
LEVEL_STEP_S = (
    0.1  # the level frame drifts by millidegrees in this time; between the steps it is a straight line
)
SMOOTHED_SIGMAS = 3.0


@dataclass(frozen=True, slots=True)
class Attitude:
    """Orientation of one sensor in a frame that is nearly at rest, and where up is in that frame.

    Across a gap the frame is a new one: nothing may be compared over it but angles to `up`.
    """

    to_frame: Quaternions  # (4, n) sensor to frame
    up: NDArray[
        np.float64
    ]  # (3, n) unit vector in the frame; NaN inside gaps and in stretches shorter than a stride

    def up_in_sensor(self) -> NDArray[np.float64]:
        """(3, n): the direction of up in the sensor's own axes."""
        return rotate(conjugate(self.to_frame), self.up)


def attitude(
    acc_mps2: NDArray[np.float64],
    gyr_radps: NDArray[np.float64],
    missing: NDArray[np.bool_],
    *,
    sampling_rate_hz: float,
    stride_s: NDArray[np.float64] | float,
    smoothing_s: float = 2.0,
) -> Attitude:
    """Strap-down orientation, levelled by the specific force averaged over whole strides.

    acc_mps2, gyr_radps (n, 3) in sensor axes, missing (n,) True inside gaps; stride_s the stride time at
    each sample (or one for all) over which force is averaged first, so that the edges of a gap-free
    stretch, where smoothing is one-sided, stay free of the stride's own rhythm; smoothing_s the standard
    deviation of the Gaussian after it. Gyro bias: 1 deg/s over a one-sided edge leaves about 1.6 deg, in
    the middle nothing; subtract it before.
    """
    to_frame = strapdown(gyr_radps, sampling_rate_hz=sampling_rate_hz)
    force = rotate(to_frame, acc_mps2.T)
    half = np.broadcast_to(np.asarray(0.5 * sampling_rate_hz * stride_s), missing.shape)
    up = level(force, missing, half_stride=half, sampling_rate_hz=sampling_rate_hz, smoothing_s=smoothing_s)
    return Attitude(to_frame, up / np.sqrt(dot(up, up)))


def level(
    vectors: NDArray[np.float64],
    missing: NDArray[np.bool_],
    *,
    half_stride: NDArray[np.float64],
    sampling_rate_hz: float,
    smoothing_s: float,
) -> NDArray[np.float64]:
    """The slow part of vectors (c, n): mean over one stride, then a Gaussian, never across a gap.

    half_stride (n,) in samples. NaN inside gaps and in gap-free stretches that hold no whole stride.
    """
    step = max(1, round(LEVEL_STEP_S * sampling_rate_hz))
    sigma = smoothing_s * sampling_rate_hz / step
    # Points every `step` samples, counted from the start of each stretch; empty slots keep stretches apart.
    start, end = stretches(missing)
    points = -(-(end - start) // step)
    stretch = np.repeat(np.arange(len(start)), points)
    within = np.arange(len(stretch)) - np.repeat(np.cumsum(points) - points, points)
    centre = start[stretch] + step * within
    low = np.rint(centre - half_stride[centre]).astype(np.intp)
    high = np.rint(centre + half_stride[centre]).astype(np.intp)
    whole = (low >= start[stretch]) & (high <= end[stretch]) & (high > low)
    centre, low, high = centre[whole], low[whole], high[whole]

    total = np.zeros((len(vectors), vectors.shape[1] + 1))
    np.cumsum(vectors, axis=1, out=total[:, 1:])
    slot = (np.arange(len(stretch)) + ceil(SMOOTHED_SIGMAS * sigma + 1) * stretch)[whole]
    mean = np.zeros((len(vectors) + 1, slot[-1] + 1 if len(slot) else 0))
    mean[:-1, slot] = (total[:, high] - total[:, low]) / (high - low)
    mean[-1, slot] = 1.0
    smooth = gaussian_filter1d(mean, sigma, axis=1, mode="constant", truncate=SMOOTHED_SIGMAS)[:, slot]
    return held(smooth[:-1] / smooth[-1], centre, missing)


def rotate(q: Quaternions, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Vectors (3, n), or one (3, 1), turned by q (4, n): v + w t + r x t where t = 2 r x v."""
    twist = cross(q[1:], vectors)
    twist += twist
    rotated: NDArray[np.float64] = q[0] * twist
    rotated += vectors
    rotated += cross(q[1:], twist)
    return rotated


def cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """a x b along axis 0, broadcasting over the rest (3, n); several times faster than `numpy.cross`."""
    x, y, z = a
    u, v, w = b
    product = np.empty(np.broadcast(a, b).shape)
    for row, plus, minus in zip(product, ((y, w), (z, u), (x, v)), ((z, v), (x, w), (y, u)), strict=True):
        np.multiply(*plus, out=row)
        row -= minus[0] * minus[1]
    return product


def dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """a . b along axis 0, broadcasting over the rest."""
    product: NDArray[np.float64] = a[0] * b[0]
    product += a[1] * b[1]
    product += a[2] * b[2]
    return product


def turned(matrix: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """matrix (3, 3) @ vectors (3, n). Not by BLAS, whose threads cost more than so thin a product."""
    return np.array([dot(row, vectors) for row in matrix])


def conjugate(q: Quaternions) -> Quaternions:
    return np.asarray(q * np.array([1.0, -1.0, -1.0, -1.0])[:, None])


def strapdown(gyr_radps: NDArray[np.float64], *, sampling_rate_hz: float) -> Quaternions:
    """Integrate angular rate (n, 3) to orientation (4, n), identity at the first sample.

    The rotation between two samples is their mean rate plus the coning term w_i x w_(i+1) dt^2 / 12
    (Savage 1998, doi:10.2514/2.4228). The running product is a scan in levels: 16 vectorised steps for
    each factor 16 of length instead of n steps, and doubling where little is left.
    """
    dt = 1.0 / sampling_rate_hz
    before, after = gyr_radps.T[:, :-1], gyr_radps.T[:, 1:]
    step = before + after
    step += (dt / 6.0) * cross(before, after)
    step *= 0.5 * dt
    angle_sq = dot(step, step)
    # sin(a/2)/a and cos(a/2) as series: steps are below 0.35 rad (2000 deg/s at 100 Hz), the error below 1e-9
    step *= 0.5 - angle_sq * (1 / 48.0 - angle_sq / 3840.0)
    delta = np.empty((2, len(gyr_radps)), np.complex128)
    delta[:, 0] = 1.0, 0.0
    delta.real[0, 1:] = 1.0 - angle_sq * (1 / 8.0 - angle_sq * (1 / 384.0 - angle_sq / 46080.0))
    delta.imag[0, 1:], delta.real[1, 1:], delta.imag[1, 1:] = step
    whole = _running_product(delta)
    return np.array([whole[0].real, whole[0].imag, whole[1].real, whole[1].imag])


# While they are multiplied, quaternions are pairs of complex numbers w + ix and y + iz (2, n): a third of the
# operations, each no dearer for being complex.
_Pairs = NDArray[np.complex128]


def _running_product(delta: _Pairs) -> _Pairs:
    n = delta.shape[1]
    if n <= SHORT_SCAN:
        reach = 1
        while reach < n:
            delta[:, reach:] = _product(delta[:, :-reach], delta[:, reach:])
            reach *= 2
        return delta
    rows = ceil(n / SCAN_WIDTH)
    scan = np.zeros((2, rows * SCAN_WIDTH), np.complex128)
    scan[0] = 1.0
    scan[:, :n] = delta
    scan = scan.reshape(2, rows, SCAN_WIDTH)
    total = scan[:, :, 0].copy()
    for i in range(1, SCAN_WIDTH):
        total = _product(total, scan[:, :, i].copy())  # strided columns are slow to compute with
        scan[:, :, i] = total
    total[:, 1:] = _running_product(total[:, :-1].copy())
    total[:, 0] = 1.0, 0.0
    total /= np.linalg.norm(total, axis=0)
    return _product(total[:, :, None], scan).reshape(2, -1)[:, :n]


def _product(p: _Pairs, q: _Pairs) -> _Pairs:
    (a, b), (c, d) = p, q
    product = np.empty(np.broadcast(p, q).shape, np.complex128)
    first, second = product
    np.multiply(a, c, out=first)
    first -= b * d.conj()
    np.multiply(a, d, out=second)
    second += b * c.conj()
    return product
