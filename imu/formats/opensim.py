"""Angles over time as OpenSim reads them: a .mot or .sto file.

Source: OpenSim's documentation of Motion (.mot) and Storage (.sto) files: a head with a name, the version,
how many rows and columns there are and whether angles are degrees; then labels, and numbers between tabs.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

Values = NDArray[np.float64]


def write_angles(name: str, time_s: Values, angles_deg: Mapping[str, Values], path: Path) -> None:
    """Angles by label, in degrees, at the times at which all of them are known.

    name: of the motion, a line without line breaks. angles_deg: each (n,) as `time_s`, `nan` where not known;
    one that is never known is left out. ValueError where no time is left.
    """
    known = {label: angle for label, angle in angles_deg.items() if np.isfinite(angle).any()}
    # OpenSim's Storage takes rows at uneven times, and stops reading at the first number that is none.
    told = np.all([np.isfinite(angle) for angle in known.values()], axis=0) if known else np.zeros(0, bool)
    if not told.any():
        raise ValueError("at no time are all angles known")
    columns = {"time": np.round(time_s, 6)} | {label: np.round(angle, 4) for label, angle in known.items()}
    head = (
        " ".join(name.split()),
        "version=1",
        f"nRows={np.count_nonzero(told)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "endheader",
        "\t".join(columns),
    )
    table = pa.table({label: values[told] for label, values in columns.items()})
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    with path.open("wb") as file:
        file.write("\n".join((*head, "")).encode())
        pyarrow.csv.write_csv(table, file, options)
