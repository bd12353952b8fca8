"""Runs with known numbers, in the shape the analysis returns them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

SIDES = ("left", "right")
METRICS = (
    "cadence_spm",
    "speed_mps",
    "stride_length_m",
    "contact_time_s",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "pelvic_drop_deg",
    "peak_tibial_acc_g",
    "vertical_oscillation_m",
)
SHANK_ANGLES = ("shank_angle_ic_deg", "shank_angle_max_deg", "shank_angle_change_deg", "shank_angle_sd_deg")
CHANGE_AT_S = 720.0

Bout = tuple[str, float, float]
RunMaker = Callable[..., Any]


@dataclass
class Analysis:
    """Stands in for `imu.analysis.RunAnalysis`."""

    strides: pd.DataFrame
    summary: dict[str, Any]
    curves: pd.DataFrame
    seconds: pd.DataFrame = field(default_factory=pd.DataFrame)
    calibration: None = None


@pytest.fixture(scope="session")
def a_run() -> RunMaker:
    """Makes the analysis of a run by formula: `a_run(bouts, placements=..., left_change_deg=...)`."""
    return analysed


@pytest.fixture(scope="session")
def walk_run() -> Callable[[float], list[Bout]]:
    return walk_run_bouts


def walk_run_bouts(minutes: float = 20) -> list[Bout]:
    """Stand 10 s, then a minute of walking and four of running in turn, as return-to-run programmes do."""
    end_s = minutes * 60
    starts = np.arange(10.0, end_s, 300.0)
    turns = [[("walk", start, start + 60), ("run", start + 60, start + 300)] for start in starts]
    bouts = [("stand", 0.0, 10.0), *(bout for turn in turns for bout in turn)]
    return [(name, float(start), float(min(end, end_s))) for name, start, end in bouts if start < end_s]


def analysed(
    bouts: Sequence[Bout],
    *,
    placements: Sequence[str] = ("shank_left", "shank_right", "pelvis"),
    side_known: bool = True,
    left_change_deg: float = 0.0,
    clipped_share: float = 0.0,
    gap_s: tuple[float, float] | None = None,
    seed: int = 7,
    **told: Any,
) -> Analysis:
    """A runner at 3 m/s and 168 steps/min; the left may change at minute 12. `told`: into the summary."""
    rng = np.random.default_rng(seed)
    strides = _all_strides(bouts, rng)
    late = (strides["side"] == "left") & (strides["ic_time_s"] >= CHANGE_AT_S)
    strides.loc[late, ["shank_angle_ic_deg", "shank_angle_max_deg"]] += left_change_deg
    hit = rng.random(len(strides)) < clipped_share
    strides.loc[hit, "flags"], strides.loc[hit, "peak_tibial_acc_g"] = "clipped", 16.0
    if gap_s:
        lost = strides["ic_time_s"].between(*gap_s)
        strides.loc[lost, "flags"], strides.loc[lost, "valid"] = "gap", False
    if not side_known:
        strides["side"] = "unknown"
    _forget(strides, placements)
    return Analysis(strides, _summary(strides, bouts, placements) | told, _curves(strides, placements))


def _all_strides(bouts: Sequence[Bout], rng: np.random.Generator) -> pd.DataFrame:
    moving = [bout for bout in bouts if bout[0] != "stand"] or [("run", 0.0, 0.0)]
    frames = [_strides(side, name, start_s, end_s, rng) for name, start_s, end_s in moving for side in SIDES]
    return pd.concat(frames).sort_values("ic_time_s", ignore_index=True)


def _summary(strides: pd.DataFrame, bouts: Sequence[Bout], placements: Sequence[str]) -> dict[str, Any]:
    sensor = {
        "rate_hz": 200.0,
        "missing_share": 0.004,
        "clipped_share": 0.0,
        "device": "MetaMotionS",
        "serial": None,
        "alignment": {"confidence": 0.97, "grade": "good", "mount_shifts": 0},
        "grade": "good",
        "sentences": ["0.4 % of its samples are missing; strides with a gap are not judged."],
    }
    one_foot = strides[(strides["activity"] == "run") & (strides["side"] != "left")]
    return {
        "format": "restride-summary/1",
        "version": "0.1.0",
        "athlete": None,
        "notes": None,
        "grade": "good",
        "start": "2026-11-22T07:30:00+01:00",
        "duration_s": bouts[-1][2],
        "sensors": dict.fromkeys(placements, sensor),
        "bouts": [{"activity": name, "start_s": start_s, "end_s": end_s} for name, start_s, end_s in bouts],
        "running": _running(strides),
        "distance_m": float(one_foot["stride_length_m"].sum()),
        "asymmetry": _asymmetry(strides),
        "load": {"left": {"contacts": 1500, "clipped": 0, "caveat": None}},
        "warnings": [],
        "not_judged": [],
    }


def _strides(
    side: str, activity: str, start_s: float, end_s: float, rng: np.random.Generator
) -> pd.DataFrame:
    run, right = activity == "run", side == "right"
    stride_s, contact_s = (0.714, 0.262) if run else (1.1, 0.7)
    first_s = start_s + right * stride_s / 2
    ic = np.arange(first_s, max(end_s - stride_s, first_s), stride_s)
    n = len(ic)
    slow = np.sin(ic / 97) + 0.6 * np.sin(ic / 31 + 1)
    stride_time = stride_s * (1 - 0.006 * slow) + 0.004 * rng.standard_normal(n)
    contact = contact_s - 0.004 * slow + 0.006 * rng.standard_normal(n) + 0.005 * right
    speed = (3.0 if run else 1.3) + 0.12 * slow + 0.05 * rng.standard_normal(n)
    noise = rng.standard_normal((5, n))
    table = pd.DataFrame(
        {
            "side": side,
            "ic_time_s": ic,
            "to_time_s": ic + contact,
            "next_ic_time_s": ic + stride_time,
            "activity": activity,
            "stride_time_s": stride_time,
            "contact_time_s": contact,
            "cadence_spm": 120 / stride_time,
            "speed_mps": speed,
            "stride_length_m": speed * stride_time,
            "shank_angle_ic_deg": 7.2 + 0.5 * slow + 1.1 * noise[0] - 0.8 * right,
            "shank_angle_max_deg": 12.2 + 0.5 * slow + 1.1 * noise[0] + 0.3 * noise[1] - 0.8 * right,
            "shank_angle_change_deg": 0.5 * slow + 1.1 * noise[0],
            "shank_angle_sd_deg": 0.9 + 0.05 * slow,
            "peak_tibial_acc_g": 8.4 + 0.5 * slow + 0.9 * noise[2] - 0.8 * right,
            "pelvic_drop_deg": 4.6 + 0.3 * slow + 0.8 * noise[3] + 1.7 * right,
            "vertical_oscillation_m": 0.082 + 0.004 * noise[4],
            "valid": True,
            "flags": "",
        }
    )
    if not run:
        table[[*SHANK_ANGLES, "pelvic_drop_deg"]] = np.nan
    return table


def _forget(strides: pd.DataFrame, placements: Sequence[str]) -> None:
    if "pelvis" not in placements:
        strides[["pelvic_drop_deg", "vertical_oscillation_m"]] = np.nan
    for side in (*SIDES, "unknown"):
        if f"shank_{side}" not in placements:
            strides.loc[strides["side"] == side, [*SHANK_ANGLES, "peak_tibial_acc_g"]] = np.nan
    if (strides["side"] == "unknown").any():
        strides["pelvic_drop_deg"] = np.nan


def _running(strides: pd.DataFrame) -> dict[str, Any]:
    counted = strides[(strides["activity"] == "run") & strides["valid"]]
    sides = {side: counted[counted["side"] == side] for side in ("left", "right", "unknown")}
    return {
        side: {"strides": len(own)} | {name: _statistics(own[name].dropna()) for name in METRICS}
        for side, own in [*sides.items(), ("overall", counted)]
        if len(own)
    }


def _asymmetry(strides: pd.DataFrame) -> dict[str, Any]:
    """Left minus right of the medians, with the standard error of independent strides, as these are."""
    counted = strides[(strides["activity"] == "run") & strides["valid"]]
    sides = [counted[counted["side"] == side] for side in SIDES]
    return {
        name: {
            "left_minus_right": left.median() - right.median(),
            "standard_error": 1.25 * np.hypot(left.std() / len(left) ** 0.5, right.std() / len(right) ** 0.5),
        }
        for name in ("contact_time_s", "shank_angle_ic_deg", "pelvic_drop_deg", "peak_tibial_acc_g")
        if len(left := sides[0][name].dropna()) > 4 and len(right := sides[1][name].dropna()) > 4
    }


def _statistics(values: pd.Series) -> dict[str, Any] | None:
    if values.empty:
        return None
    low, middle, high = values.quantile([0.25, 0.5, 0.75])
    return {"median": middle, "iqr": high - low, "n": len(values)}


def _curves(strides: pd.DataFrame, placements: Sequence[str]) -> pd.DataFrame:
    phase = np.arange(101.0)
    counted = strides[(strides["activity"] == "run") & strides["valid"]]
    parts = []
    for side in SIDES:
        n = int((counted["side"] == side).sum())
        if not n:
            continue
        if f"shank_{side}" in placements:
            shank = 7 - 46 * np.sin(np.pi * phase / 100) ** 1.6 + 14 * np.exp(-(((phase - 92) / 9) ** 2))
            parts.append(
                _curve("shank_angle_deg", side, phase, shank - 1.2 * (side == "right"), 1.8 + phase / 80, n)
            )
        if "pelvis" in placements:
            turn = 1 if side == "right" else -1
            roll = turn * (
                -1 + 5 * np.exp(-(((phase - 18) / 11) ** 2)) - 5 * np.exp(-(((phase - 68) / 11) ** 2))
            )
            parts.append(_curve("pelvic_obliquity_deg", side, phase, roll, np.full(101, 0.9), n))
    columns = ["signal", "side", "phase_percent", "mean", "sd", "n"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _curve(
    signal: str, side: str, phase: np.ndarray, mean: np.ndarray, sd: np.ndarray, n: int
) -> pd.DataFrame:
    return pd.DataFrame(
        {"signal": signal, "side": side, "phase_percent": phase, "mean": mean, "sd": sd, "n": n}
    )
