"""From the analysis of a run to the `Run` that the rules of training read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.distance import Pace, pace
from imu.analysis.trust import judge
from imu.analysis.withheld import as_told
from imu.followup.segments import SIDES, segments
from imu.followup.speeds import accelerations, exposure, top_speed_mps
from imu.training.history import Bout, ImpactLoad, Run, Surface

if TYPE_CHECKING:
    from imu.analysis import RunAnalysis


def run_of(
    analysis: "RunAnalysis",
    *,
    run_id: str,
    start: datetime,
    surface: Surface | None = None,
    shoe: str | None = None,
    effort_cr10: float | None = None,
) -> Run:
    """What an analysis found, as one run of a history; what it did not find is absent.

    start: with its time zone, since days are the athlete's own. ValueError for a start without a zone.
    """
    if start.tzinfo is None:
        raise ValueError(f"run {run_id}: its start {start} has no time zone")
    strides, summary = analysis.strides, analysis.summary
    judgement = judge(summary)
    run_start_s, run_end_s = _edges_s(summary, "run")
    run = Run(
        run_id=run_id,
        start=start,
        duration_s=summary["duration_s"],
        bouts=(),
        segments=segments(strides, start_s=run_start_s, end_s=run_end_s, unsound=judgement.unsound),
        surface=surface,
        shoe=shoe,
        trust=judgement.trust,
        untrusted_because=judgement.because,
        effort_cr10=effort_cr10,
    )
    return with_load(run, strides, summary)


def with_load(run: Run, strides: pd.DataFrame, summary: Mapping[str, Any]) -> Run:
    """The run with what its sensors tell of load, and with nothing that a watch told beside them."""
    running = pace(strides, "run", *_edges_s(summary, "run"))
    walking = pace(strides, "walk", *_edges_s(summary, "walk"))
    return replace(
        run,
        bouts=tuple(_bouts(summary, {"run": running, "walk": walking})),
        distance_m=summary["distance_m"],
        exposure=exposure(running),
        accelerations=accelerations(running),
        top_speed_mps=top_speed_mps(running),
        impact=tuple(_impact(as_told(summary)["load"])),
    )


def _edges_s(summary: Mapping[str, Any], activity: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """When the bouts of an activity begin and end."""
    here = [bout for bout in summary["bouts"] if bout["activity"] == activity]
    start_s, end_s = (np.array([bout[name] for bout in here], float) for name in ("start_s", "end_s"))
    return start_s, end_s


def _bouts(summary: Mapping[str, Any], paces: Mapping[str, Pace]) -> Iterator[Bout]:
    """All bouts, each with its mean speed where it was moving and its speed is known."""
    speeds = {activity: _mean_speeds(summary, activity, found) for activity, found in paces.items()}
    for bout in summary["bouts"]:
        activity = bout["activity"]
        speed_mps = next(speeds[activity]) if activity in speeds else None
        yield Bout(activity=activity, start_s=bout["start_s"], end_s=bout["end_s"], speed_mps=speed_mps)


def _mean_speeds(summary: Mapping[str, Any], activity: str, found: Pace) -> Iterator[float | None]:
    """Of each bout of the activity, in their order."""
    bouts = sum(bout["activity"] == activity for bout in summary["bouts"])
    seconds, metres = (np.bincount(found.bout, of, bouts) for of in (found.seconds, found.metres))
    for lasted_s, way_m in zip(seconds.tolist(), metres.tolist(), strict=True):
        yield way_m / lasted_s if lasted_s > 0 else None


def _impact(load: Mapping[str, Any]) -> Iterator[ImpactLoad]:
    """The sums of each leg that felt its contacts; with a caveat of the analysis they are lower bounds."""
    for side in SIDES:
        if (sums := load.get(side)) is not None:
            yield ImpactLoad(
                side=side,
                contacts=sums["contacts"],
                cumulative_g=sums["cumulative_g"],
                damage_index=sums["damage_index"],
                complete=sums["caveat"] is None,
            )
