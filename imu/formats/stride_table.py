"""The stride table as CSV or Parquet, with a data dictionary beside it."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column says."""

    name: str
    unit: str  # empty for words and for numbers without one
    meaning: str


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table of an analysis to five decimals, UTF-8; what is not known is empty, what is so or not is True
    or False. As `DataFrame.to_csv` in an eighth of its time (for an hour of strides: 0.25 s).
    """
    claims = table.select_dtypes("bool").columns
    words = table.round(5).assign(**{name: np.where(table[name], "True", "False") for name in claims})
    out = pa.BufferOutputStream()
    out.write((",".join(table.columns) + "\n").encode())
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    pyarrow.csv.write_csv(pa.Table.from_pandas(words, preserve_index=False), out, options)
    return bytes(out.getvalue())


def write_csv(strides: pd.DataFrame, columns: Sequence[Meaning], path: Path) -> None:
    """The table, and NAME.dictionary.csv beside it. KeyError for a column that nobody described."""
    path.write_bytes(csv_bytes(strides))
    write_dictionary(strides, columns, path)


def write_parquet(strides: pd.DataFrame, columns: Sequence[Meaning], path: Path) -> None:
    """The table as it is, unit and meaning in the metadata of each column, and the dictionary beside it."""
    meanings = {one.name: one for one in columns}
    table = pa.Table.from_pandas(strides, preserve_index=False)
    fields = [
        field.with_metadata({"unit": meanings[field.name].unit, "meaning": meanings[field.name].meaning})
        for field in table.schema
    ]
    described = pa.schema(fields, metadata={"format": "restride-strides/1"})
    pq.write_table(table.cast(described), path, compression="zstd")
    write_dictionary(strides, columns, path)


def write_dictionary(strides: pd.DataFrame, columns: Sequence[Meaning], path: Path) -> None:
    """Name, type, unit and meaning of every column, in their order."""
    meanings = {one.name: one for one in columns}
    with path.with_suffix(".dictionary.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("column", "type", "unit", "meaning"))
        for name in strides:
            one = meanings[str(name)]
            writer.writerow((one.name, _kind(strides[name]), one.unit, one.meaning))


def _kind(values: "pd.Series[Any]") -> str:
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    return "number" if pd.api.types.is_numeric_dtype(values) else "text"
