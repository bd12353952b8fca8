"""Standing, walking and running second by second and bout by bout, against what was truly done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FOUND_SHARE = 0.5  # of a true bout that must be covered for it to count as found
JUDGED_RUN_S = 20.0  # a shorter run need not be found

Bout = dict[str, Any]  # activity, start_s, end_s


@dataclass(frozen=True, slots=True)
class TrueActivity:
    """What was done when: whole bouts, or only stretches of walking on real sensors that never ran."""

    bouts: list[Bout]
    seconds: NDArray[np.str_]  # (n,) label of each second from 0; empty where only `bouts` are known
    changes: bool  # whether the bouts' edges are exact enough to be judged


def read_activity(path: Path) -> TrueActivity:
    """`NAME.activity.json` of a composed recording, or the `walk` intervals of a real one."""
    truth = json.loads(path.read_text(encoding="utf-8"))
    if "seconds" in truth:
        return TrueActivity(truth["bouts"], np.array(truth["seconds"], dtype=str), changes=True)
    walks = [{"activity": "walk", "start_s": start, "end_s": end} for start, end in truth.get("walk", [])]
    return TrueActivity(walks, np.empty(0, dtype=str), changes=False)


def score_seconds(bouts: Sequence[Bout], truth: TrueActivity) -> pd.DataFrame:
    """Per true activity: how many seconds there were, how many we called so, how many we called running."""
    true = truth.seconds if truth.changes else _labels(truth.bouts, _end_second(truth.bouts))
    ours = _labels(bouts, len(true))
    rows = []
    for activity in ("stand", "walk", "run"):
        now = true == activity  # a second in a cross-fade is `transition` and is not judged
        rows.append((activity, now.sum(), (now & (ours == activity)).sum(), (now & (ours == "run")).sum()))
    return pd.DataFrame(rows, columns=["activity", "true", "found", "as_run"])


def score_runs(bouts: Sequence[Bout], truth: TrueActivity) -> pd.DataFrame:
    """One row: true runs of 20 s and more, how many were found, and how many of ours are no runs at all."""
    true, ours = _of(truth.bouts, "run"), _of(bouts, "run")
    long = true[np.ptp(true, axis=1) >= JUDGED_RUN_S]
    found = _overlap_s(long, ours) >= FOUND_SHARE * np.ptp(long, axis=1)
    invented = _overlap_s(ours, true) < FOUND_SHARE * np.ptp(ours, axis=1)
    return pd.DataFrame([{"true": len(long), "found": int(found.sum()), "invented": int(invented.sum())}])


def score_edges(bouts: Sequence[Bout], truth: TrueActivity) -> pd.DataFrame:
    """Per true change of activity: how late the nearest change of ours to the same activity comes."""
    if not truth.changes:
        return pd.DataFrame()
    rows = []
    for bout in truth.bouts[1:]:
        starts = _of(bouts, bout["activity"])[:, 0]
        offset = starts - bout["start_s"]
        nearest = offset[np.abs(offset).argmin()] if len(offset) else np.inf
        rows.append({"edge_s": bout["start_s"], "activity": bout["activity"], "error_s": float(nearest)})
    return pd.DataFrame(rows)


def score_cadence(strides: pd.DataFrame, path: Path, *, activity: str) -> pd.DataFrame:
    """Mean cadence in the windows [start, end, steps/min] of a truth file, where we have strides in them."""
    windows = json.loads(path.read_text(encoding="utf-8")).get("cadence_windows", [])
    usable = strides[strides["valid"].astype(bool) & (strides["activity"] == activity)]
    rows = []
    for start_s, end_s, true_spm in windows:
        inside = usable[(usable["ic_time_s"] >= start_s) & (usable["next_ic_time_s"] <= end_s)]
        # Steps over time, which is what the truth counts: the mean of the rates would favour quick strides.
        ours = 120 / inside["stride_time_s"].mean() if len(inside) else np.nan
        rows.append({"activity": activity, "start_s": start_s, "truth": true_spm, "ours": ours})
    return pd.DataFrame(rows)


def _labels(bouts: Sequence[Bout], seconds: int) -> NDArray[np.str_]:
    """The activity in the middle of each second; empty outside all bouts."""
    middle = np.arange(seconds) + 0.5
    labels = np.full(seconds, "", dtype="U10")
    for bout in bouts:
        labels[(middle >= bout["start_s"]) & (middle < bout["end_s"])] = bout["activity"]
    return labels


def _end_second(bouts: Sequence[Bout]) -> int:
    return int(max((bout["end_s"] for bout in bouts), default=0.0))


def _of(bouts: Sequence[Bout], activity: str) -> NDArray[np.float64]:
    """(k, 2): start and end of the bouts of one activity."""
    times = [(bout["start_s"], bout["end_s"]) for bout in bouts if bout["activity"] == activity]
    return np.array(times, dtype=np.float64).reshape(-1, 2)


def _overlap_s(bouts: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,): how long each bout is covered by the others (which do not overlap among themselves)."""
    start = np.maximum(bouts[:, None, 0], others[None, :, 0])
    end = np.minimum(bouts[:, None, 1], others[None, :, 1])
    return np.asarray(np.clip(end - start, 0, None).sum(axis=1))
