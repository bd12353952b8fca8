"""Files of other programs on a command line: which are meant, and what was said about them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from imu.cli.batch import recordings_of
from imu.cli.placements import checked, spoken
from imu.errors import RecordingError, RestrideError

if TYPE_CHECKING:
    from datetime import tzinfo

    from imu.formats.content import Answers, ColumnMap, Content, Sport
    from imu.formats.matching import Worn
    from imu.recording import Recording

_MARK = "recording.json"

WearOption = Annotated[
    list[str] | None,
    typer.Option(
        "--wear",
        metavar="PLACE=FILE",
        help="Where the sensor of a file was worn: shank_left=left.csv; its serial number does as well.",
    ),
]
UnitOption = Annotated[
    list[str] | None,
    typer.Option(
        "--unit", metavar="WHAT=UNIT", help="What a table counts in, where it does not say: acc=g, gyr=deg/s."
    ),
]
ZoneOption = Annotated[
    str | None,
    typer.Option(
        metavar="ZONE", help="Of clock times that have none: Europe/Berlin, or hours from UTC like +01:00."
    ),
]


def _checked_sport(given: str | None) -> str | None:
    if given not in (None, "run", "walk"):
        raise typer.BadParameter(f"{given!r} is neither run nor walk")
    return given


SportOption = Annotated[
    str | None,
    typer.Option(
        metavar="run|walk", callback=_checked_sport, help="What activities are, whatever their files say."
    ),
]
MapOption = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE.json",
        help="Which columns of a table are what; where it does not exist, you are asked and it is made.",
    ),
]


@dataclass(frozen=True, slots=True)
class Sources:
    """What a command line names: recordings of our own, and files of others."""

    recordings: tuple[Path, ...]
    files: tuple[Path, ...]  # named one by one: each must be readable
    found: tuple[Path, ...]  # lying in a folder that was named: what is of no known kind is passed over


def sources(paths: list[Path]) -> Sources:
    """Recordings and other files, in their order; a folder stands for all that is below it."""
    recordings: list[Path] = []
    files: list[Path] = []
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            (recordings if path.name == _MARK or not path.exists() else files).append(path)
            continue
        own = [one for one in recordings_of([path]) if (one / _MARK).exists()]
        others = [] if own == [path] else _beside(path, own)
        recordings += own if own or others else [path]  # an empty folder says itself what is wrong
        found += others
    return Sources(*(tuple(dict.fromkeys(one)) for one in (recordings, files, found)))


def contents(
    named: Sources, answers: "Answers", *, progress: Callable[[float], None] = lambda _share: None
) -> "Iterator[Content]":
    """What the files hold, one after the other; one that cannot be read is `Refused` and costs no other."""
    from imu.formats.content import Refused
    from imu.formats.reading import UnknownKindError, read_all

    files = [(file, True) for file in named.files] + [(file, False) for file in named.found]
    for done, (file, is_wanted) in enumerate(files):

        def within(share: float, done: int = done) -> None:
            progress((done + share) / len(files))

        try:
            yield from read_all([file], answers, progress=within)
        except UnknownKindError as error:
            yield Refused(origin=str(file), reason=error.reason, is_known=is_wanted)
        except RecordingError as error:
            yield Refused(origin=str(error.path), reason=error.reason)


def name_of(outing: "Sequence[Worn]") -> str:
    """What a recording of several files is called in messages."""
    names = [Path(file.origin).name for sensor in outing for file in sensor.files]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def doubts(recording: "Recording") -> list[str]:
    """What had to be decided or left out to make a recording of foreign files."""
    told = recording.collection or {}
    if told.get("mode") != "import":
        return []
    by_sensor = [
        f"{spoken(place)}: {note}" for place, one in told["sensors"].items() for note in one["notes"]
    ]
    return [*told["notes"], *by_sensor]


def answers_of(
    *, zone: str | None, units: dict[str, str], columns: "ColumnMap | None", sport: str | None = None
) -> "Answers":
    """What the options say. RestrideError for one that cannot be understood."""
    from imu.formats import Answers

    return Answers(
        zone=None if zone is None else _zone(zone),
        units=units,
        columns=columns,
        sport=cast("Sport | None", sport),
    )


def wear_of(options: list[str] | None) -> dict[str, str]:
    """Files by placement, from PLACE=FILE."""
    said: dict[str, str] = {}
    for option in options or []:
        place, equals, file = option.partition("=")
        if not (equals and file):
            raise RestrideError(f"--wear {option}: write it like --wear shank_left=left.csv")
        placement = checked(place)
        if placement in said:
            raise RestrideError(f"--wear {option}: {placement} is {said[placement]} already")
        said[placement] = file
    return said


def _beside(folder: Path, own: list[Path]) -> list[Path]:
    """All files below a folder but hidden ones and those of recordings."""
    below = sorted(path for path in folder.rglob("*") if path.is_file())
    hidden = [
        any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts) for path in below
    ]
    return [
        path
        for path, is_hidden in zip(below, hidden, strict=True)
        if not is_hidden and not any(path.is_relative_to(one) for one in own)
    ]


def units_of(options: list[str] | None) -> dict[str, str]:
    """Units by what they are of, from WHAT=UNIT."""
    from imu.formats.units import checked_units

    said: dict[str, str] = {}
    for option in options or []:
        what, _, unit = option.partition("=")
        said |= checked_units({what: unit})
    return said


def _zone(text: str) -> "tzinfo":
    import re
    from datetime import timedelta, timezone
    from zoneinfo import ZoneInfo

    if match := re.fullmatch(r"([+-])(\d{1,2}):?(\d\d)?", text):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise RestrideError(f"--zone {text}: write it like Europe/Berlin or +01:00") from error
