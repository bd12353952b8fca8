"""What a session shows, for another process of this computer: one small file, while it goes on.

It holds what is on the terminal at this moment and nothing of before; it is gone when the session is over.
"""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from imu.collect.coach import SideNow

FILE_NAME = "live.json"
FORMAT = "restride-live/1"
STALE_S = 3.0  # without a new look: whoever wrote it is gone, or has nothing to show
SIDES = ("left", "right")
_MOST_BYTES = 20_000

Verb = Literal["live", "record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorNow:
    """How a worn sensor is doing."""

    placement: str
    connected: bool
    slow: bool = False  # less arrives than is measured
    battery_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ongoing:
    """A session at this moment."""

    verb: Verb
    virtual: bool
    account: str | None = None  # whose run it will be, where somebody said so
    limit_deg: float | None = None  # that the runner has set
    said: str = ""  # the last sentence to the runner
    elapsed_s: float | None = None  # None before the run began
    seconds: float | None = None  # how long it lasts; None: until somebody ends it
    activity: str | None = None
    cadence_spm: float | None = None
    heart_rate_bpm: float | None = None
    cues: int = 0  # that were given so far
    sides: Mapping[str, SideNow] = field(default_factory=dict)
    sensors: tuple[SensorNow, ...] = ()
    notes: tuple[str, ...] = ()  # sentences about sounds, and what is lacking


class OngoingFile:
    """Written anew at every look. None of it may end a session: what cannot be written is not shown."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE_NAME
        self._beside = home / f".{FILE_NAME}.{os.getpid()}"

    def write(self, now: Ongoing) -> None:
        content = {"format": FORMAT, "written_unix_s": time.time(), **asdict(now)}
        with suppress(OSError, ValueError):
            self._beside.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")
            self._beside.replace(self._path)

    def remove(self) -> None:
        for path in (self._beside, self._path):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def ongoing(home: Path, *, now_unix_s: float | None = None) -> Ongoing | None:
    """The session of this home folder; None where none goes on, or it was not heard of for 3 s."""
    try:
        with (home / FILE_NAME).open("rb") as file:
            content = json.loads(file.read(_MOST_BYTES))
        age_s = (time.time() if now_unix_s is None else now_unix_s) - _number(content.pop("written_unix_s"))
        if content.pop("format") != FORMAT or abs(age_s) > STALE_S:
            return None
        return _checked(content)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None  # never whole, or of another version


def _checked(content: dict[str, Any]) -> Ongoing:
    """Raises ValueError, TypeError or KeyError for what no session writes."""
    numbers = ("limit_deg", "elapsed_s", "seconds", "cadence_spm", "heart_rate_bpm")
    return Ongoing(
        **{
            **content,
            **{name: _optional(content[name]) for name in numbers},
            "said": str(content["said"]),
            "cues": int(_number(content["cues"])),
            "sides": {side: _side(content["sides"][side]) for side in SIDES if side in content["sides"]},
            "sensors": tuple(map(_sensor, content["sensors"])),
            "notes": tuple(map(str, content["notes"])),
        }
    )


def _side(told: dict[str, Any]) -> SideNow:
    return SideNow(_optional(told["angle_deg"]), _optional(told["change_deg"]), bool(told["above_limit"]))


def _sensor(told: dict[str, Any]) -> SensorNow:
    return SensorNow(
        placement=str(told["placement"]),
        connected=bool(told["connected"]),
        slow=bool(told["slow"]),
        battery_percent=_optional(told["battery_percent"]),
    )


def _optional(value: Any) -> float | None:
    return None if value is None else _number(value)


def _number(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{value!r} is no number to show")
    return number
