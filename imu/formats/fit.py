"""Garmin's FIT, as watches and foot pods of all makers write it: one activity a session.

A file that broke off, or was changed on its way, gives what stands before the damage, and a note.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.formats.content import Activity, Answers, Sport
from imu.formats.fit_messages import Found, checksum, messages, number
from imu.formats.fit_part import Span, part_of
from imu.formats.outing import APART_S, Told, activity_of, near_the_others
from imu.formats.source import Source

NAME = "Garmin FIT"
EXTRA = "formats"

Floats = NDArray[np.float64]

MOST_BYTES = 128 << 20  # a day with every field has 20 MB
_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
_SINCE_POWER_ON = 0x10000000  # smaller times count from when the device was switched on
_SEMICIRCLES = 180 / 2**31

# FIT's name -> ours, and what one of its units is in ours. Of two that mean the same the later one is better.
_CHANNELS = {
    "speed": ("speed_mps", 1.0),
    "enhanced_speed": ("speed_mps", 1.0),
    "distance": ("distance_m", 1.0),
    "heart_rate": ("heart_rate_bpm", 1.0),
    "altitude": ("altitude_m", 1.0),
    "enhanced_altitude": ("altitude_m", 1.0),
    "step_length": ("step_length_m", 1e-3),
    "stance_time": ("contact_time_s", 1e-3),
    "stance_time_balance": ("contact_time_left_share", 1e-2),
    "vertical_oscillation": ("vertical_oscillation_m", 1e-3),
    "vertical_ratio": ("vertical_ratio", 1e-2),
    "power": ("power_w", 1.0),
    "position_lat": ("latitude_deg", _SEMICIRCLES),
    "position_long": ("longitude_deg", _SEMICIRCLES),
}
_SPORTS: Mapping[object, Sport] = {"running": "run", "walking": "walk", "hiking": "walk"}


def sniff(source: Source) -> bool:
    return source.head[8:12] == b".FIT" and source.head[0] >= 12


def read(source: Source, answers: Answers) -> Iterator[Activity]:
    """One activity a session, in order of time; without a session all records are one."""
    content = source.content(most_bytes=MOST_BYTES)
    found = messages(content, source)
    notes = [*found.notes, *([] if found.damaged else checksum(content))]
    if not found.records.time_s and not any(_total(one, "total_elapsed_time") for one in found.sessions):
        raise source.refused("holds no records of an activity (a course, a workout, or settings?)")
    if found.records.time_s and max(found.records.time_s) < _SINCE_POWER_ON:
        raise source.refused("its clock was never set, so nobody knows when this was; export it again")
    yield from _activities(found, source, notes, answers)


def _total(session: Mapping[str, Any], name: str) -> float | None:
    value = number(session.get(name))
    return value if np.isfinite(value) and 0 < value < APART_S else None


def _activities(found: Found, source: Source, notes: Sequence[str], answers: Answers) -> Iterator[Activity]:
    time_s = np.array(found.records.time_s, float)
    kept = near_the_others(time_s)
    if not kept.all():
        notes = [*notes, f"{int((~kept).sum())} records have no time, or an impossible one; left out."]
    columns = list(found.records.arrays())
    parts = list(_parts(found.sessions, time_s, kept))
    for at, (session, rows) in enumerate(parts):
        told_s = begin = number(session.get("start_time"))
        if len(rows):
            begin = float(time_s[rows].min())
        last_s = float(time_s[rows].max()) if len(rows) else begin
        span = Span(
            first_s=begin,
            last_s=last_s,
            begin_s=told_s,
            end_s=_end(session),
            next_s=_next_begin(found.sessions, told_s),
        )
        yield activity_of(
            Told(
                origin=source.origin if len(parts) == 1 else f"{source.origin} (part {at + 1})",
                start=_EPOCH + timedelta(seconds=begin),
                zone=answers.zone or _zone(found.facts),
                time_s=time_s[rows] - begin,
                columns=dict(_ours(columns, rows)),
                one_foot_rpm=_cadence(columns, rows),
                sport=answers.sport or _sport(session, found.facts),
                pauses_s=_pauses(found.timer, begin, last_s),
                duration_s=None if len(rows) else _total(session, "total_elapsed_time"),
                distance_m=_total(session, "total_distance"),
                device=_device(found.facts),
                name=_text(session.get("sport_profile_name")) or _text(found.facts.get("sport name")),
                notes=tuple(notes),
                original=partial(_part_of, source, span) if session and len(found.sessions) > 1 else None,
            ),
            source,
        )


def _part_of(source: Source, span: Span) -> bytes:
    return part_of(source.content(most_bytes=MOST_BYTES), span)


def _end(session: Mapping[str, Any]) -> float:
    lasted = _total(session, "total_elapsed_time")
    return number(session.get("timestamp")) if lasted is None else number(session.get("start_time")) + lasted


def _next_begin(sessions: Sequence[Mapping[str, Any]], begin: float) -> float:
    """When the session begins that follows one; infinite for the last."""
    return min((at for one in sessions if (at := number(one.get("start_time"))) > begin), default=np.inf)


def _parts(
    sessions: Sequence[Mapping[str, Any]], time_s: Floats, kept: NDArray[np.bool_]
) -> Iterator[tuple[Mapping[str, Any], NDArray[np.intp]]]:
    """Sessions and the records of each; one without any counts only where the file has no records."""
    free, any_found = kept.copy(), False
    in_order = sorted(sessions, key=lambda one: number(one.get("start_time")))
    for session in in_order:
        begin, end = number(session.get("start_time")), _end(session)
        lasted = _total(session, "total_elapsed_time")
        within = (time_s >= begin - 1) & (time_s <= end + 1)
        if end - 1 <= (following := _next_begin(sessions, begin)) <= end + 1:
            within &= time_s < following
        rows = np.flatnonzero(free if len(sessions) == 1 else free & within)
        free[rows] = False
        if len(rows) > 1 or (not kept.any() and lasted is not None and begin >= _SINCE_POWER_ON):
            any_found = True
            yield session, rows
    if not any_found and kept.any():
        yield {}, np.flatnonzero(kept)


def _ours(columns: Sequence[tuple[Any, Floats]], rows: NDArray[np.intp]) -> Iterator[tuple[str, Floats]]:
    """Our channels, the better of two sources last; and developers' fields as they are."""
    order = {name: at for at, name in enumerate(_CHANNELS)}
    for of, values in sorted(columns, key=lambda one: order.get(one[0].name, 0)):
        own = values[rows]
        if not np.isfinite(own).any():
            continue
        if of.field_type == "devfield":
            unit = f" ({of.units})" if of.units else ""
            yield f"developer:{of.name}{unit}", own
        elif of.name in _CHANNELS:
            name, scale = _CHANNELS[of.name]
            yield name, own * scale


def _cadence(columns: Sequence[tuple[Any, Floats]], rows: NDArray[np.intp]) -> Floats | None:
    by_name = {of.name: values[rows] for of, values in columns if of.field_type != "devfield"}
    if "cadence" not in by_name:
        return by_name.get("cadence256")
    return by_name["cadence"] + np.nan_to_num(by_name.get("fractional_cadence", np.zeros(len(rows))))


def _sport(session: Mapping[str, Any], facts: Mapping[str, Any]) -> Sport | None:
    """None where the file does not say."""
    told = session.get("sport") or facts.get("sport sport")
    return None if told in (None, "generic") else _SPORTS.get(told, "other")


def _pauses(timer: Sequence[tuple[float, bool]], begin: float, end: float) -> tuple[tuple[float, float], ...]:
    """Between a stop of the timer and its next start, seconds since `begin`."""
    pauses, stopped = [], None
    for at, runs in sorted(timer):
        if runs and stopped is not None:
            pauses.append((stopped - begin, at - begin))
        stopped = None if runs else (at if stopped is None else stopped)
    return tuple((a, b) for a, b in pauses if 0 <= a < b <= end - begin)


def _zone(facts: Mapping[str, Any]) -> timezone | None:
    """The watch's own time zone, from the two clocks that an activity message tells."""
    apart_s = number(facts.get("activity local_timestamp")) - number(facts.get("activity timestamp"))
    quarter = round(apart_s / 900) * 900 if np.isfinite(apart_s) else 0
    if not np.isfinite(apart_s) or abs(apart_s) > 14 * 3600 or abs(apart_s - quarter) > 60:
        return None
    return timezone(timedelta(seconds=quarter))


def _device(facts: Mapping[str, Any]) -> str | None:
    words = [
        _text(facts.get(f"file_id {name}")) for name in ("manufacturer", "product_name", "garmin_product")
    ]
    return " ".join(word for word in words if word)[:64] or None


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    return "".join(c for c in value.strip() if c.isprintable())[:80]
