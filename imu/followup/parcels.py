"""A run of the history as one file to be sent: the same bytes whenever it is packed."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that ZIP knows


def pack(names: Iterable[str], read: Callable[[str], bytes], target: Path) -> None:
    """Write the kept files of a recording into a new ZIP. Its hash is that of its content, not of the day."""
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as archive:  # Parquet is compressed already
        for name in sorted(names):
            archive.writestr(zipfile.ZipInfo(name, date_time=_NO_DATE), read(name))
