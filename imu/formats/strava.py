"""The export of a Strava account: a zip with the files as they were uploaded, and a list that names them.

The list, `activities.csv`, is written in the language of the account, header and kinds of sport alike. So its
columns are told by their place and content, not by their name: the third is the name, the fourth the sport,
and the file's column is the one that holds names of files in the zip.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from imu.errors import RecordingError
from imu.formats.archive import Member
from imu.formats.content import Activity, Content, Sport

_LIST = "activities.csv"
_NAME, _SPORT = 2, 3
_WORDS: Mapping[Sport, tuple[str, ...]] = {
    # English, German, French, Spanish, Italian, Dutch, Portuguese; what is not here stays as its file says.
    "run": (
        *("run", "trail run", "virtual run", "race", "lauf", "traillauf", "trailrun", "virtueller lauf"),
        *(
            "course à pied",
            "trail",
            "course à pied virtuelle",
            "carrera",
            "carrera de trail",
            "carrera virtual",
        ),
        *("corsa", "corsa su sentiero", "corsa virtuale", "hardlopen", "hardloopsessie", "corrida"),
        *("virtuele hardloopsessie", "corrida em trilha", "corrida virtual"),
    ),
    "walk": (
        *("walk", "hike", "spaziergang", "wanderung", "marche", "randonnée", "caminata", "senderismo"),
        *("camminata", "escursionismo", "wandeling", "wandelen", "caminhada"),
    ),
    "other": (
        *("ride", "virtual ride", "swim", "workout", "weight training", "yoga", "rowing", "nordic ski"),
        *("radfahrt", "virtuelle radfahrt", "schwimmen", "workout", "krafttraining", "vélo", "natation"),
        *(
            "sortie à vélo",
            "entraînement",
            "bicicleta",
            "natación",
            "ciclismo",
            "nuoto",
            "fietsrit",
            "zwemmen",
        ),
    ),
}
_SPORT_OF: Mapping[str, Sport] = {word: sport for sport, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the list says of one activity."""

    name: str | None
    sport: Sport | None  # None for a word that is not known here
    word: str  # the sport in the language of the account


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The activities of an account, by the names of their files in the zip."""

    name: str
    entries: Mapping[str, Entry]
    without_file: int  # typed in by hand


def listed(members: Sequence[Member]) -> Listing | None:
    """The list of a Strava export among these files; None where there is none, or none that can be read."""
    member = next((m for m in members if m.name.rsplit("/", 1)[-1] == _LIST and m.refusal is None), None)
    if member is None:
        return None
    try:
        content = member.source().content()
    except RecordingError:
        return None
    folder = member.name.removesuffix(_LIST)
    return _listing(member.name, folder, content, {other.name for other in members})


def with_entry(content: Content, entry: Entry) -> Content:
    """An activity with the name and sport that its owner gave it."""
    if not isinstance(content, Activity):
        return content
    if entry.sport is None and entry.word:
        unknown = f"the list calls it {entry.word!r}, a sport not known here; it stays as its file says"
        content = replace(content, notes=(*content.notes, unknown))
    return replace(content, name=entry.name or content.name, sport=entry.sport or content.sport)


def _listing(name: str, folder: str, content: bytes, names: set[str]) -> Listing | None:
    text = content.decode("utf-8-sig", errors="replace")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row][1:]
    except csv.Error:
        return None
    column = _file_column(rows, folder, names)
    if column is None:
        return None
    entries: dict[str, Entry] = {}
    without_file = 0
    for row in rows:
        file = row[column].strip() if len(row) > column else ""
        if file:
            entries[folder + file] = _entry(row)
        else:
            without_file += 1
    return Listing(name=name, entries=entries, without_file=without_file)


def _file_column(rows: Sequence[Sequence[str]], folder: str, names: set[str]) -> int | None:
    """The column that most often names a file of the zip."""
    hits = Counter(
        column
        for row in rows
        for column, cell in enumerate(row)
        if folder + cell.strip() in names and cell.strip()
    )
    return hits.most_common(1)[0][0] if hits else None


def _entry(row: Sequence[str]) -> Entry:
    name, word = (row[column].strip() if len(row) > column else "" for column in (_NAME, _SPORT))
    return Entry(name=name or None, sport=_SPORT_OF.get(word.casefold()), word=word)
