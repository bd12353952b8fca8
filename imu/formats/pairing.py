"""From the files of sensors that were worn together to a recording: acceleration and rate on one clock.

Two sensors that were exported each on its own have no clock in common but that of the telephone. They are put
together by it, the recording says so, and the analysis judges whether their contacts agree.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from imu.errors import RecordingError
from imu.formats.matching import Worn, between_s, called
from imu.formats.resampling import at_times
from imu.recording import PLACEMENTS, Recording, Samples, SensorFacts, SensorTrack
from imu.recording.checks import checked

_RATE_OFF = 0.1  # of the rate in a file's name: more is another setting
_UNPAIRED_SHARE = 0.01  # of samples without an angular rate: worth a word

ONE_CLOCK = (
    "The sensors were put together by the clock of the telephone that exported them, which may be off by "
    "tenths of a second; the analysis says where their contacts do not agree"
)
NO_CLOCK = "No file says when it began: all were taken to begin together"
ACCELEROMETER_ONLY = (
    "{placement} has no angular rate: {lost} cannot be judged from it; steps and cadence remain"
)
_LOST_SHANK = "shank angle, impact, stride length and speed"
_LOST_PELVIS = "pelvic drop, tilt and vertical oscillation"


def recorded(sensors: Sequence[Worn]) -> Recording:
    """The recording of one outing, its files read again where only their ends were kept.

    RecordingError names the file that stands in the way.
    """
    by_placement: dict[str, Worn] = {}
    for one in sensors:
        placement = _placement(one, sensors)
        if placement in by_placement:
            other = by_placement[placement].first.origin
            advice = f"give --wear PLACE={called(one, sensors)} with another place"
            raise RecordingError(one.first.origin, f"is {placement}, and so is {other}; {advice}")
        by_placement[placement] = one
    by_placement = {placement: one.whole() for placement, one in by_placement.items()}
    offsets_s, start, clock_notes = _common_clock(list(by_placement.values()))
    tracks, told = {}, {}
    for (placement, one), offset_s in zip(by_placement.items(), offsets_s, strict=True):
        samples, notes = _joined(one, offset_s)
        facts = _facts(one, samples, notes)
        list(checked([samples], Path(one.first.origin), facts))
        tracks[placement] = SensorTrack.from_samples(placement, samples, **facts)
        told[placement] = _told(one, samples, notes)
    sentences = [*clock_notes]
    sentences += [
        ACCELEROMETER_ONLY.format(placement=name, lost=_LOST_PELVIS if name == "pelvis" else _LOST_SHANK)
        for name, track in tracks.items()
        if not track.has_gyroscope
    ]
    formats = list(dict.fromkeys(file.format for one in sensors for file in one.files))
    return Recording(
        tracks=tracks,
        start=start,
        notes=". ".join([f"Imported from {', '.join(formats)}", *sentences]) + ".",
        collection={"mode": "import", "formats": formats, "notes": sentences, "sensors": told},
    )


def _placement(one: Worn, sensors: Sequence[Worn]) -> str:
    if one.acc is None:
        reason = "has no acceleration, and no file with it lies beside; give both files of the sensor"
        raise RecordingError(one.first.origin, reason)
    said = {file.placement for file in one.files if file.placement is not None}
    if len(said) != 1:
        doubt = f"is said to be {' and '.join(sorted(said))}" if said else "does not say where it was worn"
        advice = f"give --wear shank_left={called(one, sensors)}, or {', '.join(PLACEMENTS[1:])}"
        raise RecordingError(one.first.origin, f"{doubt}; {advice}")
    return said.pop()


def _common_clock(sensors: Sequence[Worn]) -> tuple[list[float], datetime | None, list[str]]:
    """By how much each sensor's time zero is later than the recording's start, that start, and any doubt."""
    files = [one.first for one in sensors]
    starts = [file.start for file in files if file.start is not None]
    if len(starts) < len(files):
        return [0.0] * len(files), None, [NO_CLOCK] if len(files) > 1 else []
    start = min(starts)
    offsets_s = [(one - start).total_seconds() for one in starts]
    clocks = [file.shared_clock for file in files if file.shared_clock is not None]
    if len(clocks) == len(files) and len({clock.name for clock in clocks}) == 1:
        first, wraps_s = clocks[0], clocks[0].wraps_s
        shared_s = [clock.read_s - first.read_s for clock in clocks]
        # The telephone's times are good enough to tell how often it began anew in between.
        shared_s = [
            one + wraps_s * round((rough - offsets_s[0] - one) / wraps_s)
            for one, rough in zip(shared_s, offsets_s, strict=True)
        ]
        return [one - min(shared_s) for one in shared_s], start, []
    return offsets_s, start, [ONE_CLOCK] if len(files) > 1 else []


def _joined(one: Worn, offset_s: float) -> tuple[Samples, list[str]]:
    """Both streams at the times of the acceleration, on the recording's clock."""
    acc, gyr = one.acc, one.gyr
    assert acc is not None
    assert acc.acc_mps2 is not None
    notes = list(dict.fromkeys(note for file in one.files for note in file.notes))
    if gyr is None or gyr is acc:
        return Samples(acc.time_s + offset_s, acc.acc_mps2, acc.gyr_radps), notes
    assert gyr.gyr_radps is not None
    if acc.start is None and gyr.start is None:
        notes.append("acceleration and angular rate were taken to begin together: no file says when")
    rate, there = at_times(gyr.time_s + between_s(acc, gyr), gyr.gyr_radps, acc.time_s)
    if not there.any():
        raise RecordingError(gyr.origin, f"and {acc.origin} were never recorded at the same time")
    if 1 - there.mean() > _UNPAIRED_SHARE:
        notes.append(f"{1 - there.mean():.0%} of its samples have no angular rate beside and were left out")
    return Samples(acc.time_s[there] + offset_s, acc.acc_mps2[there], rate[there]), notes


def _facts(one: Worn, samples: Samples, notes: list[str]) -> SensorFacts:
    file = one.first
    measured_hz = _rate_hz(samples)
    rate_hz = file.rate_hz
    if rate_hz is not None and abs(measured_hz / rate_hz - 1) > _RATE_OFF:
        notes.append(f"the file says {rate_hz:g} Hz, its samples come at {measured_hz:.4g} Hz")
        rate_hz = None
    return SensorFacts(
        device=file.device,
        serial=file.serial,
        rate_hz=rate_hz,
        acc_range_g=file.acc_range_g,
        gyr_range_dps=file.gyr_range_dps if samples.gyr_radps is not None else None,
    )


def _rate_hz(samples: Samples) -> float:
    return 1 / float(np.median(np.diff(samples.time_s))) if len(samples) > 1 else np.inf


def _told(one: Worn, samples: Samples, notes: Sequence[str]) -> dict[str, Any]:
    """What was done, for recording.json; files by their names alone."""
    steps_s = np.diff(samples.time_s)
    interval_s = float(np.median(steps_s))
    gaps_s = steps_s[steps_s > 1.5 * interval_s] - interval_s
    return {
        "files": [Path(file.origin).name for file in one.files],
        "serial": one.first.serial,
        "rows": len(samples),
        "rate_hz": round(1 / interval_s, 4),
        "gaps": len(gaps_s),
        "missing_s": round(float(gaps_s.sum()), 4),
        "longest_gap_s": round(float(gaps_s.max(initial=0.0)), 4),
        "notes": list(notes),
    }
