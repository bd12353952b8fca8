"""What the shank sensors say in one window: contacts first, then angles, lengths and impacts of every
stride."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imu.analysis.flags import Flag
from imu.analysis.stride_columns import Columns, Mask, raise_flag, stride_columns
from imu.analysis.survey import Survey
from imu.analysis.window import Window
from imu.recording import Recording
from imu.signal.activity import UNKNOWN
from imu.signal.alignment import ShankMount
from imu.signal.contacts import Contacts, shank_contacts
from imu.signal.grid import GRID_HZ, GridSignal
from imu.signal.impact import tibial_impacts
from imu.signal.orientation import dot
from imu.signal.quality import limited_by_rate
from imu.signal.shank import ShankMotion, shank_motion

MOUNT_HEIGHT_M = 0.15  # ankle to the middle of a strap on the lower third of the shank
SIDES = {"shank_left": -1, "shank_right": 1}
TURN_DPS = 25.0  # a 400 m track turns at 5 deg/s at 3.5 m/s, a street corner at 40 and more
MOUNT_SHIFT_S = 5.0  # strides this near to a slip belong to neither side of it

LEVEL_SD_DEG = 0.5  # of the inclination over a run, without timing (docs/validation.md)
CARRIED_SD_DEG = 2.0  # of a standing line carried over a slip
LENGTH_SD_SHARE = 0.02  # of stride length, uncalibrated


@dataclass(frozen=True, slots=True)
class Leg:
    """One shank sensor in one window, under one mount."""

    placement: str
    signal: GridSignal
    mount: ShankMount
    missing: Mask  # (n,) also where another mount rules
    contacts: Contacts

    @property
    def side(self) -> int:
        """1 right, -1 left."""
        return SIDES[self.placement]

    @property
    def acc_mps2(self) -> NDArray[np.float64]:
        """(n, 3) without the offset."""
        return self.signal.acc_mps2 - self.mount.acc_offset_mps2

    @property
    def gyr_radps(self) -> NDArray[np.float64]:
        """(n, 3) without the bias."""
        assert self.signal.gyr_radps is not None  # survey.shanks holds only sensors with a gyroscope
        return self.signal.gyr_radps - self.mount.gyro_bias_radps


def legs_of(window: Window, survey: Survey, label: NDArray[np.int8]) -> list[Leg]:
    """Every shank sensor with a gyroscope, one entry per mount that rules in this window."""
    found = []
    for placement, mounts in survey.shanks.items():
        if "strides" in limited_by_rate(placement, survey.statistics[placement].rate_hz):
            continue
        for mount in mounts:
            signal = window.signals[placement]
            rules = survey.within(window, mount)
            missing = signal.missing | ~rules
            if missing.all():
                continue
            here = np.where(rules, label, UNKNOWN)  # every swing belongs to one mount
            leg = _with_contacts(Leg(placement, signal, mount, missing, _NO_CONTACTS), here)
            if len(leg.contacts) > 1:
                found.append(leg)
    return found


def leg_columns(
    leg: Leg, window: Window, survey: Survey, recording: Recording, label: NDArray[np.int8]
) -> tuple[Columns, ShankMotion]:
    """The strides of one leg, times in samples of the window, and its motion over time."""
    track = recording.tracks[leg.placement]
    motion = shank_motion(
        leg.acc_mps2,
        leg.gyr_radps,
        leg.missing,
        leg.contacts,
        line=leg.mount.line,
        sagittal_axis=leg.mount.sagittal_axis,
        mount_height_m=MOUNT_HEIGHT_M if track.mount_height_m is None else track.mount_height_m,
        sampling_rate_hz=GRID_HZ,
    )
    contacts = leg.contacts
    following = np.append(contacts.initial_contact[1:], np.nan)
    rows = contacts.continues & (following > contacts.initial_contact)
    table = stride_columns(
        contacts.initial_contact[rows],
        contacts.toe_off[rows],
        following[rows],
        side=leg.side,
        label=label,
        missing=leg.missing,
    )
    table["speed_mps"] = motion.speed_mps[rows]
    table["stride_length_m"] = motion.stride_length_m[rows]
    table["stride_length_sd_m"] = LENGTH_SD_SHARE * motion.stride_length_m[rows]
    table["turn_dps"] = motion.turn_dps[rows]
    table["gravity_ratio"] = motion.gravity_ratio[rows]
    table["relative_angle_deg"] = motion.angle_ic_deg[rows]
    if leg.mount.standing_line is not None:
        table["shank_angle_ic_deg"] = motion.angle_ic_deg[rows]
        table["shank_angle_max_deg"] = motion.angle_max_deg[rows]
        step_deg = survey.statistics[leg.placement].level_step_deg
        level_sd = np.linalg.norm([LEVEL_SD_DEG, CARRIED_SD_DEG * leg.mount.carried, step_deg])
        sd = np.hypot(motion.angle_rate_ic_dps[rows] * contacts.doubt_s[rows], level_sd)
        table["shank_angle_sd_deg"] = np.where(np.isnan(motion.angle_ic_deg[rows]), np.nan, sd)
    with np.errstate(invalid="ignore"):
        raise_flag(table, Flag.TURN, np.abs(table["turn_dps"]) > TURN_DPS)
    raise_flag(table, Flag.IMPLAUSIBLE, ~motion.believed[rows])
    raise_flag(table, Flag.MOUNT_SHIFT, _near_slip(table, window, survey, leg.placement))
    _add_impact(table, leg, window, survey, track.acc_range_g)
    return table, motion


_NO_CONTACTS = Contacts(*(np.zeros(0, dtype) for dtype in (np.intp, float, float, float, bool)))


def _with_contacts(leg: Leg, label: NDArray[np.int8]) -> Leg:
    axial = dot(leg.mount.long_axis, leg.signal.acc_mps2.T)
    rate = dot(leg.mount.sagittal_axis, leg.gyr_radps.T)
    return replace(leg, contacts=shank_contacts(axial, rate, leg.missing, label, sampling_rate_hz=GRID_HZ))


def _near_slip(table: Columns, window: Window, survey: Survey, placement: str) -> Mask:
    slips = np.array([mount.start_s for mount in survey.shanks[placement][1:]], float)
    if not len(slips):
        return np.zeros(len(table["ic_time_s"]), bool)
    time_s = table["ic_time_s"] / GRID_HZ + window.start_s - survey.start_s
    return np.asarray((np.abs(time_s[:, None] - slips) < MOUNT_SHIFT_S).any(axis=1))


def _add_impact(table: Columns, leg: Leg, window: Window, survey: Survey, acc_range_g: float | None) -> None:
    if "peak_tibial_acc_g" in limited_by_rate(leg.placement, survey.statistics[leg.placement].rate_hz):
        return
    samples = window.samples[leg.placement]
    impacts = tibial_impacts(
        samples.time_s,
        samples.acc_mps2,
        table["ic_time_s"] / GRID_HZ + window.start_s,
        contact_time_s=table["contact_time_s"],
        shank_up=leg.mount.long_axis,
        acc_range_g=acc_range_g,
    )
    running = table["running"] > 0
    table["peak_tibial_acc_g"] = np.where(running, impacts.peak_g, np.nan)
    table["peak_tibial_acc_axial_g"] = np.where(running, impacts.axial_g, np.nan)
    raise_flag(table, Flag.CLIPPED, impacts.clipped & running)
