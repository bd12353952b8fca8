"""The map of a table's columns as a small JSON file, made once and used for every export of the same kind."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from imu.errors import RecordingError, writing
from imu.formats.content import ColumnMap
from imu.formats.units import ACC_UNITS, GYR_UNITS, TIME_UNITS
from imu.recording.files import check_file

FORMAT = "restride-columns/1"
TIMES = (*TIME_UNITS, "iso", "samples")
RATES_HZ = (1, 100_000)
_MAX_BYTES = 1 << 16
_UNITS = {"acc_unit": tuple(ACC_UNITS), "gyr_unit": tuple(GYR_UNITS), "time_unit": TIMES}
_KEYS = {"format", "time", "acc", "gyr", "rate_hz", *_UNITS}


def load_columns(path: Path) -> ColumnMap:
    """Read and check a map. RecordingError names what is wrong."""
    check_file(path)
    content = path.read_bytes()[: _MAX_BYTES + 1]
    try:
        values = json.loads(content.decode("utf-8-sig")) if len(content) <= _MAX_BYTES else None
    except (ValueError, RecursionError) as error:
        reason = f"is no map of columns, which is a JSON file; make one with --map NEW.json ({error})"
        raise RecordingError(path, reason) from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise RecordingError(path, f'is no map of columns: it does not say "format": "{FORMAT}"')
    if unknown := sorted(set(values) - _KEYS):
        known_keys = ", ".join(sorted(_KEYS))
        raise RecordingError(path, f"has the unknown key {unknown[0][:40]!a}; known are {known_keys}")
    for key, known in _UNITS.items():
        if key in values and values[key] not in known:
            raise RecordingError(path, f"{key} is {str(values[key])[:40]!a}; known are {', '.join(known)}")
    rate_hz = values.get("rate_hz")
    is_number = isinstance(rate_hz, int | float) and not isinstance(rate_hz, bool)
    least, most = RATES_HZ
    if rate_hz is not None and not (is_number and least <= rate_hz <= most):
        raise RecordingError(path, f"rate_hz is {str(rate_hz)[:40]!a}, expected {least} to {most}")
    time = values.get("time")
    if time is not None and not isinstance(time, str):
        raise RecordingError(path, "time must be the name of a column")
    columns = ColumnMap(
        time=time,
        acc=_triple(path, values, "acc"),
        gyr=_triple(path, values, "gyr"),
        rate_hz=rate_hz,
        **{key: values[key] for key in _UNITS if key in values},
    )
    if columns.acc is None and columns.gyr is None:
        raise RecordingError(path, "names neither acc nor gyr")
    if columns.rate_hz is None and (columns.time is None or columns.time_unit == "samples"):
        raise RecordingError(path, "names no time in seconds or dates, so it needs rate_hz")
    return columns


def save_columns(columns: ColumnMap, path: Path) -> None:
    """Write a map; what is not said is left out."""
    values = {"format": FORMAT} | {key: value for key, value in asdict(columns).items() if value is not None}
    with writing(path):
        path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _triple(path: Path, values: dict[str, Any], key: str) -> tuple[str, str, str] | None:
    names = values.get(key)
    if names is None:
        return None
    if not (isinstance(names, list) and len(names) == 3 and all(isinstance(name, str) for name in names)):
        raise RecordingError(path, f'{key} must name three columns: "{key}": ["x", "y", "z"]')
    if len(set(names)) < 3:
        raise RecordingError(path, f"{key} names a column twice")
    return names[0], names[1], names[2]
