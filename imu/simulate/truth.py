"""What really happened, read off the motion itself, in the file shapes of other recordings with truth."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imu.errors import writing
from imu.simulate.course import Bout, Course
from imu.simulate.exercise import DoneSet
from imu.simulate.kinematics import Kinematics
from imu.simulate.runner import SIDES

if TYPE_CHECKING:
    import pandas as pd  # loaded by what makes a table: a virtual world makes none

Floats = NDArray[np.float64]

_LATE_SWING_S = 0.25  # where the largest shank angle before a contact is looked for
_SCAN = 128  # points over a window that is searched for an extremum: within 0.01 deg and 0.1 mm
_BLOCK_STRIDES = 2000
_SERIES_HZ = 100.0


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything known about a simulated run."""

    strides: "pd.DataFrame"  # a row per stride and side outside cross-fades, columns as the stride table's
    bouts: tuple[Bout, ...]
    seconds: tuple[str, ...]  # activity of each whole second; `transition` where it touches a cross-fade
    sensors: Mapping[str, Mapping[str, Any]]  # by placement: the mounting and the errors drawn
    series: "pd.DataFrame"  # 100 Hz: shank_abs_*, shank_rel_*, roll, tilt, pelvis_height, foot_x_*
    ramp_s: float
    exercises: tuple[DoneSet, ...] = ()

    def later(self, by_s: float) -> "Truth":
        """The same run begun so much later, told from zero: whatever comes first lasts longer."""
        strides, series = self.strides.copy(), self.series.copy()
        strides[["ic_time_s", "to_time_s", "next_ic_time_s"]] += by_s
        series["time"] += by_s
        bouts = tuple(
            replace(bout, start_s=bout.start_s + by_s if i else 0.0, end_s=bout.end_s + by_s)
            for i, bout in enumerate(self.bouts)
        )
        return replace(
            self,
            strides=strides,
            bouts=bouts,
            seconds=seconds(bouts, ramp_s=self.ramp_s),
            series=series,
            exercises=tuple(
                replace(one, start_s=one.start_s + by_s, end_s=one.end_s + by_s) for one in self.exercises
            ),
        )

    def save(self, folder: Path) -> None:
        """Write strides.csv, activity.json, sensors.json, series.parquet, exercises.json into `folder`."""
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self.strides.round(6).to_csv(folder / "strides.csv", index=False)
            self.series.to_parquet(folder / "series.parquet", index=False)
            activity = {
                "duration_s": self.bouts[-1].end_s,
                "ramp_s": self.ramp_s,
                "bouts": [
                    {"activity": b.activity, "start_s": b.start_s, "end_s": b.end_s} for b in self.bouts
                ],
                "seconds": list(self.seconds),
            }
            (folder / "activity.json").write_text(json.dumps(activity))
            (folder / "sensors.json").write_text(json.dumps(self.sensors, indent=1))
            if self.exercises:
                told = [one.told() for one in self.exercises]
                (folder / "exercises.json").write_text(json.dumps(told, indent=1))


def stride_table(motion: Kinematics) -> "pd.DataFrame":
    """Every stride that lies inside one bout of walking or running, clear of its cross-fades, by time."""
    import pandas as pd

    parts = [_side_strides(side, motion, block) for side in SIDES for block in _blocks(motion, side)]
    return pd.concat(parts).sort_values("ic_time_s", ignore_index=True)


def _blocks(motion: Kinematics, side: str) -> list[NDArray[np.intp]]:
    """The strides of one foot that are told, some at a time so that scanning them takes little memory."""
    ic, _, end = motion.steps.strides(side)
    told = np.flatnonzero(_activity_within(motion.course, ic, end) != "")
    return np.array_split(told, 1 + len(told) // _BLOCK_STRIDES)


def _side_strides(side: str, motion: Kinematics, which: NDArray[np.intp]) -> "pd.DataFrame":
    import pandas as pd

    ic, to, end = (times[which] for times in motion.steps.strides(side))
    # The other foot's next contact is the step in between.
    between = motion.steps.ic_time_s[motion.steps.of(side)[which] + 1]
    shank, pelvis = motion.shanks[side], motion.pelvis
    ankle = shank.origin_m(np.stack([ic, end]))
    length_m = np.hypot(*(ankle[1] - ankle[0])[:, [0, 2]].T)
    standing = motion.runner.stand_lean_deg[SIDES.index(side)]
    at_contact = np.degrees(shank.angles_rad(ic)[:, 1])
    largest = np.degrees(shank.angles_rad(_scan(ic - _LATE_SWING_S, ic))[..., 1]).max(axis=1)
    outward = 1.0 if side == "right" else -1.0
    roll = -outward * np.degrees(pelvis.angles_rad(_scan(ic, to))[..., 2])
    height = pelvis.origin_m(_scan(ic, between))[..., 1]
    table = pd.DataFrame(
        {
            "side": side,
            "ic_time_s": ic,
            "to_time_s": to,
            "next_ic_time_s": end,
            "activity": _activity_within(motion.course, ic, end),
            "stride_time_s": end - ic,
            "contact_time_s": to - ic,
            "cadence_spm": 120 / (end - ic),
            "speed_mps": length_m / (end - ic),
            "stride_length_m": length_m,
            "shank_angle_ic_deg": at_contact - standing,
            "shank_angle_max_deg": largest - standing,
            "pelvic_drop_deg": roll.max(axis=1) - roll[:, 0],
            "pelvic_drop_abs_deg": roll.max(axis=1),
            "vertical_oscillation_m": np.ptp(height, axis=1),
            "shank_angle_ic_abs_deg": at_contact,
            "shank_angle_max_abs_deg": largest,
        }
    )
    # Like recordings with truth: angles and pelvis are defined for running.
    table.loc[table["activity"] != "run", "shank_angle_ic_deg":] = np.nan
    return table


def _scan(start_s: Floats, end_s: Floats) -> Floats:
    return np.linspace(start_s, end_s, _SCAN, axis=1)


def _activity_within(course: Course, start_s: Floats, end_s: Floats) -> NDArray[np.str_]:
    """The gait of the bout that holds each interval clear of cross-fades, else empty."""
    half = course.ramp_s / 2
    activity = np.full(len(start_s), "", dtype="<U5")
    for i, bout in enumerate(course.bouts):
        if bout.activity in ("stand", "exercise"):
            continue
        begin = bout.start_s + half * (i > 0)
        end = bout.end_s - half * (i < len(course.bouts) - 1)
        activity[(start_s >= begin) & (end_s <= end)] = bout.activity
    return activity


def seconds(bouts: Sequence[Bout], *, ramp_s: float) -> tuple[str, ...]:
    """One label per whole second."""
    begin = np.arange(int(bouts[-1].end_s), dtype=float)
    edges = np.array([bout.start_s for bout in bouts])
    labels = np.array([bout.activity for bout in bouts], dtype="<U10")[
        np.searchsorted(edges, begin, side="right") - 1
    ]
    for edge in edges[1:]:
        touched = (begin < edge + ramp_s / 2) & (begin + 1 > edge - ramp_s / 2)
        labels[touched] = "transition"
    return tuple(labels.tolist())


def series(motion: Kinematics) -> "pd.DataFrame":
    """Angles (deg), pelvis height and ankle path (m, in the world) at 100 Hz."""
    import pandas as pd

    time_s = np.arange(int(motion.course.duration_s * _SERIES_HZ)) / _SERIES_HZ
    columns = {"time": time_s}
    for side in ("right", "left"):
        segment = motion.shanks[side]
        absolute = np.degrees(segment.angles_rad(time_s)[:, 1])
        columns[f"shank_abs_{side}"] = absolute
        columns[f"shank_rel_{side}"] = absolute - motion.runner.stand_lean_deg[SIDES.index(side)]
        columns[f"foot_x_{side}"] = segment.origin_m(time_s)[:, 0]
    _, tilt, minus_roll = np.degrees(motion.pelvis.angles_rad(time_s)).T
    columns |= {"roll": -minus_roll, "tilt": tilt, "pelvis_height": motion.pelvis.origin_m(time_s)[:, 1]}
    return pd.DataFrame(columns).astype({name: np.float32 for name in columns if name != "time"})
