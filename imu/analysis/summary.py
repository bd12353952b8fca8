"""What the strides of a recording say together: summary.json."""

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.analysis.columns import SUMMARY_METRICS
from imu.analysis.consistency import Consistency
from imu.analysis.counted import told
from imu.analysis.distance import distance
from imu.analysis.findings import findings
from imu.analysis.judged import alignment_confidence, mount_shifts, not_judged, relative_alignment
from imu.analysis.legs import MOUNT_HEIGHT_M
from imu.analysis.straps import straps
from imu.analysis.survey import Survey
from imu.analysis.withheld import with_not_told
from imu.calibration import Calibration
from imu.recording import Recording
from imu.signal.activity import ACTIVITIES, RUN
from imu.signal.impact import ImpactLoad, Impacts, impact_load
from imu.signal.quality import SensorQuality, judge_sensor, worst_grade
from imu.training.segments import SEGMENT_STRIDES

FORMAT = "restride-summary/1"
FEWEST_PIECES = 4
LOST_WORTH_SAYING_S = 5
COMPARED_SIDES = (
    "contact_time_s",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "pelvic_drop_deg",
    "peak_tibial_acc_g",
)


def summarise(
    recording: Recording,
    found: Survey,
    strides: pd.DataFrame,
    agreement: Consistency,
    *,
    calibration: Calibration | None,
    fitted: Calibration | str | None,
) -> dict[str, Any]:
    """Plain numbers, texts, lists and mappings, in the order a reader wants them."""
    quality = {placement: _quality(recording, found, placement) for placement in recording.tracks}
    running = strides[(strides["activity"] == "run") & strides["valid"]]
    return with_not_told(
        {
            "format": FORMAT,
            "version": _version(),
            "start": recording.start.isoformat() if recording.start else None,
            "athlete": recording.athlete,
            "notes": recording.notes,
            "duration_s": round(recording.duration_s, 3),
            "grade": worst_grade(sensor.grade for sensor in quality.values()),
            "bouts": _bouts(found),
            "exercises": [told(one) for one in found.exercises],
            "distance_m": distance(strides, "run", *found.bouts_s("run")).metres,
            "distance_walked_m": distance(strides, "walk", *found.bouts_s("walk")).metres,
            "running": {
                **{str(side): _numbers(group) for side, group in running.groupby("side")},
                "overall": _numbers(running),
            },
            "asymmetry": _asymmetry(running),
            "load": _load(strides, found),
            "warnings": findings(running, quality, agreement, worn=straps(found)),
            "not_judged": [
                {**asdict(one), "columns": list(one.columns)}
                for one in not_judged(recording, found, strides, agreement, fitted)
            ],
            "sensors": {
                placement: _sensor(recording, placement, sensor) for placement, sensor in quality.items()
            },
            "calibration": _calibration(calibration, fitted),
            "assumed": _assumed(recording),
        }
    )


def _version() -> str:
    from imu import __version__

    return __version__


def _quality(recording: Recording, found: Survey, placement: str) -> SensorQuality:
    return judge_sensor(
        found.statistics[placement],
        recording_s=(recording.start_s, recording.end_s),
        declared_rate_hz=recording.tracks[placement].rate_hz,
        alignment_confidence=alignment_confidence(found, placement),
        relative=relative_alignment(found, placement),
        mount_shifts=mount_shifts(found, placement),
    )


def _bouts(found: Survey) -> list[dict[str, Any]]:
    activity = found.activity
    rows = zip(activity.bout_start_s, activity.bout_end_s, activity.bout_activity, strict=True)
    return [
        {
            "start_s": round(found.start_s + float(start), 3),
            "end_s": round(found.start_s + float(end), 3),
            "activity": ACTIVITIES[int(code)],
        }
        for start, end, code in rows
    ]


def _numbers(group: pd.DataFrame) -> dict[str, Any]:
    return {"strides": len(group), **{metric: _statistics(group[metric]) for metric in SUMMARY_METRICS}}


def _statistics(values: "pd.Series[float]") -> dict[str, Any] | None:
    known = values.to_numpy(float)
    known = known[np.isfinite(known)]
    if not len(known):
        return None
    low, middle, high = np.percentile(known, [25, 50, 75])
    return {"median": round(float(middle), 5), "iqr": round(float(high - low), 5), "n": len(known)}


def _asymmetry(running: pd.DataFrame) -> dict[str, Any]:
    """Left minus right of the medians, with its standard error.

    Neighbouring strides are alike, so the error comes from medians of pieces of 25 strides (fewer in a short
    run), not from single strides.
    """
    sides = {side: group for side, group in running.groupby("side") if side in ("left", "right")}
    differences: dict[str, Any] = {}
    if len(sides) < 2:
        return differences
    for metric in COMPARED_SIDES:
        left, right = (sides[side][metric].dropna().to_numpy(float) for side in ("left", "right"))
        if min(len(left), len(right)) >= FEWEST_PIECES**2:
            error = np.hypot(_standard_error(left), _standard_error(right))
            differences[metric] = {
                "left_minus_right": round(float(np.median(left) - np.median(right)), 5),
                "standard_error": round(float(error), 5),
            }
    return differences


def _standard_error(values: NDArray[np.float64]) -> float:
    """Of the median of a series whose neighbours are alike."""
    size = min(SEGMENT_STRIDES, len(values) // FEWEST_PIECES)
    pieces = np.median(values[: len(values) // size * size].reshape(-1, size), axis=1)
    return float(pieces.std(ddof=1) / len(pieces) ** 0.5)


def _load(strides: pd.DataFrame, found: Survey) -> dict[str, Any]:
    duration = {name: float((found.seconds == code).sum()) for code, name in enumerate(ACTIVITIES)}
    running = strides[strides["activity"] == "run"]
    ran = found.seconds == RUN
    load: dict[str, Any] = {
        "running_s": duration["run"],
        "walking_s": duration["walk"],
        "running_strides": len(running),
    }
    for side in ("left", "right"):
        peaks = running.loc[running["side"] == side, "peak_tibial_acc_g"].to_numpy(float)
        if np.isfinite(peaks).any():
            lost_s = int((ran & (found.moments[f"shank_{side}"].samples == 0)).sum())
            clipped = running.loc[running["side"] == side, "flags"].str.contains("clipped").to_numpy()
            load[side] = _impact_load(impact_load(Impacts(peaks, peaks, clipped)), lost_s)
    return load


def _impact_load(total: ImpactLoad, lost_s: int) -> dict[str, Any]:
    """lost_s: seconds of running that its sensor did not record."""
    unrecorded = (
        f"lower bound: {lost_s} s of running were not recorded" if lost_s >= LOST_WORTH_SAYING_S else None
    )
    return {
        "contacts": total.contacts,
        "unmeasured": total.unmeasured,
        "clipped": total.clipped,
        "cumulative_g": round(total.cumulative_g, 1),
        "damage_index": round(total.damage, 3),
        "caveat": "; ".join(filter(None, (total.caveat, unrecorded))) or None,
    }


def _sensor(recording: Recording, placement: str, quality: SensorQuality) -> dict[str, Any]:
    track = recording.tracks[placement]
    alignment = None
    if quality.alignment_confidence is not None:
        alignment = {
            "confidence": round(quality.alignment_confidence, 3),
            "grade": quality.alignment_grade,
            "mount_shifts": quality.mount_shifts,
        }
    return {
        "device": track.device,
        "serial": track.serial,
        "rate_hz": round(quality.rate_hz, 3),
        "jitter_s": round(quality.jitter_s, 6),
        "missing_share": round(quality.missing_share, 6),
        "longest_gap_s": round(quality.longest_gap_s, 3),
        "clipped_share": round(quality.clipped_share, 6),
        "temperature_degc": quality.temperature_degc,
        "alignment": alignment,
        "grade": quality.grade,
        "sentences": list(quality.sentences),
    }


def _calibration(applied: Calibration | None, fitted: Calibration | str | None) -> dict[str, Any]:
    if applied is not None:
        return {"used": "file", **applied.as_dict()}
    if isinstance(fitted, Calibration):
        return {"used": "this recording", **fitted.as_dict()}
    return {"used": None}


def _assumed(recording: Recording) -> dict[str, Any]:
    """Defaults that stood in for what recording.json did not give."""
    heights = {
        placement: MOUNT_HEIGHT_M
        for placement, track in recording.tracks.items()
        if placement.startswith("shank") and track.mount_height_m is None
    }
    return {"mount_height_m": heights} if heights else {}
