"""The ledger of fast running: seconds and metres in bands of the runner's own top speed, and accelerations.

Accelerations count like speed: from half of top speed they stretch the hamstrings as far as
constant running at 88 % does (Gurchiek 2024, doi:10.1101/2024.03.25.586659, preprint).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isinf

from imu.training.history import History, Run
from imu.training.not_judged import NotJudged
from imu.training.top_speed import TopSpeed, top_speed

EDGES_PERCENT = (0.0, 50.0, 70.0, 80.0, 90.0, float("inf"))
LEAST_IN_BAND_S = 10.0  # less may be a few strides measured too fast
WEEKS_BEFORE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    from_percent: float
    to_percent: float
    seconds: float
    metres: float

    @property
    def words(self) -> str:
        if self.from_percent == 0:
            return f"below {self.to_percent:g} %"
        if isinf(self.to_percent):
            return f"above {self.from_percent:g} %"
        return f"{self.from_percent:g} to {self.to_percent:g} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Bands of the last days against own top speed."""

    top: TopSpeed
    days: int
    bands: tuple[Band, ...]
    accelerations: int | None  # None where no run counted them
    runs: int
    highest: int | None  # index of the highest band with running in it
    highest_before: int | None  # the same of the four weeks before

    @property
    def bands_up(self) -> int:
        """How many bands higher than in the weeks before; one a week is the most (proposal)."""
        if self.highest is None or self.highest_before is None:
            return 0
        return max(0, self.highest - self.highest_before)


def ledger(history: History, *, now: datetime, days: int = 7) -> Ledger | NotJudged:
    """Running of the last days by bands of own top speed."""
    top = top_speed(history, now=now)
    if isinstance(top, NotJudged):
        return top
    runs = [r for r in history.runs if r.end <= now and r.trust != "poor"]
    recent = [r for r in runs if 0 <= (now.date() - r.start.date()).days < days]
    before = [r for r in runs if days <= (now.date() - r.start.date()).days < days + 7 * WEEKS_BEFORE]
    counted = [run.accelerations for run in recent if run.accelerations is not None]
    bands = _bands(recent, top)
    return Ledger(
        top=top,
        days=days,
        bands=bands,
        accelerations=sum(counted) if counted else None,
        runs=sum(bool(run.exposure) for run in recent),
        highest=_highest(bands),
        highest_before=_highest(_bands(before, top)),
    )


def _highest(bands: tuple[Band, ...]) -> int | None:
    return max((at for at, band in enumerate(bands) if band.seconds >= LEAST_IN_BAND_S), default=None)


def _bands(runs: Iterable[Run], top: TopSpeed) -> tuple[Band, ...]:
    seconds, metres = [0.0] * (len(EDGES_PERCENT) - 1), [0.0] * (len(EDGES_PERCENT) - 1)
    limits = [top.at(edge) for edge in EDGES_PERCENT]
    for measured in (exposure for run in runs for exposure in run.exposure):
        for at in range(len(seconds)):
            share = _overlap(measured.from_mps, measured.to_mps, limits[at], limits[at + 1])
            seconds[at] += share * measured.seconds
            metres[at] += share * measured.metres
    return tuple(
        Band(from_percent=EDGES_PERCENT[at], to_percent=EDGES_PERCENT[at + 1], seconds=s, metres=m)
        for at, (s, m) in enumerate(zip(seconds, metres, strict=True))
    )


def _overlap(low: float, high: float, from_mps: float, to_mps: float) -> float:
    """Share of a band of speed that lies between two limits; one without an end counts where it begins."""
    if isinf(high) or high <= low:
        return float(from_mps <= low < to_mps)
    return max(0.0, min(high, to_mps) - max(low, from_mps)) / (high - low)
