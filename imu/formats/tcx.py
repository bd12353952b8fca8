"""Garmin's TCX: activities of laps of trackpoints, with speed and one foot's cadence in an extension.

Read piece by piece, so memory does not grow with the file; a file that breaks off gives what stands before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, TYPE_CHECKING

from imu.formats.content import Activity, Answers, Sport
from imu.formats.outing import activity_of, told_of_points
from imu.formats.own_part import own_parts
from imu.formats.source import Source
from imu.formats.xml_text import as_moment, as_number, begins_with, local_name, past_blanks

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAME = "Garmin TCX"
EXTRA = "formats"

MOST_POINTS = 1_000_000  # of eleven days
MOST_ELEMENTS = 20_000_000
_READ_WHOLE = ("Trackpoint", "Creator")
_SPORTS: dict[str, Sport] = {"running": "run", "walking": "walk", "hiking": "walk", "biking": "other"}
# Element -> our name; cadence comes in an element of its own for runs, and in an older one.
_FIELDS = {
    "AltitudeMeters": "altitude_m",
    "DistanceMeters": "distance_m",
    "LatitudeDegrees": "latitude_deg",
    "LongitudeDegrees": "longitude_deg",
    "Value": "heart_rate_bpm",
    "Speed": "speed_mps",
    "Watts": "power_w",
    "Cadence": "cadence",
    "RunCadence": "cadence",
}


def sniff(source: Source) -> bool:
    return begins_with(source, "TrainingCenterDatabase")


def read(source: Source, answers: Answers) -> Iterator[Activity]:
    """Each activity of the file; courses and workouts have no times, and are not read."""
    every, notes = _outings(source)
    part = own_parts(source, "Activity", count=len(every))
    found = [(at, outing) for at, outing in enumerate(every) if len(outing.rows) > 1]
    if not found:
        raise source.refused("holds no activity with times (a course or a workout?)")
    for number, (at, outing) in enumerate(found):
        origin = source.origin if len(found) == 1 else f"{source.origin} (activity {number + 1})"
        told = told_of_points(
            outing.moments,
            outing.rows,
            outing.track,
            origin=origin,
            sport=answers.sport or outing.sport,
            zone=answers.zone,
            device=outing.device,
            notes=notes,
            original=None if len(every) == 1 else partial(part, at),
        )
        yield activity_of(told, source)


@dataclass(slots=True)
class _Outing:
    """One activity as far as it is read."""

    sport: Sport | None
    moments: list[datetime] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)
    track: list[int] = field(default_factory=list)  # the number of the track of each row
    device: str | None = None


def _outings(source: Source) -> tuple[list[_Outing], tuple[str, ...]]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    found: list[_Outing] = []
    notes: tuple[str, ...] = ()
    with source.opened() as file:
        try:
            _collect(file, found, source)
        except DefusedXmlException as error:
            raise source.refused("declares entities or a document type, as no watch does") from error
        except ParseError as error:
            line, _column = error.position
            if not any(len(outing.rows) > 1 for outing in found):
                raise source.refused("is no whole XML file; export it again", line=line) from error
            notes = (f"The file breaks off or is damaged in line {line}; what stands before is read.",)
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise source.refused("is in no encoding that can be read; export it again") from error
    return found, notes


def _collect(file: IO[bytes], found: list[_Outing], source: Source) -> None:
    from defusedxml.ElementTree import iterparse

    points, track, elements, whole = 0, 0, 0, 0
    around: list[Element] = []
    for event, element in iterparse(past_blanks(file), events=("start", "end"), forbid_dtd=True):
        name = local_name(element.tag)
        if event == "start":
            around.append(element)
            whole += name in _READ_WHOLE
            if (elements := elements + 1) > MOST_ELEMENTS:
                raise source.refused(f"has more than {MOST_ELEMENTS} elements; a day has two millions")
            if name == "Activity" and not any(local_name(one.tag) == name for one in around[:-1]):
                found.append(_Outing(_sport(element.get("Sport"))))
            track += name == "Track"
        elif name == "Trackpoint":
            if (points := points + 1) > MOST_POINTS:
                raise source.refused(f"has more than {MOST_POINTS} points; a day has 86,400")
            _take(element, track, found)
        elif name == "Creator" and found:
            told = next((one.text for one in element.iter() if local_name(one.tag) == "Name"), None)
            found[-1].device = (told or "").strip()[:64] or None
        if event == "end":
            around.pop()
            whole -= name in _READ_WHOLE
            if around and not whole:
                around[-1].remove(element)  # else memory grows with the file


def _take(element: "Element", track: int, found: list[_Outing]) -> None:
    moment, row = None, {}
    for one in element.iter():
        name = local_name(one.tag)
        if name == "Time":
            moment = as_moment(one.text)
        elif name in _FIELDS:
            row[_FIELDS[name]] = as_number(one.text)
    if moment is not None and found:
        found[-1].moments.append(moment)
        found[-1].rows.append(row)
        found[-1].track.append(track)


def _sport(word: str | None) -> Sport | None:
    """None for "Other", which programs write for all they have no word for."""
    word = (word or "").strip().lower()
    return None if word in ("", "other") else _SPORTS.get(word, "other")
