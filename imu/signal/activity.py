"""Standing, walking or running, from whatever sensors are worn.

What parts running from walking in every person follows from how the body is carried:

- **Line.** A walker vaults over a stiff leg and hardly bounces; a runner bounces on a spring. Half-sine
  supports without a pause between them move the pelvis with 2/3 g at the step rate, any flight makes it more;
  walking stays under 0.6 g. A leg swings once a stride, and where people change gait (2 m/s, Froude number
  0.5) the acceleration of that swing passes about 0.9 g at the lower shank.
- **Calm.** A walker always has a foot on the ground, and in every step a moment when support is near 1 g
  (less the Froude number, as on any pendulum). A runner is thrown up or falls; a running leg never rests.
- **Cadence.** People leave walking for running near 140 steps a minute.
- **Sine.** A running leg swings for two thirds of its stride, nearly as a sine; a walking leg stands for two
  thirds of it, so that its line holds little of its power at any speed.

Each becomes log-odds, bounded so that no single number decides, and they add up over features and sensors.
Three objections overrule a sensor: it turns against gravity (in a hand), it is faster than runners (shaken),
or its leg moves nearly as one sine without a foot strike (cycling).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    distance_transform_edt,
    maximum_filter1d,
    minimum_filter1d,
    percentile_filter,
    uniform_filter1d,
)

from imu.signal.activity_features import HOP_S, RHYTHMS, ActivityFeatures

STAND, WALK, RUN = range(3)
UNKNOWN = -1  # nothing recorded, so neither an activity nor a bout
ACTIVITIES = ("stand", "walk", "run")

BOUND = 3.0  # log-odds: 20 to 1 is the most that one feature of one sensor may say
OBJECTION = 3.0  # an objection counts as much as the three features that every sensor has
SMOOTHED_HOPS = 5
EDGE_SEARCH_HOPS = 8  # 2 s: frames look 1.5 s ahead, and smoothing adds half a second
EDGE_SIDE_HOPS = 12


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a positive quantity into log-odds: 0 at `centre`, 1 more for each `width` (natural logarithm)."""

    centre: float
    width: float

    def log_odds(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        times_centre: NDArray[np.float64] = np.maximum(value / self.centre, np.finfo(np.float64).tiny)
        return np.clip(np.log(times_centre) / self.width, -BOUND, BOUND)


@dataclass(frozen=True, slots=True)
class ActivityConfig:
    """Centres lie between two activities; widths are how much people of one differ (natural logarithm)."""

    pelvis_line_g: Scale = Scale(0.8, 0.2)
    shank_line_g: Scale = Scale(0.9, 0.2)
    foot_line_g: Scale = Scale(1.3, 0.2)  # a foot stops and goes at twice the body's speed, a shank at less
    calm_g: Scale = Scale(0.4, 0.3)
    cadence_spm: Scale = Scale(140.0, 0.1)
    sine_ratio: Scale = Scale(
        0.67, 0.35
    )  # power of a leg's line to all other; walking 0.3, running 1 and more
    handled_deg: Scale = Scale(25.0, 0.2)  # turned in 2 s; a worn sensor keeps its lean within 15 deg
    too_fast_spm: Scale = Scale(295.0, 0.02)  # sprinters reach 285; hands shake at 5 Hz
    # Pedalling: nearer to a sine than running legs (ratio 5), and what is beside it softer (running 0.9 g).
    smooth_ratio: Scale = Scale(6.2, 0.1)
    strike_g: Scale = Scale(0.75, 0.1)

    pelvis_moving_g: Scale = Scale(0.05, 0.35)  # slow walking after a stroke 0.08, quiet standing 0.003
    leg_moving_g: Scale = Scale(0.08, 0.35)  # slow walking after a stroke 0.12
    moving_s: float = 3.0
    moving_quantile: float = 0.6  # slow stance does not end a walk, a knock does not begin one
    shortest_pause_s: float = 2.0
    shortest_move_s: float = 1.5
    shortest_run_s: float = 3.0  # eight steps; nobody shakes a sensor for long
    longest_hole_s: float = 2.0  # in all sensors at once; an activity is taken to go on through a shorter one

    def line_g(self, placement: str) -> Scale:
        kind = placement.partition("_")[0]
        return {"pelvis": self.pelvis_line_g, "shank": self.shank_line_g, "foot": self.foot_line_g}[kind]


@dataclass(frozen=True, slots=True)
class Activity:
    """Activity per hop of `HOP_S`, and in bouts that follow each other; UNKNOWN hops belong to no bout."""

    label: NDArray[np.int8]  # (hops,) STAND, WALK, RUN or UNKNOWN
    running_log_odds: NDArray[np.float64]  # (hops,) for running against walking; NaN where unknown
    bout_activity: NDArray[np.int8]  # (bouts,)
    bout_start_s: NDArray[np.float64]  # (bouts,) since the first sample
    bout_end_s: NDArray[np.float64]  # (bouts,)

    def per_second(self) -> NDArray[np.int8]:
        """(seconds,) what was done in the middle of each second."""
        middle_s = np.arange(np.ceil(len(self.label) * HOP_S)) + 0.5
        started = np.searchsorted(self.bout_start_s, middle_s, side="right")
        activity = np.concatenate([[UNKNOWN], self.bout_activity])[started]
        ended = middle_s >= np.concatenate([[0.0], self.bout_end_s])[started]
        return np.where(ended, UNKNOWN, activity).astype(np.int8)


def classify(
    features: Mapping[str, ActivityFeatures], *, config: ActivityConfig = ActivityConfig()
) -> Activity:
    """Activity of one recording from the features of its sensors, keyed by placement, all on the same hops.

    1. Per hop, log-odds of moving and of running, added over the sensors that recorded. 2. What is shorter
    than anybody means it to be takes the activity around it. 3. Features look 3 s wide, so each edge is
    moved, by up to 2 s, to where the vigour of the movement changes.
    """
    known = ~np.isnan([f.line_g for f in features.values()])  # (sensors, hops)
    moving = np.array([_moving(f, placement, config) for placement, f in features.items()])
    running = np.array([_running(f, placement, config) for placement, f in features.items()])
    moving_log_odds = np.where(known, moving, 0.0).sum(axis=0)
    running_log_odds = uniform_filter1d(np.where(known, running, 0.0).sum(axis=0), SMOOTHED_HOPS)

    moves = _opened(_closed(moving_log_odds > 0.0, config.shortest_pause_s), config.shortest_move_s)
    runs = _closed(moves & (running_log_odds > 0.0), config.shortest_pause_s)
    runs = _opened(runs, config.shortest_run_s)
    recorded = ~np.isnan([f.effort_g for f in features.values()])
    heard = _closed(np.asarray(recorded.any(axis=0) & known.any(axis=0)), config.longest_hole_s)
    label = np.where(heard, np.where(runs, RUN, np.where(moves, WALK, STAND)), UNKNOWN).astype(np.int8)

    # The root puts an edge from rest where people take the first step, at a quarter of the full vigour.
    root_vigour = np.sqrt(vigour(features, config=config))
    bouts = _bouts(label, root_vigour, shortest_hops=config.shortest_move_s / HOP_S)
    return Activity(label, np.where(heard, running_log_odds, np.nan), *bouts)


def vigour(
    features: Mapping[str, ActivityFeatures], *, config: ActivityConfig = ActivityConfig()
) -> NDArray[np.float64]:
    """(hops,) how hard the sensors are moved, each against where its running begins; mean of all sensors."""
    efforts = [_filled(f.effort_g) / config.line_g(placement).centre for placement, f in features.items()]
    mean: NDArray[np.float64] = np.mean(efforts, axis=0)
    return mean


def _moving(features: ActivityFeatures, placement: str, config: ActivityConfig) -> NDArray[np.float64]:
    """(hops,) log-odds that this sensor moves."""
    usual_g = percentile_filter(
        _filled(features.effort_g), 100.0 * config.moving_quantile, _hops(config.moving_s), mode="nearest"
    )
    scale = config.pelvis_moving_g if placement == "pelvis" else config.leg_moving_g
    return scale.log_odds(usual_g)


def _running(features: ActivityFeatures, placement: str, config: ActivityConfig) -> NDArray[np.float64]:
    """(hops,) log-odds of running against walking by this sensor."""
    gait = (
        config.line_g(placement).log_odds(features.line_g)
        + config.calm_g.log_odds(features.calm_g)
        + config.cadence_spm.log_odds(features.cadence_spm)
    )
    objection = np.maximum(
        config.handled_deg.log_odds(np.nan_to_num(features.tilt_change_deg)),
        config.too_fast_spm.log_odds(features.cadence_spm),
    )
    if RHYTHMS[placement].steps == 2:
        sine_ratio = 1.0 / features.other_share - 1.0
        gait = gait + config.sine_ratio.log_odds(sine_ratio)
        smooth = config.smooth_ratio.log_odds(sine_ratio)
        soft = -config.strike_g.log_odds(features.line_g / np.sqrt(sine_ratio))
        objection = np.maximum(objection, np.minimum(smooth, soft))
    return np.where(objection > 0.0, np.minimum(gait, -OBJECTION * objection), gait)


def _hops(duration_s: float) -> int:
    """An odd number of hops, so that a filter of this size shifts nothing."""
    return 2 * round((duration_s / HOP_S - 1.0) / 2.0) + 1


def _closed(claim: NDArray[np.bool_], duration_s: float) -> NDArray[np.bool_]:
    """The claim, also where it pauses for less than this."""
    size = _hops(duration_s)
    return minimum_filter1d(maximum_filter1d(claim, size, mode="nearest"), size, mode="nearest")


def _opened(claim: NDArray[np.bool_], duration_s: float) -> NDArray[np.bool_]:
    """The claim, but not where it holds for less than this."""
    return ~_closed(~claim, duration_s)


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """NaN replaced by the nearest known value; zero where there is none."""
    unknown = np.isnan(values)
    if unknown.all():
        return np.zeros_like(values)
    nearest = distance_transform_edt(unknown, return_distances=False, return_indices=True)
    filled: NDArray[np.float64] = values[nearest[0]]
    return filled


def _bouts(
    label: NDArray[np.int8], vigour: NDArray[np.float64], *, shortest_hops: float
) -> tuple[NDArray[np.int8], NDArray[np.float64], NDArray[np.float64]]:
    """Activity, start and end (s) of each stretch of one known label, cut where the vigour changes."""
    change = np.flatnonzero(np.diff(label)) + 1
    edge = np.concatenate([[0], change, [len(label)]])
    activity = label[edge[:-1]]
    for _ in range(2):  # an edge may find a better place once a stumble beside it is gone
        edge = _sharpened(activity, edge, vigour)
        activity, edge = _without_stumbles(activity, edge, shortest_hops)
    known = activity != UNKNOWN
    return activity[known], HOP_S * edge[:-1][known], HOP_S * edge[1:][known]


def _without_stumbles(
    activity: NDArray[np.int8], edge: NDArray[np.intp], shortest_hops: float
) -> tuple[NDArray[np.int8], NDArray[np.intp]]:
    """Share a brief bout between its neighbours: the frames at a standing start look like walking."""
    brief = (np.diff(edge) < shortest_hops) & (activity != UNKNOWN)
    brief[[0, -1]] = False
    brief[1:-1] &= (activity[2:] != UNKNOWN) & (activity[:-2] != UNKNOWN)
    start = edge[:-1].copy()
    start[1:] = np.where(brief[:-1], (edge[:-2] + edge[1:-1]) // 2, start[1:])
    activity, start = activity[~brief], start[~brief]
    new = np.concatenate([[True], activity[1:] != activity[:-1]])
    return activity[new], np.concatenate([start[new], edge[-1:]])


def _sharpened(
    activity: NDArray[np.int8], edge: NDArray[np.intp], vigour: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Edges between two known activities, moved to where they best part their surroundings into two levels.

    edge (k + 2,) with both ends. Least squares over `EDGE_SIDE_HOPS` to either side, but not past the next
    edge; an edge goes less than half way to the next, and only to where the vigour changes the right way.
    """
    middle = edge[1:-1, None]
    split = middle + np.arange(-EDGE_SEARCH_HOPS, EDGE_SEARCH_HOPS + 1)
    left = np.maximum(edge[:-2, None], middle - EDGE_SIDE_HOPS)
    right = np.minimum(edge[2:, None], middle + EDGE_SIDE_HOPS)
    known = (activity[1:, None] != UNKNOWN) & (activity[:-1, None] != UNKNOWN)
    near = (2 * split > edge[:-2, None] + middle) & (2 * split < middle + edge[2:, None])
    split = np.where(known & near, split, middle)

    sum_before = np.concatenate([[0.0], np.cumsum(vigour)])
    level_left = (sum_before[split] - sum_before[left]) / (split - left)
    level_right = (sum_before[right] - sum_before[split]) / (right - split)
    rise = np.maximum((level_right - level_left) * np.sign(np.diff(activity))[:, None], 0.0)
    explained = rise**2 * (split - left) * (right - split) / (right - left)
    best = np.where(explained.any(axis=1), explained.argmax(axis=1), EDGE_SEARCH_HOPS)
    moved = np.take_along_axis(split, best[:, None], axis=1)[:, 0]
    return np.concatenate([edge[:1], moved, edge[-1:]])
