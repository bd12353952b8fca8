"""What goes wrong on a day: one good recording, spoiled in one way at a time, beside its unchanged truth."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from imu.recording import Recording, Samples, SensorTrack

GRAVITY = 9.80665
SHANKS = ("shank_left", "shank_right")
SAME_CONTACT_MS = 60  # nearer to a true contact than half a step by far

Spoil = Callable[[Samples], Samples]


def spoiled(recording: Recording, spoil: Spoil, *placements: str) -> Recording:
    """The recording with `spoil` done to some of its sensors, or to all where none is named."""
    chosen = placements or tuple(recording.tracks)
    tracks = {
        placement: track_of(track, spoil(track.samples())) if placement in chosen else track
        for placement, track in recording.tracks.items()
    }
    return replace(recording, tracks=tracks)


def worn(recording: Recording, **placed: str) -> Recording:
    """Sensors under other names: `worn(run, pelvis="shank_left")` calls the left shank's sensor pelvis."""
    tracks = {name: track_of(recording.tracks[true], placement=name) for name, true in placed.items()}
    return replace(recording, tracks=tracks)


def only(recording: Recording, *placements: str) -> Recording:
    return worn(recording, **{placement: placement for placement in placements})


def track_of(
    track: SensorTrack, samples: Samples | None = None, *, placement: str | None = None
) -> SensorTrack:
    return SensorTrack.from_samples(
        placement or track.placement,
        track.samples() if samples is None else samples,
        device=track.device,
        rate_hz=track.rate_hz,
        acc_range_g=track.acc_range_g,
        gyr_range_dps=track.gyr_range_dps,
        mount_height_m=track.mount_height_m,
    )


def turned(rotation: Rotation) -> Spoil:
    """Strapped on another way round."""

    def spoil(samples: Samples) -> Samples:
        return _with(samples, rotation.apply(samples.acc_mps2), rotation.apply(_gyr(samples)))

    return spoil


def rate_times(factors: tuple[float, float, float]) -> Spoil:
    """A gyroscope of wrong scale, sign or axis."""
    return lambda samples: _with(samples, samples.acc_mps2, _gyr(samples) * np.asarray(factors))


def without_gyroscope(samples: Samples) -> Samples:
    return Samples(samples.time_s, samples.acc_mps2, None)


def rounded_to(step_mps2: float) -> Spoil:
    """Accelerations written with few digits."""
    return lambda samples: _with(samples, np.round(samples.acc_mps2 / step_mps2) * step_mps2, _gyr(samples))


def clipped_at(range_g: float) -> Spoil:
    limit = range_g * GRAVITY
    return lambda samples: _with(samples, np.clip(samples.acc_mps2, -limit, limit), _gyr(samples))


def without(*holes: tuple[float, float]) -> Spoil:
    """The samples of these times lost."""

    def spoil(samples: Samples) -> Samples:
        kept = np.ones(len(samples), bool)
        for start_s, end_s in holes:
            kept &= (samples.time_s < start_s) | (samples.time_s >= end_s)
        return samples[kept]

    return spoil


def hit_at(at_s: float, acc_mps2: float) -> Spoil:
    """One sample that no leg ever felt."""

    def spoil(samples: Samples) -> Samples:
        acc = samples.acc_mps2.copy()
        acc[np.searchsorted(samples.time_s, at_s), :2] = acc_mps2
        return _with(samples, acc, _gyr(samples))

    return spoil


def lost_in_bursts(share: float, *, seed: int) -> Spoil:
    """Packets of 50 to 250 ms lost, together this share of all samples."""

    def spoil(samples: Samples) -> Samples:
        rng = np.random.default_rng(seed)
        first_s, last_s = samples.time_s[[0, -1]]
        begin = rng.uniform(first_s, last_s, round(share * (last_s - first_s) / 0.15))
        return without(*zip(begin, begin + rng.uniform(0.05, 0.25, len(begin)), strict=True))(samples)

    return spoil


def later_from(at_s: float, by_s: float) -> Spoil:
    """Nothing was recorded for `by_s`; then life goes on as if nothing had happened."""
    return lambda samples: replace(
        samples, time_s=np.where(samples.time_s < at_s, samples.time_s, samples.time_s + by_s)
    )


def full_scale_noise_from(at_s: float, *, seed: int) -> Spoil:
    """A broken sensor: all its channels jump over their whole range."""

    def spoil(samples: Samples) -> Samples:
        rng = np.random.default_rng(seed)
        broken = (samples.time_s >= at_s)[:, None]
        noise = rng.uniform(-1, 1, (2, len(samples), 3))
        return _with(
            samples,
            np.where(broken, 16 * GRAVITY * noise[0], samples.acc_mps2),
            np.where(broken, np.radians(2000) * noise[1], _gyr(samples)),
        )

    return spoil


def handled(placement: str, *, seconds: float, seed: int, rate_hz: float = 200.0) -> SensorTrack:
    """A sensor that somebody turns over in his hands now and then, and puts down again."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0.0, seconds, 1 / rate_hz)
    poses = rng.uniform(-1.5, 1.5, 8).cumsum()
    angle = np.interp(time_s / seconds, np.sort(rng.random(8)), poses)
    angle = gaussian_filter1d(angle, 0.4 * rate_hz)
    acc = GRAVITY * np.column_stack([np.sin(angle), np.cos(angle), np.zeros_like(angle)])
    gyr = np.column_stack([np.zeros_like(angle), np.zeros_like(angle), np.gradient(angle, time_s)])
    trembling = rng.normal(0, 0.1, acc.shape)
    samples = Samples(time_s, (acc + trembling).astype(np.float32), gyr.astype(np.float32))
    return SensorTrack.from_samples(placement, samples)


def beside_truth(strides: pd.DataFrame, truth: pd.DataFrame, *, activity: str = "run") -> pd.DataFrame:
    """Each true stride of a gait, and in columns `name_found` what was found at it; NaN where nothing was."""
    sides = []
    for side in ("left", "right"):
        true = truth[(truth["side"] == side) & (truth["activity"] == activity)]
        found = strides[(strides["side"] == side) & (strides["activity"] == activity)]
        sides.append(
            pd.merge_asof(
                _timed(true),
                _timed(found).drop(columns="side"),
                on="at_ms",
                direction="nearest",
                tolerance=SAME_CONTACT_MS,
                suffixes=("", "_found"),
            )
        )
    return pd.concat(sides, ignore_index=True)


def _timed(strides: pd.DataFrame) -> pd.DataFrame:
    at_ms = (1000 * strides["ic_time_s"]).round().astype(np.int64)
    return strides.assign(at_ms=at_ms).sort_values("at_ms")


def error(pairs: pd.DataFrame, name: str) -> "pd.Series[float]":
    """Found less true, where both are known."""
    return (pairs[f"{name}_found"] - pairs[name]).dropna()


def _gyr(samples: Samples) -> NDArray[np.float32]:
    assert samples.gyr_radps is not None
    return samples.gyr_radps


def _with(samples: Samples, acc: NDArray[np.floating], gyr: NDArray[np.floating]) -> Samples:
    return replace(samples, acc_mps2=acc.astype(np.float32), gyr_radps=gyr.astype(np.float32))
