"""First pass: what was done when, and how every sensor sits. Reads a recording of any length in constant
memory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imu.analysis.exercises import exercises_of, without_exercises
from imu.analysis.window import Window, whole_seconds, windows
from imu.errors import RecordingError
from imu.recording import Recording, SensorTrack
from imu.signal.activity import ACTIVITIES, RUN, STAND, UNKNOWN, WALK, Activity, classify
from imu.signal.activity_features import HOP_S, ActivityFeatures, activity_features
from imu.signal.alignment import (
    AlignmentParameters,
    ShankMount,
    gyro_bias,
    quiet_seconds,
    shank_mounts,
    slips,
    swing_rate_radps,
)
from imu.signal.exercises import ExerciseSet
from imu.signal.grid import GRID_HZ, GridSignal
from imu.signal.moments import Moments, joined, moments
from imu.signal.pelvis_alignment import PelvisAlignment, PelvisMoments, align_pelvis, pelvis_moments
from imu.signal.sensor_statistics import SensorStatistics, sensor_statistics

PELVIS_CHUNK_S = 60
FEWEST_MOVING_S = 5
# The mean force in the pelvis leans with pace by several degrees, and no swing axis tells a slip apart.
PELVIS_SLIP = AlignmentParameters(shift_axis_deg=180.0, shift_lean_deg=15.0)
STANDING_CONE_DEG = 35.0  # a still pelvis leans less than this from its mean in running; a table does not


@dataclass(frozen=True, slots=True)
class PelvisMount:
    """One way of sitting of the pelvis sensor, seconds of the survey."""

    start_s: int
    end_s: int
    alignment: PelvisAlignment
    gyro_bias_radps: NDArray[np.float64]  # (3,)
    stand_s: float


@dataclass(frozen=True, slots=True)
class Survey:
    """Decisions over a whole recording. Seconds and hops count from `start_s`."""

    start_s: int
    activity: Activity
    seconds: NDArray[np.int8]  # (s,) STAND, WALK, RUN, UNKNOWN
    moments: Mapping[str, Moments]
    shanks: Mapping[str, tuple[ShankMount, ...]]  # by placement; empty where nobody moved
    pelvis: tuple[PelvisMount, ...]
    statistics: Mapping[str, SensorStatistics]
    # sides (1, -1) whose clock is not the pelvis'; None: not looked at, each window decides for itself
    out_of_time: frozenset[int] | None = None
    exercises: tuple[ExerciseSet, ...] = ()  # seconds on the recording's clock

    def labels(self, start_s: float, n: int) -> NDArray[np.int8]:
        """(n,) activity at each grid sample from start_s on, by the bouts with their sharp edges."""
        time_s = start_s - self.start_s + np.arange(n) / GRID_HZ
        return labels_at(self.activity, time_s)

    def bouts_s(self, activity: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(k,) when its bouts begin and when they end, on the recording's clock."""
        here = self.activity.bout_activity == ACTIVITIES.index(activity)
        return (
            self.start_s + self.activity.bout_start_s[here],
            self.start_s + self.activity.bout_end_s[here],
        )

    def within(self, window: Window, mount: "ShankMount | PelvisMount") -> NDArray[np.bool_]:
        """(n,) whether the mount rules at each grid sample of a window."""
        time_s = window.start_s - self.start_s + np.arange(window.n) / GRID_HZ
        return (time_s >= mount.start_s) & (time_s < mount.end_s)


def survey(
    recording: Recording,
    blocks: Iterable[Window] | None = None,
    *,
    progress: Callable[[float], None] = lambda _share: None,
) -> Survey:
    """Look through the recording once; see `Survey`. blocks: its windows, where another pass needs them."""
    start_s, end_s = whole_seconds(recording)
    features: dict[str, list[ActivityFeatures]] = {placement: [] for placement in recording.tracks}
    sums: dict[str, list[Moments]] = {placement: [] for placement in recording.tracks}
    statistics: dict[str, SensorStatistics] = {}
    pelvis_parts: list[PelvisMoments] = []
    done_s = start_s
    for block in windows(recording) if blocks is None else blocks:
        if (hole_s := round(block.own_start_s) - done_s) > 0:  # whole blocks without a sample
            for placement in recording.tracks:
                features[placement].append(ActivityFeatures.unknown(round(hole_s / HOP_S)))
                sums[placement].append(Moments.nothing(hole_s))
            pelvis_parts += [PelvisMoments.nothing()] * (hole_s // PELVIS_CHUNK_S)
        done_s = round(block.own_end_s)
        local = features_of(block)
        own = _own(block)
        hops = slice(round(own.start / (HOP_S * GRID_HZ)), round(own.stop / (HOP_S * GRID_HZ)))
        for placement, signal in block.signals.items():
            features[placement].append(local[placement].hops(hops.start, hops.stop))
            gyr = None if signal.gyr_radps is None else signal.gyr_radps[own]
            sums[placement].append(
                moments(signal.acc_mps2[own], gyr, signal.missing[own], sampling_rate_hz=GRID_HZ)
            )
            here = statistics_of(block, recording.tracks[placement])
            statistics[placement] = statistics[placement] + here if placement in statistics else here
        if "pelvis" in block.signals:
            pelvis_parts += _pelvis_chunks(block, classify(local), local["pelvis"])
        progress((block.own_end_s - start_s) / (end_s - start_s))

    activity = classify({placement: ActivityFeatures.joined(parts) for placement, parts in features.items()})
    whole = {placement: joined(parts) for placement, parts in sums.items()}
    exercises = exercises_of(recording, activity, whole)
    activity = without_exercises(activity, exercises, start_s=start_s)
    seconds = activity.per_second()[: end_s - start_s]
    if wrong := misplaced(recording, whole, seconds):
        raise RecordingError(
            recording.path or "recording",
            f"{' and '.join(wrong.values())} while {'running' if (seconds == RUN).any() else 'walking'}; "
            "were sensors swapped? Correct the placements in recording.json",
        )
    return Survey(
        start_s=start_s,
        activity=activity,
        seconds=seconds,
        moments=whole,
        shanks={
            placement: tuple(shank_mounts(whole[placement], seconds))
            for placement, track in recording.tracks.items()
            if placement.startswith("shank") and track.has_gyroscope
        },
        pelvis=_pelvis_mounts(whole["pelvis"], seconds, pelvis_parts) if pelvis_parts else (),
        statistics=statistics,
        exercises=exercises,
    )


def features_of(block: Window) -> dict[str, ActivityFeatures]:
    """What each sensor tells of the activity, on hops that begin with the block."""
    return {
        placement: activity_features(
            signal.acc_mps2, signal.missing, placement=placement, sampling_rate_hz=GRID_HZ
        )
        for placement, signal in block.signals.items()
    }


def labels_at(activity: Activity, time_s: NDArray[np.float64]) -> NDArray[np.int8]:
    """(n,) what was done at each time; UNKNOWN outside all bouts."""
    if not len(activity.bout_start_s):
        return np.full(len(time_s), UNKNOWN, np.int8)
    bout = np.searchsorted(activity.bout_start_s, time_s, side="right") - 1
    inside = (bout >= 0) & (time_s < activity.bout_end_s[np.maximum(bout, 0)])
    return np.where(inside, activity.bout_activity[np.maximum(bout, 0)], UNKNOWN).astype(np.int8)


def stride_time_s(features: ActivityFeatures, n: int) -> NDArray[np.float64]:
    """(n,) stride time at each sample as the rhythm tells it; a second where nothing is known."""
    with np.errstate(divide="ignore"):
        per_hop = np.clip(120.0 / features.cadence_spm, 0.4, 2.5)
    return np.repeat(np.where(np.isfinite(per_hop), per_hop, 1.0), round(HOP_S * GRID_HZ))[:n]


def _only_level(force: NDArray[np.float64]) -> PelvisAlignment:
    """Up alone, from the mean force, with any forward: enough to count steps, not to tell sides."""
    up = force / np.linalg.norm(force)
    forward = np.eye(3)[np.argmin(np.abs(up))]
    forward -= up * (forward @ up)
    forward /= np.linalg.norm(forward)
    rotation = np.array([forward, up, np.cross(forward, up)])
    return PelvisAlignment(rotation, relative=True, confidence=0.0, separation=0.0, votes={})


def misplaced(
    recording: Recording, whole: Mapping[str, Moments], seconds: NDArray[np.int8]
) -> dict[str, str]:
    """Sensors that were worn elsewhere than the recording says, with what gives them away."""
    running, moving = seconds == RUN, (seconds == RUN) | (seconds == WALK)
    if moving.sum() < FEWEST_MOVING_S:
        return {}
    ran = bool(running.sum() >= FEWEST_MOVING_S)
    rate = {
        placement: swing_rate_radps(whole[placement], running if ran else moving)
        for placement, track in recording.tracks.items()
        if track.has_gyroscope
    }
    pelvis, of_a_shank = rate.get("pelvis", 0.0), AlignmentParameters().shank_rate_radps
    wrong = {
        placement: f"{placement} does not swing like a shank"
        for placement, turn in rate.items()
        if placement.startswith("shank") and turn < (of_a_shank if ran else pelvis)
    }
    if ran and pelvis > of_a_shank:
        wrong["pelvis"] = "pelvis swings like a leg"
    return wrong


def statistics_of(block: Window, track: SensorTrack) -> SensorStatistics:
    """How a sensor recorded in what the block owns."""
    own = block.samples[track.placement].between(block.own_start_s, block.own_end_s)
    return sensor_statistics(
        own.time_s,
        own.acc_mps2,
        own.gyr_radps,
        own.temperature_degc,
        acc_range_g=track.acc_range_g,
        gyr_range_dps=track.gyr_range_dps,
    )


def _own(block: Window) -> slice:
    first = round((block.own_start_s - block.start_s) * GRID_HZ)
    return slice(first, first + round((block.own_end_s - block.own_start_s) * GRID_HZ))


def _pelvis_chunks(block: Window, activity: Activity, features: ActivityFeatures) -> list[PelvisMoments]:
    signal = block.signals["pelvis"]
    label = labels_at(activity, np.arange(block.n) / GRID_HZ)
    stride_s = stride_time_s(features, block.n)
    own, size = _own(block), round(PELVIS_CHUNK_S * GRID_HZ)
    found = []
    for first in range(own.start, own.stop, size):
        here = slice(first, min(first + size, own.stop))
        found.append(pelvis_sums(signal, here, running=label == RUN, stride_s=stride_s))
    return found


def pelvis_sums(
    signal: GridSignal, here: slice, *, running: NDArray[np.bool_], stride_s: NDArray[np.float64]
) -> PelvisMoments:
    """Sums over the running of one piece; standing is judged from the sums per second, in `pelvis_mount`."""
    return pelvis_moments(
        signal.acc_mps2[here],
        None if signal.gyr_radps is None else signal.gyr_radps[here],
        signal.missing[here],
        running=running[here],
        standing=np.zeros(here.stop - here.start, bool),
        stride_s=stride_s[here],
        sampling_rate_hz=GRID_HZ,
    )


def _pelvis_mounts(
    seconds: Moments, activity: NDArray[np.int8], chunks: list[PelvisMoments]
) -> tuple[PelvisMount, ...]:
    """Alignment between slips."""
    if not ((activity == RUN) | (activity == WALK)).any():
        return ()
    mounts = []
    cuts = [0, *slips(seconds, activity == RUN, parameters=PELVIS_SLIP), len(seconds)]
    for start, end in pairwise(cuts):
        first, last = round(start / PELVIS_CHUNK_S), max(round(end / PELVIS_CHUNK_S), 1)
        total = sum(chunks[first + 1 : last], start=chunks[min(first, len(chunks) - 1)])
        mounts.append(pelvis_mount(seconds, activity, total, start=start, end=end))
    return tuple(mount for mount in mounts if mount is not None)


def pelvis_mount(
    seconds: Moments, activity: NDArray[np.int8], total: PelvisMoments, *, start: int, end: int
) -> PelvisMount | None:
    """Alignment of the seconds [start, end) from their sums of running; None where nobody moved."""
    here = np.zeros(len(seconds), bool)
    here[start:end] = True
    moving = here & (activity == (RUN if (activity == RUN).any() else WALK)) & (seconds.samples > 0)
    if not moving.any():
        return None
    usual = seconds[moving].mean_acc()
    size = np.linalg.norm(seconds.acc, axis=1) * np.linalg.norm(usual)
    upright = seconds.acc @ usual > np.cos(np.radians(STANDING_CONE_DEG)) * size
    quiet = here & (activity == STAND) & quiet_seconds(seconds) & upright
    if quiet.sum() >= 2:
        standing = seconds[quiet]
        total = replace(
            total,
            standing_force=standing.acc.sum(axis=0),
            standing_samples=float(standing.samples.sum()),
        )
    alignment = align_pelvis(total) or _only_level(usual)
    return PelvisMount(start, end, alignment, gyro_bias(seconds, here), float(quiet.sum()))
