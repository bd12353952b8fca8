"""An uploaded recording becomes a run, or is set aside with the reason why not.

What arrives is a ZIP of a recording's folder from a stranger's computer: every name, size and claim in it is
looked at before anything is unpacked, by what reads any other ZIP.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

import imu.recording
from imu.errors import Forbidden, RecordingError, RestrideError, StoreError
from imu.followup.arrival import take_in
from imu.followup.run_facts import RunFacts
from imu.formats.archive import Member, opened as unzipping
from imu.formats.source import Limits, Source
from imu.recording import PLACEMENTS, Recording
from imu.recording.manifest import FILE_NAME
from imu.recording.parquet_file import claims_of
from imu.recording.reference_file import REFERENCE_FILE
from imu.store import Account, HeldJob, Job, Store
from imu.store.raw_files import is_packed, unpack

ARCHIVE = "the uploaded file"
_SENSOR_FILES = tuple(f"{placement}{suffix}" for placement in PLACEMENTS for suffix in (".parquet", ".csv"))
NAMES = frozenset((FILE_NAME, REFERENCE_FILE, *_SENSOR_FILES))
MOST_UNPACKED = 4_000_000_000  # bytes of all files together: a day of CSV
MOST_RATIO = 60  # of a file; CSV of a sensor that lies still is compressed to a twentieth
MOST_ROWS = 30_000_000  # of a sensor: a day and a half at 200 Hz
MOST_GROUP_ROWS = 4_000_000  # are in memory at once
_CHUNK = 1 << 20
_LIMITS = Limits(
    max_bytes=MOST_UNPACKED,
    max_total_bytes=MOST_UNPACKED,
    max_members=1000,
    max_depth=1,
    max_ratio=MOST_RATIO,
)


def complete(store: Store, viewer: Account, upload_id: str, *, analysis_version: str) -> Job | None:
    """Check that all of an upload came, and let it be analysed; twice asks once.

    None where it is not what was announced, and it is gone then. `Forbidden` for another account's.
    """
    with store.seen_by(viewer) as repository:
        digest = repository.uploads.digest(upload_id)
    with store.changed_by(viewer) as repository:
        return repository.uploads.complete(upload_id, digest=digest, analysis_version=analysis_version)


def arrive(store: Store, held: HeldJob, *, analysis_version: str) -> None:
    """Do a job of the kind "arrival" to its end: done, or failed with a sentence for whoever sent it."""
    job = held.job
    try:
        run_id = _run_of(store, held, analysis_version=analysis_version)
    except RestrideError as error:
        store.jobs.fail(job, _without_paths(error))
        return
    except MemoryError:
        store.jobs.fail(job, "there is not enough memory here to analyse a recording of this size")
        return
    # Known before the file is gone: a kill between leaves a file that is swept later.
    store.jobs.finish(job, {"run_id": run_id})
    try:
        with store.changed_by(held.account) as repository:
            repository.uploads.discard(str(job.detail["upload_id"]))
    except Forbidden:
        return  # swept, or not shared any more


def _run_of(store: Store, held: HeldJob, *, analysis_version: str) -> str:
    job, upload_id = held.job, str(held.job.detail.get("upload_id"))
    with tempfile.TemporaryDirectory(prefix="restride-arriving-") as scratch:
        archive, folder = Path(scratch, "archive.zip"), Path(scratch, "recording")
        with store.seen_by(held.account) as repository:
            upload = repository.uploads.one(upload_id)
            with archive.open("wb") as file:
                for piece in repository.uploads.pieces(upload_id):
                    file.write(piece)
        if archive.stat().st_size != upload.bytes:
            raise StoreError("a part of the uploaded file is gone; send it again")
        recording = opened(archive, folder)
        arrived = take_in(
            store,
            held.account,
            job.athlete_id,
            recording,
            facts=_facts(upload.facts),
            analysis_version=analysis_version,
            progress=_told_to(store, job),
        )
    return arrived.imported.run_id


def opened(archive: Path, folder: Path) -> Recording:
    """Unpack an archive into a new folder and read the recording in it.

    RecordingError for what is no ZIP of a recording, or claims to be larger than any recording is.
    """
    folder.mkdir()
    with unzipping(Source.of_file(archive, limits=_LIMITS)) as members:
        for member, name in _of_recording(members):
            with member.source().opened() as packed, (folder / name).open("xb") as target:
                shutil.copyfileobj(packed, target, _CHUNK)
    for file in folder.glob("*.parquet"):
        _in_si(file)
    return imu.recording.load(folder)


def _of_recording(members: Sequence[Member]) -> Iterator[tuple[Member, str]]:
    """The files of a recording, each with the name that it gets. Anything else is refused."""
    if len(members) > len(NAMES):
        raise RecordingError(ARCHIVE, f"holds {len(members)} files; a recording has {len(NAMES)} at most")
    seen = set()
    for member in members:
        # One folder around the files is usual, and its name means nothing. No other part of a path is used.
        parts = member.name.replace("\\", "/").split("/")
        name = parts[-1]
        if len(parts) > 2 or ".." in parts or parts[0] == "" or name not in NAMES:
            raise RecordingError(ARCHIVE, f"holds {member.name[:60]!r}, which is no file of a recording")
        if name in seen:
            raise RecordingError(ARCHIVE, f"holds {name} twice")
        seen.add(name)
        if member.refusal is not None:
            raise RecordingError(name, member.refusal)
        yield member, name


def _in_si(file: Path) -> None:
    """A packed file as everybody else reads it; any other stays as it is."""
    claims = claims_of(file)
    if claims.rows > MOST_ROWS or claims.largest_group_rows > MOST_GROUP_ROWS:
        raise RecordingError(file, f"claims {claims.rows} rows; no recording is that long")
    if claims.bytes > MOST_RATIO * file.stat().st_size + _CHUNK:
        raise RecordingError(file, f"claims {claims.bytes} bytes, more than any recording has")
    beside = file.with_suffix(".unpacked")
    try:
        if is_packed(file):
            unpack(file.read_bytes(), beside)
            shutil.move(beside, file)
    except (pa.ArrowException, OSError, KeyError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk; a damaged page has no number
        raise RecordingError(file, "cannot be read as Parquet; copy or export it again") from error


def _told_to(store: Store, job: Job) -> Callable[[float], None]:
    """Progress, told in steps that a person would notice."""
    told = 0.0

    def progress(share: float) -> None:
        nonlocal told
        if share - told >= 0.05:
            told = share
            store.jobs.hold(job, round(0.95 * share, 2))

    return progress


def _facts(given: Any) -> RunFacts:
    return RunFacts(**{name: given.get(name) for name in ("surface", "shoe", "effort_cr10")})


def _without_paths(error: RestrideError) -> str:
    """The sentence without the server's own folders."""
    if isinstance(error, RecordingError):
        name = error.path.name
        return f"{name}: {error.reason}" if name in NAMES else f"{ARCHIVE}: {error.reason}"
    return str(error)
