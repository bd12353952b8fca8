"""Which files are of one sensor, where it was worn, and which sensors were worn at the same time.

    for outing in by_outing(placed(sensor_files, {"pelvis": "F00D"})):
        recording = recorded(outing)

What makes a recording of them is in `pairing`.
"""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from imu.errors import RestrideError
from imu.formats.content import SensorFile
from imu.recording import PLACEMENTS

_SAME_START_S = 2.0  # accelerometer and gyroscope of a sensor are switched on one after the other
_KIND = re.compile(r"accelerometer|acceleration|gyroscope|angular.?velocity|accel|acc|gyro|gyr|[\d.]+hz")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worn:
    """One sensor of one outing: a file with both streams, or a file of each."""

    acc: SensorFile | None
    gyr: SensorFile | None

    @property
    def files(self) -> tuple[SensorFile, ...]:
        """Each file once."""
        return tuple(dict.fromkeys(file for file in (self.acc, self.gyr) if file is not None))

    @property
    def first(self) -> SensorFile:
        """The file that tells time and name."""
        return self.files[0]

    def whole(self) -> "Worn":
        """With all samples of its files, also where only their ends were kept."""
        acc = None if self.acc is None else self.acc.whole()
        return Worn(acc=acc, gyr=acc if self.gyr is self.acc else self.gyr and self.gyr.whole())


def placed(files: Iterable[SensorFile], wear: Mapping[str, str]) -> list[SensorFile]:
    """The files with the placements that the user gave: by path, name or serial number of the sensor.

    RestrideError for a placement that does not exist, or one given to a file that is not there.
    """
    files = list(files)
    meant: dict[str, list[int]] = {}
    for placement, name in wear.items():
        if placement not in PLACEMENTS:
            raise RestrideError(f"--wear {placement}={name}: known placements are {', '.join(PLACEMENTS)}")
        meant[placement] = [at for at, one in enumerate(files) if name.lower() in _names(one)]
        if not meant[placement]:
            raise RestrideError(f"--wear {placement}={name}: none of the sensor files is called so")
    said = {at for ats in meant.values() for at in ats}
    for at, file in enumerate(files):  # what is said of one file holds for the other of its sensor
        if at not in said and any(_is_beside(file, files[other]) for other in said):
            files[at] = replace(file, placement=None)
    for placement in sorted(meant, key=lambda one: -len(meant[one])):  # a path goes before a name of several
        for at in meant[placement]:
            files[at] = replace(files[at], placement=placement)
    return files


def by_outing(files: Sequence[SensorFile], *, start: datetime | None = None) -> list[tuple[Worn, ...]]:
    """The sensors that were worn at the same time, outing by outing; those without a start together.

    start: of those without, beside others that say it.
    """
    sensors = _matched(files)
    if start is not None and len({one.first.start is None for one in sensors}) == 2:
        undated = {file for one in sensors if one.first.start is None for file in one.files}
        sensors = _matched([_begun(file, start) if file in undated else file for file in files])
    dated = sorted((one for one in sensors if one.first.start), key=_span_s)
    outings: list[list[Worn]] = []
    end_s = -np.inf
    for one in dated:
        first_s, last_s = _span_s(one)
        if first_s >= end_s:
            outings.append([])
            end_s = -np.inf
        outings[-1].append(one)
        end_s = max(end_s, last_s)
    outings.append([one for one in sensors if not one.first.start])
    return [tuple(outing) for outing in outings if outing]


def called(one: Worn, sensors: Sequence[Worn]) -> str:
    """What to call a sensor by on a command line: a file's name, or its path where that is another's too."""
    name = Path(one.first.origin).name
    named = sum(any(Path(file.origin).name == name for file in sensor.files) for sensor in sensors)
    return shlex.quote(name if named == 1 else one.first.origin)


def between_s(acc: SensorFile, gyr: SensorFile) -> float:
    """How much later the gyroscope's time zero is; 0 where nothing tells."""
    if acc.start is None or gyr.start is None:
        return 0.0
    return (gyr.start - acc.start).total_seconds()


def _overlap(one: SensorFile, other: SensorFile) -> bool:
    late_s = between_s(one, other)
    return bool(other.time_s[0] + late_s < one.time_s[-1] and one.time_s[0] < other.time_s[-1] + late_s)


def _begun(file: SensorFile, start: datetime) -> SensorFile:
    return replace(file, start=start, notes=(*file.notes, "when it began was told by hand"))


def _names(file: SensorFile) -> set[str]:
    """What a user may call a file, in lower case."""
    names = {file.origin, Path(file.origin).name, str(Path(file.origin))}
    if file.serial:
        names |= {file.serial, file.serial.replace(":", "")}
    return {name.lower() for name in names}


def _matched(files: Sequence[SensorFile]) -> list[Worn]:
    """Files of an accelerometer with that of the gyroscope beside it."""
    whole = [
        Worn(acc=file, gyr=file) for file in files if file.acc_mps2 is not None and file.gyr_radps is not None
    ]
    left = [file for file in files if file.acc_mps2 is None]
    pairs = []
    lone = [file for file in files if file.gyr_radps is None]
    for acc in lone:
        beside = [gyr for gyr in left if _same_sensor(acc, gyr)]
        if not beside and len(lone) == len(left) == 1 and _started_together(acc, left[0]):
            beside = left[:1]
        if not beside:
            pairs.append(Worn(acc=acc, gyr=None))
            continue
        gyr = min(beside, key=lambda one: abs(between_s(acc, one)))
        left = [file for file in left if file is not gyr]
        pairs.append(Worn(acc=acc, gyr=gyr))
    return [*whole, *pairs, *(Worn(acc=None, gyr=gyr) for gyr in left)]


def _same_sensor(acc: SensorFile, gyr: SensorFile) -> bool:
    if acc.start and gyr.start and not _overlap(acc, gyr):
        return False
    if _alike(acc, gyr):
        return True
    return not (acc.serial and gyr.serial) and acc.placement is not None and acc.placement == gyr.placement


def _is_beside(one: SensorFile, other: SensorFile) -> bool:
    """Whether one holds what the other lacks of the same sensor, at the same time."""
    is_other_stream = (one.acc_mps2 is None) != (other.acc_mps2 is None) and (
        (one.gyr_radps is None) != (other.gyr_radps is None)
    )
    at_once = not (one.start and other.start) or _overlap(one, other)
    return is_other_stream and at_once and _alike(one, other)


def _alike(one: SensorFile, other: SensorFile) -> bool:
    if one.serial and other.serial:
        return one.serial == other.serial
    return _stem(one) == _stem(other)


def _started_together(acc: SensorFile, gyr: SensorFile) -> bool:
    if acc.serial and gyr.serial and acc.serial != gyr.serial:
        return False
    return abs(between_s(acc, gyr)) < _SAME_START_S


def _stem(file: SensorFile) -> str:
    return _KIND.sub("", file.origin.lower())


def _span_s(one: Worn) -> tuple[float, float]:
    assert one.first.start is not None
    begin_s = one.first.start.timestamp()
    return begin_s + float(one.first.time_s[0]), begin_s + float(one.first.time_s[-1])
