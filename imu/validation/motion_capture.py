"""Running on a force treadmill as motion capture saw it: C3D trials in, body segments and ground force out.

Reads the marker set of Fukuchi, Fukuchi & Duarte 2017 (PeerJ 5:e3298, figshare 10.6084/m9.figshare.4543435):
`RBDS011static.c3d` beside `RBDS011runT25.c3d`, where 25 means 2.5 m/s. Axes: x forward, y up, z right.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.errors import RecordingError, RestrideError
from imu.validation.virtual_imu import Pose, bridge_gaps, low_pass, rigid_pose

SEGMENT_MARKERS: Mapping[str, tuple[str, ...]] = {
    "shank_left": (
        "L.Shank.Top.Lateral",
        "L.Shank.Bottom.Lateral",
        "L.Shank.Top.Medial",
        "L.Shank.Bottom.Medial",
    ),
    "shank_right": (
        "R.Shank.Top.Lateral",
        "R.Shank.Bottom.Lateral",
        "R.Shank.Top.Medial",
        "R.Shank.Bottom.Medial",
    ),
    "pelvis": ("L.ASIS", "R.ASIS", "L.PSIS", "R.PSIS"),
}
_LANDMARKS = {
    *(f"{side}.{joint}" for side in "LR" for joint in ("Knee", "Knee.Medial", "Ankle", "Ankle.Medial")),
    *SEGMENT_MARKERS["pelvis"],
}
HEEL_MARKERS: Mapping[str, tuple[str, ...]] = {
    "left": ("L.Heel.Top", "L.Heel.Bottom", "L.Heel.Lateral"),
    "right": ("R.Heel.Top", "R.Heel.Bottom", "R.Heel.Lateral"),
}
# Skin markers carry little motion above this; the pelvis moves more slowly than the shank.
CUTOFF_HZ: Mapping[str, float] = {"shank_left": 25.0, "shank_right": 25.0, "pelvis": 20.0}

# Where the runner wears the sensors: on the medial face of the distal third of the shank, over the bone, and
# at the small of the back, behind the skin markers.
SHANK_SENSOR_ABOVE_ANKLE_M = 0.15
SHANK_SENSOR_MEDIAL_M = 0.03
PELVIS_SENSOR_BEHIND_PSIS_M = 0.03

_TRIAL = re.compile(r"(?P<runner>.+?)(run)?[_]?T(?P<decimetres>\d{2})\.c3d$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TrialFiles:
    """One running trial, the runner's standing trial, and the belt's speed by the file's name."""

    runner: str
    running: Path
    standing: Path
    belt_mps: float

    @property
    def name(self) -> str:
        return f"{self.runner}_T{round(10 * self.belt_mps):02d}"


@dataclass(frozen=True, slots=True)
class Markers:
    """Labelled points, NaN where a marker was not seen."""

    time_s: NDArray[np.float64]  # (n,)
    points_m: Mapping[str, NDArray[np.float64]]  # label: (n, 3)

    def stacked(self, labels: tuple[str, ...]) -> NDArray[np.float64]:
        return np.stack([self.points_m[label] for label in labels], axis=1)

    def centre(self, *labels: str) -> NDArray[np.float64]:
        """(3,): the middle of some markers over the whole trial."""
        return np.asarray(np.nanmean(self.stacked(labels), axis=(0, 1)))


@dataclass(frozen=True, slots=True)
class GroundForce:
    time_s: NDArray[np.float64]  # (m,)
    up_n: NDArray[np.float64]  # (m,)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Points that move with each segment, in its own axes: those of the laboratory while the runner stood."""

    centre_m: Mapping[str, NDArray[np.float64]]  # segment: where its origin was while standing
    knee_m: Mapping[str, NDArray[np.float64]]  # shank: knee centre
    ankle_m: Mapping[str, NDArray[np.float64]]
    sensor_m: Mapping[str, NDArray[np.float64]]  # segment: where the sensor is worn
    pelvis_right: NDArray[np.float64]  # unit, level while standing, from the left to the right hip

    def mount_height_m(self, shank: str) -> float:
        """Sensor to ankle centre along the shank, as a tape measure would say."""
        up = self.knee_m[shank] - self.ankle_m[shank]
        return float((self.sensor_m[shank] - self.ankle_m[shank]) @ up / np.linalg.norm(up))

    @property
    def shank_length_m(self) -> float:
        """Knee to ankle centre, mean of both legs."""
        lengths = [np.linalg.norm(self.knee_m[shank] - self.ankle_m[shank]) for shank in self.knee_m]
        return float(np.mean(lengths))


@dataclass(frozen=True, slots=True)
class Capture:
    """A running trial as rigid segments over a force plate."""

    skeleton: Skeleton
    poses: Mapping[str, Pose]  # segment: low-passed, without holes
    heel_height_m: Mapping[str, NDArray[np.float64]]  # side: (n,) at the poses' frames, NaN if never seen
    force: GroundForce


def find_trials(folder: Path) -> Iterator[TrialFiles]:
    """Every running trial of a folder that has a standing trial of the same runner beside it."""
    for running in sorted(folder.glob("*.[cC]3[dD]")):
        if not (found := _TRIAL.match(running.name)):
            continue
        runner = found["runner"]
        standing = next(iter(sorted(folder.glob(f"{runner}*[sS]tatic*.[cC]3[dD]"))), None)
        if standing is None:
            raise RestrideError(f"{running}: no standing trial {runner}static.c3d beside it")
        yield TrialFiles(runner, running, standing, int(found["decimetres"]) / 10)


def read_capture(files: TrialFiles) -> Capture:
    """The body and the force of one trial; a body not seen for more than 0.1 s is an error."""
    standing, _ = read_c3d(files.standing)
    running, force = read_c3d(files.running)
    if force is None:
        raise RecordingError(files.running, "no force plate channel (F1Z), so contacts are not known")
    if missing := sorted(_LANDMARKS - standing.points_m.keys()):
        raise RecordingError(files.standing, f"marker {missing[0]} is missing")
    clusters = {segment: _cluster(segment, standing, running, files.running) for segment in SEGMENT_MARKERS}
    poses = {
        segment: _pose(segment, labels, standing, running, files) for segment, labels in clusters.items()
    }
    heels = {side: _height_m(running, labels) for side, labels in HEEL_MARKERS.items()}
    return Capture(_skeleton(standing, clusters), poses, heels, force)


def read_c3d(path: Path) -> tuple[Markers, GroundForce | None]:
    """Markers in metres (not seen = NaN) and the vertical force of the first plate, where there is one."""
    try:
        trial = _ezc3d().c3d(str(path))
    except (OSError, RuntimeError, ValueError) as error:
        raise RecordingError(path, f"not a readable C3D file ({error})") from error
    parameters = trial["parameters"]
    rate_hz = float(trial["header"]["points"]["frame_rate"])
    points = np.moveaxis(trial["data"]["points"][:3], 0, 2)  # (label, n, 3)
    points = np.where((points == 0).all(axis=2, keepdims=True), np.nan, points)
    unit_m = {"mm": 1e-3, "cm": 1e-2, "m": 1.0}[parameters["POINT"]["UNITS"]["value"][0]]
    labels = parameters["POINT"]["LABELS"]["value"]
    markers = Markers(
        np.arange(points.shape[1]) / rate_hz,
        {label: unit_m * xyz for label, xyz in zip(labels, points, strict=False)},
    )
    return markers, _force(trial)


def _ezc3d() -> ModuleType:
    try:
        import ezc3d
    except ImportError as error:
        raise RestrideError("reading C3D files needs ezc3d: pip install 'restride[validation]'") from error
    module: ModuleType = ezc3d
    return module


def _force(trial: Any) -> GroundForce | None:
    labels = list(trial["parameters"]["ANALOG"]["LABELS"]["value"])
    channels = [f"{kind}1{axis}" for kind in "FM" for axis in "XYZ"]
    if not set(channels) <= set(labels):
        return None
    rate_hz = float(trial["header"]["analogs"]["frame_rate"])
    volts = trial["data"]["analogs"][0][[labels.index(channel) for channel in channels]]
    # A plate of type 4 is written in volts; its calibration matrix turns them into N. Its z points down.
    matrices = np.asarray(trial["parameters"]["FORCE_PLATFORM"].get("CAL_MATRIX", {"value": []})["value"])
    newtons = matrices[:, :, 0] @ volts if matrices.size else volts
    return GroundForce(np.arange(volts.shape[1]) / rate_hz, -newtons[2])


def _cluster(segment: str, standing: Markers, running: Markers, path: Path) -> tuple[str, ...]:
    """The markers of a segment that both trials have; three make a body."""
    both = standing.points_m.keys() & running.points_m.keys()
    labels = tuple(label for label in SEGMENT_MARKERS[segment] if label in both)
    if len(labels) < 3:
        missing = next(label for label in SEGMENT_MARKERS[segment] if label not in both)
        raise RecordingError(path, f"{segment} has fewer than three markers; {missing} is missing")
    return labels


def _pose(
    segment: str, labels: tuple[str, ...], standing: Markers, running: Markers, files: TrialFiles
) -> Pose:
    reference = np.stack([standing.centre(label) for label in labels])
    pose = bridge_gaps(rigid_pose(running.stacked(labels), reference, running.time_s))
    if (unseen := np.isnan(pose.position_m[:, 0])).any():
        when_s = pose.time_s[unseen][0]
        raise RecordingError(files.running, f"{segment} not seen for more than 0.1 s at {when_s:.2f} s")
    return low_pass(pose, cutoff_hz=CUTOFF_HZ[segment])


def _height_m(running: Markers, labels: tuple[str, ...]) -> NDArray[np.float64]:
    """(n,): height of the lowest of some markers, carried over frames in which none was seen."""
    height = np.full(len(running.time_s), np.nan)
    for label in labels:
        if label in running.points_m:
            height = np.fmin(height, running.points_m[label][:, 1])
    seen = np.isfinite(height)
    return np.interp(running.time_s, running.time_s[seen], height[seen]) if seen.any() else height


def _skeleton(standing: Markers, clusters: Mapping[str, tuple[str, ...]]) -> Skeleton:
    centre = {
        segment: np.mean([standing.centre(label) for label in labels], axis=0)
        for segment, labels in clusters.items()
    }
    knee, ankle, sensor = {}, {}, {}
    for shank, side, medial in (("shank_left", "L", 1.0), ("shank_right", "R", -1.0)):
        knee[shank] = standing.centre(f"{side}.Knee", f"{side}.Knee.Medial") - centre[shank]
        ankle[shank] = standing.centre(f"{side}.Ankle", f"{side}.Ankle.Medial") - centre[shank]
        up = (knee[shank] - ankle[shank]) / np.linalg.norm(knee[shank] - ankle[shank])
        across = np.array([0.0, 0.0, medial * SHANK_SENSOR_MEDIAL_M])
        sensor[shank] = ankle[shank] + SHANK_SENSOR_ABOVE_ANKLE_M * up + across
    behind = np.array([PELVIS_SENSOR_BEHIND_PSIS_M, 0.0, 0.0])
    sensor["pelvis"] = standing.centre("L.PSIS", "R.PSIS") - behind - centre["pelvis"]
    # Runners do not stand exactly square to the belt: the pelvis' own axis keeps its tilt out of its roll.
    across_hips = (standing.centre("R.ASIS") - standing.centre("L.ASIS")) * [1.0, 0.0, 1.0]
    return Skeleton(centre, knee, ankle, sensor, across_hips / np.linalg.norm(across_hips))
