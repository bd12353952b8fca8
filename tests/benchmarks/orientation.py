"""Which way is up: our levelling beside VQF, on samples with truth (docs/orientation-comparison.md).

    python -m tests.benchmarks.orientation ../shared/samples

needs the package `vqf` (requirements/bench.txt). All methods get the same signal on the common grid, straight
lines in its gaps, less the gyroscope's offset in standing, and the true mounting, so that only orientation is
compared.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import imu
from imu.signal.activity import RUN
from imu.signal.contacts import shank_contacts
from imu.signal.grid import GRID_HZ, to_grid
from imu.signal.orientation import Attitude, attitude, cross, dot, level, rotate
from imu.signal.shank import shank_motion

Array = NDArray[np.float64]

STAND = slice(round(1.0 * GRID_HZ), round(5.0 * GRID_HZ))  # all these recordings begin with standing
EVERY = 2  # the truth has 100 Hz


@dataclass(frozen=True, slots=True)
class Signal:
    """One sensor of one trial on the grid, with what is known about it."""

    acc_mps2: Array  # (n, 3) sensor axes
    gyr_radps: Array  # (n, 3) without the offset in standing
    missing: NDArray[np.bool_]  # (n,)
    mount: Array  # (3, 3) segment axes (forward, up, right) from sensor axes
    stride_s: float


Method = Callable[[Signal], Attitude]


def levelled(signal: Signal) -> Attitude:
    return attitude(
        signal.acc_mps2, signal.gyr_radps, signal.missing, sampling_rate_hz=GRID_HZ, stride_s=signal.stride_s
    )


def vqf_basic(signal: Signal) -> Attitude:
    from vqf import BasicVQF

    return _of_filter(BasicVQF(1 / GRID_HZ).updateBatch(*_columns(signal)))


def vqf_real_time(signal: Signal) -> Attitude:
    from vqf import VQF

    return _of_filter(VQF(1 / GRID_HZ).updateBatch(*_columns(signal)))


def vqf_offline(signal: Signal) -> Attitude:
    from vqf import offlineVQF

    return _of_filter(offlineVQF(*_columns(signal), None, 1 / GRID_HZ))


METHODS: dict[str, Method] = {
    "VQF basic": vqf_basic,
    "VQF real-time": vqf_real_time,
    "VQF offline": vqf_offline,
    "levelled over strides": levelled,
}


def main() -> None:
    """Print both tables, as in the document."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.orientation", description=__doc__)
    parser.add_argument("samples", type=Path)
    samples = parser.parse_args().samples
    errors = pd.DataFrame(_errors(samples), columns=["what", "method", "variant", "rms_deg", "bias_deg"])
    grouped = errors.assign(bias_deg=errors["bias_deg"].abs()).groupby(
        ["what", "method", "variant"], sort=False
    )
    table = grouped.agg(
        mean_rms=("rms_deg", "mean"), worst_rms=("rms_deg", "max"), worst_bias=("bias_deg", "max")
    )
    print(table.unstack("variant").round(2).to_string())
    signal = _tiled(_signal(samples, _trials(samples).iloc[0], "pelvis"), 3600.0)
    for name, method in METHODS.items():
        began_s = time.process_time()
        method(signal)
        print(f"{name}: {time.process_time() - began_s:.2f} s for one sensor-hour")


def _errors(samples: Path) -> Iterator[tuple[str, str, str, float, float]]:
    for _, trial in _trials(samples).iterrows():
        truth = pd.read_parquet(samples / trial["series"])
        scored = (truth["time"] > trial["window_start_s"]) & (truth["time"] < trial["window_end_s"])
        for placement, column in (
            ("pelvis", "roll"),
            ("shank_left", "shank_line_left"),
            ("shank_right", "shank_line_right"),
        ):
            signal = _signal(samples, trial, placement)
            what = "pelvic roll" if placement == "pelvis" else "shank inclination"
            angle = _roll_deg if placement == "pelvis" else _inclination_deg
            found = {name: angle(signal, method(signal)) for name, method in METHODS.items()}
            if placement != "pelvis":
                found["anchored in mid-stance"] = _anchored_deg(signal)
            for name, values in found.items():
                n = min(len(truth), len(values[::EVERY]))
                error = (values[::EVERY][:n] - truth[column].to_numpy()[:n])[scored[:n]]
                error = error[np.isfinite(error)]
                yield what, name, trial["variant"], float(np.sqrt((error**2).mean())), float(error.mean())


def _trials(samples: Path) -> pd.DataFrame:
    index = pd.read_csv(samples / "index.csv")
    return index[index["set"] == "rbds"]


def _signal(samples: Path, trial: "pd.Series[str]", placement: str) -> Signal:
    track = imu.load(samples / trial["recording"]).tracks[placement]
    own = track.samples()
    n = int(track.end_s * GRID_HZ)
    grid = to_grid(own.time_s, own.acc_mps2, own.gyr_radps, start_s=0.0, n=n)
    assert grid.gyr_radps is not None
    sensors = json.loads((samples / trial["sensors"]).read_text(encoding="utf-8"))
    strides = pd.read_csv(samples / trial["truth"])
    return Signal(
        acc_mps2=grid.acc_mps2,
        gyr_radps=grid.gyr_radps - grid.gyr_radps[STAND].mean(axis=0),
        missing=grid.missing,
        mount=np.array(sensors[placement]["mount"]),
        stride_s=float(strides["stride_time_s"].median()),
    )


def _tiled(signal: Signal, duration_s: float) -> Signal:
    times = round(duration_s * GRID_HZ / len(signal.missing))
    return replace(
        signal,
        acc_mps2=np.tile(signal.acc_mps2, (times, 1)),
        gyr_radps=np.tile(signal.gyr_radps, (times, 1)),
        missing=np.tile(signal.missing, times),
    )


def _columns(signal: Signal) -> tuple[Array, Array]:
    return np.ascontiguousarray(signal.gyr_radps), np.ascontiguousarray(signal.acc_mps2)


def _of_filter(result: dict[str, Array]) -> Attitude:
    """A filter's quaternions lead into a frame whose third axis is up."""
    to_frame = result["quat6D"].T.copy()
    up = np.zeros((3, to_frame.shape[1]))
    up[2] = 1.0
    return Attitude(to_frame, up)


def _roll_deg(signal: Signal, found: Attitude) -> Array:
    """(n,) elevation of the pelvis' right side, zero in standing; NaN in gaps."""
    right = dot(signal.mount[2], found.up_in_sensor())
    return _from_standing(np.degrees(np.arcsin(np.clip(right, -1, 1))), signal)


def _inclination_deg(signal: Signal, found: Attitude) -> Array:
    """(n,) of the line that was vertical in standing, in the plane across the axis the shank swings about."""
    line = signal.acc_mps2[STAND].mean(axis=0)
    gyr = signal.gyr_radps.T
    swing = rotate(found.to_frame, gyr) * dot(signal.mount[2], gyr)
    half_stride = np.full(len(signal.missing), 0.5 * signal.stride_s * GRID_HZ)
    right = level(swing, signal.missing, half_stride=half_stride, sampling_rate_hz=GRID_HZ, smoothing_s=2.0)
    forward = cross(found.up, right)
    forward /= np.sqrt(dot(forward, forward))
    shank = rotate(found.to_frame, line[:, None])
    return np.where(
        signal.missing, np.nan, np.degrees(np.arctan2(-dot(shank, forward), dot(shank, found.up)))
    )


def _anchored_deg(signal: Signal) -> Array:
    """(n,) as the analysis has it: level and plane from the strides between mid-stance anchors."""
    axial, rate = dot(signal.mount[1], signal.acc_mps2.T), dot(signal.mount[2], signal.gyr_radps.T)
    label = np.full(len(rate), RUN, np.int8)
    contacts = shank_contacts(axial, rate, signal.missing, label, sampling_rate_hz=GRID_HZ)
    line = signal.acc_mps2[STAND].mean(axis=0)
    return shank_motion(
        signal.acc_mps2,
        signal.gyr_radps,
        signal.missing,
        contacts,
        line=line / np.linalg.norm(line),
        sagittal_axis=signal.mount[2],
        mount_height_m=0.15,
        sampling_rate_hz=GRID_HZ,
    ).inclination_deg


def _from_standing(angle_deg: Array, signal: Signal) -> Array:
    return np.where(signal.missing, np.nan, angle_deg - np.nanmean(angle_deg[STAND]))


if __name__ == "__main__":
    main()
