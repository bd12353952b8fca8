"""Which recordings a command line means, and where the results of each go."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from imu.errors import RestrideError

_MARK = "recording.json"  # a folder that holds it is a recording
_RESULTS = "results"


@dataclass(frozen=True, slots=True)
class Job:
    """A recording to analyse and the folder for its results."""

    recording: Path
    out: Path


def jobs(sources: list[Path], out: Path) -> list[Job]:
    """One job per recording; a source is a recording or a folder with recordings anywhere below it.

    A single recording goes into `out` itself, several into a folder each. A source that is neither stays a
    job: reading it says what is wrong.
    """
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    if not existing.is_dir():
        raise RestrideError(f"{existing}: is a file; results go into a folder, choose another --out")
    if len(sources) == 1 and not _recordings_below(sources[0]):
        found = [Job(sources[0], out)]
    else:
        found = [Job(path, out / name) for source in sources for path, name in _named(source)]
    for job in found:
        _check_place(job)
    folder, count = Counter(job.out for job in found).most_common(1)[0]
    if count > 1:
        raise RestrideError(
            f"{folder}: would take the results of {count} recordings; give each its own --out"
        )
    return found


def recordings_of(sources: list[Path]) -> list[Path]:
    """The recordings that a command line means; a source is one, or a folder with some anywhere below it."""
    found = [path for source in sources for path, _ in _named(source)]
    return list(dict.fromkeys(found))


def _check_place(job: Job) -> None:
    """A recording is never changed; only `results` in its folder is where its own analysis belongs."""
    out = job.out.resolve()
    holder = next((folder for folder in (out, *out.parents) if (folder / _MARK).exists()), None)
    if holder is None:
        return
    recording = job.recording.parent if job.recording.name == _MARK else job.recording
    if out != holder / _RESULTS or holder != recording.resolve():
        raise RestrideError(
            f"{job.out}: is in the recording {holder}, in which nothing is written but {_RESULTS}, its own "
            "analysis; choose another --out"
        )


def _named(source: Path) -> list[tuple[Path, str]]:
    below = _recordings_below(source)
    return [(path, str(path.relative_to(source))) for path in below] or [(source, source.resolve().name)]


def _recordings_below(source: Path) -> list[Path]:
    if (source / _MARK).exists():
        return []
    return sorted(mark.parent for mark in source.rglob(_MARK))
