"""`recording.json`: what a recording says about itself, read with suspicion and written back."""

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os.path import lexists
from pathlib import Path
from typing import Any

from imu.errors import RecordingError
from imu.recording.files import check_file
from imu.recording.model import PLACEMENTS, Body, Recording, SensorFacts, SensorTrack

FILE_NAME = "recording.json"
FORMAT = "restride-recording/1"
_FAMILY = FORMAT.split("/")[0]

_MAX_BYTES = 1 << 20  # a page of text at most; whatever is larger is something else
_QUOTE_CHARS = 40  # of a wrong value, in a message


@dataclass(frozen=True, slots=True)
class _Limits:
    """Where a value can lie on a human being, and the unit somebody may have meant when it does not."""

    low: float
    high: float
    unit: str
    slips: Mapping[str, float]  # other unit -> factor to the right one


_METRE_SLIPS = {"cm": 0.01, "mm": 0.001}
_LIMITS = {
    "height_m": _Limits(0.9, 2.5, "m", _METRE_SLIPS),
    "mass_kg": _Limits(20, 300, "kg", {"g": 0.001}),
    "shank_length_m": _Limits(0.2, 0.7, "m", _METRE_SLIPS),  # 0.25 of the height, give or take
    "mount_height_m": _Limits(0.01, 0.6, "m", _METRE_SLIPS),  # above the ankle, no higher than a long shank
    "reference_speed_mps": _Limits(0.2, 12.5, "m/s", {"km/h": 1 / 3.6}),  # slow walk to world record
    "rate_hz": _Limits(1, 100_000, "Hz", {}),
    "acc_range_g": _Limits(0.5, 1000, "g", {}),
    "gyr_range_dps": _Limits(50, 20_000, "deg/s", {"rad/s": 180 / math.pi}),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `recording.json`, checked."""

    sensors: Mapping[str, SensorFacts]
    start: datetime | None
    athlete: str | None
    notes: str | None
    body: Body
    reference_speed_mps: float | None
    collection: Mapping[str, Any] | None


def read_manifest(path: Path) -> Manifest:
    """Read and check `recording.json`; unknown keys are left alone, NaN and null count as not given."""
    top = _Object(path, "", _parse(path))
    _check_format(path, top.values.get("format"))
    sensors = top.child("sensors")
    if sensors is None:
        raise RecordingError(path, 'sensors is missing; name what was worn: "sensors": {"pelvis": {}}')
    if not sensors.values:
        raise RecordingError(path, 'sensors names no sensor; name what was worn: "sensors": {"pelvis": {}}')
    if unknown := [name for name in sensors.values if name not in PLACEMENTS]:
        known = ", ".join(PLACEMENTS)
        raise RecordingError(
            path, f"sensors has an unknown placement {_quoted(unknown[0])}; known are {known}"
        )
    body = _read_body(top)
    return Manifest(
        sensors={name: _read_sensor(sensors, name, body) for name in PLACEMENTS if name in sensors.values},
        start=_read_start(top),
        athlete=top.text("athlete"),
        notes=top.text("notes"),
        body=body,
        reference_speed_mps=top.number("reference_speed_mps"),
        collection=None if (collection := top.child("collection")) is None else collection.values,
    )


def written_manifest(recording: Recording) -> str:
    """The text of `recording.json` for `recording`; what is not known is left out."""
    body = {key: getattr(recording.body, key) for key in Body.__dataclass_fields__}
    content = {
        "format": FORMAT,
        "start": None if recording.start is None else recording.start.isoformat(),
        "athlete": recording.athlete,
        "sensors": {name: _given(_facts(track)) for name, track in recording.tracks.items()},
        "body": _given(body) or None,
        "reference_speed_mps": recording.reference_speed_mps,
        "notes": recording.notes,
        "collection": recording.collection,
    }
    return json.dumps(_given(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _facts(track: SensorTrack) -> dict[str, str | float | None]:
    return {key: getattr(track, key) for key in SensorFacts.__annotations__}


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _parse(path: Path) -> dict[str, Any]:
    if path.parent.is_dir() and not lexists(path):
        raise RecordingError(path, "does not exist; a folder without it holds no recording")
    check_file(path)
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise RecordingError(path, f"is larger than {_MAX_BYTES >> 20} MB, not a few lines of JSON")
    try:
        parsed = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_without_duplicates, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise RecordingError(path, "is not UTF-8 text; save it again as UTF-8") from error
    except json.JSONDecodeError as error:
        reason = f"is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise RecordingError(path, reason) from error
    except (ValueError, RecursionError) as error:  # duplicate keys, a number of 5000 digits, 1000 brackets
        reason = "too deeply nested" if isinstance(error, RecursionError) else str(error).split(";")[0]
        raise RecordingError(path, f"is not usable JSON: {reason}") from error
    if not isinstance(parsed, dict):
        raise RecordingError(path, f'must hold a JSON object like {{"format": "{FORMAT}", "sensors": {{}}}}')
    return parsed


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {_quoted(twice)} stands there twice")
    return values


def _constant(name: str) -> float | None:
    return None if name == "NaN" else float(name)


def _check_format(path: Path, value: object) -> None:
    if value == FORMAT:
        return
    if value is None:
        raise RecordingError(path, f'has no "format"; a recording says "format": "{FORMAT}"')
    if isinstance(value, str) and value.startswith(f"{_FAMILY}/"):
        raise RecordingError(path, f"format {_quoted(value)} is newer than {FORMAT}; update restride")
    raise RecordingError(path, f'format is {_quoted(value)}, expected "{FORMAT}"')


def _read_body(top: "_Object") -> Body:
    body = top.child("body")
    if body is None:
        return Body()
    return Body(body.number("height_m"), body.number("mass_kg"), body.number("shank_length_m"))


def _read_sensor(sensors: "_Object", name: str, body: Body) -> SensorFacts:
    sensor = sensors.child(name)
    if sensor is None:
        raise RecordingError(sensors.path, f'sensors.{name} must be an object; "{name}": {{}} will do')
    mount_height_m = sensor.number("mount_height_m")
    if mount_height_m is not None and mount_height_m > (body.shank_length_m or math.inf):
        longer = f"longer than body.shank_length_m {body.shank_length_m:g}; measure from sensor to ankle"
        raise RecordingError(sensors.path, f"sensors.{name}.mount_height_m is {mount_height_m:g}, {longer}")
    return SensorFacts(
        device=sensor.text("device"),
        serial=sensor.text("serial"),
        rate_hz=sensor.number("rate_hz"),
        acc_range_g=sensor.number("acc_range_g"),
        gyr_range_dps=sensor.number("gyr_range_dps"),
        mount_height_m=mount_height_m,
    )


def _read_start(top: "_Object") -> datetime | None:
    text = top.text("start")
    if text is None:
        return None
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        reason = f"start is {_quoted(text)}, expected a time like 2026-11-22T07:30:00+01:00"
        raise RecordingError(top.path, reason) from error
    return start if start.tzinfo else start.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object that knows where it stands, so that every complaint names the file and the key."""

    path: Path
    prefix: str
    values: Mapping[str, Any]

    def child(self, key: str) -> "_Object | None":
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise RecordingError(self.path, f"{self.prefix}{key} must be an object, is {_quoted(value)}")
        return _Object(self.path, f"{self.prefix}{key}.", value)

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # athlete 17, serial 4711
        if value is None or (isinstance(value, str) and _is_writable(value)):
            return value
        raise RecordingError(self.path, f"{self.prefix}{key} must be text, is {_quoted(value)}")

    def number(self, key: str) -> float | None:
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RecordingError(self.path, f"{self.prefix}{key} must be a number, is {_quoted(value)}")
        limits = _LIMITS[key]
        if limits.low <= value <= limits.high:
            return float(value)
        if abs(value) > sys.float_info.max:  # a whole number of 400 digits
            value = math.inf if value > 0 else -math.inf
        expected = f"expected {limits.low:g} to {limits.high:g} {limits.unit}"
        for unit, factor in limits.slips.items():
            if limits.low <= value * factor <= limits.high:
                expected += f"; if it is in {unit}, write {value * factor:.4g}"
                break
        raise RecordingError(
            self.path, f"{self.prefix}{key} is {_quoted(value)}, {expected}, or leave it out"
        )


def _is_writable(text: str) -> bool:
    # JSON can spell half a character (\ud800), which no file written later could hold.
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _quoted(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= _QUOTE_CHARS else f"{text[:_QUOTE_CHARS]}..."
