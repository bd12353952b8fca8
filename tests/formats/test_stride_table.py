"""The stride table as CSV: what a reader of CSV gets back, cell by cell."""

import csv
from io import StringIO

import numpy as np
import pandas as pd
from pandas.testing import assert_frame_equal

from imu.formats.stride_table import csv_bytes

TABLE = pd.DataFrame(
    {
        "side": ["left", "right", "left"],
        "valid": [True, False, True],
        "strides": [12, 7, 0],
        "shank_angle_ic_deg": [-3.1415926, np.nan, 1e-7],
        "speed_mps": [2.5, 3.0, 12.3456789],
    }
)


def test_every_cell_is_its_value_to_five_decimals() -> None:
    rows = list(csv.reader(StringIO(csv_bytes(TABLE).decode("utf-8"))))
    assert rows[0] == list(TABLE.columns)
    assert [row[:3] for row in rows[1:]] == [
        ["left", "True", "12"],
        ["right", "False", "7"],
        ["left", "True", "0"],
    ]
    assert [row[3] for row in rows[1:3]] == ["-3.14159", ""]
    assert [float(row[4]) for row in rows[1:]] == [2.5, 3.0, 12.34568]


def test_it_is_what_pandas_reads_and_writes() -> None:
    assert_frame_equal(pd.read_csv(StringIO(csv_bytes(TABLE).decode())), TABLE.round(5), check_dtype=False)
    written = pd.read_csv(StringIO(TABLE.round(5).to_csv(index=False)))
    assert_frame_equal(pd.read_csv(StringIO(csv_bytes(TABLE).decode())), written)
