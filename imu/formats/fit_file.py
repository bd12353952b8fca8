"""A run as a FIT activity: what watches call running dynamics, and our own measures as developer fields.

fit-tool knows the profile (numbers, types, scales) and writes every message but the records: an hour of them
would take it four seconds, so their bytes are laid out at once, as its definition of them says.

Step, not stride: `step_length` is half a stride. One foot, not two: `cadence` counts strides a minute.
`stance_time_balance` is the LEFT foot's share, in percent. A value that is not known is written as FIT's
"invalid", never as 0.

Source: FIT Protocol and FIT Profile (developer.garmin.com/fit/protocol).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import compress, pairwise
from math import floor, isfinite
from typing import Any, Literal
from uuid import UUID
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.formats.extras import needed
from imu.formats.fit_fields import CADENCE_PARTS, NATIVE, OWN, OWN_OF_SESSION, Own, averages

Values = NDArray[np.float64]

_EPOCH = datetime(1989, 12, 31, tzinfo=UTC)
APPLICATION = UUID("0f2a4c1e-6b1d-5f6e-9b57-72657374726f")  # of our developer fields, for good
_DEVELOPMENT = 255  # the manufacturer of whoever has no number from Garmin
_INTENSITY = {"run": 0, "walk": 4, "stand": 1}  # active, recovery, rest
_SPORTS = {"run": 1, "walk": 11, "stand": 0}
_SUB_SPORTS = {"treadmill": 1, "road": 2, "trail": 3, "track": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lap:
    """A bout; seconds since the start of the recording."""

    start_s: float
    end_s: float
    activity: Literal["run", "walk", "stand"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRun:
    """What a FIT activity is made of.

    seconds: `time_s` since `start`, which falls on whole seconds of the wall clock, and any of the columns
    `cadence_spm`, NATIVE and OWN, NaN where not known. of_run: the same of the whole run, and OWN_OF_SESSION.
    """

    name: str  # tells this run from others
    start: datetime  # aware
    duration_s: float
    seconds: pd.DataFrame
    laps: Sequence[Lap] = ()
    of_run: Mapping[str, float | None]
    strides: int | None = None  # of one foot, running
    surface: str | None = None
    sensors: Sequence[str] = ()  # product names
    software: str = ""  # of this program, "0.1.0"


def fit_bytes(run: FitRun) -> bytes:
    """The whole file. RestrideError without fit-tool; ValueError for a start without a time zone."""
    if run.start.tzinfo is None:
        raise ValueError(f"{run.name}: its start {run.start} has no time zone")
    columns = _known_columns(run.seconds)
    before = _encoded([*_head(run, columns), _event(run, 0.0, event_type=0)])
    records = _records(run, columns)
    after = _encoded(
        [
            _event(run, run.duration_s, event_type=4),
            *(_lap(run, number, lap) for number, lap in enumerate(run.laps)),
            _session(run),
            _activity(run),
        ]
    )
    return _file(before + records + after)


def _file(records: bytes) -> bytes:
    header = _fit_tool("fit_file_header").FitFileHeader(records_size=len(records))
    whole: bytes = header.to_bytes() + records
    return whole + int(_fit_tool("utils.crc").crc16(whole)).to_bytes(2, "little")


def _fit_tool(part: str) -> Any:
    return needed(f"fit_tool.{part}", package="fit-tool", extra="formats")


def _encoded(messages: Iterable[Any]) -> bytes:
    """Messages with the definitions that they need, by fit-tool."""
    builder = _fit_tool("fit_file_builder").FitFileBuilder()
    for message in messages:
        builder.add(message)
    return b"".join(record.to_bytes() for record in builder.records)


# Messages of one kind share a local number, and so a definition as long as they hold the same fields.
_LOCAL = {
    "record": 0,
    "file_id": 1,
    "device_info": 2,
    "developer_data_id": 3,
    "field_description": 4,
    "event": 5,
    "lap": 6,
    "session": 7,
    "activity": 8,
}


def _message(kind: str, fields: Mapping[str, Any], *, own: Mapping[Own, float] | None = None) -> Any:
    """A message with those of the fields that are known and that its types can hold."""
    module = _fit_tool(f"profile.messages.{kind}_message")
    made = getattr(module, "".join(word.title() for word in kind.split("_")) + "Message")
    message = made(local_id=_LOCAL[kind], developer_fields=[_own_field(one) for one in own or {}])
    for name, value in fields.items():
        if value is not None and _fits(message.get_field_by_name(name), value):
            setattr(message, name, value)
    for field, value in zip(message.developer_fields, (own or {}).values(), strict=True):
        field.set_value(0, value)
    return message


def _fits(field: Any, value: Any) -> bool:
    """Whether a field can hold a number; one that it cannot is left out, not cut off."""
    if not isinstance(value, int | float):
        return True
    if not isfinite(value):
        return False
    base, raw = field.base_type, field.encode_value(value)
    return bool(base.is_float() or (base.min <= raw <= base.max and raw != base.invalid_raw_value()))


def _own_field(own: Own) -> Any:
    return _fit_tool("developer_field").DeveloperField(
        field_id=own.number,
        developer_data_index=0,
        name=own.name,
        units=own.unit,
        base_type=_fit_tool("base_type").BaseType.FLOAT32,
        size=4,
    )


def _stamp(run: FitRun, time_s: float) -> int:
    """The whole second in which a moment lies, as fit-tool takes times: milliseconds since 1970."""
    return floor((run.start + timedelta(seconds=time_s)).timestamp()) * 1000


def _head(run: FitRun, columns: Sequence[str]) -> Iterable[Any]:
    begin = _stamp(run, 0.0)
    maker = {"manufacturer": _DEVELOPMENT, "product": 1}
    yield _message(
        "file_id",
        {
            "type": 4,  # activity
            **maker,
            "serial_number": crc32(run.name.encode()) or 1,
            "time_created": begin,
            "product_name": "Restride",
        },
    )
    version = run.software.split(".")
    known = len(version) > 1 and all(part.isdecimal() for part in version[:2])
    creator = {"device_index": 0, "product_name": "Restride", **maker}
    if known:
        creator["software_version"] = float(".".join(version[:2]))
    yield _message("device_info", {"timestamp": begin, **creator})
    for index, name in enumerate(run.sensors, start=1):
        yield _message(
            "device_info",
            {"timestamp": begin, "device_index": index, "manufacturer": _DEVELOPMENT, "product_name": name},
        )
    described = [(OWN[name], 20) for name in columns if name in OWN]
    described += [(one, 18) for one in _own_of_session(run)]
    if described:
        yield _message(
            "developer_data_id", {"developer_data_index": 0, "application_id": list(APPLICATION.bytes)}
        )
    for own, native_message in described:
        yield _message(
            "field_description",
            {
                "developer_data_index": 0,
                "field_definition_number": own.number,
                "fit_base_type_id": 0x88,  # float32
                "field_name": own.name,
                "units": own.unit,
                "native_mesg_num": native_message,
            },
        )


def _event(run: FitRun, time_s: float, *, event_type: int) -> Any:
    """The timer starts (0) or stops for good (4)."""
    return _message("event", {"timestamp": _stamp(run, time_s), "event": 0, "event_type": event_type})


def _known_columns(seconds: pd.DataFrame) -> list[str]:
    """Columns of which at least one value is known, in the order of this module."""
    ours = ("cadence_spm", *NATIVE, *OWN)
    return [name for name in ours if name in seconds and np.isfinite(seconds[name].to_numpy(float)).any()]


def _records(run: FitRun, columns: Sequence[str]) -> bytes:
    """All records. Where it changes which of our own fields are known, they are defined anew: readers take
    the "invalid" of an integer for absent, but hand on that of a float as a number that is none.
    """
    native = [name for name in columns if name not in OWN]
    own = [name for name in columns if name in OWN]
    known = np.isfinite(run.seconds[own].to_numpy(float))
    begins = np.flatnonzero(np.r_[True, (known[1:] != known[:-1]).any(axis=1)][: len(known)])
    values = _in_fit_units(run, columns)
    stored = {field.name: _raw(field, values[field.name]) for field in _layout(run, columns).fields}
    laid_out: dict[bytes, _Layout] = {}
    parts: list[bytes] = []
    for first, after in pairwise([*begins.tolist(), len(known)]):
        here = known[first]
        if (key := here.tobytes()) not in laid_out:
            laid_out[key] = _layout(run, [*native, *compress(own, here)])
        parts += laid_out[key].written(stored, slice(first, after))
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How records with certain fields lie in the file."""

    definition: bytes
    fields: Sequence[Any]  # of fit-tool, in the order of the definition
    row: np.dtype[np.void]

    def written(self, stored: Mapping[str, NDArray[Any]], these: slice) -> tuple[bytes, bytes]:
        """The definition, and some of the rows: a byte for the header, then the fields."""
        rows = np.zeros(these.stop - these.start, self.row)
        rows["header"] = _LOCAL["record"]
        for field in self.fields:
            rows[field.name] = stored[field.name][these]
        return self.definition, rows.tobytes()


def _layout(run: FitRun, columns: Sequence[str]) -> _Layout:
    native = {NATIVE[name].name: 1.0 for name in columns if name in NATIVE}
    if "cadence_spm" in columns:
        native |= {"cadence": 1, "fractional_cadence": 0.0}
    own = {OWN[name]: 0.0 for name in columns if name in OWN}
    example = _message("record", {"timestamp": _stamp(run, 0.0), **native}, own=own)
    definition = _fit_tool("definition_message").DefinitionMessage.from_data_message(example)
    by_id = {field.field_id: field for field in example.fields}
    fields = [by_id[one.field_id] for one in definition.field_definitions] + example.developer_fields
    row = np.dtype([("header", "u1"), *((one.name, _stored(one.base_type)) for one in fields)])  # no padding
    return _Layout(_fit_tool("record").Record.from_message(definition).to_bytes(), fields, row)


def _stored(base_type: Any) -> str:
    return "<u4" if base_type.is_float() else f"<{base_type.struct_format}"


def _in_fit_units(run: FitRun, columns: Sequence[str]) -> dict[str, Values]:
    """By field name, in the unit that the profile gives it, before its scale; NaN where not known."""
    seconds = run.seconds
    since = (run.start.astimezone(UTC) - _EPOCH).total_seconds()
    found: dict[str, Values] = {"timestamp": np.rint(seconds["time_s"].to_numpy(float) + since)}
    for name in columns:
        values = seconds[name].to_numpy(float)
        if name in NATIVE:
            found[NATIVE[name].name] = values * NATIVE[name].factor
        elif name in OWN:
            found[OWN[name].name] = values * OWN[name].factor
        else:
            parts = np.rint(values / 2 * CADENCE_PARTS)  # of one foot
            parts[~((parts >= 0) & (parts < 255 * CADENCE_PARTS))] = np.nan
            found["cadence"] = parts // CADENCE_PARTS
            found["fractional_cadence"] = parts % CADENCE_PARTS / CADENCE_PARTS
    return found


def _raw(field: Any, values: Values) -> NDArray[Any]:
    """The numbers as they are stored: scaled and rounded, "invalid" where nothing is known or none fits."""
    base = field.base_type
    if base.is_float():  # as bits: of all that is not a number only one pattern means "invalid"
        bits = values.astype("<f4").view("<u4")
        return np.where(np.isfinite(values), bits, np.uint32(base.invalid_raw_value()))
    scaled = field.type_name != "date_time"  # of which fit-tool's scale speaks of milliseconds since 1970
    scale, offset = (field.scale or 1, field.offset or 0) if scaled else (1, 0)
    invalid = base.invalid_raw_value()
    with np.errstate(invalid="ignore"):
        raw = np.rint((values + offset) * scale)
        fits = (raw >= base.min) & (raw <= base.max) & (raw != invalid)
    return np.asarray(np.where(fits, raw, invalid), np.int64)


def _lap(run: FitRun, number: int, lap: Lap) -> Any:
    inside = run.seconds[(run.seconds["time_s"] >= lap.start_s) & (run.seconds["time_s"] < lap.end_s)]
    means = {
        name: float(np.nanmean(inside[name].to_numpy(float)))
        for name in _known_columns(inside)
        if name != "distance_m"
    }
    lasted = lap.end_s - lap.start_s
    return _message(
        "lap",
        {
            "message_index": number,
            "timestamp": _stamp(run, lap.end_s),
            "start_time": _stamp(run, lap.start_s),
            "event": 9,  # lap
            "event_type": 1,  # stop
            "total_elapsed_time": lasted,
            "total_timer_time": lasted,
            "intensity": _INTENSITY[lap.activity],
            "lap_trigger": 0,  # manual
            "sport": _SPORTS[lap.activity],
            **averages({**means, "distance_m": _metres(run.seconds, lap.start_s, lap.end_s)}),
        },
    )


def _metres(seconds: pd.DataFrame, start_s: float, end_s: float) -> float | None:
    """The way between two moments; None where no distance is known at all."""
    known = seconds[["time_s", "distance_m"]].dropna() if "distance_m" in seconds else seconds[:0]
    if known.empty:
        return None
    first, last = np.interp([start_s, end_s], known["time_s"], known["distance_m"])
    return float(last - first)


def _own_of_session(run: FitRun) -> dict[Own, float]:
    told = {own: run.of_run.get(name) for name, own in OWN_OF_SESSION.items()}
    return {own: value for own, value in told.items() if value is not None and isfinite(value)}


def _session(run: FitRun) -> Any:
    return _message(
        "session",
        {
            "message_index": 0,
            "timestamp": _stamp(run, run.duration_s),
            "start_time": _stamp(run, 0.0),
            "event": 0,  # timer
            "event_type": 1,  # stop
            "sport": _SPORTS["run"],
            "sub_sport": _SUB_SPORTS.get(run.surface or "", 0),
            "trigger": 0,  # activity end
            "total_elapsed_time": run.duration_s,
            "total_timer_time": run.duration_s,
            "total_cycles": run.strides,
            "first_lap_index": 0 if run.laps else None,
            "num_laps": len(run.laps) or None,
            **averages(run.of_run),
        },
        own=_own_of_session(run),
    )


def _activity(run: FitRun) -> Any:
    offset = run.start.utcoffset() or timedelta()
    ended = _stamp(run, run.duration_s)
    return _message(
        "activity",
        {
            "timestamp": ended,
            # Seconds since 1989 of the wall clock: fit-tool takes this one as it is stored.
            "local_timestamp": round(ended / 1000 - _EPOCH.timestamp() + offset.total_seconds()),
            "total_timer_time": run.duration_s,
            "num_sessions": 1,
            "type": 0,  # manual
            "event": 26,  # activity
            "event_type": 1,  # stop
        },
    )
