"""Odd and broken recordings, made on the fly from one sound run: how each is made, what must become of it.

A case is a function that spoils a `Draft` (before it is written) or a folder (after); it is registered with
the one line it must be refused with, or as analysed with the columns of the stride table that stay empty.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from imu.recording import Samples
from imu.simulate import SensorErrors, SimulationConfig, simulate

RATE_HZ = 200.0
STAND_S = 6.0
RUN_S = 24.0
N_ROWS = int((STAND_S + RUN_S) * RATE_HZ)
GRAVITY_MPS2 = 9.80665
ACC = ("acc_x", "acc_y", "acc_z")
GYR = ("gyr_x", "gyr_y", "gyr_z")

Columns = dict[str, NDArray[Any]]


@dataclass
class Draft:
    """A recording before it is written: free to be spoiled."""

    manifest: dict[str, Any]
    sensors: dict[str, Columns]
    file_format: str = "parquet"

    @property
    def pelvis(self) -> Columns:
        return self.sensors["pelvis"]

    def every_sensor(self, change: Callable[[Columns], object]) -> None:
        for columns in self.sensors.values():
            change(columns)

    def keep(self, *placements: str) -> None:
        for held in (self.sensors, self.manifest["sensors"]):
            for placement in set(held) - set(placements):
                del held[placement]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        (folder / "recording.json").write_text(json.dumps(self.manifest), encoding="utf-8")
        for placement, columns in self.sensors.items():
            table, file = pa.table(columns), folder / f"{placement}.{self.file_format}"
            if self.file_format == "csv":
                pyarrow.csv.write_csv(table, file)
            else:
                pq.write_table(table, file)
        return folder


@dataclass(frozen=True)
class Case:
    """One odd recording and what must become of it."""

    name: str
    make: Callable[[Path], Path]  # writes it under the folder given; the path to load
    refused: str | None  # a pattern that the one line must contain; None: analysed
    absent: tuple[str, ...] = ()  # columns of the stride table that must hold no valid value
    loads: bool = False  # refused only by the analysis, which looks at the gait


CASES: dict[str, Case] = {}

_Spoil = Callable[[Draft], object]
_Break = Callable[[Path], "Path | None"]


def spoiled(
    refused: str | None = None, *, absent: tuple[str, ...] = (), loads: bool = False
) -> Callable[[_Spoil], _Spoil]:
    """Register a case that changes the recording before it is written."""

    def register(spoil: _Spoil) -> _Spoil:
        def make(folder: Path) -> Path:
            draft = sound_run()
            spoil(draft)
            return draft.write(folder / "run")

        _add(Case(_name(spoil), make, refused, absent, loads or refused is None))
        return spoil

    return register


def broken(
    refused: str | None = None, *, absent: tuple[str, ...] = (), file_format: str = "parquet"
) -> Callable[[_Break], _Break]:
    """Register a case that changes the files of a written recording; it may return another path to load."""

    def register(damage: _Break) -> _Break:
        def make(folder: Path) -> Path:
            draft = sound_run()
            draft.file_format = file_format
            path = draft.write(folder / "run")
            return damage(path) or path

        _add(Case(_name(damage), make, refused, absent, loads=refused is None))
        return damage

    return register


def _name(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", " ")


def _add(case: Case) -> None:
    assert case.name not in CASES, f"two cases are called {case.name!r}"
    CASES[case.name] = case


def sound_run() -> Draft:
    """Standing, then running, with three sensors: a fresh copy every time."""
    facts = {"device": "simulated", "rate_hz": RATE_HZ, "acc_range_g": 16, "gyr_range_dps": 2000}
    manifest = {
        "format": "restride-recording/1",
        "start": "2026-05-04T07:30:00+02:00",
        "sensors": {placement: dict(facts) for placement in _sound_sensors()},
        "body": {"height_m": 1.78, "mass_kg": 70, "shank_length_m": 0.43},
    }
    return Draft(manifest, {placement: dict(columns) for placement, columns in _sound_sensors().items()})


@cache
def _sound_sensors() -> Mapping[str, Columns]:
    """Thirty seconds of a simulated runner on a grid of exactly 200 Hz, nothing lost."""
    errors = SensorErrors(
        gyr_bias_dps=(0.2, 1.0), acc_noise_ug_per_rthz=150.0, gyr_noise_dps_per_rthz=0.01, tissue=True
    )
    pattern = f"stand:{STAND_S:g},run:{RUN_S + 1:g}@3.0"
    simulated = simulate(SimulationConfig(pattern=pattern, errors=errors, rate_hz=RATE_HZ)).recording
    time_s = 0.02 + np.arange(N_ROWS) / RATE_HZ
    return {
        placement: {"time": time_s, **_signals(track.samples()[:N_ROWS])}
        for placement, track in simulated.tracks.items()
    }


def _signals(samples: Samples) -> Columns:
    assert samples.gyr_radps is not None
    signals = zip((*ACC, *GYR), (*samples.acc_mps2.T, *samples.gyr_radps.T), strict=True)
    return {name: np.ascontiguousarray(column) for name, column in signals}
