"""Agreement tables from long error tables, and how they are printed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from imu.validation.agreement import agreement
from imu.validation.metrics import METRIC_OF_COLUMN, METRICS


def agreement_table(errors: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Bias, 95 % limits and RMSE per metric and group, in the unit the metric is shown in; worst trial named.

    `errors` as `score_strides` gives it, with the columns `trial`, `runner` and those of `by` added.
    """
    rows = []
    for keys, group in errors.groupby(["metric", *by], sort=False, dropna=False):
        metric = METRIC_OF_COLUMN[keys[0]]
        error = group["error"] * metric.scale
        result = agreement(error.to_numpy(), group["runner"].to_numpy())
        trial_bias = error.groupby(group["trial"]).mean()
        worst = str(trial_bias.abs().idxmax())
        rows.append(
            dict(zip(["metric", *by], keys, strict=True))
            | {
                "n": result.n,
                "runners": result.runners,
                "bias": result.bias,
                "low": result.low,
                "high": result.high,
                "rmse": result.rmse,
                "worst_trial": worst,
                "worst_bias": trial_bias[worst],
                "unit": metric.unit,
            }
        )
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    order = {metric.column: place for place, metric in enumerate(METRICS)}
    return table.sort_values("metric", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def text_table(table: pd.DataFrame, *, digits: int = 2) -> str:
    """An aligned table for a terminal; an absent number is left blank."""
    return table.to_string(index=False, na_rep="", float_format=lambda value: f"{value:.{digits}f}")
