"""One run against a baseline: how far it lies from what was expected, and how far it may lie by chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from imu.training.baseline import BEYOND_MPS, SEGMENTS_NEEDED, Baseline, Prediction, metric_of
from imu.training.history import Run
from imu.training.metrics import Floats, Observations, observations_of
from imu.training.said import Several, said

LEVEL_PERCENT = 2.0  # slopes fit the baseline, but a change is only judged on about level ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A run that could be compared."""

    run_id: str
    start: datetime
    segments: int
    value_deg: float  # median over the segments
    expected_deg: float
    change_deg: float  # median of value minus expected
    scatter_deg: float  # 1 sd: how far usual runs lie from the baseline by chance
    standard_error_deg: float  # of the expectation, and the same for every run like this one
    terms: tuple[float, ...]  # what was asked of the baseline, mean over the segments
    learnt_error_deg: float  # the part of the error that a setting learnt after the baseline adds
    unknown: tuple[str, ...]  # settings that the baseline has never seen

    @property
    def z(self) -> float:
        return float(self.change_deg / np.hypot(self.scatter_deg, self.standard_error_deg))


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A run that says nothing about the metric, and why."""

    run_id: str
    start: datetime
    reason: str


def compare(run: Run, baseline: Baseline) -> Comparison | NotCompared:
    """Compare the level, steady segments of a run with what the baseline expects of each of them."""
    return compare_all((run,), baseline)[0]


def compare_all(runs: Sequence[Run], baseline: Baseline) -> list[Comparison | NotCompared]:
    """The same for each of many runs, of which all segments are looked through at once."""
    reasons, seen, counts = _comparable(runs, baseline)
    judged = [run for run, reason in zip(runs, reasons, strict=True) if reason is None]
    predictions = baseline.predict_all(judged, seen, counts)
    expected = np.concatenate([np.empty(0), *(one.expected_deg for one in predictions)])
    medians = _medians(np.stack([seen.value_deg, expected, seen.value_deg - expected]), counts)
    compared = (_compared(baseline, *one) for one in zip(judged, counts, predictions, medians, strict=True))
    return [
        next(compared) if reason is None else NotCompared(run_id=run.run_id, start=run.start, reason=reason)
        for run, reason in zip(runs, reasons, strict=True)
    ]


def comparable(run: Run, baseline: Baseline) -> Observations | NotCompared:
    """The segments of a run that a baseline can be asked about."""
    (reason,), seen, _ = _comparable((run,), baseline)
    return seen if reason is None else NotCompared(run_id=run.run_id, start=run.start, reason=reason)


def in_known_settings(found: Comparison | NotCompared) -> Comparison | NotCompared:
    """Not compared where a run had settings that the baseline has never seen, whatever they change."""
    if isinstance(found, NotCompared) or not found.unknown:
        return found
    reason = said("the baseline does not know this setting ({settings:, })", settings=Several(found.unknown))
    return NotCompared(run_id=found.run_id, start=found.start, reason=reason)


def _compared(
    baseline: Baseline, run: Run, segments: int, prediction: Prediction, medians: list[float]
) -> Comparison:
    value_deg, expected_deg, change_deg = medians
    return Comparison(
        run_id=run.run_id,
        start=run.start,
        segments=segments,
        value_deg=value_deg,
        expected_deg=expected_deg,
        change_deg=change_deg,
        scatter_deg=float(np.hypot(baseline.sd_run_deg, baseline.sd_segment_deg / segments**0.5)),
        standard_error_deg=prediction.standard_error_deg,
        terms=prediction.terms,
        learnt_error_deg=0.0,
        unknown=prediction.unknown,
    )


def _comparable(runs: Sequence[Run], baseline: Baseline) -> tuple[list[str | None], Observations, list[int]]:
    """Why each run cannot be compared, None where it can; the segments of those that can, one run after the
    other, and how many each has."""
    seen, of_run = observations_of(runs, metric_of(baseline), baseline.side)
    is_level = np.abs(seen.grade_percent) <= LEVEL_PERCENT
    slow, fast = baseline.slowest_mps - BEYOND_MPS, baseline.fastest_mps + BEYOND_MPS
    is_like = is_level & (seen.speed_mps >= slow) & (seen.speed_mps <= fast)
    counts = np.bincount(of_run[is_like], minlength=len(runs))
    is_judged = (counts >= SEGMENTS_NEEDED) & np.array([run.trust != "poor" for run in runs], bool)
    ends = np.searchsorted(of_run, np.arange(len(runs)), side="right").tolist()
    reasons: list[str | None] = []
    for run, judged, first, end in zip(runs, is_judged.tolist(), [0, *ends], ends, strict=False):
        own = slice(first, end)
        reasons.append(None if judged else _why_not(run, baseline, seen.speed_mps[own], is_level[own]))
    return reasons, seen.where(is_like & is_judged[of_run]), counts[is_judged].tolist()


def _of_its_sensors(reasons: Sequence[str], baseline: Baseline) -> list[str]:
    """Those that name a sensor which the quantity needs: a difference of sides needs every one."""
    pelvis = ("pelvis",) if baseline.metric.startswith("pelvic") else ()
    shanks = ("left shank", "right shank") if baseline.side is None else (f"{baseline.side} shank",)
    return [one for one in reasons if any(words in one for words in (*pelvis, *shanks))]


def _why_not(run: Run, baseline: Baseline, speed_mps: Floats, is_level: NDArray[np.bool_]) -> str:
    if run.trust == "poor":
        return said(
            "{because:; }",
            because=Several(run.untrusted_because or (said("the recording is not to be trusted"),)),
        )
    if not len(speed_mps):
        if because := Several(_of_its_sensors(run.untrusted_because, baseline)):
            return said("nothing shows it ({because:; })", because=because)
        return said("nothing worn shows it")
    level = int(is_level.sum())
    if level < SEGMENTS_NEEDED:
        return said(
            "{number} level, steady segments of 25 strides; {needed} are needed",
            number=level,
            needed=SEGMENTS_NEEDED,
        )
    return said(
        "run at {speed:.1f} m/s; the baseline knows {slowest:.1f} to {fastest:.1f} m/s",
        speed=float(np.median(speed_mps[is_level])),
        slowest=baseline.slowest_mps,
        fastest=baseline.fastest_mps,
    )


def _medians(rows: Floats, counts: Sequence[int]) -> Iterator[list[float]]:
    """Medians of each row over pieces of `counts` values; `np.median` is slow for pieces as short as runs."""
    first = 0
    for count in counts:
        ordered, half = np.sort(rows[:, first : first + count]), count // 2
        yield (ordered[:, half] if count % 2 else (ordered[:, half - 1] + ordered[:, half]) / 2).tolist()
        first += count
