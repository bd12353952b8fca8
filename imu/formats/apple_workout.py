"""From the workouts and records of an Apple Health export to activities."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np

from imu.formats.apple_records import Floats, Records
from imu.formats.content import Activity, Answers
from imu.formats.source import Source
from imu.recording import Channel

LENGTHS: Mapping[str, float] = {
    "m": 1.0,
    "km": 1000.0,
    "cm": 0.01,
    "mm": 0.001,
    "mi": 1609.344,
    "ft": 0.3048,
    "in": 0.0254,
    "yd": 0.9144,
}
_SPEEDS = {
    f"{length}/{time}": metres / duration_s
    for length, metres in LENGTHS.items()
    for time, duration_s in (("s", 1.0), ("min", 60.0), ("hr", 3600.0))
}
_LONGEST_S = 7 * 86400.0
_SHORTEST_S = 1.0
# A count over less than this says little of a rate: one step more or less would be tens a minute.
_SHORTEST_COUNT_S = 2.0
_STEPS_IN_STRIDE = 2.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: the channel it becomes, its units in ours, and what is too much to be true."""

    channel: str
    units: Mapping[str, float]
    most: float


KINDS: Mapping[str, Kind] = {
    "HeartRate": Kind("heart_rate_bpm", {"count/min": 1.0, "count/s": 60.0}, 300),
    "RunningSpeed": Kind("speed_mps", _SPEEDS, 15),
    "RunningStrideLength": Kind("step_length_m", LENGTHS, 6),
    "RunningGroundContactTime": Kind("contact_time_s", {"ms": 1e-3, "s": 1.0}, 2),
    "RunningVerticalOscillation": Kind("vertical_oscillation_m", LENGTHS, 0.5),
    "RunningPower": Kind("power_w", {"W": 1.0, "kW": 1000.0}, 3000),
    "StepCount": Kind("cadence_spm", {"count": 1.0}, 100_000),
    "DistanceWalkingRunning": Kind("distance_m", LENGTHS, 100_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workout:
    """One running workout as the export says it."""

    start: datetime | None
    end: datetime | None
    source: int  # who recorded it, as in Records
    source_name: str
    zone: str | None
    is_indoors: bool
    distance_m: float | None
    events: tuple[tuple[float, bool], ...]  # seconds since 1970, and whether the timer stops


@dataclass(frozen=True, slots=True)
class _Series:
    """Records of one kind within a workout, in order of time."""

    start_s: Floats
    end_s: Floats
    values: Floats

    @classmethod
    def of(cls, records: Records, kind: str, begin_s: float, end_s: float, source: int) -> "_Series":
        """By whoever recorded the workout; where that is nobody, by the one who has most.

        Phone, watch and apps write the same steps and metres side by side: two together would count twice.
        """
        starts_s, ends_s, values, sources = records.within(kind, begin_s - 1.0, end_s)
        whole = ends_s <= end_s + 60.0  # a day's sum of another app is no record of this workout
        whole &= (values <= KINDS[kind].most) & (ends_s - starts_s <= _LONGEST_S)
        if whole.any() and not (sources[whole] == source).any():
            source = int(np.bincount(sources[whole]).argmax())
        whole &= sources == source
        return cls(starts_s[whole], ends_s[whole], values[whole])


def activities(
    workouts: Sequence[Workout], records: Records, source: Source, answers: Answers
) -> Iterator[Activity]:
    """One activity a workout, in order of time; of two that an app wrote again the fuller one.

    RecordingError where no workout has usable times.
    """
    common = tuple(records.unread())
    usable = [workout for workout in workouts if _lasts_s(workout) is not None]
    if not usable:
        raise source.refused(
            f"holds {len(workouts)} running workouts, none with a readable beginning and end"
        )
    usable.sort(key=lambda workout: cast("datetime", workout.start))
    yield from _once(_activity(workout, records, source, answers, common) for workout in usable)


def _lasts_s(workout: Workout) -> float | None:
    if workout.start is None or workout.end is None:
        return None
    lasts_s = (workout.end - workout.start).total_seconds()
    return lasts_s if _SHORTEST_S <= lasts_s <= _LONGEST_S else None


def _activity(
    workout: Workout,
    records: Records,
    source: Source,
    answers: Answers,
    common: tuple[str, ...],
) -> Activity:
    assert workout.start is not None
    assert workout.end is not None
    begin_s, end_s = workout.start.timestamp(), workout.end.timestamp()
    cut = {kind: _Series.of(records, kind, begin_s, end_s, workout.source) for kind in KINDS}
    channels = {
        KINDS[kind].channel: channel
        for kind, one in cut.items()
        if (channel := _channel(kind, one, begin_s, end_s)) is not None
    }
    notes = [*_stride_or_step(channels), *common]
    distance_m = workout.distance_m
    if distance_m is None and "distance_m" in channels:
        distance_m = float(channels["distance_m"].values[-1])
    if workout.is_indoors:
        notes.append("It was indoors, so speed and distance are the watch's estimate.")
    zone = _zone(workout.zone) or answers.zone
    return Activity(
        origin=f"{source.origin} ({workout.start:%Y-%m-%d %H:%M})",
        start=workout.start if zone is None else workout.start.astimezone(zone),
        duration_s=end_s - begin_s,
        sport="run",
        channels=channels,
        distance_m=distance_m,
        pauses_s=_pauses(workout, begin_s, end_s),
        device=_words(workout.source_name),
        notes=tuple(notes),
    )


def _channel(kind: str, cut: _Series, begin_s: float, end_s: float) -> Channel | None:
    """Values at the middle of their records; a count as its rate, metres as the way so far."""
    start_s, stop_s, values = cut.start_s, cut.end_s, cut.values
    if kind == "StepCount":
        lasts_s = stop_s - start_s
        long = lasts_s >= _SHORTEST_COUNT_S
        start_s, stop_s, values = start_s[long], stop_s[long], 60.0 * values[long] / lasts_s[long]
    time_s = (start_s + stop_s) / 2 - begin_s
    if kind == "DistanceWalkingRunning":
        time_s, values = stop_s - begin_s, np.cumsum(values)
    order = np.argsort(time_s, kind="stable")
    time_s, values = time_s[order], values[order]
    first = np.diff(time_s, prepend=-np.inf) > 0
    if kind == "DistanceWalkingRunning":  # of several at one time the last has the whole way
        first = np.diff(time_s, append=np.inf) > 0
    first &= (time_s >= 0) & (time_s <= end_s - begin_s)
    return Channel(time_s[first], values[first]) if first.any() else None


def _stride_or_step(channels: dict[str, Channel]) -> Iterator[str]:
    """Apple calls it stride length and documents it as the way of a single step; other apps may not.

    Where speed and cadence are there, they decide: speed is step length times steps a second.
    """
    length = channels.get("step_length_m")
    if length is None:
        return
    speed, cadence = channels.get("speed_mps"), channels.get("cadence_spm")
    if speed is None or cadence is None:
        yield "Stride length is read as the length of a step, as Apple documents it, unchecked."
        return
    expected_m = 60.0 * float(np.median(speed.values)) / max(float(np.median(cadence.values)), 1.0)
    ratio = float(np.median(length.values)) / max(expected_m, 0.01)
    if 1.6 < ratio < 2.5:
        channels["step_length_m"] = Channel(length.time_s, length.values / _STEPS_IN_STRIDE)
        yield "Stride length is twice what speed and cadence give for a step, so it is halved."
    elif not 0.7 < ratio < 1.4:
        del channels["step_length_m"]
        yield "Stride length agrees with speed and cadence neither as step nor as stride, and is left out."


def _pauses(workout: Workout, begin_s: float, end_s: float) -> tuple[tuple[float, float], ...]:
    pauses, stopped = [], None
    for at, stops in (*workout.events, (end_s, False)):
        if stops and stopped is None:
            stopped = at
        elif not stops and stopped is not None:
            pauses.append((max(stopped, begin_s) - begin_s, min(at, end_s) - begin_s))
            stopped = None
    return tuple((begin, end) for begin, end in pauses if begin < end)


def _once(made: Iterable[Activity]) -> Iterator[Activity]:
    """Of workouts that cover mostly the same time the one that knows most, with a note."""
    last: Activity | None = None
    for activity in made:
        if last is None or _shared(last, activity) <= 0.5:
            if last is not None:
                yield last
            last = activity
        else:
            fuller, other = sorted((last, activity), key=_samples, reverse=True)
            last = _with_note(
                fuller, f"The same outing written by {other.device or 'another app'} is left out."
            )
    if last is not None:
        yield last


def _shared(one: Activity, other: Activity) -> float:
    """The share of the shorter that both cover."""
    later = (other.start - one.start).total_seconds()
    both = min(one.duration_s, later + other.duration_s) - max(0.0, later)
    return both / min(one.duration_s, other.duration_s)


def _samples(activity: Activity) -> int:
    return sum(len(channel.values) for channel in activity.channels.values())


def _with_note(activity: Activity, note: str) -> Activity:
    return replace(activity, notes=(*activity.notes, note))


def _zone(name: str | None) -> ZoneInfo | None:
    """Where the run was; the offsets in the file are those of the phone on the day of the export."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):  # not known, or no name of a zone at all
        return None


def _words(text: str) -> str | None:
    return "".join(c for c in text.replace("\xa0", " ").strip() if c.isprintable()) or None
