"""What soft tissue and strap add at every contact: a damped shake and a small wobble of the sensor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.simulate.motion import STANDARD_GRAVITY_MPS2, Felt
from imu.simulate.runner import Strike

Floats = NDArray[np.float64]

_SHAKE_DECAY_S, _SHAKE_RISE_S = 0.022, 0.006
_WOBBLE_DECAY_S, _WOBBLE_RISE_S = 0.045, 0.012
_SCATTER = 0.15  # from contact to contact, 1 sd of the amplitude

_PELVIS_HZ, _PELVIS_G = (10.0, 22.0), (0.6, 2.0)
_WALKING_SHARE = 0.35


def strength(run: Floats, speed_mps: Floats) -> Floats:
    """Impact of a contact relative to running at 3.5 m/s; grows about linearly with speed."""
    result: Floats = run * np.clip(speed_mps / 3.5, 0.4, 2.0) + (1 - run) * _WALKING_SHARE * np.clip(
        speed_mps / 1.3, 0, 1.5
    )
    return result


def _ring(time_s: Floats, frequency_hz: float, decay_s: float, rise_s: float, derivative: int) -> Floats:
    """exp(-t/decay) (1 - exp(-t/rise)) sin(2 pi f t) or a derivative of it, for t >= 0."""
    slow = complex(-1 / decay_s, 2 * np.pi * frequency_hz)
    fast = slow - 1 / rise_s
    result: Floats = np.imag(
        slow**derivative * np.exp(slow * time_s) - fast**derivative * np.exp(fast * time_s)
    )
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """One sensor's answer to contacts, exactly zero before each. Segment axes."""

    contact_s: Floats  # (k,) ascending
    amplitude: Floats  # (k,)
    shake_hz: float
    shake_mps2: Floats  # (3,) peak
    wobble_hz: float
    wobble_rad: Floats  # (3,) peak

    @classmethod
    def draw(
        cls, contact_s: Floats, strength: Floats, *, pelvis: bool, strike: Strike, rng: np.random.Generator
    ) -> "Tissue":
        peak_g = rng.uniform(*(_PELVIS_G if pelvis else strike.shake_g))
        direction = np.array([rng.uniform(-0.5, -0.2), 1.0, rng.uniform(-0.2, 0.2)])
        return cls(
            contact_s=contact_s,
            amplitude=strength * np.clip(1 + _SCATTER * rng.standard_normal(len(contact_s)), 0.4, 1.6),
            shake_hz=rng.uniform(*(_PELVIS_HZ if pelvis else strike.shake_hz)),
            shake_mps2=peak_g * STANDARD_GRAVITY_MPS2 * direction,
            wobble_hz=rng.uniform(8.0, 16.0),
            wobble_rad=np.radians(rng.uniform(0.2, 0.9, 3)) * (0.4 if pelvis else 1.0),
        )

    def added_to(self, felt: Felt, time_s: Floats) -> Felt:
        """What the sensor feels with its tissue shaking."""
        last = np.searchsorted(self.contact_s, time_s, side="right") - 1
        since = np.where(last >= 0, time_s - self.contact_s[np.maximum(last, 0)], np.inf)
        soon = np.flatnonzero(since < 0.4)  # everything has died away before
        amplitude, since = self.amplitude[last[soon]], since[soon]
        shake = self._unit_ring(since, self.shake_hz, _SHAKE_DECAY_S, _SHAKE_RISE_S, 2, 2)
        angle = self._unit_ring(since, self.wobble_hz, _WOBBLE_DECAY_S, _WOBBLE_RISE_S, 0, 0)
        rate = self._unit_ring(since, self.wobble_hz, _WOBBLE_DECAY_S, _WOBBLE_RISE_S, 1, 0)
        acc, gyr = felt.acc_mps2.copy(), felt.gyr_radps.copy()
        tilted = np.cross(acc[soon], self.wobble_rad) * (amplitude * angle)[:, None]
        acc[soon] += (amplitude * shake)[:, None] * self.shake_mps2 + tilted
        gyr[soon] += (amplitude * rate)[:, None] * self.wobble_rad
        return Felt(acc, gyr)

    @staticmethod
    def _unit_ring(
        since: Floats,
        frequency_hz: float,
        decay_s: float,
        rise_s: float,
        derivative: int,
        unit_derivative: int,
    ) -> Floats:
        """A derivative of the ring, scaled so that its `unit_derivative` peaks at 1."""
        fine = np.linspace(0, 0.2, 4001)
        peak = np.abs(_ring(fine, frequency_hz, decay_s, rise_s, unit_derivative)).max()
        result: Floats = _ring(since, frequency_hz, decay_s, rise_s, derivative) / peak
        return result
