"""Sessions that never became a recording: found, described, finished.

A session's folder is kept until its recording was loaded back and holds every row; removing it is for the
caller, after `finish` returned.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imu.collect.assemble import assemble
from imu.collect.decode import DecoderFor
from imu.collect.journal import SUFFIX, extent, read
from imu.collect.locked import is_locked, release, try_lock
from imu.collect.records import Closed, Progress
from imu.collect.session import FILE_NAME, Session, load_session, remove_session, sessions_in, write_whole
from imu.collect.writer import sync_folder
from imu.devices.decoders import decoder_for as product_decoder_for
from imu.devices.sensor import Packet
from imu.errors import RecordingError
from imu.recording import load, save

_TORN_WRITES_BYTES = 64 << 10  # writes that were cut short leave less; damage has whole records behind it
_UNPAIRED_S = 2.0
_FINISHED = "finished.json"
KEPT = "kept.json"  # what `session.json` becomes where journals hold more than the recording


@dataclass(frozen=True, slots=True)
class Held:
    """What one journal holds."""

    packets: int
    first_ns: int | None  # arrival of the first packet, host clock
    last_ns: int | None
    progress: Progress | None  # of a download
    torn_bytes: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session without a recording."""

    folder: Path
    session: Session
    held: Mapping[str, Held]  # by journal: a placement, or the reference
    is_running: bool  # another process is writing it now


@dataclass(frozen=True, slots=True)
class Finished:
    """A recording that was loaded back and holds every row of its session."""

    recording: Path
    rows: Mapping[str, int]


def unfinished(root: Path) -> list[Unfinished]:
    """Every session in `root` that waits for its recording, or that nobody let go of after it was made.

    Oldest first; other folders are left alone. What was logged on board is kept until its sensors are freed.
    """
    return [
        _described(folder, session)
        for folder, session in sessions_in(root)[0]
        if session.mode == "stream" or not is_finished(folder)
    ]


def is_finished(folder: Path) -> bool:
    """Whether its recording was made, be it that its sensors were not freed yet."""
    return (folder / _FINISHED).exists()


def finish(folder: Path, out: Path, *, decoder_for: DecoderFor = product_decoder_for) -> Finished:
    """Make the session's recording at `out`, load it back, and count its rows.

    Doing it again changes nothing; one that was interrupted starts over. Raises RecordingError where the
    session is still being written, holds too little (NoRecordingError), or something else stands at `out`.
    """
    with _alone(folder):
        session = load_session(folder)
        if (done := _done(folder)) is not None and _rows(done.recording, session) == done.rows:
            return done
        recording = assemble(folder, decoder_for=decoder_for)
        rows = {placement: track.n_samples for placement, track in recording.tracks.items()}
        if not os.path.lexists(out):
            for left_over in out.parent.glob(f".{out.name}.????????"):  # of a save that was killed
                shutil.rmtree(left_over, ignore_errors=True)
            save(recording, out)
        if (found := _rows(out, session)) != rows:
            raise RecordingError(
                out, f"holds {found or 'another run'}, the session {rows}; its journal is kept"
            )
        write_whole(folder / _FINISHED, {"recording": str(out.absolute()), "rows": rows})
        return Finished(out.absolute(), rows)


def let_go(folder: Path, finished: Finished) -> bool:
    """Remove a finished session. False where something of it is in no recording: samples without a clock, too
    few, or without their other half, or what lies behind damage in a journal. Then it is set aside.
    """
    collected = (load(finished.recording).collection or {}).get("sensors", {})
    if _torn_bytes(folder) > _TORN_WRITES_BYTES or any(map(_lacks, collected.values())):
        set_aside(folder)
        return False
    remove_session(folder)
    return True


def _lacks(sensor: Mapping[str, Any]) -> bool:
    """Whether samples of a sensor are not in its recording, beyond the odd one at the edge of a gap."""
    usual = _UNPAIRED_S * (sensor.get("rate_hz") or 0.0)
    return bool(sensor.get("unplaced") or sensor.get("left_out") or sensor.get("unpaired", 0) > usual)


def _torn_bytes(folder: Path) -> int:
    """What of a session's journals could not be read, beside them too."""
    beside = sum(path.stat().st_size for path in folder.glob("*.torn-*"))
    return beside + sum(extent(path).torn_bytes for path in folder.glob(f"*{SUFFIX}"))


def set_aside(folder: Path) -> None:
    """Its journals stay where they are, as no session any more."""
    (folder / FILE_NAME).rename(folder / KEPT)
    sync_folder(folder)


def _described(folder: Path, session: Session) -> Unfinished:
    journals = sorted(folder.glob(f"*{SUFFIX}"))
    return Unfinished(
        folder=folder,
        session=session,
        held={path.stem: _held(path) for path in journals},
        is_running=any(is_locked(path) for path in journals),
    )


def _held(path: Path) -> Held:
    packets, first_ns, last_ns, progress, closed = 0, None, None, None, False
    for record in read(path):
        match record:
            case Packet(arrival_ns, _):
                packets += 1
                last_ns = arrival_ns
                first_ns = arrival_ns if first_ns is None else first_ns
            case Progress():
                progress = record
            case Closed():
                closed = True
    return Held(packets, first_ns, last_ns, progress, extent(path).torn_bytes, closed)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else finishes or writes the session meanwhile."""
    try:
        file = os.open(folder / FILE_NAME, os.O_RDWR)
    except OSError as error:
        raise RecordingError(folder / FILE_NAME, f"cannot be opened ({error.strerror or error})") from error
    try:
        if not try_lock(file) or any(is_locked(path) for path in folder.glob(f"*{SUFFIX}")):
            raise RecordingError(folder, "is being recorded or finished by another restride")
        yield
    finally:
        release(file)


def _done(folder: Path) -> Finished | None:
    try:
        said = json.loads((folder / _FINISHED).read_text(encoding="utf-8"))
        return Finished(Path(said["recording"]), said["rows"])
    except FileNotFoundError:
        return None


def _rows(path: Path, session: Session) -> dict[str, int] | None:
    """Rows of the recording at `path` by placement, if it is there and that of this session."""
    if not os.path.lexists(path):
        return None
    recording = load(path)
    if (recording.collection or {}).get("session") != session.id:
        return None
    return {placement: track.n_samples for placement, track in recording.tracks.items()}
