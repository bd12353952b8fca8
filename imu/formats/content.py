"""What foreign files hold, whatever their format: the samples of a sensor, or the activity of a watch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.errors import printable
from imu.recording import Channel

Sport = Literal["run", "walk", "other"]

# Channels an activity may have; a format leaves out what it does not know. Developers' own fields keep their
# name and unit as the file gives them, behind "developer:".
ACTIVITY_CHANNELS = {
    "speed_mps": "speed over ground",
    "distance_m": "way since the start",
    "cadence_spm": "steps of both feet a minute",
    "heart_rate_bpm": "heart beats a minute",
    "altitude_m": "height above the sea",
    "grade_percent": "rise over way, along 100 m",
    "step_length_m": "from one foot's contact to the other's: half a stride",
    "contact_time_s": "foot on the ground, mean of both feet",
    "contact_time_left_share": "the left foot's part of both contact times, 0 to 1",
    "vertical_oscillation_m": "of the trunk, over a step",
    "vertical_ratio": "vertical oscillation over step length",
    "power_w": "as the device estimates it",
    "latitude_deg": "where, kept only as long as slope and speed are made from it",
    "longitude_deg": "where, kept only as long as slope and speed are made from it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedClock:
    """A clock that several sensors keep together, and what it read at a file's time zero."""

    name: str
    read_s: float
    wraps_s: float  # begins anew after so long


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SensorFile:
    """The samples of one worn sensor on its own clock, in its own axes: accelerometer, gyroscope or both.

    acc_mps2 and gyr_radps are (n, 3) in SI units, None for what the file does not hold; time_s is (n,),
    ascending, since `start`.
    """

    origin: str  # the file, for messages
    format: str  # the reader's NAME
    time_s: NDArray[np.float64]
    acc_mps2: NDArray[np.float32] | None
    gyr_radps: NDArray[np.float32] | None
    start: datetime | None  # aware; None where the file does not say
    placement: str | None = None  # where a name says so; one of imu.recording.PLACEMENTS
    device: str | None = None
    serial: str | None = None
    rate_hz: float | None = None  # as set, where the file says so
    acc_range_g: float | None = None
    gyr_range_dps: float | None = None
    shared_clock: "SharedClock | None" = None
    notes: tuple[str, ...] = ()  # what the reader had to decide or leave out, one sentence each
    again: "Callable[[], SensorFile] | None" = field(default=None, repr=False)  # reads it once more
    is_whole: bool = True

    @property
    def samples_bytes(self) -> int:
        """What its samples take in memory."""
        return sum(one.nbytes for one in (self.time_s, self.acc_mps2, self.gyr_radps) if one is not None)

    def ends(self) -> "SensorFile":
        """Its first and its last sample alone: enough to tell when it was worn, and with what."""
        ends = [0, -1]
        return replace(
            self,
            time_s=self.time_s[ends],
            acc_mps2=None if self.acc_mps2 is None else self.acc_mps2[ends],
            gyr_radps=None if self.gyr_radps is None else self.gyr_radps[ends],
            is_whole=False,
        )

    def whole(self) -> "SensorFile":
        """All of it, read again where only its ends are there. RecordingError where it is gone meanwhile."""
        if self.is_whole:
            return self
        assert self.again is not None, "who drops samples knows where they are"
        return replace(self.again(), placement=self.placement, start=self.start, notes=self.notes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Activity:
    """What a watch or a foot pod remembers of one outing; times are seconds since `start`."""

    origin: str
    start: datetime  # aware
    duration_s: float
    sport: Sport
    channels: Mapping[str, Channel]  # by the names of ACTIVITY_CHANNELS
    distance_m: float | None = None
    pauses_s: tuple[tuple[float, float], ...] = ()  # its timer stood still from, to
    device: str | None = None
    name: str | None = None
    notes: tuple[str, ...] = ()
    sport_told: Sport | None = None  # by a person or an account's list, whatever the file says
    original: Callable[[], bytes] | None = field(default=None, repr=False)  # the file, where it has its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One file of an archive that was not read; the others were.

    A file that the user named alone is never `Refused`: it raises the error.
    """

    origin: str
    reason: str
    is_known: bool = True  # false: of no kind known here, a photograph in an export; passed over, no fault

    def __post_init__(self) -> None:
        object.__setattr__(self, "origin", printable(self.origin))
        object.__setattr__(self, "reason", printable(self.reason))


Content = SensorFile | Activity | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How a table that no reader knows is to be read: its columns, and what they count in."""

    time: str | None = None  # none: rows follow each other at rate_hz
    acc: tuple[str, str, str] | None = None
    gyr: tuple[str, str, str] | None = None
    time_unit: str = "s"  # of units.TIME_UNITS, or "iso" (dates), or "samples"
    acc_unit: str = "m/s2"  # of units.ACC_UNITS
    gyr_unit: str = "deg/s"  # of units.GYR_UNITS
    rate_hz: float | None = None  # where time counts samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the user said about what files leave open; readers never ask, they refuse with the question."""

    zone: tzinfo | None = None  # of clock times without one
    units: Mapping[str, str] = field(default_factory=dict)  # "acc" -> "g", "gyr" -> "deg/s"
    columns: ColumnMap | None = None
    sport: Sport | None = None  # of activities, whatever their files say
