"""From a recording to its strides. Reads like the method section: survey, measure, calibrate, sum up."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from imu.analysis.clocks import compare_clocks
from imu.analysis.consistency import check
from imu.analysis.curves import OBLIQUITY, SHANK_ANGLE, CurveSums, curve_table
from imu.analysis.measure import Measured, measure
from imu.analysis.result import RunAnalysis
from imu.analysis.stride_columns import Columns, joined
from imu.analysis.summary import summarise
from imu.analysis.survey import Survey, survey
from imu.analysis.table import SIDE_NAMES, stride_table
from imu.analysis.window import Blocks, Window
from imu.calibration import Calibration, fit_calibration
from imu.recording import Recording
from imu.signal.activity import ACTIVITIES, UNKNOWN
from imu.signal.grid import GRID_HZ

SURVEY_SHARE = 0.4  # of the time an analysis takes


def analyze(
    recording: Recording,
    *,
    calibration: Calibration | None = None,
    progress: Callable[[float], None] = lambda _share: None,
) -> RunAnalysis:
    """Find and measure every stride of a recording.

    calibration: constants of the same runner from an earlier recording at a known speed; without it, and
    where the recording itself names its speed (`reference_speed_mps`), they are fitted on it. progress is
    called with the share done, 0 to 1. Memory does not grow with the length of the recording, but for the
    stride table itself.
    """
    _keep_freed_memory()
    blocks = Blocks(recording)
    found = survey(recording, blocks, progress=lambda share: progress(SURVEY_SHARE * share))
    clocks = compare_clocks(recording, found)
    found = replace(found, out_of_time=clocks.out_of_time)
    collected = _Collected()
    for block in blocks:
        collected.add(measure(block, found, recording), block)
        done = (block.own_end_s - found.start_s) / max(recording.end_s - found.start_s, 1e-9)
        progress(SURVEY_SHARE + (1 - SURVEY_SHARE) * min(done, 1.0))

    columns = joined(collected.tables)
    agreement = check(
        columns,
        same_side=collected.same_side,
        other_side=collected.other_side,
        clocks=clocks,
        path=recording.path,
    )
    fitted = None if calibration else _fitted(columns, recording)
    strides = stride_table(columns, calibration or (fitted if isinstance(fitted, Calibration) else None))
    return RunAnalysis(
        strides=strides,
        summary=summarise(recording, found, strides, agreement, calibration=calibration, fitted=fitted),
        curves=curve_table(collected.curves(without_drop=agreement.without_drop)),
        seconds=_seconds(found),
        exercises=found.exercises,
        calibration=fitted if isinstance(fitted, Calibration) else None,
    )


def _keep_freed_memory() -> None:
    """Have freed arrays used again at once.

    The GNU C library gives arrays of a megabyte and more back to the system and takes them new, page by page,
    which costs up to a tenth of the computing done in them. It keeps what is smaller than the largest block
    that was ever freed, but learns from none beyond 32 MB (mallopt(3), M_MMAP_THRESHOLD). Elsewhere this
    does nothing.
    """
    np.empty(31 << 20, np.uint8)


@dataclass(slots=True)
class _Collected:
    """Strides and curve sums of the blocks so far."""

    tables: list[Columns] = field(default_factory=list)
    sums: dict[tuple[str, int], CurveSums] = field(default_factory=dict)
    same_side: int = 0  # steps that pelvis and shanks give to the same foot
    other_side: int = 0

    def add(self, measured: Measured, block: Window) -> None:
        self.same_side += measured.same_side
        self.other_side += measured.other_side
        if not measured.columns:
            return
        time_s = measured.columns["ic_time_s"]
        own = (time_s >= block.own_start_s) & (time_s < block.own_end_s)
        table = {name: values[own] for name, values in measured.columns.items()}
        self.tables.append(table)
        for side in (-1, 1):
            runs = (table["side"] == side) & (table["running"] > 0)
            start = (table["ic_time_s"][runs] - block.start_s) * GRID_HZ
            end = (table["next_ic_time_s"][runs] - block.start_s) * GRID_HZ
            for leg_side, motion in measured.shanks:
                if leg_side == side:
                    self._curve(SHANK_ANGLE, side).add(motion.inclination_deg, start, end)
            for pelvis in measured.pelvis:
                self._curve(OBLIQUITY, side).add(pelvis.obliquity_deg, start, end)

    def curves(self, *, without_drop: Collection[int]) -> list[tuple[str, str, CurveSums]]:
        return [
            (signal, SIDE_NAMES[side], found)
            for (signal, side), found in sorted(self.sums.items())
            if signal != OBLIQUITY or side not in without_drop
        ]

    def _curve(self, signal: str, side: int) -> CurveSums:
        return self.sums.setdefault((signal, side), CurveSums())


def _fitted(columns: Columns, recording: Recording) -> Calibration | str | None:
    """A calibration from this recording's known speed, the reason why there is none, or None."""
    if recording.reference_speed_mps is None:
        return None
    table = stride_table(columns, None)
    runs = table[(table["activity"] == "run") & table["valid"] & table["speed_mps"].notna()]
    runs = runs[~runs["flags"].str.contains("other_leg")]
    name = recording.start.isoformat() if recording.start else (recording.path.name if recording.path else "")
    return fit_calibration(
        {str(side): group["speed_mps"].to_numpy() for side, group in runs.groupby("side")},
        reference_speed_mps=recording.reference_speed_mps,
        fitted_on=name,
    )


def _seconds(found: Survey) -> pd.DataFrame:
    names = np.array([*ACTIVITIES, "unknown"])
    code = np.where(found.seconds == UNKNOWN, len(ACTIVITIES), found.seconds)
    time_s = found.start_s + np.arange(len(found.seconds))
    return pd.DataFrame({"time_s": time_s, "activity": names[code]})
