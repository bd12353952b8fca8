"""GPX: tracks of positions with times, and heart rate and cadence in the extensions that watches add.

Read by gpxpy, after a parser that knows no entities has seen that there are none.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from imu.formats.content import Activity, Answers, Sport
from imu.formats.outing import activity_of, told_of_points
from imu.formats.own_part import own_parts
from imu.formats.source import Source
from imu.formats.xml_text import as_number, begins_with, local_name

if TYPE_CHECKING:
    from gpxpy.gpx import GPXTrack, GPXTrackPoint

NAME = "GPX"
EXTRA = "formats"

MOST_BYTES = 48 << 20  # a day with every extension has 20 MB

# Programs name kinds freely (trail_running, Jogging, Laufen); 9, 4 and 10 are those of one that counts them.
# What is none of ours comes first: Langlauf, Eislaufen and a course cycliste are no running.
_OTHER = r"cycl|bik(e|ing)|v[eé]lo|golf|swim|schwimm|skat|langlauf|crunch"
_OTHER_BEGINS = r"\b(rid(e|ing)|rad|ski|eis|schlitt|roll|row|ruder|surf|paddl|driv|auto|motor)"
_SPORTS: tuple[tuple[Sport, str], ...] = (
    ("other", f"{_OTHER}|{_OTHER_BEGINS}"),
    ("run", r"run|jog|lauf|course|corr|^9$"),
    ("walk", r"walk|hik|wander|geh|march|^(4|10)$"),
)
_BESIDE = {"hr": "heart_rate_bpm", "heartrate": "heart_rate_bpm", "power": "power_w", "speed": "speed_mps"}
_CADENCE = ("cad", "cadence", "runcadence")


def sniff(source: Source) -> bool:
    return begins_with(source, "gpx")


def read(source: Source, answers: Answers) -> Iterator[Activity]:
    """One activity a track; routes and waypoints have no times, and are not read."""
    every = _tracks(source)
    part = own_parts(source, "trk", count=len(every), within="gpx")
    tracks = [(at, track, points) for at, track in enumerate(every) if len(points := _timed(track)) > 1]
    if not tracks:
        raise source.refused("holds no track with times (a route to be followed?)")
    for number, (at, track, points) in enumerate(tracks):
        origin = source.origin if len(tracks) == 1 else f"{source.origin} (track {number + 1})"
        told = told_of_points(
            [moment for _, moment, _ in points],
            [_row(point) for _, _, point in points],
            [segment for segment, _, _ in points],
            origin=origin,
            sport=answers.sport or _sport(track.type),
            zone=answers.zone,
            name=(track.name or "").strip()[:80] or None,
            original=None if len(every) == 1 else partial(part, at),
        )
        yield activity_of(told, source)


def _tracks(source: Source) -> list["GPXTrack"]:
    import gpxpy
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    content = source.content(most_bytes=MOST_BYTES)
    try:
        fromstring(content, forbid_dtd=True)
        return list(gpxpy.parse(content).tracks)
    except DefusedXmlException as error:
        raise source.refused("declares entities or a document type, as no watch does") from error
    except ParseError as error:
        line, _column = error.position
        raise source.refused("is no whole XML file; export it again", line=line) from error
    except (gpxpy.gpx.GPXException, LookupError, OverflowError, TypeError, ValueError) as error:
        words = " ".join(str(error).split())[:120]
        raise source.refused(f"is no GPX that can be understood ({words})") from error


def _timed(track: "GPXTrack") -> list[tuple[int, datetime, "GPXTrackPoint"]]:
    """Points that have a time, with the number of their segment."""
    return [
        (number, _aware(point.time), point)
        for number, segment in enumerate(track.segments)
        for point in segment.points
        if point.time is not None
    ]


def _row(point: "GPXTrackPoint") -> dict[str, float]:
    told = {"latitude_deg": point.latitude, "longitude_deg": point.longitude}
    if point.elevation is not None:
        told["altitude_m"] = point.elevation
    if point.speed is not None:
        told["speed_mps"] = point.speed
    for extension in point.extensions:
        for element in extension.iter():
            name = local_name(element.tag).lower()
            if name in _CADENCE:
                told["cadence"] = as_number(element.text)
            elif name in _BESIDE:
                told[_BESIDE[name]] = as_number(element.text)
    return told


def _aware(moment: datetime) -> datetime:
    """GPX counts in UTC, also where it does not say so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _sport(kind: str | None) -> Sport | None:
    """None where the word is none of those known here: speed and steps then tell."""
    word = (kind or "").strip().lower().replace("_", " ")
    return next((sport for sport, words in _SPORTS if re.search(words, word)), None)
