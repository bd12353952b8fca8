"""Which reader takes a file, and reading many files in a row."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

from imu.errors import RecordingError, RestrideError, printable
from imu.formats import apple_health, archive, dot, fit, gpx, metabase, strava, table, tcx
from imu.formats.content import Activity, Answers, Content, Refused, SensorFile
from imu.formats.source import Source, unzipped
from imu.formats.text_table import saved_as

_GZIP = b"\x1f\x8b"


class Reader(Protocol):
    """One format. Modules of this room fulfil it: `from imu.formats import fit` is a reader."""

    @property
    def NAME(self) -> str:  # noqa: N802 - the reader is a module, and this its constant
        """What people call the format: "Garmin FIT"."""
        ...

    @property
    def EXTRA(self) -> str | None:  # noqa: N802 - as above
        """The optional dependency it needs, as in `pip install 'restride[EXTRA]'`."""
        ...

    def sniff(self, source: Source) -> bool:
        """Whether the first bytes look like this format; never raises, never reads further."""
        ...

    def read(self, source: Source, answers: Answers) -> Iterator[Content]:
        """What the file holds. RecordingError names file, line and what to try."""
        ...


READERS: Sequence[Reader] = (
    fit,
    gpx,
    tcx,
    apple_health,
    metabase,
    dot,
    table,  # the last: it takes any table whose names it understands
)


class UnknownKindError(RecordingError):
    """A file that no reader takes for its own."""


def recognised(source: Source) -> Reader | None:
    """The reader of this file's content; None where nobody knows it."""
    return next((reader for reader in READERS if reader.sniff(source)), None)


def read_all(
    paths: Iterable[Path],
    answers: Answers = Answers(),
    *,
    progress: Callable[[float], None] = lambda _share: None,
) -> Iterator[Content]:
    """Everything the files hold, in their order; progress is told the share of them that is read.

    RecordingError for the first file that cannot be read; a file within an archive comes back as `Refused`,
    and the others are read.
    """
    files = list(paths)
    for done, path in enumerate(files):
        source = Source.of_file(path, progress=_part(progress, done, len(files)))
        seen: Counter[str] = Counter()  # names may stand in an archive twice
        for content in read_source(source, answers):
            if isinstance(content, SensorFile):
                again = partial(_again, path, answers, content.origin, seen[content.origin])
                seen[content.origin] += 1
                content = replace(content, again=again)
            yield content
        progress((done + 1) / len(files))


def _again(path: Path, answers: Answers, origin: str, number: int) -> SensorFile:
    """The `number`-th file of a sensor under this origin, once more; nothing else is unpacked."""
    contents = read_source(Source.of_file(path), answers, only=origin)
    found = [content for content in contents if isinstance(content, SensorFile)]
    if number >= len(found):
        raise RecordingError(origin, "has changed since it was looked at; import it again")
    return found[number]


def read_source(source: Source, answers: Answers, *, only: str | None = None) -> Iterator[Content]:
    """What one file holds, unpacked where it is packed. RecordingError where nobody knows it.

    only: of an archive, the files of this origin alone.
    """
    if source.head.startswith(_GZIP):
        source = unzipped(source)
    if archive.is_archive(source):
        yield from _read_archive(source, answers, only)
        return
    is_mapped = answers.columns is not None and table.fits(source, answers.columns)
    reader = table if is_mapped else recognised(source)
    if reader is None:
        known = ", ".join(reader.NAME for reader in READERS)
        reason = f"is of no kind known here ({known}, a zip of them); for a table of samples give --map"
        lacking = answers.columns and table.unfitting(source, answers.columns)
        raise UnknownKindError(source.origin, lacking or saved_as(source) or reason)
    try:
        for content in reader.read(source, answers):
            yield replace(content, sport_told=answers.sport) if isinstance(content, Activity) else content
    except ModuleNotFoundError as missing:  # not this file's fault: the next one of an archive needs it too
        raise RestrideError(
            f"{source.origin}: needs {missing.name}; run: pip install 'restride[{reader.EXTRA}]'"
        ) from missing


def _read_archive(source: Source, answers: Answers, only: str | None) -> Iterator[Content]:
    """What the files of a zip hold: an account's export by its own list, any other zip file by file."""
    is_empty = True
    with archive.opened(source) as members:
        for content in _members_of(members, source, answers, only):
            is_empty = is_empty and isinstance(content, Refused) and not content.is_known
            yield content
    if is_empty:
        known = ", ".join(reader.NAME for reader in READERS)
        raise UnknownKindError(source.origin, f"holds no file of a kind known here ({known})")


def _members_of(
    members: Sequence[archive.Member], source: Source, answers: Answers, only: str | None
) -> Iterator[Content]:
    if only is not None:
        for member in members:
            if _leads_to(printable(f"{source.origin}/{member.name}"), only):
                yield from _read_member(member, source, answers, only)
        return
    if (listed := strava.listed(members)) is not None:
        yield from _read_listed(members, listed, source, answers)
        return
    beside = tuple(folder for member in members if _is_health(member) for folder in _beside_health(member))
    for member in members:
        if member.name.startswith(beside):
            yield _passed_over(member, source)
        else:
            yield from _read_member(member, source, answers)


def _leads_to(origin: str, wanted: str) -> bool:
    """Whether a file is what is wanted, or an archive around it; origins lose the .gz of what is unpacked."""
    bare = origin.removesuffix(".gz")
    return wanted in (origin, bare) or wanted.startswith(f"{bare}/")


def _beside_health(member: archive.Member) -> Iterator[str]:
    """Folders of an Apple export with parts of what its one large file says: a route is no run of its own."""
    folder = member.name[: member.name.rfind("/") + 1]
    return (folder + name for name in apple_health.FOLDERS_BESIDE)


def _is_health(member: archive.Member) -> bool:
    """Whether this is the large file of an Apple export."""
    if member.refusal is not None or not member.name.lower().endswith(".xml"):
        return False
    try:
        return apple_health.sniff(member.source())
    except RecordingError:
        return False  # said when it is its turn


def _read_listed(
    members: Sequence[archive.Member], listed: strava.Listing, source: Source, answers: Answers
) -> Iterator[Content]:
    """The activities that an account's list names, with what the list says of them."""
    by_name = {member.name: member for member in members}
    for name, entry in listed.entries.items():
        if (member := by_name.get(name)) is None:
            yield Refused(
                origin=f"{source.origin}/{name}", reason="is in the list of activities, not in the zip"
            )
            continue
        # Its reader needs the sport, to tell what its speed and cadence are.
        for content in _read_member(member, source, replace(answers, sport=entry.sport or answers.sport)):
            yield strava.with_entry(content, entry)
    read = {listed.name, *listed.entries}
    yield from (_passed_over(member, source) for member in members if member.name not in read)
    if listed.without_file:
        yield Refused(
            origin=f"{source.origin}/{listed.name}",
            reason=f"{listed.without_file} activities typed in by hand have no file and are not read",
            is_known=False,
        )


def _read_member(
    member: archive.Member, source: Source, answers: Answers, only: str | None = None
) -> Iterator[Content]:
    origin = f"{source.origin}/{member.name}"
    if member.refusal is not None:
        yield Refused(origin=origin, reason=member.refusal)
        return
    try:
        inner = member.source()
        yield from read_source(inner, answers, only=only)
    except RecordingError as error:
        yield Refused(origin=origin, reason=error.reason, is_known=not isinstance(error, UnknownKindError))
    else:
        inner.progress(1.0)


def _passed_over(member: archive.Member, source: Source) -> Refused:
    origin = f"{source.origin}/{member.name}"
    return Refused(origin=origin, reason="is no activity of this export", is_known=False)


def _part(progress: Callable[[float], None], done: int, count: int) -> Callable[[float], None]:
    return lambda share: progress((done + share) / count)
