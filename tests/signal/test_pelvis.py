"""Drop, tilt and height of the pelvis: made-up motion with exact answers, real running with true contacts."""

import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from imu.signal.grid import GRID_HZ, to_grid
from imu.signal.orientation import attitude
from imu.signal.pelvis import (
    PelvisStrides,
    own_acceleration,
    pelvis_motion,
    pelvis_strides,
    true_up,
)

Array = NDArray[np.float64]

GRAVITY = 9.80665
STRIDE_S = 0.7
SECONDS = 20.0
TIME = np.arange(0.0, SECONDS, 1 / GRID_HZ)
OMEGA = 2 * np.pi / STRIDE_S
PHASE = OMEGA * TIME  # of the stride; the right foot lands at 0, the left at pi
NO_GAP = np.zeros(len(TIME), bool)


def up_from(obliquity_deg: Array | float, anterior_tilt_deg: Array | float = 0.0) -> Array:
    """Up along forward, up, right of a pelvis turned by yaw, then tilt, then roll."""
    roll, tilt = np.broadcast_arrays(np.radians(obliquity_deg), np.radians(anterior_tilt_deg), TIME)[:2]
    return np.array([-np.sin(tilt), np.cos(tilt) * np.cos(roll), np.cos(tilt) * np.sin(roll)])


def strides_of(
    up: Array, acc: Array | None = None, missing: NDArray[np.bool_] = NO_GAP, **given: Any
) -> PelvisStrides:
    """Right and left strides in turn, from 2 s on."""
    motion = pelvis_motion(
        GRAVITY * up.T if acc is None else acc, up, missing, stride_s=STRIDE_S, sampling_rate_hz=GRID_HZ
    )
    contact = np.arange(4 * STRIDE_S, SECONDS - 3 * STRIDE_S, 0.5 * STRIDE_S) * GRID_HZ
    side = np.where(np.arange(len(contact)) % 2 == 0, 1, -1).astype(np.int8)
    events: dict[str, Any] = {
        "initial_contact": contact,
        "toe_off": contact + 0.35 * STRIDE_S * GRID_HZ,
        "next_contact": contact + STRIDE_S * GRID_HZ,
        "side": side,
    }
    return pelvis_strides(motion, **(events | given))


def test_drop_counts_from_contact_and_absolute_drop_from_standing() -> None:
    # Right stance rises from +1 deg to +4 deg at mid-stance; left stance falls from +1 deg to -2 deg.
    obliquity = 1.0 + 3.0 * np.sin(PHASE)
    strides = strides_of(up_from(obliquity, anterior_tilt_deg=9.0))
    np.testing.assert_allclose(strides.drop_deg, 3.0, atol=0.02)
    np.testing.assert_allclose(strides.drop_abs_deg[::2], 4.0, atol=0.02)
    np.testing.assert_allclose(strides.drop_abs_deg[1::2], 2.0, atol=0.02)
    np.testing.assert_allclose(strides.anterior_tilt_deg, 9.0, atol=1e-6)


def test_a_pelvis_that_only_rises_on_the_swing_side_has_no_drop() -> None:
    strides = strides_of(up_from(-3.0 * np.sin(PHASE)))
    np.testing.assert_allclose(strides.drop_deg, 0.0, atol=1e-9)


def test_without_standing_absolute_drop_is_absent_and_without_a_side_both_are() -> None:
    up = up_from(3.0 * np.sin(PHASE))
    relative = strides_of(up, relative=True)
    assert np.isnan(relative.drop_abs_deg).all()
    assert np.isfinite(relative.drop_deg).all()
    unknown = strides_of(up, side=np.zeros(len(relative.drop_deg), np.int8))
    assert np.isnan(unknown.drop_deg).all()
    assert np.isnan(unknown.drop_abs_deg).all()
    assert np.isfinite(unknown.vertical_oscillation_m).all()


def bouncing(vertical_mps2: Array) -> tuple[Array, Array]:
    """Up and specific force of a pelvis that rolls and tilts while it bounces."""
    up = up_from(4.0 * np.sin(PHASE), 8.0 + 2.0 * np.sin(2 * PHASE))
    return up, (up * (GRAVITY + vertical_mps2)).T


@pytest.mark.parametrize("bias_mps2", [0.0, 0.2, -0.2])
def test_oscillation_is_found_whatever_the_accelerometer_bias(bias_mps2: float) -> None:
    step_m, stride_m = 0.04 * np.cos(2 * PHASE + 0.5), 0.003 * np.cos(PHASE)  # the body limps a little
    height = step_m + stride_m
    up, acc = bouncing(bias_mps2 - OMEGA**2 * (4 * step_m + stride_m))
    step = round(0.5 * STRIDE_S * GRID_HZ)
    rightward, leftward = (np.ptp(height[k : k + step + 1]) for k in (0, step))
    found = strides_of(up, acc).vertical_oscillation_m
    np.testing.assert_allclose(found[::2], rightward, atol=0.0003)
    np.testing.assert_allclose(found[1::2], leftward, atol=0.0003)


def test_oscillation_follows_a_bounce_that_grows() -> None:
    amplitude = 0.03 + 0.001 * TIME
    vertical = -amplitude * (2 * OMEGA) ** 2 * np.cos(2 * PHASE) - 0.002 * 2 * OMEGA * np.sin(2 * PHASE)
    up, acc = bouncing(vertical)
    found = strides_of(up, acc).vertical_oscillation_m
    middle = 4 * STRIDE_S + 0.5 * STRIDE_S * (np.arange(len(found)) + 0.5)
    np.testing.assert_allclose(found, 2 * (0.03 + 0.001 * middle), atol=0.0006)


def test_a_gap_costs_only_the_values_it_touches() -> None:
    missing = NO_GAP.copy()
    gap = slice(round(10.0 * GRID_HZ), round(10.1 * GRID_HZ))
    missing[gap] = True
    vertical = -0.04 * (2 * OMEGA) ** 2 * np.cos(2 * PHASE)
    up, acc = bouncing(vertical)
    acc[gap] = 99.0
    up[:, gap] = np.nan
    found, whole = strides_of(up, acc, missing), strides_of(*bouncing(vertical))
    start = 4 * STRIDE_S + 0.5 * STRIDE_S * np.arange(len(found.drop_deg))

    def hit(length_s: float) -> NDArray[np.bool_]:
        return (start < 10.1) & (start + length_s > 9.995)

    np.testing.assert_array_equal(np.isnan(found.drop_deg), hit(0.35 * STRIDE_S))
    np.testing.assert_array_equal(np.isnan(found.vertical_oscillation_m), hit(0.5 * STRIDE_S))
    np.testing.assert_array_equal(np.isnan(found.anterior_tilt_deg), hit(STRIDE_S))
    clear = ~hit(0.5 * STRIDE_S)
    np.testing.assert_allclose(
        found.vertical_oscillation_m[clear], whole.vertical_oscillation_m[clear], atol=0.0005
    )


def test_where_up_is_not_known_there_is_no_height_but_around_it_there_is() -> None:
    up = up_from(2.0 * np.sin(PHASE))
    acc = (GRAVITY + 3.0 * np.cos(2 * PHASE)) * up
    up[:, 1500:1600] = np.nan
    motion = pelvis_motion(acc.T, up, NO_GAP, stride_s=STRIDE_S, sampling_rate_hz=GRID_HZ)
    assert np.flatnonzero(np.isnan(motion.height_m)).tolist() == list(range(1500, 1600))
    height = motion.height_m[800:1300]
    expected = 2 * 3.0 / (2 * OMEGA) ** 2
    assert height.max() - height.min() == pytest.approx(expected, rel=0.02)


def test_strides_outside_the_signal_or_without_contacts_are_absent() -> None:
    n = len(TIME)
    strides = strides_of(
        up_from(3.0 * np.sin(PHASE)),
        initial_contact=np.array([-3.0, n - 50.0, np.nan, 400.0]),
        toe_off=np.array([60.0, n + 20.0, 500.0, np.nan]),
        next_contact=np.array([140.0, n + 90.0, 600.0, 540.0]),
        side=np.array([1, 1, 1, -1], np.int8),
    )
    assert np.isnan(strides.drop_deg).all()
    np.testing.assert_array_equal(np.isnan(strides.vertical_oscillation_m), [True, True, True, False])


def test_no_strides_give_no_values() -> None:
    nothing = np.array([])
    strides = strides_of(
        up_from(0.0),
        initial_contact=nothing,
        toe_off=nothing,
        next_contact=nothing,
        side=np.array([], np.int8),
    )
    assert len(strides.drop_deg) == len(strides.vertical_oscillation_m) == 0


def test_a_bend_does_not_tilt_the_level_once_speed_is_known() -> None:
    # 3.5 m/s round a left bend of 36.5 m radius: 0.34 m/s2 to the left, 1.96 deg of false obliquity.
    speed, radius = 3.5, 36.5
    up = up_from(4.0 * np.sin(PHASE), 8.0)
    turning = speed / radius + 0.6 * np.sin(PHASE)  # the pelvis also swings with every stride
    acceleration = np.zeros_like(up)
    acceleration[2] = -(speed**2) / radius
    force = GRAVITY * up + acceleration
    apparent = force / np.linalg.norm(force, axis=0)
    assert strides_of(apparent).drop_abs_deg[1] - strides_of(up).drop_abs_deg[1] == pytest.approx(
        2.0, abs=0.1
    )

    known = own_acceleration(
        np.full(len(TIME), speed),
        (up * turning).T,
        apparent,
        NO_GAP,
        stride_s=STRIDE_S,
        sampling_rate_hz=GRID_HZ,
    )
    corrected = strides_of(true_up(apparent, known))
    np.testing.assert_allclose(corrected.drop_abs_deg, strides_of(up).drop_abs_deg, atol=0.05)


def test_gaining_speed_does_not_lean_the_pelvis_once_speed_is_known() -> None:
    up = up_from(0.0, 8.0)
    acceleration = np.zeros_like(up)
    acceleration[0] = 0.3
    force = GRAVITY * up + acceleration
    apparent = force / np.linalg.norm(force, axis=0)
    known = own_acceleration(
        2.0 + 0.3 * TIME,
        np.zeros((len(TIME), 3)),
        apparent,
        NO_GAP,
        stride_s=STRIDE_S,
        sampling_rate_hz=GRID_HZ,
    )
    assert strides_of(apparent).anterior_tilt_deg[0] == pytest.approx(8.0 - 1.75, abs=0.05)
    np.testing.assert_allclose(strides_of(true_up(apparent, known)).anterior_tilt_deg, 8.0, atol=0.02)


@pytest.mark.parametrize("known_from_s", [8.0, SECONDS + 1.0])
def test_speed_that_is_known_late_or_never_is_no_acceleration(known_from_s: float) -> None:
    up = up_from(2.0)
    known = own_acceleration(
        np.where(known_from_s > TIME, np.nan, 3.0),
        np.zeros((len(TIME), 3)),
        up,
        NO_GAP,
        stride_s=STRIDE_S,
        sampling_rate_hz=GRID_HZ,
    )
    np.testing.assert_allclose(true_up(up, known), up)


def errors_with_true_contacts(samples: Path, run: Mapping[Hashable, Any]) -> pd.DataFrame:
    """Drop and oscillation errors of one recording, given its true mounting and contacts."""
    table = pd.read_parquet(samples / run["recording"] / "pelvis.parquet")
    signal = to_grid(
        table["time"].to_numpy(),
        table[["acc_x", "acc_y", "acc_z"]].to_numpy(),
        table[["gyr_x", "gyr_y", "gyr_z"]].to_numpy(),
        start_s=0.0,
        n=int(table["time"].iloc[-1] * GRID_HZ),
    )
    assert signal.gyr_radps is not None
    truth = pd.read_csv(samples / run["truth"])
    stride_s = float(truth["stride_time_s"].median())
    mount = np.array(json.loads((samples / run["sensors"]).read_text())["pelvis"]["mount"])
    at_rest = slice(200, 1000)
    sensor = attitude(
        signal.acc_mps2,
        signal.gyr_radps - signal.gyr_radps[at_rest].mean(axis=0),
        signal.missing,
        sampling_rate_hz=GRID_HZ,
        stride_s=stride_s,
    )
    motion = pelvis_motion(
        signal.acc_mps2 @ mount.T,
        mount @ sensor.up_in_sensor(),
        signal.missing,
        stride_s=stride_s,
        sampling_rate_hz=GRID_HZ,
    )
    strides = pelvis_strides(
        motion,
        initial_contact=truth["ic_time_s"].to_numpy() * GRID_HZ,
        toe_off=truth["to_time_s"].to_numpy() * GRID_HZ,
        next_contact=truth["next_ic_time_s"].to_numpy() * GRID_HZ,
        side=np.where(truth["side"] == "right", 1, -1).astype(np.int8),
    )
    return pd.DataFrame(
        {
            "drop_deg": strides.drop_deg - truth["pelvic_drop_deg"],
            "oscillation_m": strides.vertical_oscillation_m - truth["vertical_oscillation_m"],
        }
    )


@pytest.mark.parametrize("variant", ["clean", "field"])
def test_real_running_with_true_contacts_is_within_the_goals(shared_samples: Path, variant: str) -> None:
    index = pd.read_csv(shared_samples / "index.csv")
    runs = index[index["set"].isin(["rbds", "welk"]) & (index["variant"] == variant)].iloc[::4]
    errors = pd.concat([errors_with_true_contacts(shared_samples, run) for run in runs.to_dict("records")])
    rms = (errors**2).mean() ** 0.5
    assert rms["drop_deg"] < 0.2
    assert rms["oscillation_m"] < 0.0018
    assert errors.notna().mean().min() > 0.96
