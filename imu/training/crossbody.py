"""More drop in one stance together with more reach of the opposite leg: a clinician's idea, shown as a
pattern.

The idea (Uhan 2013): a weak push on one side overloads the drive of the other leg. No controlled test in
distance runners was found, and no sensor here sees a muscle; so both numbers are shown, and nothing is
concluded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from imu.training.baseline import Baseline
from imu.training.comparison import Comparison, compare
from imu.training.evidence import Evidence
from imu.training.history import History, Run, Side
from imu.training.metrics import MetricName

NOTABLE_SD = 2.0
RUNS_NEEDED = 2
AMONG_RUNS = 10  # latest runs in which both could be judged
OPPOSITE: dict[Side, Side] = {"left": "right", "right": "left"}
REACH: tuple[MetricName, ...] = ("shank_angle_ic_deg", "shank_angle_max_deg")

Baselines = Mapping[tuple[MetricName, Side], Baseline]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One run in which both were there."""

    run_id: str
    start: datetime
    drop: Comparison
    reach: Comparison  # the larger of contact and late swing
    reach_metric: MetricName


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossBodyPattern:
    """A pattern to discuss. `hypothesis` stands wherever it is shown."""

    stance: Side  # in whose stance the pelvis drops more
    reaching: Side
    sightings: tuple[Sighting, ...]
    judged_runs: int
    drop: Evidence
    reach: Evidence
    hypothesis: str = "A clinician's idea without a controlled test in distance runners."


def cross_body(history: History, baselines: Baselines, *, now: datetime) -> tuple[CrossBodyPattern, ...]:
    """Patterns in the latest runs; none where a baseline or a sensor is missing."""
    found = (_pattern(history, baselines, stance, now) for stance in OPPOSITE)
    return tuple(pattern for pattern in found if pattern is not None)


def _pattern(history: History, baselines: Baselines, stance: Side, now: datetime) -> CrossBodyPattern | None:
    drop_baseline = baselines.get(("pelvic_drop_deg", stance))
    reach = {name: one for name in REACH if (one := baselines.get((name, OPPOSITE[stance])))}
    if drop_baseline is None or not reach:
        return None
    frozen_at = max(one.frozen_at for one in (drop_baseline, *reach.values()))
    runs = [run for run in history.runs if frozen_at < run.end <= now]
    looked = (_look(run, drop_baseline, reach) for run in runs)
    seen = [sighting for sighting in looked if sighting is not None][-AMONG_RUNS:]
    both = tuple(one for one in seen if min(one.drop.z, one.reach.z) > NOTABLE_SD)
    if len(both) < RUNS_NEEDED:
        return None
    leg = OPPOSITE[stance]
    sinking = f"the pelvis sank {{:.1f}}° more in {stance} stance"
    reaching = f"the {leg} shank reached {{:.1f}}° further ahead"
    return CrossBodyPattern(
        stance=stance,
        reaching=leg,
        sightings=both,
        judged_runs=len(seen),
        drop=_evidence([one.drop for one in both], len(seen), sinking),
        reach=_evidence([one.reach for one in both], len(seen), reaching),
    )


def _look(run: Run, drop: Baseline, reach: Mapping[MetricName, Baseline]) -> Sighting | None:
    sinks = compare(run, drop)
    reaches = {
        name: one for name, baseline in reach.items() if isinstance(one := compare(run, baseline), Comparison)
    }
    if not isinstance(sinks, Comparison) or not reaches:
        return None
    if any(one.unknown for one in (sinks, *reaches.values())):
        return None  # a new shoe moves both; the charts learn its level, a pattern must not rest on it
    name = max(reaches, key=lambda metric: reaches[metric].z)
    return Sighting(run_id=run.run_id, start=run.start, drop=sinks, reach=reaches[name], reach_metric=name)


def _evidence(seen: list[Comparison], judged: int, words: str) -> Evidence:
    change = float(np.mean([one.change_deg for one in seen]))
    chance = float(np.mean([one.scatter_deg for one in seen])) / len(seen) ** 0.5
    error = float(np.hypot(chance, np.mean([one.standard_error_deg for one in seen])))
    value = float(np.mean([one.value_deg for one in seen]))
    return Evidence(
        value=value,
        unit="deg",
        reference=value - change,
        compared_with="your baseline, at the same speed, surface, shoe and minute of the run, and at its "
        "slope where a watch told it",
        uncertainty=error,
        n=len(seen),
        counted="runs",
        sentence=f"In {len(seen)} of the last {judged} runs {words.format(change)} (± {error:.1f}°) than in "
        "your baseline. A pattern to discuss.",
        to_do="Show both numbers to your clinician. Chair bridge, bridge walk-out and power position are "
        "in the programme, for both sides.",
    )
