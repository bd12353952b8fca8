"""Recordings that come with truth: a samples folder with its index.csv, or what the simulator wrote."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from imu.errors import RestrideError

REAL_WALKING = "realwalk"  # real sensors, walking only; its variants are sensor sets, not sensor qualities
_EXACT_BELTS = ("rbds",)
_INDEX_COLUMNS = ("name", "set", "variant", "recording", "truth", "window_start_s", "window_end_s")


@dataclass(frozen=True, slots=True)
class Case:
    """One recording and where its truth stands."""

    name: str
    set: str
    variant: str
    recording: Path
    truth: Path  # strides (CSV), or windows of known cadence (JSON)
    series: Path | None = None  # the pelvis' true roll
    activity: Path | None = None  # what was done when
    window_s: tuple[float, float] = (-np.inf, np.inf)
    belt_mps: float | None = None

    @property
    def runner(self) -> str:
        """Whose body it was: RBDS011 of RBDS011_T25 and of walkrun_011_week1, alcantara of alcantara_03."""
        if found := re.match(r"walkrun_(\d+)", self.name):
            return f"RBDS{found[1]}"
        return self.name.partition("_")[0]

    @property
    def speed(self) -> str:
        """The nominal speed as a label, empty where it is not one speed."""
        return "" if self.belt_mps is None else f"{self.belt_mps:g}"

    @property
    def has_strides(self) -> bool:
        """Whether every stride's truth is known, and not only the cadence of some windows."""
        return self.truth.suffix == ".csv"

    @property
    def activity_of_windows(self) -> str:
        """What the wearer did in the windows of known cadence."""
        return "walk" if self.set == REAL_WALKING else "run"

    @property
    def belt_is_exact(self) -> bool:
        """A belt whose speed is known to a percent; the other sets only know it to about five."""
        return self.belt_mps is not None and self.set in _EXACT_BELTS

    def strides(self) -> pd.DataFrame:
        """The true strides; with several gaits in one recording, `block` numbers the bouts they belong to."""
        strides = pd.read_csv(self.truth)
        if "block" not in strides and self.activity is not None:
            bouts = json.loads(self.activity.read_text(encoding="utf-8"))["bouts"]
            starts = [bout["start_s"] for bout in bouts]
            strides["block"] = np.searchsorted(starts, strides["ic_time_s"], side="right") - 1
        return strides


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


def read_simulated(folder: Path) -> list[Case]:
    """The cases of a folder that `restride simulate` wrote, or of a folder of such folders."""
    truths = sorted([*folder.glob("truth/strides.csv"), *folder.glob("*/truth/strides.csv")])
    return [simulated_case(truth.parents[1], variant=_sensors_were(truth.parent)) for truth in truths]


def simulated_case(recording: Path, *, variant: str, set_name: str = "simulated") -> Case:
    """A recording of the simulator, whose truth lies in it."""
    truth = recording / "truth"
    return Case(
        name=recording.name,
        set=set_name,
        variant=variant,
        recording=recording,
        truth=truth / "strides.csv",
        series=truth / "series.parquet",
        activity=truth / "activity.json",
    )


def _sensors_were(truth: Path) -> str:
    """`clean` where the simulated sensors had no bias at all, else `field`."""
    sensors = json.loads((truth / "sensors.json").read_text(encoding="utf-8")).values()
    return "field" if any(any(sensor["gyr_bias_dps"]) for sensor in sensors) else "clean"


def _case(samples: Path, row: "pd.Series[str]") -> Case:
    def path(column: str) -> Path | None:
        value = row.get(column)
        return samples / value if isinstance(value, str) else None

    def number(column: str, default: float) -> float:
        value = float(str(row.get(column, np.nan)))
        return default if np.isnan(value) else value

    belt_mps = number("belt_mps", np.nan)
    real_walking = row["set"] == REAL_WALKING
    return Case(
        name=str(row["name"]),
        set=str(row["set"]),
        variant="real" if real_walking else str(row["variant"]),
        recording=samples / str(row["recording"]),
        truth=samples / str(row["truth"]),
        series=path("series"),
        activity=path("truth") if real_walking else path("activity"),
        window_s=(number("window_start_s", -np.inf), number("window_end_s", np.inf)),
        belt_mps=None if np.isnan(belt_mps) else belt_mps,
    )
