"""Sample recordings as the pelvis detectors see them, with their truth in samples."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from imu.signal.grid import GRID_HZ, GridSignal, to_grid
from imu.signal.orientation import attitude
from imu.signal.pelvis_contacts import PelvisSignals, pelvis_signals

Array = NDArray[np.float64]

AXES = ["x", "y", "z"]


@dataclass(frozen=True, slots=True)
class PelvisTrial:
    """Running from one sample recording; positions in samples, in the order of initial contact."""

    runner: str
    signals: PelvisSignals
    missing: NDArray[np.bool_]
    initial_contact: Array
    toe_off: Array
    side: NDArray[np.int8]  # 1 right, -1 left, 0 unknown


@pytest.fixture(scope="session")
def pelvis_trial(shared_samples: Path) -> Callable[..., PelvisTrial]:
    """`pelvis_trial(row of index.csv)`; with gyroscope=False the sensor is an accelerometer only."""

    def load(row: pd.Series, *, gyroscope: bool = True) -> PelvisTrial:
        grid, start_s = _on_grid(shared_samples / row.recording / "pelvis.parquet")
        truth = pd.read_csv(shared_samples / row.truth).dropna(subset=["ic_time_s", "to_time_s"])
        truth = truth.sort_values("ic_time_s")
        time = start_s + np.arange(len(grid.missing)) / GRID_HZ
        stride_s = float(truth.stride_time_s.median())
        if row.set == "alcantara":  # x forward, y up, z not measured; worn as it is
            rotation = np.eye(3)
        else:
            rotation = np.array(json.loads((shared_samples / row.sensors).read_text())["pelvis"]["mount"])
        gyr, up = grid.gyr_radps, None
        if gyr is not None and gyroscope:
            gyr = gyr - gyr[~grid.missing].mean(axis=0)
            up = attitude(
                grid.acc_mps2, gyr, grid.missing, sampling_rate_hz=GRID_HZ, stride_s=stride_s
            ).up_in_sensor()
        signals = pelvis_signals(grid.acc_mps2, gyr if gyroscope else None, rotation=rotation, up=up)
        return PelvisTrial(
            runner=row["set"] if row.set in ("alcantara", "hamner") else row["name"].split("_")[0],
            signals=signals,
            missing=grid.missing | (time < row.window_start_s - 0.5),
            initial_contact=(truth.ic_time_s.to_numpy() - start_s) * GRID_HZ,
            toe_off=(truth.to_time_s.to_numpy() - start_s) * GRID_HZ,
            side=np.select([truth.side == "right", truth.side == "left"], [1, -1], 0).astype(np.int8),
        )

    return load


@pytest.fixture(scope="session")
def sample_index(shared_samples: Path) -> pd.DataFrame:
    return pd.read_csv(shared_samples / "index.csv")


def _on_grid(path: Path) -> tuple[GridSignal, float]:
    table = pq.read_table(path).to_pandas()
    time = table["time"].to_numpy()
    acc = table[[f"acc_{axis}" for axis in AXES]].to_numpy(np.float64)
    gyr = table[[f"gyr_{axis}" for axis in AXES]].to_numpy(np.float64) if "gyr_x" in table else None
    start_s = min(float(time[0]), 0.0)
    n = int((time[-1] - start_s) * GRID_HZ)
    return to_grid(time, acc, gyr, start_s=start_s, n=n), start_s
