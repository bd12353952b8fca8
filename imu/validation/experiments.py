"""What is done with each recording: analysed with all sensors and fewer, with and without calibration."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from imu.analysis import RunAnalysis, analyze
from imu.errors import RestrideError
from imu.recording import Recording, load
from imu.validation.activity import (
    read_activity,
    score_cadence,
    score_edges,
    score_runs,
    score_seconds,
)
from imu.validation.evidence import Evidence
from imu.validation.matching import match_times
from imu.validation.scoring import StrideScore, contact_tolerance_s, contacts_of, score_strides
from imu.validation.truth import Case

ALL_SENSORS = "all"
SENSOR_SETS: Mapping[str, tuple[str, ...]] = {
    "two shanks": ("shank_left", "shank_right"),
    "left shank": ("shank_left",),
    "right shank": ("shank_right",),
    "pelvis": ("pelvis",),
}
UNCALIBRATED = "none"
SAME_TRIAL = "same trial"
OTHER_TRIAL = "other trial"
CALIBRATION_SPEED_MPS = 3.5  # the middle of the three belt speeds
_EDGE_S = 0.12  # contacts are judged this long beyond the first and last true one: less than any step
_MIXED_SHARE = 0.1  # a bout with more contacts than this on the wrong foot has the wrong side


def evidence_of(case: Case, *, sensors: Collection[str] = (ALL_SENSORS, *SENSOR_SETS)) -> Evidence:
    """Analyse one recording with each of these sensor sets, as far as it holds them."""
    recording = load(case.recording)
    parts = []
    if ALL_SENSORS in sensors:
        parts.append(_evidence(case, recording, sensors=ALL_SENSORS))
    for label, placements in SENSOR_SETS.items():
        if label in sensors and set(placements) < set(recording.tracks):
            worn = replace(recording, tracks={name: recording.tracks[name] for name in placements})
            parts.append(_evidence(case, worn, sensors=label))
    return Evidence.joined(parts)


def calibration_groups(cases: Sequence[Case]) -> list[list[Case]]:
    """Trials of one runner in one variant, the one to calibrate on first; others are left out."""
    groups: dict[tuple[str, str, str], list[Case]] = {}
    for case in cases:
        if case.belt_is_exact:
            groups.setdefault((case.set, case.variant, case.runner), []).append(case)
    for group in groups.values():
        group.sort(key=lambda case: case.belt_mps != CALIBRATION_SPEED_MPS)
    return [group for group in groups.values() if group[0].belt_mps == CALIBRATION_SPEED_MPS]


def calibration_evidence(group: Sequence[Case]) -> Evidence:
    """Fit a runner's constants on the first trial, whose speed is given, and apply them to the others."""
    first, *others = group
    labels = _labels(first, ALL_SENSORS, SAME_TRIAL)
    known = replace(load(first.recording), reference_speed_mps=first.belt_mps)
    try:
        fitted = analyze(known)
    except RestrideError as error:
        return refusal(labels, str(error))
    if fitted.calibration is None:
        return refusal(labels, "no calibration was fitted although the speed was given")
    parts = [_scored(first, fitted, ALL_SENSORS, SAME_TRIAL)]
    for case in others:
        applied = analyze(load(case.recording), calibration=fitted.calibration)
        parts.append(_scored(case, applied, ALL_SENSORS, OTHER_TRIAL))
    return Evidence.joined(parts)


def refusal(labels: Mapping[str, str], reason: str) -> Evidence:
    """An analysis that was not made although the truth is known."""
    return Evidence.of(labels, refused=pd.DataFrame([{"reason": reason}]))


def refused_trial(set_name: str, name: str, reason: str) -> Evidence:
    """A trial with truth that never became a recording."""
    labels = {
        "set": set_name,
        "variant": "clean",
        "speed": "",
        "trial": name,
        "runner": name.partition("_")[0],
    }
    return refusal(labels | {"sensors": ALL_SENSORS, "calibration": UNCALIBRATED}, reason)


def _evidence(case: Case, recording: Recording, *, sensors: str) -> Evidence:
    try:
        analysis = analyze(recording)
    except RestrideError as error:
        return refusal(_labels(case, sensors, UNCALIBRATED), str(error))
    return _scored(case, analysis, sensors, UNCALIBRATED)


def _scored(case: Case, analysis: RunAnalysis, sensors: str, calibration: str) -> Evidence:
    tables: dict[str, pd.DataFrame] = {}
    bouts = analysis.summary["bouts"]
    if case.has_strides:
        truth = _seen_by(sensors, case.strides())
        tables |= _stride_tables(analysis.strides, truth, case)
        if sensors == "pelvis":
            tables["bouts"] = _bout_sides(analysis.strides, truth, bouts)
        tables["errors"] = pd.concat([tables["errors"], _roll_errors(analysis.curves, truth, case)])
    else:
        tables["cadence"] = score_cadence(analysis.strides, case.truth, activity=case.activity_of_windows)
    if case.activity is not None:
        activity = read_activity(case.activity)
        tables["seconds"] = score_seconds(bouts, activity)
        tables["runs"] = score_runs(bouts, activity)
        tables["edges"] = score_edges(bouts, activity)
    return Evidence.of(_labels(case, sensors, calibration), **tables)


def _labels(case: Case, sensors: str, calibration: str) -> dict[str, str]:
    return {
        "set": case.set,
        "variant": case.variant,
        "speed": case.speed,
        "trial": case.name,
        "runner": case.runner,
        "sensors": sensors,
        "calibration": calibration,
    }


def _seen_by(sensors: str, truth: pd.DataFrame) -> pd.DataFrame:
    """One shank knows the contacts of its own foot only."""
    side, _, segment = sensors.partition(" ")
    return truth[truth["side"] == side] if segment == "shank" else truth


def _stride_tables(strides: pd.DataFrame, truth: pd.DataFrame, case: Case) -> dict[str, pd.DataFrame]:
    if "block" not in truth:
        start_s, end_s = case.window_s
        score = score_strides(strides, truth, window_start_s=start_s, window_end_s=end_s)
        return _tables(score, activity="run", block="0")
    blocks = []
    for (block, activity), rows in truth.groupby(["block", "activity"]):
        score = score_strides(
            strides,
            rows,
            window_start_s=rows["ic_time_s"].min() - _EDGE_S,
            window_end_s=rows["next_ic_time_s"].max() + _EDGE_S,
            activity=str(activity),
        )
        blocks.append(_tables(score, activity=str(activity), block=str(block)))
    return {name: pd.concat([tables[name] for tables in blocks]) for name in blocks[0]}


def _tables(score: StrideScore, *, activity: str, block: str) -> dict[str, pd.DataFrame]:
    contacts = pd.DataFrame([asdict(score.contacts)])
    tables = {"errors": score.errors, "contacts": contacts, "coverage": score.coverage}
    return {name: table.assign(activity=activity, block=block) for name, table in tables.items()}


def _bout_sides(strides: pd.DataFrame, truth: pd.DataFrame, bouts: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Whether left and right were told apart: one row per running bout of ours with true contacts in it."""
    theirs, ours = contacts_of(truth), contacts_of(strides)
    true_s, our_s = theirs["time_s"].to_numpy(), ours["time_s"].to_numpy()
    pairs = match_times(true_s, our_s, tolerance_s=contact_tolerance_s(truth))
    true_side, our_side = theirs["side"].to_numpy()[pairs.truth], ours["side"].to_numpy()[pairs.ours]
    time_s = true_s[pairs.truth]
    rows = []
    for bout in bouts:
        inside = (time_s >= bout["start_s"]) & (time_s <= bout["end_s"]) & (true_side != "unknown")
        if bout["activity"] != "run" or not inside.any():
            continue
        told = inside & (our_side != "unknown")
        wrong = (our_side != true_side)[told].sum()
        verdict = "wrong" if wrong > _MIXED_SHARE * told.sum() else "right"
        rows.append({"start_s": bout["start_s"], "side": verdict if told.any() else "unknown"})
    return pd.DataFrame(rows)


def _roll_errors(curves: pd.DataFrame, truth: pd.DataFrame, case: Case) -> pd.DataFrame:
    """The pelvis' average roll over the stride, point by point, against the true average."""
    ours = curves[curves["signal"] == "pelvic_obliquity_deg"].dropna(subset="mean")
    if case.series is None or ours.empty:
        return pd.DataFrame()
    series = pd.read_parquet(case.series, columns=["time", "roll"])
    tables = []
    for side, curve in ours.groupby("side"):
        rows = truth[truth["side"] == side]
        phase, our = curve["phase_percent"].to_numpy(float), curve["mean"].to_numpy(float)
        start_s, stride_s = rows["ic_time_s"].to_numpy(), rows["stride_time_s"].to_numpy()
        at_s = start_s[:, None] + stride_s[:, None] * phase / 100
        true = np.interp(at_s, series["time"], series["roll"]).mean(axis=0)
        table = {"side": side, "time_s": phase, "truth": true, "ours": our, "error": our - true}
        tables.append(pd.DataFrame(table))
    return pd.concat(tables).assign(metric="pelvic_roll_deg", activity="run", block="0")
