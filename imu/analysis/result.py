"""What an analysis returns, and how it is written: tables and a summary that appear whole or not at all."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from imu.calibration import Calibration


@dataclass(frozen=True, slots=True, eq=False)
class RunAnalysis:
    """The strides of one recording and what they say together."""

    strides: pd.DataFrame  # one row per stride and side, see imu.analysis.columns
    summary: dict[str, Any]  # see docs/method.md
    curves: pd.DataFrame  # average running stride: signal, side, phase_percent, mean, sd, n
    seconds: pd.DataFrame  # time_s, activity
    calibration: Calibration | None  # fitted on this recording, where its speed was known

    def save(self, out: Path) -> None:
        """Write strides.csv and .parquet, summary.json, curves.csv, seconds.csv and calibration.json into
        `out`.

        Files are written beside and moved in one by one, summary.json last: where it is, everything is.
        """
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            self.strides.round(5).to_csv(beside / "strides.csv", index=False)
            self.strides.to_parquet(beside / "strides.parquet", index=False)
            self.curves.round(5).to_csv(beside / "curves.csv", index=False)
            self.seconds.to_csv(beside / "seconds.csv", index=False)
            if self.calibration is not None:
                self.calibration.save(beside / "calibration.json")
            text = json.dumps(self.summary, indent=1, ensure_ascii=False, allow_nan=False)
            (beside / "summary.json").write_text(text + "\n", encoding="utf-8")
            beside.chmod(0o755)
            if not out.exists():
                beside.rename(out)
                return
            (out / "calibration.json").unlink(missing_ok=True)
            for file in sorted(beside.iterdir(), key=lambda f: f.name == "summary.json"):
                file.replace(out / file.name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
