"""What a watch would have kept of an outing, written as FIT, GPX and TCX by us."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import numpy as np
from fit_tool.base_type import BaseType
from fit_tool.developer_field import DeveloperField
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.developer_data_id_message import DeveloperDataIdMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.hr_message import HrMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.profile_type import Event, EventType, FileType, Manufacturer, Sport
from numpy.typing import NDArray

from imu.formats.fit_messages import crc_of

Floats = NDArray[np.float64]
START = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
EARTH_M = 6_371_000.0
SOMEWHERE = (47.0, 8.0)


@dataclass(frozen=True, kw_only=True)
class Worn:
    """One row a record; None where the watch does not measure it."""

    time_s: Floats  # whole seconds since `start`
    speed_mps: Floats
    cadence_spm: Floats | None = None  # of both feet
    heart_rate_bpm: Floats | None = None
    altitude_m: Floats | None = None
    dynamics: Mapping[str, Floats] = field(default_factory=dict)  # by the names of RecordMessage
    developer: Mapping[str, tuple[str, Floats]] = field(default_factory=dict)  # name -> unit, values
    start: datetime = START

    @property
    def distance_m(self) -> Floats:
        steps = np.diff(self.time_s, prepend=self.time_s[0])
        return np.asarray(np.cumsum(self.speed_mps * np.where(steps > 5, 0, steps)))

    @property
    def positions_deg(self) -> tuple[Floats, Floats]:
        """Along a circle of 400 m, so that no direction is special."""
        angle = self.distance_m / 400 * 2 * np.pi
        north, east = 400 / (2 * np.pi) * np.sin(angle), 400 / (2 * np.pi) * (1 - np.cos(angle))
        latitude = SOMEWHERE[0] + np.degrees(north / EARTH_M)
        return latitude, SOMEWHERE[1] + np.degrees(east / EARTH_M / np.cos(np.radians(SOMEWHERE[0])))


def an_hour(*, seconds: int = 3600, seed: int = 1) -> Worn:
    """A run of steady parts and faster ones, every field a good watch has."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(seconds, dtype=float)
    speed = 3.0 + 0.6 * (np.sin(time_s / 97) > 0.4) + 0.03 * rng.standard_normal(seconds)
    cadence = np.round(150 + 8 * speed + rng.standard_normal(seconds))
    return Worn(
        time_s=time_s,
        speed_mps=speed,
        cadence_spm=cadence,
        heart_rate_bpm=np.round(150 - 60 * np.exp(-time_s / 120)),
        altitude_m=400 + 20 * np.sin(time_s / 600),
        dynamics={
            "stance_time": 250 - 10 * (speed - 3),
            "stance_time_balance": 49.0 + 0.25 * (time_s % 3),
            "step_length": 1000 * speed * 60 / cadence,
            "vertical_oscillation": 85 + 2 * np.sin(time_s / 50),
            "vertical_ratio": 8 + 0.1 * np.sin(time_s / 50),
            "power": np.round(80 * speed),
        },
        developer={"Form Power": ("Watts", 60 + np.round(5 * np.sin(time_s / 40)))},
    )


def fit_bytes(
    worn: Worn,
    *,
    sport: Sport | None = Sport.RUNNING,
    both_feet: bool = False,
    pauses_s: Sequence[tuple[float, float]] = (),
    positions: bool = False,
    skip: Sequence[str] = (),
    sessions: int = 1,
    heart_of_sessions: Sequence[int] = (),
    zone_h: float | None = None,
) -> bytes:
    """A FIT activity. both_feet: cadence stands in it as steps, not as of one leg. sport None: no session.

    heart_of_sessions: a mean of each, told in a lap too, with beats that a strap handed over afterwards.
    """
    builder = FitFileBuilder(auto_define=True, min_string_size=24)
    said = FileIdMessage()
    said.type, said.manufacturer = FileType.ACTIVITY, Manufacturer.GARMIN.value
    said.product, said.serial_number, said.time_created = 4024, 12345, _ms(worn, 0)
    builder.add(said)
    fields = _described(builder, worn)
    edges = sorted(
        [(worn.time_s[0], EventType.START), (worn.time_s[-1], EventType.STOP_ALL)]
        + [
            edge
            for from_s, to_s in pauses_s
            for edge in ((from_s, EventType.STOP_ALL), (to_s, EventType.START))
        ],
        key=lambda edge: edge[0],
    )
    latitude, longitude = worn.positions_deg
    distance = worn.distance_m
    for at, time_s in enumerate(worn.time_s.tolist()):
        while edges and edges[0][0] <= time_s:
            _event(builder, worn, *edges.pop(0))
        if any(from_s < time_s < to_s for from_s, to_s in pauses_s):
            continue
        record = RecordMessage(
            local_id=3, developer_fields=[DeveloperField.from_developer_field(one) for one in fields]
        )
        record.timestamp = _ms(worn, time_s)
        if "speed" not in skip:
            record.enhanced_speed = float(worn.speed_mps[at])
        if "distance" not in skip:
            record.distance = float(distance[at])
        if positions:
            record.position_lat, record.position_long = float(latitude[at]), float(longitude[at])
        if worn.cadence_spm is not None:
            told = worn.cadence_spm[at] / (1 if both_feet else 2)
            record.cadence, record.fractional_cadence = int(told), float(told % 1)
        if worn.heart_rate_bpm is not None:
            record.heart_rate = int(worn.heart_rate_bpm[at])
        if worn.altitude_m is not None:
            record.enhanced_altitude = float(worn.altitude_m[at])
        for name, values in worn.dynamics.items():
            setattr(record, name, int(values[at]) if name == "power" else float(values[at]))
        for own, (_unit, values) in zip(record.developer_fields, worn.developer.values(), strict=True):
            own.set_value(0, float(values[at]))
        builder.add(record)
    for edge in edges:
        _event(builder, worn, *edge)
    if sport is not None:
        length_s = (worn.time_s[-1] - worn.time_s[0]) / sessions
        for number in range(sessions):
            heart = heart_of_sessions[number] if heart_of_sessions else None
            _session(builder, worn, sport, number * length_s, length_s, pauses_s, heart)
    if zone_h is not None:
        activity = ActivityMessage(local_id=4)
        activity.timestamp, activity.num_sessions = _ms(worn, worn.time_s[-1]), sessions
        # Two clocks at one moment; the local one counts seconds since FIT's beginning without a zone.
        activity.local_timestamp = round(worn.start.timestamp() + worn.time_s[-1] + 3600 * zone_h) - 631065600
        builder.add(activity)
    return bytes(builder.build_bytes())


def compressed_fit(*, seconds: int, sessions: int) -> bytes:
    """Records of heart rate and speed whose headers count the seconds from the record before, byte by byte.

    One whole time stands before all of them.
    """
    begin = round(START.timestamp()) - 631065600
    body = struct.pack("<BxBHB6B", 0x40, 0, 21, 2, 253, 4, 0x86, 0, 1, 0)  # event: timestamp, event
    body += struct.pack("<BIB", 0, begin, 0)
    body += struct.pack("<BxBHB6B", 0x41, 0, 20, 2, 3, 1, 0x02, 6, 2, 0x84)  # record: heart rate, speed
    for at in range(seconds):
        body += struct.pack("<BBH", 0x80 | 1 << 5 | (begin + at) & 31, 100 + at % 80, 3000)
    body += struct.pack("<BxBHB12B", 0x4F, 0, 18, 4, 253, 4, 0x86, 2, 4, 0x86, 7, 4, 0x86, 5, 1, 0)
    length = seconds // sessions
    for number in range(sessions):
        at = begin + number * length
        body += struct.pack("<BIIIB", 15, at + length, at, 1000 * length, 1)
    head = struct.pack("<BBHI4s", 12, 16, 2132, len(body), b".FIT")
    return head + body + crc_of(head + body).to_bytes(2, "little")


def gpx_text(
    worn: Worn, *, extensions: bool = True, kind: str | None = "running", one_foot: bool = True
) -> str:
    """A GPX track with the extensions that Garmin's namespace has for cadence and heart."""
    latitude, longitude = worn.positions_deg
    points = []
    for at, time_s in enumerate(worn.time_s.tolist()):
        beside = "" if not extensions else _point_extension(worn, at, one_foot=one_foot)
        height = "" if worn.altitude_m is None else f"<ele>{worn.altitude_m[at]:.1f}</ele>"
        points.append(
            f'<trkpt lat="{latitude[at]:.7f}" lon="{longitude[at]:.7f}">{height}'
            f"<time>{_iso(worn, time_s)}</time>{beside}</trkpt>"
        )
    of_kind = "" if kind is None else f"<type>{escape(kind)}</type>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx creator="Some Watch" version="1.1" xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:ns3="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        f"<trk><name>Morning run</name>{of_kind}<trkseg>\n" + "\n".join(points) + "\n</trkseg></trk></gpx>\n"
    )


def tcx_text(worn: Worn, *, sport: str = "Running", one_foot: bool = True) -> str:
    """A TCX activity with RunCadence and Speed in Garmin's extension."""
    points = []
    distance = worn.distance_m
    for at, time_s in enumerate(worn.time_s.tolist()):
        beside = f"<Speed>{worn.speed_mps[at]:.3f}</Speed>"
        if worn.cadence_spm is not None:
            beside += f"<RunCadence>{_told(worn, at, one_foot=one_foot)}</RunCadence>"
        heart = ""
        if worn.heart_rate_bpm is not None:
            heart = f"<HeartRateBpm><Value>{worn.heart_rate_bpm[at]:.0f}</Value></HeartRateBpm>"
        height = ""
        if worn.altitude_m is not None:
            height = f"<AltitudeMeters>{worn.altitude_m[at]:.1f}</AltitudeMeters>"
        points.append(
            f"<Trackpoint><Time>{_iso(worn, time_s)}</Time>{height}"
            f"<DistanceMeters>{distance[at]:.2f}</DistanceMeters>{heart}"
            f'<Extensions><TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">{beside}</TPX>'
            "</Extensions></Trackpoint>"
        )
    length_s = worn.time_s[-1] - worn.time_s[0]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="{sport}"><Id>{_iso(worn, 0)}</Id><Lap StartTime="{_iso(worn, 0)}">'
        f"<TotalTimeSeconds>{length_s:.0f}</TotalTimeSeconds><DistanceMeters>{distance[-1]:.1f}</DistanceMeters>"
        "<Track>\n" + "\n".join(points) + "\n</Track></Lap>"
        "<Creator><Name>Some Watch</Name></Creator></Activity></Activities></TrainingCenterDatabase>\n"
    )


def history_of(texts: Sequence[str]) -> str:
    """All that GPX or TCX files of one outing hold as one file, with what a program adds beside it."""
    is_gpx = "<gpx" in texts[0]
    begin, end = ("<trk>", "</gpx>") if is_gpx else ("<Activity ", "</Activities>")
    own = "".join(one[one.index(begin) : one.index(end)] for one in texts)
    before, after = texts[0][: texts[0].index(begin)], texts[0][texts[0].index(end) :]
    if is_gpx:
        bounds = '<metadata><bounds minlat="1" maxlat="2"/></metadata><wpt lat="1" lon="2"/>'
        return f"{before}{bounds}{own}<rte/>{after}"
    return before + own + after.replace(end, f"{end}<Courses><Course/></Courses>")


def _described(builder: FitFileBuilder, worn: Worn) -> list[DeveloperField]:
    if not worn.developer:
        return []
    maker = DeveloperDataIdMessage()
    maker.application_id, maker.developer_data_index = bytes(range(16)), 0
    builder.add(maker)
    fields = []
    for number, (name, (unit, _values)) in enumerate(worn.developer.items()):
        said = FieldDescriptionMessage()
        said.developer_data_index, said.field_definition_number = 0, number
        said.fit_base_type_id, said.field_name, said.units = BaseType.FLOAT32.value, name, unit
        builder.add(said)
        fields.append(
            DeveloperField(
                developer_data_index=0,
                field_id=number,
                name=name,
                base_type=BaseType.FLOAT32,
                size=4,
                units=unit,
            )
        )
    return fields


def _event(builder: FitFileBuilder, worn: Worn, time_s: float, kind: EventType) -> None:
    event = EventMessage(local_id=1)
    event.event, event.event_type, event.timestamp = Event.TIMER, kind, _ms(worn, time_s)
    builder.add(event)


def _session(
    builder: FitFileBuilder,
    worn: Worn,
    sport: Sport,
    from_s: float,
    length_s: float,
    pauses_s: Sequence[tuple[float, float]],
    heart: int | None,
) -> None:
    if heart is not None:
        beats, lap = HrMessage(local_id=5), LapMessage(local_id=6)
        beats.timestamp, beats.event_timestamp, beats.filtered_bpm = _ms(worn, from_s), [1.0], [heart]
        lap.start_time, lap.timestamp = _ms(worn, from_s), _ms(worn, from_s + length_s)
        lap.avg_heart_rate = heart
        builder.add(beats)
        builder.add(lap)
    session = SessionMessage(local_id=2)
    session.sport = sport
    session.start_time, session.timestamp = _ms(worn, from_s), _ms(worn, from_s + length_s)
    session.total_elapsed_time = length_s
    if heart is not None:
        session.avg_heart_rate = heart
    session.total_timer_time = length_s - sum(to_s - at_s for at_s, to_s in pauses_s)
    builder.add(session)


def _point_extension(worn: Worn, at: int, *, one_foot: bool) -> str:
    inside = ""
    if worn.heart_rate_bpm is not None:
        inside += f"<ns3:hr>{worn.heart_rate_bpm[at]:.0f}</ns3:hr>"
    if worn.cadence_spm is not None:
        inside += f"<ns3:cad>{_told(worn, at, one_foot=one_foot)}</ns3:cad>"
    return f"<extensions><ns3:TrackPointExtension>{inside}</ns3:TrackPointExtension></extensions>"


def _told(worn: Worn, at: int, *, one_foot: bool) -> int:
    assert worn.cadence_spm is not None
    return int(worn.cadence_spm[at] / (2 if one_foot else 1))


def _ms(worn: Worn, time_s: float) -> int:
    return round((worn.start.timestamp() + time_s) * 1000)


def _iso(worn: Worn, time_s: float) -> str:
    moment = worn.start + timedelta(seconds=time_s)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
