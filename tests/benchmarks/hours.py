"""The signals that are timed: an hour of walking and running, ten such hours, an hour of walking."""

from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np

import imu
from imu.recording import Recording, Samples, SensorTrack
from imu.recording.model import joined

HOURS = {
    "hour": "stand:10,10x(walk:90@1.3,run:260@3,stand:9)",  # a walk-run session, 3600 s
    "walking": "stand:10,walk:3590@1.3",  # what other packages are made for, and find every stride of
}


def hour(folder: Path, name: str = "hour") -> Path:
    """The recording of one of `HOURS`, simulated once and kept in `folder`."""
    path = folder / name
    if not path.exists():
        # Aligned sensors: other packages want to be told which axis points where.
        config = imu.simulate.SimulationConfig(pattern=HOURS[name], mounting="aligned")
        imu.save(imu.simulate.simulate(config).recording, path)
    return path


def repeated(recording: Recording, *, times: int) -> Recording:
    """The recording again and again, never held in memory as a whole."""
    tracks = {place: _repeated(track, recording.end_s, times) for place, track in recording.tracks.items()}
    return replace(recording, tracks=tracks)


def _repeated(track: SensorTrack, length_s: float, times: int) -> SensorTrack:
    period_s = length_s + 0.005  # one sample at 200 Hz

    def read(start_s: float, end_s: float) -> Samples:
        first = max(int(start_s // period_s), 0) if np.isfinite(start_s) else 0
        last = min(ceil(end_s / period_s), times) if np.isfinite(end_s) else times
        return joined([_later(track.samples(start_s - k * period_s, end_s - k * period_s), k * period_s)
                       for k in range(first, last)])  # fmt: skip

    return replace(
        track, n_samples=track.n_samples * times, end_s=track.end_s + (times - 1) * period_s, read=read
    )


def _later(samples: Samples, by_s: float) -> Samples:
    return replace(samples, time_s=samples.time_s + by_s)
