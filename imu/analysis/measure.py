"""Second pass: every stride of one window, as columns of arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from imu.analysis.flags import Flag
from imu.analysis.survey import PelvisMount, Survey
from imu.analysis.window import Window
from imu.recording import Recording, Samples, SensorTrack
from imu.signal.activity import RUN
from imu.signal.alignment import ShankMount
from imu.signal.contacts import Contacts, shank_contacts
from imu.signal.grid import GRID_HZ, GridSignal
from imu.signal.impact import tibial_impacts
from imu.signal.orientation import attitude
from imu.signal.pelvis import (
    PelvisMotion,
    own_acceleration,
    pelvis_motion,
    pelvis_strides,
    true_up,
)
from imu.signal.quality import limited_by_rate
from imu.signal.search import Positions, touched, value_at
from imu.signal.shank import ShankMotion, shank_motion

Columns = dict[str, NDArray[np.float64]]
Mask = NDArray[np.bool_]

MOUNT_HEIGHT_M = 0.15  # ankle to the middle of a strap on the lower third of the shank
SIDES = {"shank_left": -1, "shank_right": 1}

IRREGULAR_SHARE = 0.25  # of the stride time of the nine around it
TURN_DPS = 25.0  # a 400 m track turns at 5 deg/s at 3.5 m/s, a street corner at 40 and more
MOUNT_SHIFT_S = 5.0  # strides this near to a slip belong to neither side of it
PLAUSIBLE_DUTY = (0.10, 0.62)  # contact over stride time in running; sprinters 0.22, slow joggers 0.5
# What no running or walking person does; beyond it a value is absent, not merely doubted.
PLAUSIBLE = {
    "speed_mps": (0.1, 12.5),
    "stride_length_m": (0.1, 6.0),
    "relative_angle_deg": (-60.0, 75.0),
    "shank_angle_ic_deg": (-40.0, 60.0),
    "shank_angle_max_deg": (-40.0, 75.0),
    "pelvic_drop_deg": (-1e-6, 25.0),
    "pelvic_drop_abs_deg": (-30.0, 30.0),
    "pelvic_tilt_deg": (-60.0, 60.0),
    "vertical_oscillation_m": (0.0, 0.3),
}

LEVEL_SD_DEG = 0.5  # of the inclination over a run, without timing (docs/validation.md)
CARRIED_SD_DEG = 2.0  # of a standing line carried over a slip
LENGTH_SD_SHARE = 0.02  # of stride length, uncalibrated


@dataclass(frozen=True, slots=True)
class Leg:
    """One shank sensor in one window, under one mount."""

    placement: str
    contacts: Contacts
    motion: ShankMotion
    mount: ShankMount
    missing: Mask  # (n,) also where another mount rules

    @property
    def side(self) -> int:
        """1 right, -1 left."""
        return SIDES[self.placement]


@dataclass(frozen=True, slots=True)
class Measured:
    """Strides of one window, not yet cut to what it owns."""

    columns: Columns  # each (k,), see imu.analysis.columns; times in s on the recording clock
    legs: tuple[Leg, ...]
    pelvis: PelvisMotion | None


def measure(window: Window, survey: Survey, recording: Recording) -> Measured:
    """All strides in a window, each leg by time."""
    label = survey.labels(window.start_s, window.n)
    legs = tuple(_legs(window, survey, recording, label))
    tables = [_leg_columns(leg, label) for leg in legs]
    pelvis = _pelvis(window, survey, tables)
    for table in tables:
        _add_pelvis(table, pelvis)
        for name in ("ic_time_s", "to_time_s", "next_ic_time_s"):
            table[name] = table[name] / GRID_HZ + window.start_s
    for leg, table in zip(legs, tables, strict=True):
        _add_impact(table, leg, window.samples[leg.placement], recording.tracks[leg.placement])
        if "peak_tibial_acc_g" in limited_by_rate(leg.placement, survey.statistics[leg.placement].rate_hz):
            for name in ("peak_tibial_acc_g", "peak_tibial_acc_axial_g"):
                table[name] = np.full(len(table[name]), np.nan)
        _withhold_implausible(table)
    columns = joined(tables)
    return Measured(columns, legs, None if pelvis is None else pelvis[0])


def joined(tables: list[Columns]) -> Columns:
    """Tables of the same columns, one after another."""
    if not tables:
        return {}
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _legs(window: Window, survey: Survey, recording: Recording, label: NDArray[np.int8]) -> list[Leg]:
    found = []
    for placement, mounts in survey.shanks.items():
        height_m = recording.tracks[placement].mount_height_m or MOUNT_HEIGHT_M
        for mount in mounts:
            absent = window.signals[placement].missing | ~_within(window, survey, mount)
            if absent.all() or "strides" in limited_by_rate(placement, survey.statistics[placement].rate_hz):
                continue
            leg = _leg(placement, window.signals[placement], absent, label, mount, height_m)
            if len(leg.contacts) > 1:
                found.append(leg)
    return found


def _leg(
    placement: str,
    signal: GridSignal,
    absent: Mask,
    label: NDArray[np.int8],
    mount: ShankMount,
    mount_height_m: float,
) -> Leg:
    assert signal.gyr_radps is not None  # survey.shanks holds only sensors with a gyroscope
    gyr = signal.gyr_radps - mount.gyro_bias_radps
    axial, rate = signal.acc_mps2 @ mount.long_axis, gyr @ mount.sagittal_axis
    contacts = shank_contacts(axial, rate, absent, label, sampling_rate_hz=GRID_HZ)
    motion = shank_motion(
        signal.acc_mps2,
        gyr,
        absent,
        contacts,
        line=mount.line,
        sagittal_axis=mount.sagittal_axis,
        mount_height_m=mount_height_m,
        sampling_rate_hz=GRID_HZ,
    )
    return Leg(placement, contacts, motion, mount, absent)


def _within(window: Window, survey: Survey, mount: ShankMount | PelvisMount) -> Mask:
    time_s = window.start_s - survey.start_s + np.arange(window.n) / GRID_HZ
    return (time_s >= mount.start_s) & (time_s < mount.end_s)


def _leg_columns(leg: Leg, label: NDArray[np.int8]) -> Columns:
    """The strides of one leg; times in samples of the window."""
    contacts, motion = leg.contacts, leg.motion
    following = np.append(contacts.initial_contact[1:], np.nan)
    rows = contacts.continues & np.isfinite(contacts.initial_contact) & np.isfinite(following)
    start, end, off = contacts.initial_contact[rows], following[rows], contacts.toe_off[rows]
    stride_s, contact_s = (end - start) / GRID_HZ, (off - start) / GRID_HZ
    runs = label[np.clip((0.5 * (start + end)).astype(np.intp), 0, len(label) - 1)] == RUN
    angle_sd = np.hypot(motion.angle_rate_ic_dps[rows] * contacts.doubt_s[rows], LEVEL_SD_DEG)
    stood = leg.mount.standing_line is not None
    if leg.mount.carried:
        angle_sd = np.hypot(angle_sd, CARRIED_SD_DEG)
    angle_ic, angle_max = motion.angle_ic_deg[rows], motion.angle_max_deg[rows]
    unstood = np.full(len(start), np.nan)
    return {
        "side": np.full(len(start), float(leg.side)),
        "ic_time_s": start,
        "to_time_s": off,
        "next_ic_time_s": end,
        "running": runs.astype(np.float64),
        "stride_time_s": stride_s,
        "contact_time_s": contact_s,
        "cadence_spm": 120.0 / stride_s,
        "speed_mps": motion.speed_mps[rows],
        "stride_length_m": motion.stride_length_m[rows],
        "stride_length_sd_m": LENGTH_SD_SHARE * motion.stride_length_m[rows],
        "shank_angle_ic_deg": angle_ic if stood else unstood,
        "shank_angle_max_deg": angle_max if stood else unstood,
        "shank_angle_sd_deg": angle_sd if stood else unstood,
        "relative_angle_deg": angle_ic,
        "turn_dps": motion.turn_dps[rows],
        "flags": _flags(leg, start, end, stride_s, contact_s, motion, rows, runs),
    }


def _flags(
    leg: Leg,
    start: Positions,
    end: Positions,
    stride_s: NDArray[np.float64],
    contact_s: NDArray[np.float64],
    motion: ShankMotion,
    rows: Mask,
    runs: Mask,
) -> NDArray[np.float64]:
    if not len(start):
        return np.zeros(0)
    usual = median_filter(stride_s, size=9, mode="nearest")
    duty = contact_s / stride_s
    with np.errstate(invalid="ignore"):
        raised = {
            Flag.GAP: touched(leg.missing, start, end),
            Flag.IRREGULAR: np.abs(stride_s / usual - 1) > IRREGULAR_SHARE,
            Flag.TURN: np.abs(motion.turn_dps[rows]) > TURN_DPS,
            Flag.IMPLAUSIBLE: runs & ((duty < PLAUSIBLE_DUTY[0]) | (duty > PLAUSIBLE_DUTY[1])),
        }
    total = np.zeros(len(start))
    for flag, where in raised.items():
        total += flag * where
    return total


def _pelvis(window: Window, survey: Survey, tables: list[Columns]) -> tuple[PelvisMotion, bool] | None:
    """Pelvis angles and height over the window, and whether they are relative (nobody stood)."""
    signal = window.signals.get("pelvis")
    if signal is None or signal.gyr_radps is None or not survey.pelvis:
        return None
    motions, relative = [], False
    for mount in survey.pelvis:
        absent = signal.missing | ~_within(window, survey, mount)
        if absent.all():
            continue
        motions.append(_pelvis_motion(signal, absent, mount, tables, window.n))
        relative = relative or mount.alignment.relative
    if not motions:
        return None
    return PelvisMotion(
        *(
            _first_known([getattr(m, f) for m in motions])
            for f in ("obliquity_deg", "anterior_tilt_deg", "height_m")
        )
    ), relative


def _pelvis_motion(
    signal: GridSignal, absent: Mask, mount: PelvisMount, tables: list[Columns], n: int
) -> PelvisMotion:
    assert signal.gyr_radps is not None
    rotation = mount.alignment.rotation
    acc = signal.acc_mps2 @ rotation.T
    gyr = (signal.gyr_radps - mount.gyro_bias_radps) @ rotation.T
    stride_s = _over_samples(tables, "stride_time_s", n, otherwise=1.0)
    up = attitude(acc, gyr, absent, sampling_rate_hz=GRID_HZ, stride_s=stride_s).up_in_sensor()
    speed = _over_samples(tables, "speed_mps", n, otherwise=np.nan)
    if np.isfinite(speed).any():
        gained = own_acceleration(speed, gyr, up, absent, stride_s=stride_s, sampling_rate_hz=GRID_HZ)
        up = true_up(up, gained)
    return pelvis_motion(acc, up, absent, stride_s=stride_s, sampling_rate_hz=GRID_HZ)


def _over_samples(tables: list[Columns], name: str, n: int, *, otherwise: float) -> NDArray[np.float64]:
    """A stride value of both legs at every sample, straight between the middles of strides, held at the ends."""
    middle = np.concatenate([0.5 * (t["ic_time_s"] + t["next_ic_time_s"]) for t in tables] or [np.zeros(0)])
    values = np.concatenate([t[name] for t in tables] or [np.zeros(0)])
    known = np.isfinite(values)
    if not known.any():
        return np.full(n, otherwise)
    order = np.argsort(middle[known], kind="stable")
    return np.interp(np.arange(n), middle[known][order], values[known][order])


def _first_known(series: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    known = series[0]
    for other in series[1:]:
        known = np.where(np.isnan(known), other, known)
    return known


def _withhold_implausible(table: Columns) -> None:
    for name, (low, high) in PLAUSIBLE.items():
        values = table[name]
        with np.errstate(invalid="ignore"):
            beyond = (values < low) | (values > high)
        if beyond.any():
            table[name] = np.where(beyond, np.nan, values)
            bits = table["flags"].astype(np.int64) | np.where(beyond, int(Flag.IMPLAUSIBLE), 0)
            table["flags"] = bits.astype(np.float64)


def _add_impact(table: Columns, leg: Leg, samples: Samples, track: SensorTrack) -> None:
    impacts = tibial_impacts(
        samples.time_s,
        samples.acc_mps2,
        table["ic_time_s"],
        contact_time_s=table["contact_time_s"],
        shank_up=leg.mount.long_axis,
        acc_range_g=track.acc_range_g,
    )
    running = table["running"] > 0
    table["peak_tibial_acc_g"] = np.where(running, impacts.peak_g, np.nan)
    table["peak_tibial_acc_axial_g"] = np.where(running, impacts.axial_g, np.nan)
    table["flags"] = table["flags"] + Flag.CLIPPED * (impacts.clipped & running)


def _add_pelvis(table: Columns, pelvis: tuple[PelvisMotion, bool] | None) -> None:
    if pelvis is None:
        nothing = np.full(len(table["ic_time_s"]), np.nan)
        names = ("pelvic_drop_deg", "pelvic_drop_abs_deg", "pelvic_tilt_deg", "vertical_oscillation_m")
        table.update({name: nothing for name in names})
        return
    motion, relative = pelvis
    strides = pelvis_strides(
        motion,
        initial_contact=table["ic_time_s"],
        toe_off=table["to_time_s"],
        next_contact=table["next_ic_time_s"],
        side=table["side"].astype(np.int8),
        relative=relative,
    )
    running = table["running"] > 0
    for name, values in (
        ("pelvic_drop_deg", strides.drop_deg),
        ("pelvic_drop_abs_deg", strides.drop_abs_deg),
        ("pelvic_tilt_deg", strides.anterior_tilt_deg),
        ("vertical_oscillation_m", strides.vertical_oscillation_m),
    ):
        table[name] = np.where(running, values, np.nan)
