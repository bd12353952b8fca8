"""Recordings that come with truth: a samples folder with its index.csv."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from imu.errors import RestrideError

_INDEX_COLUMNS = ("name", "set", "variant", "recording", "truth", "window_start_s", "window_end_s")


@dataclass(frozen=True, slots=True)
class Case:
    """One recording and where its truth stands."""

    name: str
    set: str
    variant: str
    recording: Path
    truth: Path
    series: Path | None
    activity: Path | None
    window_s: tuple[float, float]
    belt_mps: float | None

    @property
    def runner(self) -> str:
        """Whose body it was: the name up to the trial (RBDS011 of RBDS011_T25, alcantara of alcantara_03)."""
        if found := re.match(r"(RBDS\d+|walkrun_\d+|[a-z]+\d*)_", self.name):
            return found[1].replace("walkrun_", "RBDS")
        return self.name

    @property
    def speed(self) -> str:
        """The nominal speed as a label, empty where it is not one speed."""
        return "" if self.belt_mps is None else f"{self.belt_mps:g}"

    def strides(self) -> pd.DataFrame:
        return pd.read_csv(self.truth)


def read_samples(
    samples: Path,
    *,
    sets: Collection[str] | None = None,
    variants: Collection[str] | None = None,
    names: Collection[str] | None = None,
) -> list[Case]:
    """The cases of a samples folder, in the order of its index; `names` may be beginnings (RBDS011)."""
    index = samples / "index.csv"
    if not index.is_file():
        raise RestrideError(f"{index}: no such file; a samples folder lists its recordings there")
    table = pd.read_csv(index)
    if missing := [column for column in _INDEX_COLUMNS if column not in table]:
        raise RestrideError(f"{index}: column {missing[0]} is missing")
    cases = [_case(samples, row) for _, row in table.iterrows()]
    return [
        case
        for case in cases
        if (sets is None or case.set in sets)
        and (variants is None or case.variant in variants)
        and (names is None or case.name.startswith(tuple(names)))
    ]


def _case(samples: Path, row: pd.Series) -> Case:
    def path(column: str) -> Path | None:
        return samples / str(row[column]) if isinstance(row.get(column), str) else None

    def number(column: str, default: float) -> float:
        value = row.get(column)
        return default if value is None or pd.isna(value) else float(value)

    belt_mps = number("belt_mps", np.nan)
    return Case(
        name=str(row["name"]),
        set=str(row["set"]),
        variant=str(row["variant"]),
        recording=samples / str(row["recording"]),
        truth=samples / str(row["truth"]),
        series=path("series"),
        activity=path("activity"),
        window_s=(number("window_start_s", -np.inf), number("window_end_s", np.inf)),
        belt_mps=None if np.isnan(belt_mps) else belt_mps,
    )
