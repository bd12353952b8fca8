"""The mounting of the pelvis sensor, on made-up mirror-symmetric running and on real running."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.signal.grid import GRID_HZ, to_grid
from imu.signal.pelvis_alignment import PelvisAlignment, PelvisMoments, align_pelvis, pelvis_moments

Array = NDArray[np.float64]

STRIDE_S = 0.7
STANDING_S = 3.0
MOUNT = Rotation.from_euler("zxy", [140.0, -35.0, 70.0], degrees=True)  # sensor to forward, up, right


def symmetric_run(seconds: float = 30.0) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Specific force and rate along forward, up, right, and when running; 3 s of standing come first."""
    time = np.arange(0.0, STANDING_S + seconds, 1 / GRID_HZ)
    step, stride = 4 * np.pi * time / STRIDE_S, 2 * np.pi * time / STRIDE_S
    still = np.zeros_like(time)
    # Vertical force is largest in mid-stance (step = 0): before it the body brakes and the pelvis tilts back.
    acc = np.array([1.5 * np.sin(step), 12.0 * np.cos(step), 2.0 * np.cos(stride + 0.4)])
    gyr = np.array([0.8 * np.sin(stride), 1.2 * np.sin(stride + 0.5), -0.9 * np.sin(step)])
    running = time >= STANDING_S
    acc, gyr = np.where(running, acc, still), np.where(running, gyr, still)
    acc[1] += 9.81
    acc[0] -= np.where(running, 0.8, 0.0)  # the pelvis leans 5 deg further forward than in standing
    return acc.T, gyr.T, running


def moments(
    mount: Rotation = MOUNT, *, part: slice = slice(None), gyroscope: bool = True, standing: bool = True
) -> PelvisMoments:
    acc, gyr, running = symmetric_run()
    return pelvis_moments(
        mount.inv().apply(acc)[part],
        mount.inv().apply(gyr)[part] if gyroscope else None,
        np.zeros(len(acc), bool)[part],
        running=running[part],
        standing=~running[part] & standing,
        stride_s=STRIDE_S,
        sampling_rate_hz=GRID_HZ,
    )


def aligned(found: PelvisMoments) -> PelvisAlignment:
    alignment = align_pelvis(found)
    assert alignment is not None
    return alignment


@pytest.mark.parametrize("seed", range(6))
def test_any_mounting_of_a_symmetric_runner_is_found(seed: int) -> None:
    mount = Rotation.random(rng=seed)
    alignment = aligned(moments(mount))
    np.testing.assert_allclose(alignment.rotation, mount.as_matrix(), atol=2e-3)
    assert alignment.confidence > 0.9
    assert min(alignment.votes.values()) > 0
    assert not alignment.relative


def test_without_a_gyroscope_the_heading_still_follows_from_acceleration() -> None:
    alignment = aligned(moments(gyroscope=False))
    np.testing.assert_allclose(alignment.rotation, MOUNT.as_matrix(), atol=2e-3)
    assert alignment.votes["tilting"] == alignment.votes["swinging"] == 0.0


def test_without_standing_the_alignment_says_it_is_relative() -> None:
    alignment = aligned(moments(standing=False))
    assert alignment.relative
    assert alignment.votes["leaning"] == 0.0
    forward, _, right = alignment.rotation @ MOUNT.as_matrix().T
    assert right[2] == pytest.approx(1.0, abs=1e-3)
    assert forward[0] == pytest.approx(np.cos(np.arctan(0.8 / 9.81)), abs=1e-3)


def test_blocks_add_up_to_the_whole_but_for_their_edges() -> None:
    whole, middle = aligned(moments()), round((STANDING_S + 15.0) * GRID_HZ)
    joined = aligned(moments(part=slice(0, middle)) + moments(part=slice(middle, None)))
    np.testing.assert_allclose(joined.rotation, whole.rotation, atol=1e-3)


def test_nothing_near_a_gap_enters_the_sums() -> None:
    acc, gyr, running = symmetric_run()
    missing = np.zeros(len(acc), bool)
    missing[2000:2030] = True
    acc[missing] = 1e6
    found = pelvis_moments(
        acc, gyr, missing, running=running, standing=~running, stride_s=STRIDE_S, sampling_rate_hz=GRID_HZ
    )
    assert np.linalg.norm(found.now) < 1e7
    np.testing.assert_allclose(aligned(found).rotation, np.eye(3), atol=2e-3)


def test_a_few_steps_are_not_enough() -> None:
    few = moments(part=slice(0, round((STANDING_S + 4.0) * GRID_HZ)))
    assert few.strides < 5
    assert align_pelvis(few) is None


def test_a_recording_without_running_leaves_all_sums_empty() -> None:
    acc, gyr, running = symmetric_run()
    nothing = pelvis_moments(
        acc,
        gyr,
        np.zeros(len(acc), bool),
        running=np.zeros_like(running),
        standing=np.zeros_like(running),
        stride_s=np.full(len(acc), np.nan),
        sampling_rate_hz=GRID_HZ,
    )
    assert not any(np.any(value) for value in astuple(nothing))
    assert align_pelvis(nothing) is None


def real_runs(samples: Path) -> Iterator[tuple[float, PelvisAlignment]]:
    """Heading error in degrees and alignment of every third recording that begins with standing."""
    index = pd.read_csv(samples / "index.csv")
    for run in index[index["set"].isin(["rbds", "welk"])].iloc[::3].to_dict("records"):
        table = pd.read_parquet(samples / run["recording"] / "pelvis.parquet")
        signal = to_grid(
            table["time"].to_numpy(),
            table[["acc_x", "acc_y", "acc_z"]].to_numpy(),
            table[["gyr_x", "gyr_y", "gyr_z"]].to_numpy(),
            start_s=0.0,
            n=int(table["time"].iloc[-1] * GRID_HZ),
        )
        time = np.arange(len(signal.missing)) / GRID_HZ
        found = pelvis_moments(
            signal.acc_mps2,
            signal.gyr_radps,
            signal.missing,
            running=(time > run["window_start_s"]) & (time < run["window_end_s"]),
            standing=(time > 1.0) & (time < 5.0),
            stride_s=float(pd.read_csv(samples / run["truth"])["stride_time_s"].median()),
            sampling_rate_hz=GRID_HZ,
        )
        alignment = aligned(found)
        mount = np.array(json.loads((samples / run["sensors"]).read_text())["pelvis"]["mount"])
        forward = mount @ alignment.rotation[0]
        yield float(np.degrees(np.arctan2(forward[2], forward[0]))), alignment


def test_heading_of_real_running_is_right_within_a_few_degrees(shared_samples: Path) -> None:
    runs = list(real_runs(shared_samples))
    errors = np.array([error for error, _ in runs])
    assert np.sqrt(np.mean(errors**2)) < 3.0
    assert np.abs(errors).max() < 6.0
    assert all(min(alignment.votes.values()) > 0 for _, alignment in runs)
    assert min(alignment.confidence for _, alignment in runs) > 0.6
