"""What soft tissue and strap add at every contact: a damped shake and a small wobble of the sensor."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.simulate.motion import STANDARD_GRAVITY_MPS2, Felt
from imu.simulate.runner import Strike

Floats = NDArray[np.float64]

_SHAKE_DECAY_S, _SHAKE_RISE_S = 0.022, 0.006
_WOBBLE_DECAY_S, _WOBBLE_RISE_S = 0.045, 0.012
_DIED_AWAY_S = 0.35
_SCATTER = 0.15  # from contact to contact, 1 sd of the amplitude

_PELVIS_HZ, _PELVIS_G = (10.0, 22.0), (0.6, 2.0)
_WALKING_SHARE = 0.35


def strength(run: Floats, speed_mps: Floats) -> Floats:
    """Impact of a contact relative to running at 3.5 m/s; grows about linearly with speed."""
    result: Floats = run * np.clip(speed_mps / 3.5, 0.4, 2.0) + (1 - run) * _WALKING_SHARE * np.clip(
        speed_mps / 1.3, 0, 1.5
    )
    return result


@dataclass(frozen=True, slots=True)
class _Ring:
    """exp(-t/decay) (1 - exp(-t/rise)) sin(2 pi f t) and its derivatives, for t >= 0."""

    frequency_hz: float
    decay_s: float
    rise_s: float

    def derivatives(self, time_s: Floats, *orders: int) -> list[Floats]:
        slow = complex(-1 / self.decay_s, 2 * np.pi * self.frequency_hz)
        fast = slow - 1 / self.rise_s
        turning, rising = np.exp(slow * time_s), np.exp(-time_s / self.rise_s)
        return [np.imag(turning * (slow**order - fast**order * rising)) for order in orders]

    def peak(self, order: int) -> float:
        return float(np.abs(self.derivatives(np.linspace(0, 0.2, 2001), order)[0]).max())


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
        soon = np.flatnonzero(since < _DIED_AWAY_S)
        amplitude, since = self.amplitude[last[soon], None], since[soon]
        shaking = _Ring(self.shake_hz, _SHAKE_DECAY_S, _SHAKE_RISE_S)
        wobbling = _Ring(self.wobble_hz, _WOBBLE_DECAY_S, _WOBBLE_RISE_S)
        (shake,) = shaking.derivatives(since, 2)
        angle, rate = wobbling.derivatives(since, 0, 1)
        shake_mps2, wobble_rad = self.shake_mps2 / shaking.peak(2), self.wobble_rad / wobbling.peak(0)
        acc, gyr = felt.acc_mps2.copy(), felt.gyr_radps.copy()
        tilted = np.cross(acc[soon], wobble_rad) * angle[:, None]
        acc[soon] += amplitude * (shake[:, None] * shake_mps2 + tilted)
        gyr[soon] += amplitude * rate[:, None] * wobble_rad
        return Felt(acc, gyr)
