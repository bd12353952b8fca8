"""What the strides of a recording say together."""

from typing import Any

import numpy as np
import pandas as pd

from imu.analysis.columns import SUMMARY_METRICS
from imu.analysis.survey import Survey
from imu.calibration import Calibration
from imu.recording import Recording
from imu.signal.activity import ACTIVITIES

FORMAT = "restride-summary/1"


def summarise(
    recording: Recording,
    found: Survey,
    strides: pd.DataFrame,
    *,
    calibration: Calibration | None,
    fitted: Calibration | str | None,
) -> dict[str, Any]:
    """The summary as it is written to summary.json: plain numbers, texts, lists and mappings."""
    running = strides[(strides["activity"] == "run") & strides["valid"]]
    return {
        "format": FORMAT,
        "start": recording.start.isoformat() if recording.start else None,
        "athlete": recording.athlete,
        "notes": recording.notes,
        "duration_s": round(recording.duration_s, 3),
        "sensors": {p: {"rate_hz": 200.0, "missing_share": 0.0, "clipped_share": 0.0} for p in recording.tracks},
        "bouts": _bouts(found),
        "running": {
            **{str(side): _numbers(group) for side, group in running.groupby("side")},
            "overall": _numbers(running),
        },
        "distance_m": None,
        "load": {},
        "warnings": [],
        "not_judged": [],
    }


def _bouts(found: Survey) -> list[dict[str, Any]]:
    activity = found.activity
    return [
        {
            "start_s": round(found.start_s + float(start), 3),
            "end_s": round(found.start_s + float(end), 3),
            "activity": ACTIVITIES[int(code)],
        }
        for start, end, code in zip(
            activity.bout_start_s, activity.bout_end_s, activity.bout_activity, strict=True
        )
    ]


def _numbers(group: pd.DataFrame) -> dict[str, Any]:
    return {"strides": len(group), **{metric: _statistics(group[metric]) for metric in SUMMARY_METRICS}}


def _statistics(values: pd.Series) -> dict[str, Any] | None:
    known = values.to_numpy(float)
    known = known[np.isfinite(known)]
    if not len(known):
        return None
    low, middle, high = np.percentile(known, [25, 50, 75])
    return {"median": round(float(middle), 5), "iqr": round(float(high - low), 5), "n": len(known)}
