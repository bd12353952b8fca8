"""One run derived anew from the files that are kept of it: bytes in, bytes out, wherever that is done."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import imu
from imu.errors import RecordingError, RestrideError, StoreError
from imu.followup.importing import derived_of, packed_tables
from imu.followup.run_facts import RunFacts
from imu.recording import load
from imu.store import Derived
from imu.store.raw_files import content_hash, restore_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a process without the store needs to derive one run."""

    run_id: str
    content_hash: str
    files: Mapping[str, bytes]
    analysis_version: str
    program: str = imu.__version__  # of whoever asks


@dataclass(frozen=True, slots=True, kw_only=True)
class Rederived:
    """A run as this analysis understands it, without the facts that people told of it."""

    derived: Derived
    tables: Mapping[str, bytes]

    @property
    def run_id(self) -> str:
        return self.derived.run.run_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDerived:
    """Why a run stays as it is."""

    run_id: str
    because: str


Outcome = Rederived | NotDerived
Derive = Callable[[Iterator[Task]], Iterator[Outcome]]  # in any order; takes few tasks at a time


def derived_again(task: Task) -> Outcome:
    """Derive one run. What is wrong with it comes back as words: the others go on."""
    try:
        return _derived_again(task)
    except Exception as error:  # of a bug, too: one run of a thousand shall not stop a night's work
        return not_derived(task.run_id, error)


def not_derived(run_id: str, error: Exception) -> NotDerived:
    """What is wrong with a run, or with us, in one line."""
    if isinstance(error, RecordingError):
        because = f"{error.path.name}: {error.reason}"
    elif isinstance(error, RestrideError):
        because = str(error)
    else:
        words = " ".join(f"{type(error).__name__}: {error}".split())
        because = f"this is a bug in restride: {words}"
    return NotDerived(run_id=run_id, because=because)


def _derived_again(task: Task) -> Rederived:
    if imu.__version__ != task.program:
        raise StoreError(
            f"its worker has restride {imu.__version__} instead of {task.program}; "
            "install the same one everywhere"
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "recording"
        restore_folder(list(task.files), task.files.__getitem__, folder)
        recording = load(folder)
        if content_hash(recording) != task.content_hash:
            raise StoreError("what is kept of its recording is not what was recorded; restore a backup")
        analysis = imu.analyze(recording)
        derived = derived_of(
            analysis, recording, task.run_id, facts=RunFacts(), analysis_version=task.analysis_version
        )
    return Rederived(derived=derived, tables=packed_tables(analysis))
