"""A recording on disk: `load` reads and checks a folder, `save` writes one."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from imu.errors import RecordingError
from imu.recording.model import PLACEMENTS, Body, Recording, Samples, SensorTrack
from imu.recording.sensor_file import stream


def load(path: Path | str) -> Recording:
    """Read the recording in folder `path` (or whose recording.json is `path`)."""
    folder = Path(path)
    if folder.name == "recording.json":
        folder = folder.parent
    described = json.loads((folder / "recording.json").read_text(encoding="utf-8-sig"))
    tracks = {}
    for placement, sensor in described["sensors"].items():
        file = folder / f"{placement}.parquet"
        if not file.exists():
            file = folder / f"{placement}.csv"
        known = {key: sensor.get(key) for key in ("device", "serial", "rate_hz", "acc_range_g", "gyr_range_dps")}
        tracks[placement] = SensorTrack.from_samples(
            placement, joined(list(stream(file))), mount_height_m=_number(sensor, "mount_height_m"), **known
        )
    body = described.get("body") or {}
    start = described.get("start")
    return Recording(
        tracks=tracks,
        start=None if start is None else datetime.fromisoformat(start),
        athlete=described.get("athlete"),
        notes=described.get("notes"),
        body=Body(_number(body, "height_m"), _number(body, "mass_kg"), _number(body, "shank_length_m")),
        reference_speed_mps=_number(described, "reference_speed_mps"),
        path=folder,
    )


def _number(mapping: dict[str, Any], key: str) -> float | None:
    value = mapping.get(key)
    return None if value is None or value != value else float(value)


def joined(pieces: list[Samples]) -> Samples:
    gyr = [piece.gyr_radps for piece in pieces if piece.gyr_radps is not None]
    temperature = [piece.temperature_degc for piece in pieces if piece.temperature_degc is not None]
    return Samples(
        np.concatenate([piece.time_s for piece in pieces]),
        np.concatenate([piece.acc_mps2 for piece in pieces]),
        np.concatenate(gyr) if gyr else None,
        np.concatenate(temperature) if temperature else None,
    )
