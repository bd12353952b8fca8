"""One recording against its truth: an error per true stride and metric, and contacts missed or invented.

Contacts are matched without looking at the side, so a contact on the wrong foot counts as a wrong side, not
as one missed and one invented; the side of an error row is the true one.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.validation.matching import Pairs, match_times
from imu.validation.metrics import METRICS

TOLERANCE_S = 0.15  # a contact further away than this is another event, whatever the pace
TOLERANCE_SHARE = 0.25  # of the stride: half a step, beyond it the other foot's contact is nearer
SAME_CONTACT_S = (
    1e-3  # one contact written twice (as ic and as the next ic of the row before) differs by rounding only
)

ERROR_COLUMNS = ("metric", "side", "time_s", "truth", "ours", "error")


@dataclass(frozen=True, slots=True)
class ContactScore:
    """Counts of initial contacts inside the window."""

    true: int
    missed: int
    extra: int
    side_wrong: int  # found, but given to the other foot
    side_unknown: int  # found, side left open although the truth knows it
    strides: int  # true strides
    strides_found: int  # of these, with a stride of ours that begins there, valid or not
    mislabelled: int  # of those found, given to another gait


@dataclass(frozen=True, slots=True)
class StrideScore:
    errors: pd.DataFrame  # ERROR_COLUMNS, one row per true stride and metric that has a valid value of ours
    contacts: ContactScore
    coverage: (
        pd.DataFrame
    )  # metric, true (strides whose truth is known), covered (of these with a valid value of ours)


def score_strides(
    strides: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    window_start_s: float = -np.inf,
    window_end_s: float = np.inf,
    activity: str = "run",
) -> StrideScore:
    """Compare a stride table with the true one between two times of the recording's clock.

    `activity` is what the runner truly did. Only rows that say so and are `valid` enter the errors; contacts
    count whether their row is valid or not.
    """
    strides, truth = strides.reset_index(drop=True), truth.reset_index(drop=True)
    tolerance_s = contact_tolerance_s(truth)
    contacts = _score_contacts(strides, truth, tolerance_s, (window_start_s, window_end_s))
    truth = truth[truth["ic_time_s"].between(window_start_s, window_end_s)].reset_index(drop=True)
    pairs = match_times(_times(truth), _times(strides), tolerance_s=tolerance_s)
    same = strides["activity"].to_numpy(str)[pairs.ours] == activity
    usable = same & strides["valid"].to_numpy(bool)[pairs.ours]
    errors, coverage = _compare(strides, truth, Pairs(pairs.truth[usable], pairs.ours[usable]))
    found = replace(contacts, strides=len(truth), strides_found=len(same), mislabelled=int((~same).sum()))
    return StrideScore(errors, found, coverage)


def contact_tolerance_s(truth: pd.DataFrame) -> float:
    """How far from a true contact ours may lie and still mean the same one."""
    if truth.empty:
        return TOLERANCE_S
    return min(TOLERANCE_S, TOLERANCE_SHARE * float(truth["stride_time_s"].median()))


def _score_contacts(
    strides: pd.DataFrame, truth: pd.DataFrame, tolerance_s: float, window_s: tuple[float, float]
) -> ContactScore:
    """Missed, extra and wrongly sided contacts; those before or after the window are nobody's business."""
    theirs, ours = contacts_of(truth), contacts_of(strides)
    true_s, our_s = theirs["time_s"].to_numpy(), ours["time_s"].to_numpy()
    pairs = match_times(true_s, our_s, tolerance_s=tolerance_s)

    def judged(times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        return (times_s >= window_s[0]) & (times_s <= window_s[1])

    inside = judged(true_s[pairs.truth])
    true_side = theirs["side"].to_numpy()[pairs.truth[inside]]
    our_side = ours["side"].to_numpy()[pairs.ours[inside]]
    known = true_side != "unknown"
    return ContactScore(
        true=int(judged(true_s).sum()),
        missed=int(judged(np.delete(true_s, pairs.truth)).sum()),
        extra=int(judged(np.delete(our_s, pairs.ours)).sum()),
        side_wrong=int((known & (our_side != "unknown") & (our_side != true_side)).sum()),
        side_unknown=int((known & (our_side == "unknown")).sum()),
        strides=0,
        strides_found=0,
        mislabelled=0,
    )


def contacts_of(strides: pd.DataFrame) -> pd.DataFrame:
    """Every initial contact of a stride table once (`side`, `time_s`): where strides begin and end."""
    begin = strides[["side", "ic_time_s"]].set_axis(["side", "time_s"], axis=1)
    end = strides[["side", "next_ic_time_s"]].set_axis(["side", "time_s"], axis=1)
    both = pd.concat([begin, end]).dropna(subset="time_s").sort_values(["side", "time_s"], ignore_index=True)
    repeated = (both["side"] == both["side"].shift()) & (both["time_s"].diff() < SAME_CONTACT_S)
    return both[~repeated].sort_values("time_s", ignore_index=True)


def _compare(strides: pd.DataFrame, truth: pd.DataFrame, pairs: Pairs) -> tuple[pd.DataFrame, pd.DataFrame]:
    errors, coverage = [], []
    for metric in METRICS:
        column = metric.truth_column(set(truth.columns))
        if column is None or not truth[column].notna().any():
            continue
        true = truth[column].to_numpy(float)[pairs.truth]
        our = _values(strides, metric.column)[pairs.ours]
        table = pd.DataFrame(
            {
                "metric": metric.column,
                "side": truth["side"].to_numpy()[pairs.truth],
                "time_s": truth["ic_time_s"].to_numpy()[pairs.truth],
                "truth": true,
                "ours": our,
                "error": our - true,
            }
        ).dropna(subset="error")
        errors.append(table)
        coverage.append(
            {"metric": metric.column, "true": int(truth[column].notna().sum()), "covered": len(table)}
        )
    empty = pd.DataFrame(columns=list(ERROR_COLUMNS))
    return (
        pd.concat(errors, ignore_index=True) if errors else empty,
        pd.DataFrame(coverage, columns=["metric", "true", "covered"]),
    )


def _times(strides: pd.DataFrame) -> NDArray[np.float64]:
    return strides["ic_time_s"].to_numpy(np.float64)


def _values(strides: pd.DataFrame, column: str) -> NDArray[np.float64]:
    if column not in strides:
        return np.full(len(strides), np.nan)
    return pd.to_numeric(strides[column]).to_numpy(np.float64, na_value=np.nan)
