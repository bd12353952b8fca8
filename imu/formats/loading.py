"""One run from files of other programs, for a script: `imu.formats.load([...])` beside `imu.load(folder)`."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from pathlib import Path

from imu.errors import RecordingError, RestrideError
from imu.formats.column_file import load_columns
from imu.formats.content import Answers, Refused, SensorFile
from imu.formats.matching import by_outing, placed
from imu.formats.pairing import recorded
from imu.formats.reading import read_all
from imu.formats.units import checked_units
from imu.recording import Recording


def load(
    files: Iterable[Path | str],
    *,
    wear: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    columns: Path | str | None = None,
    zone: tzinfo | None = None,
) -> Recording:
    """The recording that sensor files of one run make together.

        recording = imu.formats.load(["acc.csv", "gyr.csv"], wear={"shank_left": "acc.csv"})

    wear: file (or serial number) by placement, where names do not say; units: of "acc", "gyr" and "time"
    where a table does not say; columns: the file of a map, as `restride import --map` makes it; zone: of
    clock times without one. What had to be decided stands in `notes` and `collection`.

    Raises RestrideError, one line, for what a user can put right, above all where something is left open.
    """
    answers = Answers(
        zone=zone,
        units=checked_units(units or {}),
        columns=None if columns is None else load_columns(Path(columns)),
    )
    sensors: list[SensorFile] = []
    for content in read_all(map(Path, files), answers):
        match content:
            case SensorFile():
                sensors.append(content)
            case Refused(is_known=True):
                raise RecordingError(content.origin, content.reason)
    outings = by_outing(placed(sensors, wear or {}))
    if len(outings) != 1:
        held = f"hold {len(outings)} runs; load each by itself" if outings else "hold no samples of a sensor"
        raise RestrideError(f"the files {held}")
    return recorded(outings[0])
