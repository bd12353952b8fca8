"""A window of what a sensor recorded, read without the rest of its file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from imu.errors import Forbidden, StoreError
from imu.followup.one_run import Floats, table
from imu.recording.signal_check import STANDARD_GRAVITY_MPS2
from imu.store import Repository
from imu.store.raw_files import stretch

Signal = Literal["acc", "gyr"]
SHORTEST_S = 0.2
MARKED_S = 60.0  # in longer windows landings would stand too close to be told apart
_UNITS = {"acc": ("g", 1 / STANDARD_GRAVITY_MPS2), "gyr": ("°/s", 180 / np.pi)}
_SUFFIX = ".parquet"
_NOT_A_SENSOR = ("reference",)


@dataclass(frozen=True, slots=True, eq=False)
class RawWindow:
    """Samples of one sensor from `start_s` to `end_s`, seconds since the recording's start."""

    start_s: float
    end_s: float
    time_s: Floats
    axes: Mapping[str, NDArray[np.float32]]  # by the letter of the sensor's axis, in `unit`
    unit: str
    contacts_s: Floats  # when this foot landed; empty where it is not known, or for a long window


def placements(files: Sequence[str]) -> tuple[str, ...]:
    """Where the sensors of a recording were worn, shanks first."""
    found = [name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)]
    return tuple(sorted((one for one in found if one not in _NOT_A_SENSOR), key=lambda one: one == "pelvis"))


def chosen(start_s: Any, length_s: float | None, duration_s: float) -> tuple[float, float]:
    """The window that somebody asked for, inside the recording; without a length all of it."""
    if length_s is None or length_s >= duration_s:
        return 0.0, duration_s
    start = float(start_s) if isinstance(start_s, int | float) and isfinite(start_s) else 0.0
    start = min(max(start, 0.0), duration_s - length_s)
    return start, start + length_s


def zoomed(told: Any, duration_s: float, *, otherwise: tuple[float, float]) -> tuple[float, float]:
    """The window that a chart says it was zoomed to; `otherwise` where it says none."""
    ends = told if isinstance(told, dict) else {}
    low, high = ends.get("xaxis.range[0]"), ends.get("xaxis.range[1]")
    if not (isinstance(low, int | float) and isinstance(high, int | float)):
        return otherwise
    if not (isfinite(low) and isfinite(high)):
        return otherwise
    low, high = max(min(low, high), 0.0), min(max(low, high), duration_s)
    return (float(low), float(high)) if high - low >= SHORTEST_S else otherwise


def raw_window(
    repository: Repository, run_id: str, placement: str, signal: str, start_s: float, end_s: float
) -> RawWindow:
    """Three axes of a sensor. `Forbidden` for a run, a sensor or a signal that is not there."""
    kept = repository.runs.raw(run_id)
    if kept is None or placement not in placements(kept.files) or signal not in get_args(Signal):
        raise Forbidden(f"run {run_id}: there is no {signal} of {placement}")
    unit, scale = _UNITS[signal]
    packed = repository.files.raw(run_id, f"{placement}{_SUFFIX}")
    names = [f"{signal}_{axis}" for axis in "xyz"]
    try:
        samples = stretch(packed, start_s, end_s, columns=names)
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"{placement}: the stored samples are damaged; restore a backup") from error
    axes = {
        name[-1]: samples.column(name).to_numpy() * np.float32(scale)
        for name in names
        if name in samples.column_names
    }
    side = placement.removeprefix("shank_")
    return RawWindow(
        start_s,
        end_s,
        samples.column("time").to_numpy(),
        axes,
        unit,
        _landings(repository, run_id, side, start_s, end_s)
        if side in ("left", "right") and end_s - start_s <= MARKED_S
        else np.empty(0),
    )


def _landings(repository: Repository, run_id: str, side: str, start_s: float, end_s: float) -> Floats:
    strides = table(repository, run_id, "strides.parquet", ["side", "ic_time_s"])
    time_s = strides.column("ic_time_s").to_numpy()
    own = strides.column("side").to_numpy(zero_copy_only=False) == side
    return np.asarray(time_s[own & (time_s >= start_s) & (time_s < end_s)], float)
