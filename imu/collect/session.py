"""A session's folder: `session.json`, written first, and a journal per sensor beside it."""

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from imu.collect.journal import SUFFIX
from imu.collect.writer import sync_folder
from imu.devices.sensor import Identity, Settings
from imu.errors import RecordingError
from imu.recording import Body

FILE_NAME = "session.json"
REFERENCE = "reference"  # the journal of devices that are no IMU
_FORMAT = "restride-session/1"


@dataclass(frozen=True, slots=True)
class Worn:
    """A sensor in its place."""

    identity: Identity
    mount_height_m: float | None = None
    skew_ppm: float | None = None  # of its clock, as far as it was measured on another day


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is known before the first sample. `start_ns` is the recording's time 0 on the host's clock."""

    start: datetime  # the same instant, with the offset of the place
    start_ns: int
    mode: Literal["stream", "log"]
    worn: Mapping[str, Worn]  # by placement
    settings: Settings
    host: str
    version: str
    athlete: str | None = None
    notes: str | None = None
    body: Body = Body()
    reference_speed_mps: float | None = None
    surface: str | None = None  # told before the run, for whoever finishes it
    shoe: str | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def create_session(folder: Path, session: Session) -> None:
    """Make the folder with its `session.json`, durable before the first journal is opened."""
    try:
        folder.mkdir(parents=True)
        write_session(folder, session)
        sync_folder(folder.parent)
    except FileExistsError as error:
        raise RecordingError(folder, "exists already; a session is never overwritten") from error
    except OSError as error:
        raise RecordingError(folder, f"cannot be written ({error.strerror or error})") from error


def write_session(folder: Path, session: Session) -> None:
    """Write `session.json` anew."""
    write_whole(folder / FILE_NAME, {"format": _FORMAT, **asdict(session)})


def load_session(folder: Path) -> Session:
    """Read `session.json` back. Raises RecordingError, one line, where that is not possible."""
    path = folder / FILE_NAME
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values.pop("format") != _FORMAT:
            raise RecordingError(path, f"is not of the format {_FORMAT}; update restride")
        return _session(values)
    except OSError as error:
        raise RecordingError(path, f"cannot be read ({error.strerror or error})") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RecordingError(path, f"is not a session ({error})") from error


def sessions_in(root: Path) -> tuple[list[tuple[Path, Session]], list[RecordingError]]:
    """The sessions below `root`, oldest first, and what cannot be read: one must not hold up the others."""
    found: list[tuple[Path, Session]] = []
    unreadable: list[RecordingError] = []
    for path in sorted(root.glob(f"*/{FILE_NAME}")):
        try:
            found.append((path.parent, load_session(path.parent)))
        except RecordingError as error:
            unreadable.append(error)
    return sorted(found, key=lambda one: one[1].start_ns), unreadable


def remove_session(folder: Path) -> None:
    """Remove it whole: what is left of the folder after an interruption is no session any more."""
    (folder / FILE_NAME).unlink()
    sync_folder(folder)
    shutil.rmtree(folder)


def journal_path(folder: Path, name: str) -> Path:
    """The journal of a placement, or of `REFERENCE`."""
    return folder / f"{name}{SUFFIX}"


def write_whole(path: Path, content: Mapping[str, Any]) -> None:
    """JSON that is there whole or not at all, whenever the power goes."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False, allow_nan=False, default=datetime.isoformat)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def _session(values: dict[str, Any]) -> Session:
    known = {key: values[key] for key in (f.name for f in fields(Session)) if key in values}
    worn = {
        placement: Worn(Identity(**sensor["identity"]), sensor["mount_height_m"], sensor.get("skew_ppm"))
        for placement, sensor in values["worn"].items()
    }
    return Session(
        **{
            **known,
            "start": datetime.fromisoformat(values["start"]),
            "worn": worn,
            "settings": Settings(**values["settings"]),
            "body": Body(**values["body"]),
        }
    )
