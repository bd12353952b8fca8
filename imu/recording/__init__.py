"""The raw contract: a folder with one file per worn sensor and a `recording.json`, read, checked and written.

    recording = load("2026-11-22T0730_easy")
    shank = recording.tracks["shank_left"].samples(60.0, 70.0)

Nothing here is filtered, resampled or repaired: a recording is taken as it is or refused in one line.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from imu.recording.model import (
    PLACEMENTS as PLACEMENTS,
    Body as Body,
    Channel as Channel,
    Recording as Recording,
    Samples as Samples,
    SensorFacts as SensorFacts,
    SensorTrack as SensorTrack,
)

if TYPE_CHECKING:
    from imu.recording.folder import load as load, save as save

__all__ = [
    "PLACEMENTS",
    "Body",
    "Channel",
    "Recording",
    "Samples",
    "SensorFacts",
    "SensorTrack",
    "load",
    "save",
]


def __getattr__(name: str) -> object:
    # Reading and writing load Arrow; whoever only holds samples, as a virtual sensor does, goes without.
    if name in ("load", "save"):
        return getattr(import_module("imu.recording.folder"), name)
    raise AttributeError(f"module 'imu.recording' has no attribute {name!r}")
