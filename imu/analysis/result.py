"""What an analysis returns, and how it is written: tables and a summary that appear whole or not at all."""

import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from imu.calibration import Calibration
from imu.errors import RestrideError, writing
from imu.formats.stride_table import csv_bytes
from imu.signal.exercises import ExerciseSet

_LAST = "summary.json"  # where it is, everything is
_CALIBRATION = "calibration.json"


@dataclass(frozen=True, slots=True, eq=False)
class RunAnalysis:
    """The strides of one recording and what they say together."""

    strides: pd.DataFrame  # one row per stride and side, see imu.analysis.columns
    summary: dict[str, Any]  # see docs/method.md
    curves: pd.DataFrame  # average running stride: signal, side, phase_percent, mean, sd, n
    seconds: pd.DataFrame  # time_s, activity
    calibration: Calibration | None  # fitted on this recording, where its speed was known
    exercises: tuple[ExerciseSet, ...] = ()  # of the rehabilitation programme, counted by pelvis and shanks

    def save(self, out: Path | str) -> None:
        """Write strides.csv and .parquet, summary.json, curves.csv, seconds.csv, calibration.json into `out`.

        Files are written beside and moved in one by one, summary.json last: where it is, everything is. A
        calibration that stands there is replaced by a new one only: nobody measures a known speed twice
        because he analysed once more.
        """
        out = Path(out)
        if self.calibration is None and (out / _CALIBRATION).exists():
            raise RestrideError(
                f"{out / _CALIBRATION}: is of an earlier analysis, and this one fits none to replace it; "
                "choose another --out, or move it away"
            )
        with writing(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            beside = out.with_name(f".{out.name}-{uuid.uuid4().hex[:8]}")
            beside.mkdir()  # readable by whom the process lets read, unlike a temporary folder
            try:
                self._write_files(beside)
                if not out.exists():
                    beside.rename(out)
                    return
                for file in sorted(beside.iterdir(), key=lambda f: f.name == _LAST):
                    file.replace(out / file.name)
            finally:
                shutil.rmtree(beside, ignore_errors=True)

    def _write_files(self, folder: Path) -> None:
        self.strides.to_parquet(folder / "strides.parquet", index=False)
        tables = {"strides.csv": self.strides, "curves.csv": self.curves, "seconds.csv": self.seconds}
        for name, table in tables.items():
            (folder / name).write_bytes(csv_bytes(table))
        if self.calibration is not None:
            self.calibration.save(folder / _CALIBRATION)
        text = json.dumps(self.summary, indent=1, ensure_ascii=False, allow_nan=False)
        (folder / _LAST).write_text(text + "\n", encoding="utf-8")
