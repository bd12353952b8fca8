"""One shank as the method sees it, sample by sample: for whoever wants to look between the steps."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.analysis.legs import leg_columns, legs_of
from imu.analysis.survey import survey
from imu.analysis.window import windows
from imu.errors import RestrideError
from imu.recording import Recording
from imu.signal.activity import ACTIVITIES, UNKNOWN
from imu.signal.alignment import ShankMount
from imu.signal.grid import GRID_HZ

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LegSignals:
    """What one shank sensor says once it is known how it sits, on the common grid of 200 Hz.

    Contacts are this sensor's own; in the stride table those of the other sensors have been weighed in.
    """

    time_s: Floats  # (n,)
    missing: NDArray[np.bool_]  # (n,) lost samples, bridged by a straight line
    activity: NDArray[np.str_]  # (n,) stand, walk, run, unknown
    forward_mps2: Floats  # (n,) specific force across the shank, in the plane of its swing
    axial_mps2: Floats  # (n,) specific force along the shank, up positive
    rate_radps: Floats  # (n,) about the axis of the swing, forward positive, without the bias
    inclination_deg: Floats  # (n,) against quiet standing; ankle ahead of knee: positive
    mid_swing_s: Floats  # (k,) of each swing: when it is fastest
    initial_contact_s: Floats  # (k,) the contact after it; NaN where a gap hides it
    toe_off_s: Floats  # (k,) the toe-off after that
    mount: ShankMount  # how the sensor sits


def leg_signals(recording: Recording, *, side: Literal["left", "right"] = "left") -> LegSignals:
    """The signals of one shank and what is found in them, over the first ten minutes of a recording.

    Of a strap that slips, only until then. RestrideError without a shank sensor of that side that has a
    gyroscope, samples fast enough and swings.
    """
    block = next(windows(recording))
    found = survey(recording)
    label = found.labels(block.start_s, block.n)
    legs = [leg for leg in legs_of(block, found, label) if leg.placement == f"shank_{side}"]
    if not legs:
        raise RestrideError(f"{side} shank: no steps of a sensor with a gyroscope in this recording")
    leg = legs[0]
    _, motion = leg_columns(leg, block, found, recording, label)
    names = np.array([*ACTIVITIES, "unknown"])
    mount, contacts = leg.mount, leg.contacts
    return LegSignals(
        time_s=block.start_s + np.arange(block.n) / GRID_HZ,
        missing=leg.missing,
        activity=names[np.where(label == UNKNOWN, len(ACTIVITIES), label)],
        forward_mps2=leg.signal.acc_mps2 @ np.cross(mount.long_axis, mount.sagittal_axis),
        axial_mps2=leg.signal.acc_mps2 @ mount.long_axis,
        rate_radps=leg.gyr_radps @ mount.sagittal_axis,
        inclination_deg=motion.inclination_deg,
        mid_swing_s=block.start_s + contacts.mid_swing / GRID_HZ,
        initial_contact_s=block.start_s + contacts.initial_contact / GRID_HZ,
        toe_off_s=block.start_s + contacts.toe_off / GRID_HZ,
        mount=mount,
    )
