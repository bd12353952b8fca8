"""The sensors on the runner: how they are strapped on, and what a MEMS makes of the motion."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from imu.recording import Samples
from imu.simulate.motion import STANDARD_GRAVITY_MPS2, Felt
from imu.simulate.tissue import Tissue

Floats = NDArray[np.float64]

_BLOCK_S = 60.0  # worked on at a time: memory does not grow with the run
_BITS = 16
_BIAS_WALK_KNOT_S = 10.0
_SLIP_S = 0.15  # a strap that slips takes this long


@dataclass(frozen=True, slots=True)
class SensorErrors:
    """How far a worn MEMS is from an ideal sensor. Ranges are drawn from evenly, `_sd` normally, per sensor.

    The field values are those of consumer parts (BMI160, LSM6 and their kind) after a calibration at rest.
    """

    gyr_bias_dps: tuple[float, float] = (0.0, 0.0)  # magnitude per axis, either sign
    gyr_bias_walk_dps: float = 0.0  # 1 sd after ten minutes
    acc_bias_mg: tuple[float, float] = (0.0, 0.0)
    scale_sd: float = 0.0
    cross_axis_sd: float = 0.0
    g_sensitivity_dps_per_g: float = 0.0
    acc_noise_ug_per_rthz: float = 0.0
    gyr_noise_dps_per_rthz: float = 0.0
    bandwidth_hz: float | None = None
    rate_error: float = 0.0  # share, even range
    clock_skew_ppm: tuple[float, float] = (0.0, 0.0)
    clock_error_s: float = 0.002  # at most: what synchronisation leaves
    acc_range_g: float | None = None
    gyr_range_dps: float | None = None
    lost_share: float = 0.0
    burst_s: tuple[float, float] = (0.05, 0.25)
    tissue: bool = False  # transient and wobble at every contact
    creep_deg_per_h: float = 0.0


PRESETS = {
    "ideal": SensorErrors(),
    "field": SensorErrors(
        gyr_bias_dps=(0.5, 2.0),
        gyr_bias_walk_dps=0.1,
        acc_bias_mg=(5.0, 20.0),
        scale_sd=0.008,
        cross_axis_sd=0.005,
        g_sensitivity_dps_per_g=0.05,
        acc_noise_ug_per_rthz=150.0,
        gyr_noise_dps_per_rthz=0.01,
        bandwidth_hz=80.0,
        rate_error=0.01,
        clock_skew_ppm=(30.0, 60.0),
        acc_range_g=16.0,
        gyr_range_dps=2000.0,
        lost_share=0.005,
        tissue=True,
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Mounting:
    """Where and how one sensor sits on its segment."""

    rotation: Floats  # (3, 3) columns are the sensor axes in segment axes
    lever_m: Floats  # (3,) from the segment's origin, segment axes
    slip_deg: float = 0.0
    slip_at_s: float = 0.0
    slip_axis: Floats = field(default_factory=lambda: np.array([0.0, 1.0, 0.0]))  # straps slip about the leg


@dataclass(frozen=True, slots=True, eq=False)
class SensorDraw:
    """The errors one sensor really has; what `truth/sensors.json` tells."""

    true_rate_hz: float
    skew_ppm: float
    first_sample_s: float
    gyr_bias_radps: Floats
    acc_bias_mps2: Floats
    gyr_gain: Floats  # (3, 3) scale and cross axes
    acc_gain: Floats
    g_sensitivity: Floats  # (3, 3) rad/s per m/s2

    @classmethod
    def draw(cls, errors: SensorErrors, *, rate_hz: float, rng: np.random.Generator) -> "SensorDraw":
        def either_sign(low: float, high: float) -> Floats:
            return rng.uniform(low, high, 3) * (2.0 * rng.integers(0, 2, 3) - 1)

        def gain() -> Floats:
            scale, cross = rng.standard_normal(3), rng.standard_normal((3, 3))
            np.fill_diagonal(cross, 0.0)
            result: Floats = np.eye(3) + errors.scale_sd * np.diag(scale) + errors.cross_axis_sd * cross
            return result

        return cls(
            true_rate_hz=rate_hz * (1 + errors.rate_error * rng.uniform(-1, 1)),
            skew_ppm=float(either_sign(*errors.clock_skew_ppm)[0]),
            # Sensors start one after the other; late enough that no clock error puts a sample before zero.
            first_sample_s=errors.clock_error_s + float(rng.uniform(0, 1 / rate_hz))
            if errors.rate_error
            else 0.0,
            gyr_bias_radps=np.radians(either_sign(*errors.gyr_bias_dps)),
            acc_bias_mps2=either_sign(*errors.acc_bias_mg) * 1e-3 * STANDARD_GRAVITY_MPS2,
            gyr_gain=gain(),
            acc_gain=gain(),
            g_sensitivity=np.radians(errors.g_sensitivity_dps_per_g)
            / STANDARD_GRAVITY_MPS2
            * rng.standard_normal((3, 3)),
        )


class Carrier(Protocol):
    """What a sensor can be strapped to: a segment on its path."""

    def felt(self, time_s: Floats, lever_m: Floats) -> Felt: ...


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """One sensor on one segment."""

    segment: Carrier
    mounting: Mounting
    errors: SensorErrors
    draw: SensorDraw
    tissue: Tissue | None

    def record(
        self, duration_s: float, *, gyroscope: bool, rng: np.random.Generator
    ) -> tuple[Samples, dict[str, Any]]:
        """The samples that arrive, and what happened to them on the way."""
        n = int((duration_s - self.draw.first_sample_s) * self.draw.true_rate_hz)
        time_s = self.draw.first_sample_s + np.arange(n) / self.draw.true_rate_hz
        kept = ~_lost(time_s, self.errors, rng)
        walk = bias_walk(duration_s, self.errors.gyr_bias_walk_dps, rng)
        acc, gyr = np.empty((n, 3), np.float32), np.empty((n, 3), np.float32)
        clipped = np.zeros(n, bool)
        for block in _blocks(n, int(_BLOCK_S * self.draw.true_rate_hz)):
            felt = self._mems(self._felt(time_s[block]), walk(time_s[block]), rng)
            acc[block], over_acc = _converted(felt.acc_mps2, self._acc_limit)
            gyr[block], over_gyr = _converted(felt.gyr_radps, self._gyr_limit)
            clipped[block] = over_acc | over_gyr
        samples = Samples(
            self._stamped(time_s, duration_s)[kept], acc[kept], gyr[kept] if gyroscope else None
        )
        return samples, {"lost_share": float(1 - kept.mean()), "clipped_share": float(clipped[kept].mean())}

    def set_to(self, rate_hz: float, *, of_rate_hz: float) -> "Worn":
        """The same sensor at another rate: its clock is off by the same share, its filter moves along."""
        factor = rate_hz / of_rate_hz
        bandwidth_hz = self.errors.bandwidth_hz
        return replace(
            self,
            draw=replace(self.draw, true_rate_hz=self.draw.true_rate_hz * factor),
            errors=replace(self.errors, bandwidth_hz=bandwidth_hz and bandwidth_hz * factor),
        )

    def counts(
        self,
        time_s: Floats,
        bias_walk: Floats,
        *,
        acc_lsb_per_g: float,
        gyr_lsb_per_dps: float,
        rng: np.random.Generator,
        handled: Callable[[Floats, Felt], Felt] = lambda _time_s, felt: felt,
    ) -> NDArray[np.int16]:
        """(n, 6) acceleration and rate as a converter with these steps gives them, clipped at 16 bits.

        time_s evenly spaced at the true rate; bias_walk (n, 3) of the gyroscope in rad/s;
        handled: what becomes of what is felt at these times, where a hand takes the sensor.
        """
        felt = self._mems(handled(time_s, self._felt(time_s)), bias_walk, rng)
        steps = np.hstack(
            [
                felt.acc_mps2 * (acc_lsb_per_g / STANDARD_GRAVITY_MPS2),
                felt.gyr_radps * np.degrees(gyr_lsb_per_dps),
            ]
        )
        limits = np.iinfo(np.int16)
        counts: NDArray[np.int16] = np.clip(np.rint(steps), limits.min, limits.max).astype(np.int16)
        return counts

    def told(self) -> dict[str, Any]:
        """How it is strapped on and the errors it has, as the truth tells them."""
        told: dict[str, Any] = {
            "rate_true": self.draw.true_rate_hz,
            "skew_ppm": self.draw.skew_ppm,
            "gyr_bias_dps": np.degrees(self.draw.gyr_bias_radps).round(4).tolist(),
            "acc_bias_mg": (self.draw.acc_bias_mps2 / STANDARD_GRAVITY_MPS2 * 1e3).round(3).tolist(),
            "mount": self.mounting.rotation.round(6).tolist(),
            "lever_m": self.mounting.lever_m.round(4).tolist(),
        }
        if self.tissue:
            told |= {
                "impact_g": float(np.linalg.norm(self.tissue.shake_mps2) / STANDARD_GRAVITY_MPS2),
                "impact_hz": self.tissue.shake_hz,
                "wobble_hz": self.tissue.wobble_hz,
                "wobble_deg": np.degrees(self.tissue.wobble_rad).round(4).tolist(),
            }
        if self.mounting.slip_deg:
            told |= {"slip_deg": self.mounting.slip_deg, "slip_at_s": self.mounting.slip_at_s}
        return told

    @property
    def _acc_limit(self) -> float | None:
        return None if self.errors.acc_range_g is None else self.errors.acc_range_g * STANDARD_GRAVITY_MPS2

    @property
    def _gyr_limit(self) -> float | None:
        return None if self.errors.gyr_range_dps is None else float(np.radians(self.errors.gyr_range_dps))

    def _felt(self, time_s: Floats) -> Felt:
        """What reaches the chip, band-limited, in sensor axes."""
        if self.errors.bandwidth_hz is None:
            return self._on_strap(time_s)
        # Three taps half a sample apart, -3 dB at the bandwidth: the chip's averaging without its delay.
        half = 0.5 / self.draw.true_rate_hz
        side = (1 - np.sqrt(0.5)) / (2 * (1 - np.cos(2 * np.pi * self.errors.bandwidth_hz * half)))
        fine = np.arange(2 * len(time_s) + 1) * half + time_s[0] - half
        felt = self._on_strap(fine)
        return Felt(
            *(side * (v[:-2:2] + v[2::2]) + (1 - 2 * side) * v[1::2] for v in (felt.acc_mps2, felt.gyr_radps))
        )

    def _on_strap(self, time_s: Floats) -> Felt:
        felt = self.segment.felt(time_s, self.mounting.lever_m)
        if self.tissue is not None:
            felt = self.tissue.added_to(felt, time_s)
        angle, rate = self._strap_turn(time_s)
        axis = self.mounting.slip_axis
        if angle.any():
            turned = Rotation.from_rotvec(angle[:, None] * axis).inv()
            felt = Felt(turned.apply(felt.acc_mps2), turned.apply(felt.gyr_radps) + rate[:, None] * axis)
        return Felt(felt.acc_mps2 @ self.mounting.rotation, felt.gyr_radps @ self.mounting.rotation)

    def _strap_turn(self, time_s: Floats) -> tuple[Floats, Floats]:
        """Angle and rate by which the strap has turned on the segment since the start."""
        creep = np.radians(self.errors.creep_deg_per_h) / 3600
        s = np.clip((time_s - self.mounting.slip_at_s) / _SLIP_S, 0, 1)
        slip = np.radians(self.mounting.slip_deg)
        return creep * time_s + slip * s**2 * (3 - 2 * s), creep + slip * 6 * s * (1 - s) / _SLIP_S

    def _mems(self, felt: Felt, bias_walk: Floats, rng: np.random.Generator) -> Felt:
        errors, draw = self.errors, self.draw
        # A density over the band from zero to half the rate.
        spread = np.sqrt(draw.true_rate_hz / 2)
        acc_noise = errors.acc_noise_ug_per_rthz * 1e-6 * STANDARD_GRAVITY_MPS2 * spread
        gyr_noise = np.radians(errors.gyr_noise_dps_per_rthz) * spread
        shape = felt.acc_mps2.shape
        return Felt(
            felt.acc_mps2 @ draw.acc_gain.T + draw.acc_bias_mps2 + acc_noise * rng.standard_normal(shape),
            felt.gyr_radps @ draw.gyr_gain.T
            + felt.acc_mps2 @ draw.g_sensitivity.T
            + draw.gyr_bias_radps
            + bias_walk
            + gyr_noise * rng.standard_normal(shape),
        )

    def _stamped(self, time_s: Floats, duration_s: float) -> Floats:
        """The time column: what a synchronised but imperfect clock says."""
        skew = self.draw.skew_ppm * 1e-6
        largest = abs(skew) * duration_s / 2
        skew *= min(1.0, self.errors.clock_error_s / largest) if largest else 1.0
        return time_s + skew * (time_s - duration_s / 2)


def _blocks(n: int, size: int) -> Iterator[slice]:
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def _lost(time_s: Floats, errors: SensorErrors, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Samples lost in bursts that begin at random moments."""
    lost = np.zeros(len(time_s), bool)
    if not errors.lost_share:
        return lost
    duration_s = time_s[-1] - time_s[0]
    bursts = rng.poisson(errors.lost_share * duration_s / np.mean(errors.burst_s))
    begin = rng.uniform(time_s[0], time_s[-1], bursts)
    first, last = np.searchsorted(time_s, [begin, begin + rng.uniform(*errors.burst_s, bursts)])
    edges = np.zeros(len(time_s) + 1, int)
    np.add.at(edges, first, 1)
    np.add.at(edges, last, -1)
    result: NDArray[np.bool_] = np.cumsum(edges[:-1]) > 0
    return result


def bias_walk(duration_s: float, after_ten_minutes_dps: float, rng: np.random.Generator) -> CubicSpline:
    """Where a gyroscope's bias wanders to from its start, in rad/s."""
    knots = np.arange(0, duration_s + 2 * _BIAS_WALK_KNOT_S, _BIAS_WALK_KNOT_S)
    step = np.radians(after_ten_minutes_dps) * np.sqrt(_BIAS_WALK_KNOT_S / 600)
    return CubicSpline(knots, np.cumsum(step * rng.standard_normal((len(knots), 3)), axis=0))


def _converted(values: Floats, limit: float | None) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """As the converter delivers them: clipped at the range, rounded to its steps; and which rows clipped."""
    if limit is None:
        return values.astype(np.float32), np.zeros(len(values), bool)
    step = 2 * limit / 2**_BITS
    counts = np.clip(np.round(values / step), -(2 ** (_BITS - 1)), 2 ** (_BITS - 1) - 1)
    return (counts * step).astype(np.float32), np.any(np.abs(values) > limit, axis=1)
