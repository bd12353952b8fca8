"""Other people's files: read to signals or activities of our own shape, and written from results.

    recording = load(["LeftShank_Accelerometer.csv", "LeftShank_Gyroscope.csv"])

    for content in read_all([Path("MetaWear_shank_left_Accelerometer.csv"), Path("morning.fit")]):
        match content:
            case SensorFile(): ...
            case Activity(): ...
            case Refused(): ...  # one file in a zip that could not be read; the others were

Which format a file has is told from its content, never from its name. One module each; `READERS` is the list.
"""

from typing import TYPE_CHECKING

from imu.first_use import on_first_use

if TYPE_CHECKING:
    from imu.formats.content import (
        Activity as Activity,
        Answers as Answers,
        Refused as Refused,
        SensorFile as SensorFile,
    )
    from imu.formats.loading import load as load
    from imu.formats.reading import READERS as READERS, read_all as read_all, recognised as recognised
    from imu.formats.source import Limits as Limits, Source as Source

_HOMES = {
    "READERS": "reading",
    "Activity": "content",
    "Answers": "content",
    "Limits": "source",
    "Refused": "content",
    "SensorFile": "content",
    "Source": "source",
    "load": "loading",
    "read_all": "reading",
    "recognised": "reading",
}
__all__ = sorted(_HOMES)
# Whoever writes a file need not load what reads a dozen kinds.
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
