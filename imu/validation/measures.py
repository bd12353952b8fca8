"""One number from the evidence, and the trial in which it is worst.

Every measure takes evidence that was already narrowed to the analyses in question. The worst case is the
trial (or runner) for which the same statistic is furthest from perfect.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from imu.validation.agreement import agreement
from imu.validation.evidence import Evidence
from imu.validation.metrics import METRIC_OF_COLUMN

TRIAL = ["set", "variant", "trial", "sensors"]


@dataclass(frozen=True, slots=True)
class Measured:
    value: float  # NaN where there was nothing to measure
    n: int  # strides, trials, bouts or seconds behind it
    worst: str = ""
    worst_value: float = np.nan


Measure = Callable[[Evidence], Measured]
NOTHING = Measured(np.nan, 0)


def bias(evidence: Evidence, *, metric: str) -> Measured:
    """Mean error over all strides, in the unit the metric is shown in."""
    return _over_strides(evidence, metric, lambda errors: float(errors["error"].mean()))


def limits(evidence: Evidence, *, metric: str) -> Measured:
    """Half the width of the 95 % limits of agreement, runners as random effect."""

    def half_width(errors: pd.DataFrame) -> float:
        return agreement(errors["error"].to_numpy(), errors["runner"].to_numpy()).half_width

    return _over_strides(evidence, metric, half_width)


def rmse(evidence: Evidence, *, metric: str) -> Measured:
    """Root mean square error over all strides."""
    return _over_strides(evidence, metric, lambda errors: _rms(errors["error"]))


def stride_rmse_percent(evidence: Evidence, *, metric: str) -> Measured:
    """RMSE over strides, each error relative to its truth."""
    return _over_strides(evidence, metric, lambda errors: 100 * _rms(errors["ours"] / errors["truth"] - 1))


def worst_runner_bias(evidence: Evidence, *, metric: str) -> Measured:
    """The mean error of the runner with the largest one."""
    errors = _errors(evidence, metric)
    if errors.empty:
        return NOTHING
    by_runner = errors.groupby("runner")["error"].mean()
    runner = str(by_runner.abs().idxmax())
    return Measured(float(by_runner[runner]), len(by_runner), runner, float(by_runner[runner]))


def trial_bias_percent(evidence: Evidence, *, metric: str) -> Measured:
    """Mean over trials of the relative error of a trial's mean."""
    return _over_trials(_relative_errors(evidence, metric), lambda percent: float(percent.mean()))


def trial_rmse_percent(evidence: Evidence, *, metric: str) -> Measured:
    """RMSE over trials of the relative error of a trial's mean."""
    return _over_trials(_relative_errors(evidence, metric), _rms)


def asymmetry_rmse(evidence: Evidence, *, metric: str) -> Measured:
    """RMSE over trials of the error of left minus right."""
    errors = _errors(evidence, metric)
    if errors.empty:
        return NOTHING
    sides = errors.pivot_table(index=TRIAL, columns="side", values="error", aggfunc="mean")
    if not {"left", "right"} <= set(sides.columns):
        return NOTHING
    return _over_trials((sides["left"] - sides["right"]).dropna(), _rms)


def contact_share_percent(evidence: Evidence, *, part: str) -> Measured:
    """`missed`, `extra` or `side_wrong` as a share of the true contacts."""
    return _share(evidence.contacts, part, best=0.0)


def strides_found_percent(evidence: Evidence) -> Measured:
    """Share of true strides that were found and given to the right gait, valid or not."""
    table = evidence.contacts
    if table.empty:
        return NOTHING
    found = table["strides_found"] - table["mislabelled"]
    return _share(table.assign(found=found, true=table["strides"]), "found", best=100.0)


def mislabelled_percent(evidence: Evidence) -> Measured:
    """Share of true strides that were given to another gait."""
    table = evidence.contacts
    return _share(table.assign(true=table["strides"]), "mislabelled", best=0.0) if len(table) else NOTHING


def coverage_percent(evidence: Evidence, *, metric: str) -> Measured:
    """Share of true strides with a valid value."""
    table = evidence.coverage
    return _share(table[table["metric"] == metric], "covered", best=100.0) if len(table) else NOTHING


def bouts_wrong_side_percent(evidence: Evidence) -> Measured:
    """Share of running bouts in which left and right were exchanged; `unknown` is no error."""
    table = evidence.bouts
    if table.empty:
        return NOTHING
    return _share(table.assign(wrong=table["side"] == "wrong", true=1), "wrong", best=0.0)


def seconds_right_percent(evidence: Evidence) -> Measured:
    """Share of all seconds with the right one of stand, walk, run."""
    return _share(evidence.seconds, "found", best=100.0)


def walking_found_percent(evidence: Evidence) -> Measured:
    """Share of the seconds of walking that were called walking."""
    return _share(_seconds_of(evidence, "walk"), "found", best=100.0)


def walking_as_running_percent(evidence: Evidence) -> Measured:
    """Share of the seconds of walking that were called running."""
    return _share(_seconds_of(evidence, "walk"), "as_run", best=0.0)


def runs_found_percent(evidence: Evidence) -> Measured:
    """Share of the runs of 20 s and more that were found."""
    return _share(evidence.runs, "found", best=100.0)


def runs_invented(evidence: Evidence) -> Measured:
    """Number of running bouts where nobody ran."""
    if evidence.runs.empty:
        return NOTHING
    by_trial = evidence.runs.groupby(TRIAL, sort=False)["invented"].sum()
    return _measured(float(by_trial.sum()), len(by_trial), by_trial)


def edge_s(evidence: Evidence, *, percentile: float) -> Measured:
    """The distance from the true change of activity that this share of our changes keeps."""
    if evidence.edges.empty:
        return NOTHING
    distance = evidence.edges.assign(distance_s=evidence.edges["error_s"].abs())
    # An edge never found is infinitely far; `higher` keeps it from being averaged with a finite one.
    value = float(np.percentile(distance["distance_s"], percentile, method="higher"))
    return _measured(value, len(distance), distance.groupby(TRIAL, sort=False)["distance_s"].max())


def window_cadence_percent(evidence: Evidence) -> Measured:
    """RMSE over recordings of the relative error of mean cadence in windows of real sensors."""
    if evidence.cadence.empty:
        return NOTHING
    known = evidence.cadence.dropna(subset="ours")
    means = known.groupby(TRIAL, sort=False)[["ours", "truth"]].mean()
    return _over_trials(100 * (means["ours"] / means["truth"] - 1), _rms)


def largest_change_error(evidence: Evidence, *, metric: str, injected: bool) -> Measured:
    """Largest error of a change between the two parts of a simulated run, put in or not put in."""
    table = evidence.changes
    if len(table):
        table = table[(table["metric"] == metric) & (table["injected"] == injected)]
    if table.empty:
        return NOTHING
    error = table.assign(error=table["ours"] - table["truth"]).set_index(["trial", "side"])["error"]
    return _over_trials(error, lambda errors: float(errors.abs().max()))


def refused(evidence: Evidence) -> Measured:
    """Number of analyses that ended in an error although the truth is known."""
    if evidence.refused.empty:
        return Measured(0.0, 0)
    by_trial = evidence.refused.groupby(TRIAL, sort=False).size().astype(float)
    return _measured(float(by_trial.sum()), len(by_trial), by_trial)


def _errors(evidence: Evidence, metric: str) -> pd.DataFrame:
    """Errors of one metric in the unit it is shown in."""
    if evidence.errors.empty:
        return evidence.errors
    errors = evidence.errors[evidence.errors["metric"] == metric]
    return errors.assign(error=errors["error"] * METRIC_OF_COLUMN[metric].scale)


def _over_strides(evidence: Evidence, metric: str, statistic: Callable[[pd.DataFrame], float]) -> Measured:
    errors = _errors(evidence, metric)
    if errors.empty:
        return NOTHING
    by_trial = pd.Series({name: statistic(group) for name, group in errors.groupby(TRIAL, sort=False)})
    return _measured(statistic(errors), len(errors), by_trial)


def _relative_errors(evidence: Evidence, metric: str) -> "pd.Series[float]":
    """Percent per trial and block: our mean against the mean of the truth of the same strides."""
    errors = evidence.errors
    if errors.empty:
        return pd.Series(dtype=float)
    means = errors[errors["metric"] == metric].groupby([*TRIAL, "block"])[["ours", "truth"]].mean()
    return 100 * (means["ours"] / means["truth"] - 1)


def _over_trials(values: "pd.Series[float]", statistic: Callable[["pd.Series[float]"], float]) -> Measured:
    return _measured(statistic(values), len(values), values) if len(values) else NOTHING


def _share(table: pd.DataFrame, part: str, *, best: float) -> Measured:
    """Percent of the true ones that are `part`; best: 100 where all should be, 0 where none should."""
    if table.empty or not table["true"].sum():
        return NOTHING
    sums = table.groupby(TRIAL, sort=False)[[part, "true"]].sum().astype(float)
    sums = sums[sums["true"] > 0]
    value = 100 * float(sums[part].sum()) / float(sums["true"].sum())
    return _measured(value, int(sums["true"].sum()), 100 * sums[part] / sums["true"], best=best)


def _seconds_of(evidence: Evidence, activity: str) -> pd.DataFrame:
    table = evidence.seconds
    return table[table["activity"] == activity] if len(table) else table


def _measured(value: float, n: int, by_trial: "pd.Series[float]", *, best: float = 0.0) -> Measured:
    distance = (by_trial - best).abs().to_numpy()
    place = int(np.argmax(distance))
    if distance[place] == 0:  # perfect everywhere: nobody is the worst
        return Measured(value, n)
    return Measured(value, n, _name(by_trial.index[place]), float(by_trial.iloc[place]))


def _name(key: tuple[str, ...]) -> str:
    """set, variant, trial, sensors (and block) as one name; what goes without saying is left out."""
    if len(key) < len(TRIAL):
        return " ".join(key)
    _, variant, trial, sensors, *block = key
    parts = [trial, variant, *([] if sensors == "all" else [sensors])]
    return " ".join([*parts, *(f"block {number}" for number in block if number != "0")])


def _rms(values: "pd.Series[float]") -> float:
    return float(np.sqrt((values**2).mean()))
