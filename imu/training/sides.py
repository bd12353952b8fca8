"""The injured side beside the other one, run after run: never left against right.

Two legs are never quite alike, and no strap sits as its neighbour does. So the difference of a run is held
against what this runner's sides differed by in runs without symptoms before the injury, and against the
smallest change that the mean of the last runs can show: 1.96 * sqrt(2) sd between runs for one run (Weir
2005, doi:10.1519/15184.1), over sqrt(3) for three. Nothing here warns; that is for the charts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imu.training.baseline import MOST_RUNS, SEGMENTS_NEEDED
from imu.training.chart import HALF_DETECTABLE
from imu.training.comparison import LEVEL_PERCENT
from imu.training.crossbody import OPPOSITE
from imu.training.ewma import RECENT_RUNS
from imu.training.history import History, Injury, Run, Side
from imu.training.metrics import METRICS, PELVIC_DROP, SHANK_ANGLE_IC, Floats, Metric, observations_of
from imu.training.references import FEWEST_RUNS
from imu.training.said import said
from imu.training.symptoms import settled, symptom_free

Sided = Literal["shank_angle_ic_deg", "pelvic_drop_deg", "contact_time_s", "impact_g"]
ByRun = Mapping[str, Mapping[Side, float]]  # run id -> median of each leg
_ANGLES = (SHANK_ANGLE_IC, PELVIC_DROP)
# However alike a few usual runs were: strap, shoe and day alone move these by as much.
LEAST_CONTACT_S = 0.010  # 4 % of a contact; healthy legs differ by 3 to 4 %
LEAST_IMPACT_G = 1.5  # of the resultant peak, one run against another


@dataclass(frozen=True, slots=True, kw_only=True)
class SidedRun:
    """Both legs in one run."""

    run_id: str
    start: datetime
    injured: float
    other: float
    is_usual: bool  # one of the runs before the injury that tell what is usual

    @property
    def difference(self) -> float:
        return self.injured - self.other


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """One quantity. `usual`, its sd and `detectable` are None where `no_reference` says why."""

    quantity: Sided
    injured_side: Side
    runs: tuple[SidedRun, ...]  # in order of time; those before the injury first
    usual: float | None  # mean difference, injured minus other, before the injury
    least: float  # no smaller change is told, however many runs show it: straps feign as much
    usual_runs: int
    usual_sd: float | None
    no_reference: str | None

    @property
    def recent(self) -> tuple[SidedRun, ...]:
        """The last runs since the injury, three at most."""
        return tuple(run for run in self.runs if not run.is_usual)[-RECENT_RUNS:]

    @property
    def now(self) -> float | None:
        """The difference of the recent runs."""
        return float(np.mean([run.difference for run in self.recent])) if self.recent else None

    @property
    def change(self) -> float | None:
        """How far that is from what was usual."""
        return None if self.now is None or self.usual is None else self.now - self.usual

    @property
    def standard_error(self) -> float | None:
        """Of the change: by chance between runs, in the recent ones and in the usual ones."""
        if self.change is None or self.usual_sd is None:
            return None
        return float(self.usual_sd * (1 / len(self.recent) + 1 / self.usual_runs) ** 0.5)

    @property
    def detectable(self) -> float | None:
        """Smallest change that the mean of the recent runs can show, or a first run where there is none yet:
        chance shrinks with their number, a strap's lie does not."""
        if self.usual_sd is None:
            return None
        return max(float(2 * HALF_DETECTABLE * self.usual_sd / max(len(self.recent), 1) ** 0.5), self.least)

    @property
    def is_detectable(self) -> bool | None:
        """Whether the recent runs show a change; None where nothing can be said."""
        if self.change is None or self.detectable is None:
            return None
        return abs(self.change) > self.detectable


def side_by_side(
    before: Sequence[Run],
    since: Sequence[Run],
    injury: Injury,
    *,
    contact_time_s: ByRun | None = None,
    impact_g: ByRun | None = None,
) -> tuple[SideBySide, ...]:
    """Every quantity that both legs showed in a run since the injury, or before it.

    before, since: those of `compared_runs`, with their segments. contact_time_s, impact_g: medians of each
    leg in running, where they are kept; segments do not hold them.
    """
    found = [
        _compared(metric.name, _medians((*before, *since), metric), before, since, injury, metric.least_deg)
        for metric in _ANGLES
    ]
    found.append(_compared("contact_time_s", contact_time_s or {}, before, since, injury, LEAST_CONTACT_S))
    found.append(
        _compared(
            "impact_g", _whole(impact_g or {}, (*before, *since)), before, since, injury, LEAST_IMPACT_G
        )
    )
    # Legs that are alike to the last digit were not measured apart.
    return tuple(one for one in found if any(run.difference for run in one.runs))


def compared_runs(history: History, injury: Injury, *, now: datetime) -> tuple[list[Run], list[Run]]:
    """The runs that tell what is usual, and those since the injury; segments are not asked for."""
    trusted = [run for run in history.runs if run.end <= now and run.trust != "poor"]
    usual = (
        run
        for run in reversed(trusted)
        if run.start.date() < injury.onset and settled(run, now=now) and symptom_free(history, run)
    )
    before = list(islice(usual, 2 * MOST_RUNS))[::-1]
    since = [
        run
        for run in trusted
        if run.start.date() >= injury.onset
        and (injury.resolved is None or run.start.date() <= injury.resolved)
    ]
    return before, since


def _medians(runs: tuple[Run, ...], metric: Metric) -> ByRun:
    """Of the level, steady segments of each leg; runs with fewer than three of either are left out."""
    sides: tuple[Side, ...] = ("left", "right")
    found: dict[str, dict[Side, float]] = {run.run_id: {} for run in runs}
    for side in sides:
        seen, of_run = observations_of(runs, METRICS[metric.name], side)
        level = np.abs(seen.grade_percent) <= LEVEL_PERCENT
        for at, values in _pieces(seen.value_deg[level], of_run[level]):
            if len(values) >= SEGMENTS_NEEDED:
                found[runs[at].run_id][side] = median(values.tolist())
    return found


def _pieces(values: Floats, of_run: NDArray[np.intp]) -> list[tuple[int, Floats]]:
    """The values of each run that has any."""
    if not len(values):
        return []
    starts = np.flatnonzero(np.diff(of_run, prepend=-1))
    pieces = np.split(values, starts[1:])
    return list(zip(of_run[starts].tolist(), pieces, strict=True))


def _whole(impact_g: ByRun, runs: tuple[Run, ...]) -> ByRun:
    """Without legs whose peaks are lower bounds or were partly lost: they tell nothing about the other."""
    return {
        run.run_id: {one.side: of_leg[one.side] for one in run.impact if one.complete and one.side in of_leg}
        for run in runs
        if (of_leg := impact_g.get(run.run_id))
    }


def _compared(
    quantity: str, values: ByRun, before: Sequence[Run], since: Sequence[Run], injury: Injury, least: float
) -> SideBySide:
    earlier = _both(values, before, injury.side, is_usual=True)[-MOST_RUNS:]
    later = _both(values, since, injury.side, is_usual=False)
    usual = sd = None
    if len(earlier) >= FEWEST_RUNS:
        differences = [run.difference for run in earlier]
        usual, sd = float(np.mean(differences)), float(np.std(differences, ddof=1))
    return SideBySide(
        quantity=quantity,  # type: ignore[arg-type]  # one of the names above
        injured_side=injury.side,
        runs=(*earlier, *later),
        usual=usual,
        least=least,
        usual_runs=len(earlier),
        usual_sd=sd,
        no_reference=None
        if usual is not None
        else said(
            "{number} of {needed} runs without symptoms before {day} show both legs",
            number=len(earlier),
            needed=FEWEST_RUNS,
            day=injury.onset,
        ),
    )


def _both(values: ByRun, runs: Sequence[Run], injured: Side, *, is_usual: bool) -> list[SidedRun]:
    other = OPPOSITE[injured]
    return [
        SidedRun(
            run_id=run.run_id,
            start=run.start,
            injured=legs[injured],
            other=legs[other],
            is_usual=is_usual,
        )
        for run in runs
        if (legs := values.get(run.run_id)) and injured in legs and other in legs
    ]
