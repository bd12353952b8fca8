"""Everything a validation run found out, as long tables; every statement of the report is a sum over them.

Each row carries the labels of the analysis it comes from, so that any part can be looked at alone.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

_STRIDE_TABLES = ("errors", "contacts", "coverage")
LABELS = ("set", "variant", "speed", "trial", "runner", "sensors", "calibration")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Long tables; besides LABELS they hold the columns named here."""

    errors: pd.DataFrame  # activity, block, metric, side, time_s, truth, ours, error: per stride and metric
    contacts: pd.DataFrame  # activity, block, true, missed, extra, side_wrong, side_unknown, strides, ..
    coverage: pd.DataFrame  # activity, block, metric, true, covered
    bouts: pd.DataFrame  # side: right / wrong / unknown, one row per running bout that has truth
    seconds: pd.DataFrame  # activity, true, found, as_run: seconds
    runs: pd.DataFrame  # true, found, invented: bouts
    edges: pd.DataFrame  # edge_s, error_s: one row per true change of activity, infinite where none was found
    cadence: pd.DataFrame  # activity, start_s, truth, ours: mean steps/min in a window of real sensors
    changes: pd.DataFrame  # metric, side, injected, truth, ours: later minus earlier part of a run
    refused: pd.DataFrame  # reason: a recording with truth that was not analysed

    @classmethod
    def of(cls, labels: Mapping[str, str], **tables: pd.DataFrame) -> "Evidence":
        """The tables of one analysis; those not given are empty."""
        empty = pd.DataFrame()
        return cls(**{name: _labelled(tables.get(name, empty), labels) for name in _names()})

    @classmethod
    def joined(cls, parts: Iterable["Evidence"]) -> "Evidence":
        parts = list(parts)
        return cls(**{name: _joined(getattr(part, name) for part in parts) for name in _names()})

    def where(self, **wanted: str | Collection[str]) -> "Evidence":
        """Only the rows whose labels have the wanted value, or one of the wanted values.

        `activity` chooses among strides; tables that are not about strides stay whole.
        """
        others = {label: values for label, values in wanted.items() if label != "activity"}
        chosen = {name: wanted if name in _STRIDE_TABLES else others for name in _names()}
        return Evidence(**{name: _rows(getattr(self, name), chosen[name]) for name in _names()})

    def __bool__(self) -> bool:
        return any(len(getattr(self, name)) for name in _names())

    def save(self, out: Path) -> None:
        """One file per table, so that every figure of the report can be traced and redrawn."""
        out.mkdir(parents=True, exist_ok=True)
        self.errors.to_parquet(out / "errors.parquet", index=False)  # a row per stride and metric: too long
        for name in _names():
            table, path = getattr(self, name), out / f"{name}.csv"
            if name == "errors" or table.empty:
                path.unlink(missing_ok=True)  # an earlier report may have had one
            else:
                table.round(6).to_csv(path, index=False)


def _names() -> list[str]:
    return [field.name for field in fields(Evidence)]


def _labelled(table: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    return table.reset_index(drop=True).assign(**labels)


def _joined(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    filled = [table for table in tables if not table.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _rows(table: pd.DataFrame, wanted: Mapping[str, str | Collection[str]]) -> pd.DataFrame:
    if table.empty or not wanted:
        return table
    masks = [
        table[label].isin([values] if isinstance(values, str) else list(values))
        for label, values in wanted.items()
    ]
    return table[np.logical_and.reduce(masks)]
