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
    """Angles by label at evenly spaced times, in degrees; `nan` where not known.

    name: of the motion, a line without line breaks.
    """
    columns = {"time": np.round(time_s, 6)}
    columns |= {label: np.round(angle, 4) for label, angle in angles_deg.items()}
    head = (
        " ".join(name.split()),
        "version=1",
        f"nRows={len(time_s)}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
        "endheader",
        "\t".join(columns),
    )
    # NaN is the word nan in the text: a column of words where it occurs, or it would be an empty cell.
    table = pa.table({label: _words(values) for label, values in columns.items()})
    options = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    with path.open("wb") as file:
        file.write("\n".join((*head, "")).encode())
        pyarrow.csv.write_csv(table, file, options)


def _words(values: Values) -> pa.Array:
    told = pa.array(values, mask=~np.isfinite(values))
    return told if not told.null_count else told.cast(pa.string()).fill_null("nan")
