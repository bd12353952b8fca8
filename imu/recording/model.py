"""What a recording is in memory: samples, the track of one sensor, and the tracks of one run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

PLACEMENTS = ("shank_left", "shank_right", "pelvis", "foot_left", "foot_right")


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A stretch of one sensor, ascending in time; lost samples are simply missing."""

    time_s: NDArray[np.float64]  # (n,) since the recording's start, common clock
    acc_mps2: NDArray[np.float32]  # (n, 3) specific force, sensor axes
    gyr_radps: NDArray[np.float32] | None  # (n, 3), None for an accelerometer alone
    temperature_degc: NDArray[np.float32] | None = None  # (n,) NaN where not measured

    def between(self, start_s: float, end_s: float) -> "Samples":
        """The samples with start_s <= time < end_s, as views."""
        first, last = np.searchsorted(self.time_s, [start_s, end_s])
        return self[int(first) : int(last)]

    def __getitem__(self, rows: slice | NDArray[np.bool_]) -> "Samples":
        return Samples(
            self.time_s[rows],
            self.acc_mps2[rows],
            None if self.gyr_radps is None else self.gyr_radps[rows],
            None if self.temperature_degc is None else self.temperature_degc[rows],
        )

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """What a device that is no IMU said, each value when it was said: heart rate, a foot pod's speed."""

    time_s: NDArray[np.float64]  # (n,) ascending, the recording's clock
    values: NDArray[np.float64]  # (n,) in the unit of the channel's name


class SensorFacts(TypedDict, total=False):
    """What is declared about a sensor, never measured; absent or None where nobody said."""

    device: str | None
    serial: str | None
    rate_hz: float | None
    acc_range_g: float | None
    gyr_range_dps: float | None
    mount_height_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SensorTrack:
    """One worn sensor: what is known about it, and its samples on demand.

    Small files are held in memory, long ones are read from disk piece by piece, so that a day of recording
    does not need a day of memory. Ask for stretches, not for everything.
    """

    placement: str
    n_samples: int
    start_s: float  # time of the first sample
    end_s: float  # time of the last sample
    has_gyroscope: bool
    read: Callable[[float, float], Samples] = field(repr=False)
    device: str | None = None
    serial: str | None = None
    rate_hz: float | None = None  # as declared; what the time column says may differ
    acc_range_g: float | None = None
    gyr_range_dps: float | None = None
    mount_height_m: float | None = None  # sensor to ankle, along the shank

    @classmethod
    def from_samples(cls, placement: str, samples: Samples, **facts: Unpack[SensorFacts]) -> "SensorTrack":
        """A track whose samples are already in memory; they are taken as they are, not checked.

        `facts`: device, serial, rate_hz, acc_range_g, gyr_range_dps, mount_height_m, each as far as known.
        """
        if not len(samples):
            raise ValueError(f"{placement}: a track needs samples")
        return cls(
            placement=placement,
            n_samples=len(samples),
            start_s=float(samples.time_s[0]),
            end_s=float(samples.time_s[-1]),
            has_gyroscope=samples.gyr_radps is not None,
            read=samples.between,
            **facts,
        )

    def samples(self, start_s: float = -inf, end_s: float = inf) -> Samples:
        """The samples with start_s <= time < end_s. Arrays may be shared: do not write into them."""
        return self.read(start_s, end_s)


@dataclass(frozen=True, slots=True)
class Body:
    """What a tape measure and a scale said about the wearer; None where nobody measured."""

    height_m: float | None = None
    mass_kg: float | None = None
    shank_length_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """One run: the tracks of the worn sensors on a common clock, and what is known about the wearer."""

    tracks: Mapping[str, SensorTrack]  # by placement, in the order of PLACEMENTS
    start: datetime | None = None
    athlete: str | None = None
    notes: str | None = None
    body: Body = Body()
    reference_speed_mps: float | None = None  # a known treadmill speed
    collection: Mapping[str, Any] | None = None  # how it was recorded, plain JSON: clocks, losses, versions
    reference: Mapping[str, Channel] = field(default_factory=dict)  # by name with unit: heart_rate_bpm
    path: Path | None = None
    unlisted: tuple[str, ...] = ()  # placements with a file that recording.json does not name: not used

    def __post_init__(self) -> None:
        if not self.tracks:
            raise ValueError("a recording needs at least one track")
        if unknown := sorted(set(self.tracks) - set(PLACEMENTS)):
            raise ValueError(f"unknown placement {unknown[0]!r}; known are {', '.join(PLACEMENTS)}")
        ordered = {placement: self.tracks[placement] for placement in PLACEMENTS if placement in self.tracks}
        object.__setattr__(self, "tracks", MappingProxyType(ordered))

    @property
    def start_s(self) -> float:
        """Time of the first sample of any sensor."""
        return min(track.start_s for track in self.tracks.values())

    @property
    def end_s(self) -> float:
        """Time of the last sample of any sensor."""
        return max(track.end_s for track in self.tracks.values())

    @property
    def duration_s(self) -> float:
        """From the first to the last sample over all sensors."""
        return self.end_s - self.start_s


def joined(pieces: Sequence[Samples]) -> Samples:
    """One stretch from pieces that follow each other."""
    if len(pieces) == 1:
        return pieces[0]
    gyr = [piece.gyr_radps for piece in pieces if piece.gyr_radps is not None]
    temperature = [piece.temperature_degc for piece in pieces if piece.temperature_degc is not None]
    return Samples(
        np.concatenate([piece.time_s for piece in pieces]),
        np.concatenate([piece.acc_mps2 for piece in pieces]),
        np.concatenate(gyr) if gyr else None,
        np.concatenate(temperature) if temperature else None,
    )
