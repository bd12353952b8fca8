"""Apple Health's export: the running workouts of all years, out of one large `export.xml`.

Records of all kinds stand in the file before the workouts, so the few kinds that matter are laid aside while
the file streams by, and cut into workouts at its end.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

from imu.formats.apple_records import Records
from imu.formats.apple_workout import KINDS, LENGTHS, Workout, activities
from imu.formats.content import Activity, Answers
from imu.formats.source import Source

NAME = "Apple Health"
EXTRA = "formats"
FOLDERS_BESIDE = ("workout-routes/", "electrocardiograms/", "clinical-records/")

_ROOT = re.compile(rb"<HealthData[\s>]")
_BEGIN = b'<?xml version="1.0" encoding="UTF-8"?>'
# Apple writes texts of other apps as they are; characters that XML forbids would end the reading.
_FORBIDDEN = bytes(set(range(32)) - {9, 10, 13})
_CHUNK_BYTES = 1 << 20
_LONGEST_BYTES = 8 << 20  # between two elements; a longer one costs the parser the square of its length
_MOST_WORKOUTS = 100_000
_MOST_EVENTS = 10_000  # of one workout
_QUANTITY = "HKQuantityTypeIdentifier"
_RUN = "HKWorkoutActivityTypeRunning"
_PAUSES = {
    "HKWorkoutEventTypePause": True,
    "HKWorkoutEventTypeMotionPaused": True,
    "HKWorkoutEventTypeResume": False,
    "HKWorkoutEventTypeMotionResumed": False,
}


def sniff(source: Source) -> bool:
    return _ROOT.search(source.head) is not None


def read(source: Source, answers: Answers) -> Iterator[Activity]:
    """The running workouts in order of time. RecordingError for a damaged file, or one without any."""
    with Records(source) as records:
        found = _Found(source, records)
        _stream(source, found)
        if not found.workouts:
            others = f", {found.others} of other sports" if found.others else ""
            raise source.refused(f"holds no running workout{others}")
        records.sort()
        yield from activities(found.workouts, records, source, answers)


def _stream(source: Source, found: "_Found") -> None:
    """Send the file through the parser, without what stands before its root element.

    That is Apple's own grammar, which is wrong in the exports of some years; and without it nothing in the
    file can declare an entity.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.sax import make_parser

    parser = make_parser()
    parser.setContentHandler(found)
    root = _ROOT.search(source.head)
    assert root is not None  # sniffed
    before = source.head[: root.start()]
    size, done, quiet = source.size_bytes or 0, len(before), 0
    try:
        parser.feed(_BEGIN + b"\n" * before.count(b"\n"))
        with source.opened() as file:
            file.read(len(before))
            while chunk := file.read(_CHUNK_BYTES):
                elements = found.elements
                parser.feed(chunk.translate(None, _FORBIDDEN))
                quiet = quiet + len(chunk) if elements == found.elements else 0
                if quiet > _LONGEST_BYTES:
                    raise source.refused(f"has {quiet >> 20} MB without an element; no export of Apple has")
                done += len(chunk)
                if size:
                    source.progress(min(1.0, done / size))
        parser.close()
    except SAXParseException as error:
        line = error.getLineNumber() or None
        reason = f"is damaged or incomplete ({error.getMessage()}); export it again"
        raise source.refused(reason, line=line) from error
    except DefusedXmlException as error:
        raise source.refused("declares entities, which no export of Apple does") from error


@dataclass(slots=True)
class _Open:
    """A workout whose end tag has not come."""

    attributes: Mapping[str, str]
    metadata: dict[str, str] = field(default_factory=dict)
    events: list[tuple[float, bool]] = field(default_factory=list)  # when, and whether the timer stops
    distance_m: float | None = None


class _Found(ContentHandler):
    """What of the file matters here, gathered while it streams by."""

    def __init__(self, source: Source, records: Records) -> None:
        super().__init__()
        self.elements = 0
        self.others = 0  # workouts of other sports
        self.workouts: list[Workout] = []
        self._source = source
        self._records = records
        self._sources: dict[str, int] = {}  # who recorded, as a small number
        self._kinds = {_QUANTITY + kind: kind for kind in KINDS}
        self._rows = 0
        self._open: _Open | None = None

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 - the name that SAX calls
        self.elements += 1
        if name == "Record":
            kind = self._kinds.get(attrs.get("type", ""))
            if kind is not None:
                self._record(kind, attrs)
        elif name == "Workout":
            if attrs.get("workoutActivityType") == _RUN:
                self._open = _Open(dict(attrs.items()))
            else:
                self.others += 1
        elif self._open is not None:
            self._inside(self._open, name, attrs)

    def endElement(self, name: str) -> None:  # noqa: N802 - the name that SAX calls
        if name == "Workout" and self._open is not None:
            if len(self.workouts) >= _MOST_WORKOUTS:
                raise self._source.refused(f"holds more than {_MOST_WORKOUTS} running workouts")
            self.workouts.append(self._workout(self._open))
            self._open = None

    def _record(self, kind: str, attrs: Any) -> None:
        factor = KINDS[kind].units.get(attrs.get("unit", ""))
        if factor is None:
            self._records.unknown_units[kind].add(attrs.get("unit", "none")[:20])
            return
        start_s, end_s = seconds(attrs.get("startDate")), seconds(attrs.get("endDate"))
        value = number(attrs.get("value"))
        if start_s is None or end_s is None or end_s < start_s or value is None:
            self._records.unreadable[kind] += 1
            return
        self._rows += 1
        if self._rows > self._source.limits.max_rows:
            raise self._source.refused(f"holds more than {self._source.limits.max_rows} records")
        source = self._source_of(attrs.get("sourceName", ""))
        self._records.add(kind, start_s=start_s, end_s=end_s, value=value * factor, source=source)

    def _source_of(self, name: str) -> int:
        """Everyone beyond the first few thousand is one: nobody has so many devices."""
        return self._sources.setdefault(name[:80], min(len(self._sources), 4095))

    def _inside(self, workout: _Open, name: str, attrs: Any) -> None:
        if name == "MetadataEntry":
            key = attrs.get("key", "")
            if key in ("HKTimeZone", "HKIndoorWorkout"):
                workout.metadata[key] = attrs.get("value", "")
        elif name == "WorkoutStatistics" and attrs.get("type") == _QUANTITY + "DistanceWalkingRunning":
            workout.distance_m = in_metres(attrs.get("sum"), attrs.get("unit"))
        elif name == "WorkoutEvent" and len(workout.events) < _MOST_EVENTS:
            stops, at = _PAUSES.get(attrs.get("type", "")), seconds(attrs.get("date"))
            if stops is not None and at is not None:
                workout.events.append((at, stops))

    def _workout(self, told: _Open) -> Workout:
        attributes = told.attributes
        distance_m = told.distance_m
        if distance_m is None:
            distance_m = in_metres(attributes.get("totalDistance"), attributes.get("totalDistanceUnit"))
        return Workout(
            start=moment(attributes.get("startDate")),
            end=moment(attributes.get("endDate")),
            source=self._source_of(attributes.get("sourceName", "")),
            source_name=attributes.get("sourceName", "")[:80],
            zone=told.metadata.get("HKTimeZone"),
            is_indoors=told.metadata.get("HKIndoorWorkout") == "1",
            distance_m=distance_m,
            events=tuple(sorted(told.events)),
        )


def moment(text: str | None) -> datetime | None:
    """`2025-01-14 12:35:13 +0900` as an aware time; None for anything else."""
    if text is None or len(text) != 25 or text[19] != " ":
        return None
    try:
        told = datetime.fromisoformat(text[:19] + text[20:])
    except ValueError:
        return None
    return None if told.tzinfo is None or not 1970 <= told.year <= 2100 else told


def seconds(text: str | None) -> float | None:
    told = moment(text)
    return None if told is None else told.timestamp()


def number(text: str | None) -> float | None:
    """A finite number that is not negative: nothing that is read here can be."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e9 else None


def in_metres(text: str | None, unit: str | None) -> float | None:
    value, factor = number(text), LENGTHS.get(unit or "")
    return None if value is None or factor is None else value * factor
