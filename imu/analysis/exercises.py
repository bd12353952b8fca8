"""Exercises within a recording: where to look, how the sensors sit there, and what then is no walking."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g as standard_gravity_mps2
from scipy.ndimage import convolve1d

from imu.analysis.window import BLOCK_S, window
from imu.recording import Recording
from imu.signal.activity import RUN, STAND, UNKNOWN, WALK, Activity
from imu.signal.activity_features import HOP_S
from imu.signal.alignment import ShankMount, gyro_bias, quiet_seconds, shank_mounts
from imu.signal.exercises import SIDES, Carriage, ExerciseSet, Reference, carriage, find_exercises
from imu.signal.exercises.carriage import RATE_HZ
from imu.signal.grid import GRID_HZ, GridSignal
from imu.signal.moments import Moments
from imu.signal.stretches import long_gaps, stretches

LEAST_CONFIDENCE = 0.5
SHORTEST_S = 8  # of time without running that holds three repetitions of anything
LONGEST_S = 3600  # looked at in one piece
STRIDING_RADPS = 1.5  # rms of the legs' turning: slow walking 1.8, marching on the spot 0.5 to 1.2
STRIDING_MEAN_S, STRIDING_S = 5, 5
UPRIGHT_CONE_DEG = 35.0  # a quiet pelvis in standing leans less from its mean in walking and running
LONG_WALK_S = 60  # nobody does a drill for so long, and hours of walking need no second look
FIRST_STAND_S = 2
EDGE_S = 1.5  # walking just before and after a drill belongs to it
_SIGNALS = ("acc_mps2", "gyr_radps")
SHORTEST_WALK_S = 3.0  # what is left of a walk beside a drill


def exercises_of(
    recording: Recording, activity: Activity, seconds: Mapping[str, Moments]
) -> tuple[ExerciseSet, ...]:
    """The sets of a recording, seconds on its clock; empty without a shank that has a gyroscope.

    activity and seconds (by placement) as the survey has them, from the recording's first whole second on.
    """
    worn = [p for p, track in recording.tracks.items() if track.has_gyroscope and _is_judged(p)]
    if not any(placement.startswith("shank") for placement in worn):
        return ()
    labels = activity.per_second()[: len(next(iter(seconds.values())))]
    striding = _striding(labels, {p: seconds[p] for p in worn if p.startswith("shank")})
    first_s = int(np.floor(recording.start_s))
    walked = long_gaps(striding, longer_than=LONG_WALK_S)
    pieces = list(_pieces((labels != RUN) & (labels != UNKNOWN) & ~walked))
    if not pieces:
        return ()
    references = _References({p: seconds[p] for p in worn}, labels, striding)
    found: list[ExerciseSet] = []
    for start, end in pieces:
        known = {p: reference for p in worn if (reference := references.at(p, start)) is not None}
        if not any(placement.startswith("shank") for placement in known):
            continue
        carriages = _carriages(recording, first_s + start, first_s + end, known)
        shanks = {side: carriages[f"shank_{side}"] for side in SIDES if f"shank_{side}" in carriages}
        found += [
            replace(one, start_s=one.start_s + first_s + start, end_s=one.end_s + first_s + start)
            for one in find_exercises(carriages.get("pelvis"), shanks)
            if one.confidence >= LEAST_CONFIDENCE
        ]
    return tuple(found)


def without_exercises(activity: Activity, sets: Sequence[ExerciseSet], *, start_s: float) -> Activity:
    """The activity, with no walking where somebody did exercises; start_s of the activity's first hop."""
    if not sets:
        return activity
    label, bouts = activity.label.copy(), []
    spans = [(one.start_s - start_s - EDGE_S, one.end_s - start_s + EDGE_S) for one in sets]
    rows = zip(activity.bout_activity, activity.bout_start_s, activity.bout_end_s, strict=True)
    for kind, begin, end in rows:
        left = [(float(begin), float(end))]
        if kind == WALK:
            touched = any(begin < until and since < end for since, until in spans)
            for since, until in spans:
                left = [piece for one in left for piece in _outside(one, since, until)]
            if touched:
                left = [(a, b) for a, b in left if b - a >= SHORTEST_WALK_S]
                hop_s = HOP_S * np.arange(len(label))
                kept = np.zeros(len(label), bool)
                for a, b in left:
                    kept |= (hop_s >= a) & (hop_s < b)
                label[(hop_s >= begin) & (hop_s < end) & ~kept & (label == WALK)] = UNKNOWN
        bouts += [(kind, a, b) for a, b in left]
    return Activity(
        label,
        activity.running_log_odds,
        np.array([kind for kind, _, _ in bouts], np.int8),
        np.array([begin for _, begin, _ in bouts], np.float64),
        np.array([end for _, _, end in bouts], np.float64),
    )


def _is_judged(placement: str) -> bool:
    return placement == "pelvis" or placement.startswith("shank")


def _striding(labels: NDArray[np.int8], shanks: Mapping[str, Moments]) -> NDArray[np.bool_]:
    """(s,) seconds of walking or running, by how fast a leg swings."""
    turning = np.mean([np.where(one.samples > 0, one.gyr_sd(), 0.0) ** 2 for one in shanks.values()], axis=0)
    mean = np.full(STRIDING_MEAN_S, 1.0 / STRIDING_MEAN_S)  # no running sum, it drifts below zero
    fast = np.sqrt(convolve1d(turning, mean, mode="nearest")) > STRIDING_RADPS
    return long_gaps(fast & ((labels == WALK) | (labels == RUN)), longer_than=STRIDING_S)


def _pieces(candidate: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Seconds [start, end) to be looked at, each piece in one go."""
    for start, end in zip(*stretches(~candidate), strict=True):
        for first in range(int(start), int(end), LONGEST_S):
            last = min(first + LONGEST_S, int(end))
            if last - first >= SHORTEST_S:
                yield first, last


class _References:
    """How each sensor sits, at any second: from walking and running, or the first quiet standing."""

    def __init__(
        self, seconds: Mapping[str, Moments], labels: NDArray[np.int8], striding: NDArray[np.bool_]
    ) -> None:
        self._seconds, self._labels, self._striding = seconds, labels, striding
        self._walked = bool(striding.sum() > STRIDING_S)
        gait = np.where((labels == WALK) & ~striding, UNKNOWN, labels).astype(np.int8)
        self._mounts: dict[str, list[ShankMount]] = {
            p: shank_mounts(one, gait) for p, one in seconds.items() if p.startswith("shank")
        }
        self._first_stand = _first_stand(seconds.values())

    def at(self, placement: str, second: int) -> Reference | None:
        """None where it is not known which way is up for this sensor."""
        own = self._seconds[placement]
        everywhere = np.ones(len(own), bool)
        for mount in self._mounts.get(placement, []):
            if mount.start_s <= second < mount.end_s and mount.standing_line is not None and self._walked:
                gravity = standard_gravity_mps2 + float(mount.acc_offset_mps2 @ mount.standing_line)
                return Reference(mount.standing_line, mount.sagittal_axis, mount.gyro_bias_radps, gravity)
        rows = self._first_stand
        if self._walked:
            if placement.startswith("shank"):
                return None
            rows = self._upright(own)
        if rows.sum() < FIRST_STAND_S:
            return None
        force = own[rows].mean_acc()
        return Reference(_unit(force), None, gyro_bias(own, everywhere), float(np.linalg.norm(force)))

    def _upright(self, own: Moments) -> NDArray[np.bool_]:
        usual = _unit(own[self._striding & (own.samples > 0)].mean_acc())
        size = np.linalg.norm(own.acc, axis=1)
        near = own.acc @ usual > np.cos(np.radians(UPRIGHT_CONE_DEG)) * size
        return np.asarray(quiet_seconds(own) & (self._labels == STAND) & near)


def _first_stand(seconds: Iterable[Moments]) -> NDArray[np.bool_]:
    """(s,) the first stretch in which every sensor is quiet for two seconds and more."""
    quiet = np.all([quiet_seconds(one) & (one.samples > 0) for one in seconds], axis=0)
    starts, ends = stretches(~quiet)
    rows = np.zeros(len(quiet), bool)
    for start, end in zip(starts, ends, strict=True):
        if end - start >= FIRST_STAND_S:
            rows[start:end] = True
            break
    return rows


def _carriages(
    recording: Recording, start_s: int, end_s: int, references: Mapping[str, Reference]
) -> dict[str, Carriage]:
    parts: dict[str, list[GridSignal]] = {placement: [] for placement in references}
    for first in range(start_s, end_s, BLOCK_S):
        last = min(first + BLOCK_S, end_s)
        block = window(recording, first, last, own_start_s=first, own_end_s=last)
        for placement in references:
            parts[placement].append(_slower(block.signals[placement]))
    found = {}
    for placement, reference in references.items():
        acc, gyr = (np.concatenate([getattr(part, name) for part in parts[placement]]) for name in _SIGNALS)
        missing = np.concatenate([part.missing for part in parts[placement]])
        found[placement] = carriage(acc, gyr, missing, reference=reference)
    return found


def _slower(signal: GridSignal) -> GridSignal:
    """At the rate of the carriage, means of a few grid samples."""
    step = round(GRID_HZ / RATE_HZ)

    def fewer(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = vectors.reshape(-1, step, 3).mean(axis=1)
        return mean

    gyr = np.zeros_like(signal.acc_mps2) if signal.gyr_radps is None else signal.gyr_radps
    missing = np.asarray(signal.missing.reshape(-1, step).any(axis=1), np.bool_)
    return GridSignal(fewer(signal.acc_mps2), fewer(gyr), missing)


def _outside(piece: tuple[float, float], since: float, until: float) -> list[tuple[float, float]]:
    begin, end = piece
    parts = [(begin, min(end, since)), (max(begin, until), end)]
    return [(a, b) for a, b in parts if b > a]


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return unit
