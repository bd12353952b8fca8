"""From what a watch's file says to an `Activity`: steps of both feet, steps not strides, nothing impossible.

Shared by all formats of watches, so that each reader only finds its fields.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imu.formats.content import Activity, Sport
from imu.formats.source import Source
from imu.recording import Channel
from imu.signal.ground import (
    LONGEST_HOLE_S,
    slope_percent,
    speed_from_positions,
    speed_from_way,
    way_from_speed,
)

Floats = NDArray[np.float64]

# What a body can do and a planet allows; single values beyond are left out.
_POSSIBLE = {
    "speed_mps": (0, 60),
    "distance_m": (0, 1e6),
    "cadence_spm": (0, 300),
    "heart_rate_bpm": (25, 250),
    "altitude_m": (-500, 9000),
    "grade_percent": (-60, 60),
    "step_length_m": (0.1, 3.5),
    "contact_time_s": (0.05, 1.5),
    "contact_time_left_share": (0.2, 0.8),
    "vertical_oscillation_m": (0.005, 0.4),
    "vertical_ratio": (0.005, 0.6),
    "power_w": (0, 3000),
    "latitude_deg": (-90, 90),
    "longitude_deg": (-180, 180),
}
# Steps of both feet a minute that go with a speed, to tell one foot's count from that of both: half of it is
# never as likely. Rounded from ordinary adults and recreational runners; it need only be right within 40 %.
_SPEEDS_MPS = (0.5, 1.0, 1.4, 1.8, 2.2, 3.0, 4.0, 5.0, 6.0)
_USUAL_SPM = (70.0, 95.0, 112.0, 126.0, 156.0, 166.0, 176.0, 186.0, 198.0)
_SLOW_RUN_SPM = 155.0  # of whoever runs at a walk's pace: steps become shorter, hardly fewer
_RUN_BOTH_FEET = 120.0  # of one foot this would be 240 steps a minute
_WALK_BOTH_FEET = 78.0
_MOVING_MPS = 0.5
APART_S = 5 * 86400.0  # a record further from the others has a damaged time
_RUN_SPEEDS_MPS = (1.6, 7.0)
_LONGEST_STEP_M = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One outing as a file tells it; columns have a value or NaN for each of `time_s`."""

    origin: str
    start: datetime
    time_s: Floats
    columns: Mapping[str, Floats]
    one_foot_rpm: Floats | None = None  # cadence as it stands in the file: of one foot, if it keeps the rule
    sport: Sport | None = None
    zone: tzinfo | None = None
    pauses_s: tuple[tuple[float, float], ...] = ()
    duration_s: float | None = None  # None: until the last of `time_s`
    distance_m: float | None = None
    device: str | None = None
    name: str | None = None
    notes: tuple[str, ...] = field(default=())
    original: Callable[[], bytes] | None = None  # of one outing among many; None: all of the file


def told_of_points(
    moments: Sequence[datetime],
    rows: Sequence[Mapping[str, float]],
    stretches: Sequence[int],
    *,
    origin: str,
    sport: Sport | None,
    zone: tzinfo | None,
    device: str | None = None,
    name: str | None = None,
    notes: tuple[str, ...] = (),
    original: Callable[[], bytes] | None = None,
) -> Told:
    """Points of a track, each with its values by name; `cadence` among them is one foot's.

    stretches: the number of the stretch that each point belongs to; a hole between two of them is a pause.
    """
    since_first_s = np.array([(at - moments[0]).total_seconds() for at in moments])
    near = np.flatnonzero(near_the_others(since_first_s))
    if len(near) < len(moments):
        notes = (*notes, f"{len(moments) - len(near)} records have an impossible time; left out.")
    time_s = since_first_s[near] - since_first_s[near[0]]
    rows, stretches = [rows[at] for at in near.tolist()], [stretches[at] for at in near.tolist()]
    columns = {
        column: np.array([row.get(column, np.nan) for row in rows])
        for column in sorted({column for row in rows for column in row})
    }
    return Told(
        origin=origin,
        start=moments[near[0]],
        zone=zone,
        time_s=time_s,
        one_foot_rpm=columns.pop("cadence", None),
        columns=columns,
        sport=sport,
        pauses_s=tuple(
            (float(time_s[at]), float(time_s[at + 1]))
            for at, (before, after) in enumerate(pairwise(stretches))
            if after != before and time_s[at + 1] - time_s[at] > LONGEST_HOLE_S
        ),
        device=device,
        name=name,
        notes=notes,
        original=original,
    )


def near_the_others(time_s: Floats) -> NDArray[np.bool_]:
    """(n,) whether each time is within five days of the middle one: clocks that begin anew jump by years."""
    known = np.isfinite(time_s)
    if not known.any():
        return known
    middle_s = np.quantile(time_s[known], 0.5, method="lower")  # one of them, so that it is near itself
    near: NDArray[np.bool_] = np.abs(time_s - middle_s) < APART_S
    return near


def activity_of(told: Told, source: Source) -> Activity:
    """Check and complete. RecordingError where neither a time nor a way is left."""
    notes = list(told.notes)
    rows = _ascending(told.time_s)
    if len(rows) < len(told.time_s):
        notes.append(f"{len(told.time_s) - len(rows)} records stand at a time that was over; left out.")
    time_s = told.time_s[rows]
    columns = {name: values[rows].astype(float) for name, values in told.columns.items()}
    columns = {name: _possible(name, values) for name, values in columns.items()}
    _complete_speed(time_s, columns, notes)
    cadence = None if told.one_foot_rpm is None else told.one_foot_rpm[rows].astype(float)
    sport = told.sport or _guessed(cadence, columns, notes)
    if cadence is not None and np.isfinite(cadence).any():
        if sport == "other":
            notes.append("Its cadence is not of feet in this sport; left out.")
        else:
            columns["cadence_spm"] = _possible("cadence_spm", _both_feet(cadence, columns, sport, notes))
    _steps_not_strides(columns, notes)
    _complete_slope(columns)
    duration_s = told.duration_s if told.duration_s is not None else float(time_s[-1]) if len(time_s) else 0.0
    if duration_s <= 0:
        raise source.refused("holds a single moment, no outing")
    return Activity(
        origin=told.origin,
        start=told.start.astimezone(told.zone or UTC),
        duration_s=duration_s,
        sport=sport,
        channels={
            name: Channel(time_s[known], values[known])
            for name, values in columns.items()
            if (known := np.isfinite(values)).any()
        },
        distance_m=told.distance_m or _way(time_s, columns),
        pauses_s=told.pauses_s,
        device=told.device,
        name=told.name,
        notes=tuple(notes),
        original=told.original or source.content,
    )


def _ascending(time_s: Floats) -> NDArray[np.intp]:
    """Rows whose time is later than all before."""
    latest = np.concatenate([[-np.inf], np.maximum.accumulate(np.nan_to_num(time_s, nan=-np.inf))[:-1]])
    return np.flatnonzero(time_s > latest[: len(time_s)])


def _possible(name: str, values: Floats) -> Floats:
    low, high = _POSSIBLE.get(name, (-1e12, 1e12))
    with np.errstate(invalid="ignore"):
        return np.where((values >= low) & (values <= high), values, np.nan)


def _complete_speed(time_s: Floats, columns: dict[str, Floats], notes: list[str]) -> None:
    if "speed_mps" in columns and np.isfinite(columns["speed_mps"]).any():
        return
    if "latitude_deg" in columns and "longitude_deg" in columns:
        speed = speed_from_positions(time_s, columns["latitude_deg"], columns["longitude_deg"])
        notes.append("Speed comes from its positions, smoothed over 11 s.")
    elif "distance_m" in columns:
        speed = speed_from_way(time_s, columns["distance_m"])
        notes.append("Speed comes from its distances, smoothed over 11 s.")
    else:
        return
    columns["speed_mps"] = _possible("speed_mps", speed)
    if "distance_m" not in columns:
        columns["distance_m"] = way_from_speed(time_s, columns["speed_mps"])


def _complete_slope(columns: dict[str, Floats]) -> None:
    if "altitude_m" in columns and "distance_m" in columns:
        way = np.fmax.accumulate(columns["distance_m"])
        columns["grade_percent"] = slope_percent(way, columns["altitude_m"])


def _way(time_s: Floats, columns: Mapping[str, Floats]) -> float | None:
    if "distance_m" in columns and np.isfinite(columns["distance_m"]).any():
        return float(np.nanmax(columns["distance_m"]) - np.nanmin(columns["distance_m"]))
    if "speed_mps" in columns and len(time_s):
        return float(way_from_speed(time_s, columns["speed_mps"])[-1])
    return None


def _moving(values: Floats, columns: Mapping[str, Floats]) -> NDArray[np.bool_]:
    speed = columns.get("speed_mps")
    moving = np.isfinite(values) & (values > 20)
    return moving if speed is None else moving & ~(speed < _MOVING_MPS)


def _both_feet(told: Floats, columns: Mapping[str, Floats], sport: Sport, notes: list[str]) -> Floats:
    """Steps of both feet a minute. FIT and TCX count one foot, some programs write both: what is likelier.

    The question is asked once a file, over all records in which somebody moved.
    """
    moving = _moving(told, columns)
    if not moving.any():
        return 2 * told
    speed = columns.get("speed_mps")
    known = moving if speed is None else moving & np.isfinite(speed)
    if speed is not None and known.any():
        usual = np.interp(speed[known], _SPEEDS_MPS, _USUAL_SPM)
        gaits = (usual, np.maximum(usual, _SLOW_RUN_SPM)) if sport == "run" else (usual,)
        both = _unlikeliness(told[known], gaits) < _unlikeliness(2 * told[known], gaits)
    elif sport == "run":
        both = float(np.quantile(told[moving], 0.9)) >= _RUN_BOTH_FEET
    else:
        both = float(np.median(told[moving])) >= _WALK_BOTH_FEET
    middle = float(np.median(told[moving]))
    if both:
        notes.append(f"Its cadence (median {middle:.0f}) is already that of both feet; taken as it is.")
        return told
    notes.append(f"Its cadence (median {middle:.0f}) counts one foot; doubled.")
    return 2 * told


def _unlikeliness(steps_spm: Floats, gaits: Sequence[Floats]) -> float:
    """How far steps a minute are from what is usual at the same moments, of the gait that comes nearest."""
    apart = np.min([np.abs(np.log(steps_spm / usual)) for usual in gaits], axis=0)
    return float(np.median(apart))


def _steps_not_strides(columns: dict[str, Floats], notes: list[str]) -> None:
    """A step length that is two steps long, by the same file's speed and cadence, is halved."""
    needed = [columns.get(name) for name in ("step_length_m", "speed_mps", "cadence_spm")]
    length, speed, cadence = needed
    if length is None or speed is None or cadence is None:
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = length / (speed * 60 / cadence)
    steps = steps[np.isfinite(steps) & (speed > _MOVING_MPS)]
    if len(steps) and 1.6 < float(np.median(steps)) < 2.5:
        columns["step_length_m"] = length / 2
        notes.append("Its step length is that of a whole stride, by its own speed and cadence; halved.")


def _guessed(cadence: Floats | None, columns: Mapping[str, Floats], notes: list[str]) -> Sport:
    """Of a file without a sport: a run only where speed and steps are those of one."""
    if "contact_time_s" in columns and np.isfinite(columns["contact_time_s"]).any():
        notes.append("It names no sport known here; taken as a run, since it measured contact times.")
        return "run"
    speed = columns.get("speed_mps")
    if speed is not None and cadence is not None and _looks_like_running(speed, cadence):
        notes.append("It names no sport known here; taken as a run by its speed and cadence.")
        return "run"
    notes.append("It names no sport known here, and nothing in it shows a run.")
    return "other"


def _looks_like_running(speed: Floats, told: Floats) -> bool:
    """Speed, steps and their length are a runner's; a cyclist's cranks turn as fast, but further a turn."""
    moving = (speed > _MOVING_MPS) & (told > 20)
    if not moving.any():
        return False
    middle, cadence = float(np.median(speed[moving])), float(np.median(told[moving]))
    steps = cadence if cadence >= _RUN_BOTH_FEET else 2 * cadence
    slowest, fastest = _RUN_SPEEDS_MPS
    return slowest < middle < fastest and 140 <= steps <= 230 and middle * 60 / steps < _LONGEST_STEP_M
