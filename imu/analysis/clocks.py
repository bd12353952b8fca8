"""Do the clocks of the pelvis and of each shank agree? Told by when both find the same contacts.

In the contacts of a trial pelvis and shank differ by up to 16 ms, which is the runner's own, and changes by
less than 10 ms within a run. What is further off, or drifts, is a clock. One that is off by whole steps
cannot be told from one that is right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imu.analysis.events import events
from imu.analysis.legs import Leg
from imu.analysis.survey import Survey
from imu.analysis.trunk import Pelvis
from imu.analysis.window import Window, window
from imu.recording import Recording
from imu.signal.activity import RUN
from imu.signal.grid import GRID_HZ
from imu.signal.search import nearest

LARGEST_LATE_S = 0.030  # medians of fifteen strides reach 23 ms
LARGEST_DRIFT_S = 0.012  # between first and last third of a run; it moves contacts by a third of that
ALIKE_S = 0.020  # legs of one runner differ by up to 16 ms
LARGEST_SCATTER_S = 0.06  # median distance from the median; at random it is 0.09, some strides off 0.03
STRIDES = 15  # behind one median
FEWEST_STRIDES = 5
HALF_STEP_S = 0.25  # further from every step of the pelvis, that one was not found
PIECES, PIECE_S = 9, 10  # of the running that are looked at, and how long each is
SHORT_PIECE_S = 4  # where nobody ran for longer at a time
STARTING_S = 2  # of a run, in which strides are unlike those that follow


@dataclass(frozen=True, slots=True)
class Clocks:
    """The pelvis beside the shanks; by side (1 right, -1 left), none of which too little was recorded."""

    late_s: Mapping[int, float]  # by how much later the pelvis finds contacts, median of the run
    drift_s: Mapping[int, float]  # by how much that grows from the first third of the run to the last
    out_of_time: frozenset[int]  # sides whose clock is not the pelvis'


def compare_clocks(recording: Recording, found: Survey) -> Clocks:
    """Compare over a whole recording, in pieces that lie evenly over its running."""
    pieces: list[dict[int, NDArray[np.float64]]] = []
    if "pelvis" in recording.tracks and any(found.shanks.values()):
        for piece in _pieces(recording, found):
            label = found.labels(piece.start_s, piece.n)
            pieces.append(lateness_s(*events(piece, found, label), label))
    return judged({side: np.concatenate([p[side] for p in pieces if side in p]) for side in _sides(pieces)})


def lateness_s(
    legs: list[Leg], pelvises: list[Pelvis], label: NDArray[np.int8]
) -> dict[int, NDArray[np.float64]]:
    """By side, how much later the pelvis finds running contacts: medians of about fifteen strides.

    Against the nearest step, whichever foot's, so never more than half a step.
    """
    found: dict[int, NDArray[np.float64]] = {}
    for leg in legs:
        contact = leg.contacts.initial_contact[label[leg.contacts.mid_swing] == RUN]
        contact = contact[np.isfinite(contact)]
        for pelvis in pelvises:
            steps = pelvis.running.initial_contact
            if min(len(contact), len(steps)) < FEWEST_STRIDES:
                continue
            late_s = (steps[nearest(steps, contact)] - contact) / GRID_HZ
            late_s = late_s[np.abs(late_s) < HALF_STEP_S]
            if len(late_s) >= FEWEST_STRIDES:
                parts = np.array_split(late_s, max(1, len(late_s) // STRIDES))
                medians = np.array([np.median(part) for part in parts if _repeats(part)])
                found[leg.side] = np.append(found.get(leg.side, np.zeros(0)), medians)
    return {side: medians for side, medians in found.items() if len(medians)}


def judged(medians_s: Mapping[int, NDArray[np.float64]]) -> Clocks:
    """What medians of lateness, in the order of time, say of the clocks."""
    late_s = {side: float(np.median(values)) for side, values in medians_s.items()}
    drift_s = {side: _drift(values) for side, values in medians_s.items()}
    groups: list[tuple[int, ...]] = [(side,) for side in medians_s]
    if len(groups) == 2 and _alike(late_s, ALIKE_S) and _alike(drift_s, LARGEST_DRIFT_S):
        # What both legs show is the pelvis' clock, and both tell it better than one.
        groups = [tuple(medians_s)]
    out = [
        side
        for group in groups
        if float(np.quantile(np.abs(np.concatenate([medians_s[s] for s in group])), 0.9)) > LARGEST_LATE_S
        or abs(float(np.mean([drift_s[s] for s in group]))) > LARGEST_DRIFT_S
        for side in group
    ]
    return Clocks(late_s, drift_s, frozenset(out))


def _pieces(recording: Recording, found: Survey) -> Iterator[Window]:
    running = np.concatenate([[0], np.cumsum(found.seconds == RUN)])
    for piece_s in (PIECE_S, SHORT_PIECE_S):
        length = STARTING_S + piece_s
        starts = np.flatnonzero(running[length:] - running[:-length] == length)
        if len(starts):
            break
    several = min(PIECES, -(-len(starts) // length))
    for start in starts[np.linspace(0, len(starts) - 1, several).astype(np.intp)].tolist():
        at = found.start_s + start + STARTING_S
        yield window(recording, at, at + piece_s, own_start_s=at, own_end_s=at + piece_s)


def _sides(pieces: list[dict[int, NDArray[np.float64]]]) -> list[int]:
    return sorted({side for piece in pieces for side in piece})


def _repeats(late_s: NDArray[np.float64]) -> bool:
    """Whether lateness is about the same in each stride; a broken sensor's is any."""
    return bool(np.median(np.abs(late_s - np.median(late_s))) < LARGEST_SCATTER_S)


def _drift(values: NDArray[np.float64]) -> float:
    third = max(1, len(values) // 3)
    return float(np.median(values[-third:]) - np.median(values[:third]))


def _alike(values: Mapping[int, float], within: float) -> bool:
    return abs(values[-1] - values[1]) < within
