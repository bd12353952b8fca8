"""What the pelvis sensor says in one window: steps, then obliquity, tilt and height in every stride."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.analysis.flags import Flag
from imu.analysis.stride_columns import Columns, Mask, raise_flag, stride_columns
from imu.analysis.survey import PelvisMount, Survey
from imu.analysis.window import Window
from imu.signal.activity import RUN, WALK
from imu.signal.grid import GRID_HZ, GridSignal
from imu.signal.medians import running_median
from imu.signal.orientation import attitude, turned
from imu.signal.pelvis import PelvisMotion, own_acceleration, pelvis_motion, pelvis_strides, true_up
from imu.signal.pelvis_contacts import (
    Steps,
    other_leg,
    pelvis_signals,
    running_steps,
    walking_steps,
)
from imu.signal.quality import limited_by_rate
from imu.signal.search import nearest

USUAL_STRIDE_S = {RUN: 0.7, WALK: 1.1}
LOST_STEP = 1.45  # of the usual step: longer spacing holds a step that was not found
SAME_STEP_S = 0.08  # a contact of the other foot is at least 0.2 s away
SURE_OF_FORWARD = 0.15  # alignment confidence below which left and right are not told


@dataclass(frozen=True, slots=True)
class Pelvis:
    """The pelvis sensor in one window, under one mount."""

    mount: PelvisMount
    missing: Mask  # (n,) also where another mount rules
    acc_mps2: NDArray[np.float64]  # (n, 3) forward, up, right
    gyr_radps: NDArray[np.float64] | None  # (n, 3) the same, without the bias
    up: NDArray[np.float64] | None  # (3, n) up along forward, up, right; None without a gyroscope
    running: Steps
    walking: Steps


def pelvis_of(
    window: Window, survey: Survey, label: NDArray[np.int8], stride_s: NDArray[np.float64] | None
) -> list[Pelvis]:
    """The pelvis sensor, one entry per mount that rules in this window; stride_s (n,) if shanks know it."""
    signal = window.signals.get("pelvis")
    if signal is None or "strides" in limited_by_rate("pelvis", survey.statistics["pelvis"].rate_hz):
        return []
    if stride_s is None:
        stride_s = np.where(label == RUN, USUAL_STRIDE_S[RUN], USUAL_STRIDE_S[WALK])
    found = []
    for mount in survey.pelvis:
        missing = signal.missing | ~survey.within(window, mount)
        if not missing.all():
            found.append(_pelvis(signal, missing, mount, label, stride_s))
    return found


def columns_from_pelvis(pelvis: Pelvis, label: NDArray[np.int8]) -> list[Columns]:
    """Strides of both feet where no shank sensor is worn: every step to the one after the next."""
    return [
        table
        for steps in (pelvis.running, pelvis.walking)
        for table in _every_other(steps, label, pelvis.missing, _sided(pelvis))
    ]


def columns_of_other_leg(pelvis: Pelvis, known: Columns, label: NDArray[np.int8]) -> list[Columns]:
    """Strides of the leg without a sensor, where the other leg has one (`known`, times in samples)."""
    side = -float(known["side"][0]) if len(known["side"]) else 0.0
    tables = []
    for steps in (pelvis.running, pelvis.walking):
        other = other_leg(steps, known["ic_time_s"], known["to_time_s"])
        start, end = other.initial_contact[:-1], other.initial_contact[1:]
        if len(start):
            regular = end - start < LOST_STEP * running_median(end - start, size=9)
            off = other.toe_off[:-1][regular]
            tables.append(
                stride_columns(
                    start[regular], off, end[regular], side=side, label=label, missing=pelvis.missing
                )
            )
    return tables


def motion_of(
    pelvis: Pelvis, *, stride_s: NDArray[np.float64], speed_mps: NDArray[np.float64] | None
) -> PelvisMotion | None:
    """Angles and height over time; None without a gyroscope.

    speed_mps (n,) where known: frees up from the runner's own acceleration.
    """
    if pelvis.up is None or pelvis.gyr_radps is None:
        return None
    up = pelvis.up
    if speed_mps is not None:
        gained = own_acceleration(
            speed_mps, pelvis.gyr_radps, up, pelvis.missing, stride_s=stride_s, sampling_rate_hz=GRID_HZ
        )
        up = true_up(up, gained)
    return pelvis_motion(pelvis.acc_mps2, up, pelvis.missing, stride_s=stride_s, sampling_rate_hz=GRID_HZ)


def add_pelvis(
    table: Columns, motion: PelvisMotion, pelvis: Pelvis, *, apart: frozenset[int] = frozenset()
) -> None:
    """Pelvic values of the running strides that this mount saw.

    apart: sides of another clock. Their stance is not the pelvis', so its drop in it means nothing; tilt and
    oscillation are those of any stride.
    """
    strides = pelvis_strides(
        motion,
        initial_contact=table["ic_time_s"],
        toe_off=table["to_time_s"],
        next_contact=table["next_ic_time_s"],
        side=table["side"].astype(np.int8),
        relative=pelvis.mount.alignment.relative,
    )
    running = table["running"] > 0
    headed = running & _sided(pelvis)
    in_stance = headed & ~np.isin(table["side"], list(apart))
    for name, values, where in (
        ("pelvic_drop_deg", strides.drop_deg, in_stance),
        ("pelvic_drop_abs_deg", strides.drop_abs_deg, in_stance),
        ("pelvic_tilt_deg", strides.anterior_tilt_deg, headed),
        ("vertical_oscillation_m", strides.vertical_oscillation_m, running),
    ):
        table[name] = np.where(where & np.isfinite(values), values, table[name])
    lost = running & np.isnan(strides.vertical_oscillation_m)
    raise_flag(table, Flag.GAP, lost)


def sides_disagree(pelvis: Pelvis, tables: list[Columns]) -> tuple[int, int]:
    """How many running steps the pelvis gives to the same foot as the shank sensors, and to the other."""
    same = other = 0
    steps = pelvis.running
    if not len(steps) or not _sided(pelvis):
        return 0, 0
    for table in tables:
        contact = table["ic_time_s"][table["running"] > 0]
        if len(contact) < 2:
            continue
        distance = np.abs(steps.initial_contact - contact[nearest(contact, steps.initial_contact)])
        near = (distance < SAME_STEP_S * GRID_HZ) & (steps.side != 0)
        same += int((steps.side[near] == table["side"][0]).sum())
        other += int((steps.side[near] == -table["side"][0]).sum())
    return same, other


def _pelvis(
    signal: GridSignal,
    missing: Mask,
    mount: PelvisMount,
    label: NDArray[np.int8],
    stride_s: NDArray[np.float64],
) -> Pelvis:
    rotation = mount.alignment.rotation
    acc, gyr, up, up_in_sensor = turned(rotation, signal.acc_mps2.T).T, None, None, None
    if signal.gyr_radps is not None:
        gyr = turned(rotation, (signal.gyr_radps - mount.gyro_bias_radps).T).T
        up = attitude(acc, gyr, missing, sampling_rate_hz=GRID_HZ, stride_s=stride_s).up_in_sensor()
        up_in_sensor = turned(rotation.T, up)
    signals = pelvis_signals(signal.acc_mps2, signal.gyr_radps, rotation=rotation, up=up_in_sensor)
    return Pelvis(
        mount=mount,
        missing=missing,
        acc_mps2=acc,
        gyr_radps=gyr,
        up=up,
        running=running_steps(signals, missing | (label != RUN), sampling_rate_hz=GRID_HZ),
        walking=walking_steps(signals, missing | (label != WALK), sampling_rate_hz=GRID_HZ),
    )


def _sided(pelvis: Pelvis) -> bool:
    return pelvis.mount.alignment.confidence >= SURE_OF_FORWARD


def _every_other(steps: Steps, label: NDArray[np.int8], missing: Mask, sided: bool) -> list[Columns]:
    if len(steps) < 3:
        return []
    spacing = np.diff(steps.initial_contact)
    found = spacing < LOST_STEP * running_median(spacing, size=9)
    regular = found[:-1] & found[1:]
    side = steps.side.astype(np.float64) if sided else np.zeros(len(steps))
    tables = []
    for first in (0, 1):
        rows = np.arange(first, len(steps) - 2, 2)
        rows = rows[regular[rows]]
        tables.append(
            stride_columns(
                steps.initial_contact[rows],
                steps.toe_off[rows],
                steps.initial_contact[rows + 2],
                side=side[rows],
                label=label,
                missing=missing,
            )
        )
    return tables
