"""The evidence as tables: rows of text that a terminal, Markdown and HTML show alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from imu.validation.agreement import agreement
from imu.validation.evidence import Evidence
from imu.validation.experiments import ALL_SENSORS, UNCALIBRATED
from imu.validation.judging import Judgement, Verdict, columns_of
from imu.validation.metrics import METRIC_OF_COLUMN, METRICS

_DIGITS = {"ms": 1, "mm": 1, "deg": 2, "%": 2, "s": 2, "spm": 2, "m/s": 3, "m": 3, "": 0}


@dataclass(frozen=True, slots=True)
class Table:
    """Text in rows; `numeric` says which columns hold numbers and stand to the right."""

    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    table: Table
    metric: str = ""  # where the table is about one


def goal_chapters(verdicts: Iterable[Verdict]) -> list[Chapter]:
    """The goals that could be measured, by chapter: what was wanted, what came out, and where it is worst."""
    measured = [verdict for verdict in verdicts if verdict.judgements]
    chapters = []
    for title, group in groupby(measured, key=lambda verdict: verdict.goal.chapter):
        chapter = list(group)
        columns = columns_of(chapter[0].goal)
        header = ("", "", "goal", *columns, "worst")
        numeric = (False, False, False, *(True for _ in columns), False)
        rows = [_goal_row(verdict, columns) for verdict in chapter]
        chapters.append(Chapter(title, Table(header, rows, numeric)))
    return chapters


def missed_goals(verdicts: Iterable[Verdict]) -> list[str]:
    """One line per goal that was missed: where, by how much, and the worst case by name."""
    return [_missed(verdict) for verdict in verdicts if verdict.met is False]


def unmeasured_goals(verdicts: Iterable[Verdict]) -> list[str]:
    """One line per chapter with goals that no recording here could show."""
    unmeasured = [verdict.goal for verdict in verdicts if verdict.met is None]
    return [
        f"{chapter}: {', '.join(goal.quantity for goal in goals)}"
        for chapter, goals in groupby(unmeasured, key=lambda goal: goal.chapter)
    ]


def refusals(evidence: Evidence) -> list[str]:
    """One line per analysis that was not made, with its reason."""
    return [
        f"refused: {row['trial']} {row['variant']}, {row['sensors']}: {row['reason']}"
        for _, row in evidence.refused.iterrows()
    ]


def agreement_table(errors: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Bias, 95 % limits and RMSE per metric and group, in the unit the metric is shown in; worst trial named.

    `errors` as in `Evidence.errors`, with the columns `trial`, `runner` and those of `by`.
    """
    rows = []
    for metric in METRICS:
        for keys, group in errors[errors["metric"] == metric.column].groupby(list(by), sort=False):
            error = group["error"] * metric.scale
            result = agreement(error.to_numpy(), group["runner"].to_numpy())
            trial_bias = error.groupby(group["trial"]).mean()
            worst = str(trial_bias.abs().idxmax())
            rows.append(
                {"metric": metric.column}
                | dict(zip(by, keys, strict=True))
                | {
                    "n": result.n,
                    "runners": result.runners,
                    "bias": result.bias,
                    "low": result.low,
                    "high": result.high,
                    "rmse": result.rmse,
                    "worst_trial": worst,
                    "worst_bias": float(trial_bias[worst]),
                    "unit": metric.unit,
                }
            )
    return pd.DataFrame(rows)


def agreement_chapters(
    evidence: Evidence, *, by: Sequence[str] = ("set", "variant", "speed")
) -> list[Chapter]:
    """Running with all sensors, uncalibrated: one table per metric, one row per group."""
    part = evidence.where(activity="run", sensors=ALL_SENSORS, calibration=UNCALIBRATED)
    if part.errors.empty:
        return []
    agreed = agreement_table(part.errors, by)
    covered = part.coverage.groupby(["metric", *by])[["true", "covered"]].sum()
    share = 100 * covered["covered"] / covered["true"]
    chapters = []
    for column, rows in agreed.groupby("metric", sort=False):
        metric = METRIC_OF_COLUMN[str(column)]
        header = (*by, "strides", "runners", "bias", "95 % limits", "RMSE", "valid", "worst trial")
        numeric = (*(False for _ in by), True, True, True, True, True, True, False)
        lines = [_agreement_row(row, by, share) for _, row in rows.iterrows()]
        chapters.append(
            Chapter(f"{metric.label}, {metric.unit}", Table(header, lines, numeric), metric.column)
        )
    return chapters


def text(table: Table) -> str:
    """Aligned columns for a terminal; an empty header line is left out."""
    lines = [table.header, *table.rows] if any(table.header) else table.rows
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.header))]

    def aligned(line: tuple[str, ...]) -> str:
        cells = zip(line, widths, table.numeric, strict=True)
        return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells)

    return "\n".join(aligned(line).rstrip() for line in lines)


def markdown(table: Table) -> str:
    """A GitHub table."""
    rule = ["---:" if right else "---" for right in table.numeric]
    return "\n".join(f"| {' | '.join(line)} |" for line in (table.header, rule, *table.rows))


def number(value: float, unit: str) -> str:
    """A value with as many digits as its unit deserves; absent is empty."""
    if np.isnan(value):
        return ""
    if np.isinf(value):
        return "never"
    shown = f"{value:.{_DIGITS[unit]}f}"
    return shown.lstrip("-") if float(shown) == 0 else shown


def _goal_row(verdict: Verdict, columns: Sequence[str]) -> tuple[str, ...]:
    goal = verdict.goal
    values = {judgement.column: _value(judgement) for judgement in verdict.judgements}
    cells = (values.get(column, "") for column in columns)
    return (goal.quantity, verdict.word, goal.limit_text, *cells, _worst(verdict))


def _missed(verdict: Verdict) -> str:
    goal = verdict.goal
    missed = ", ".join(f"{part.column} {_value(part)}" for part in verdict.judgements if not part.met)
    return f"{goal.quantity} ({goal.chapter}): {missed}; goal {goal.limit_text}; worst {_worst(verdict)}"


def _value(judgement: Judgement) -> str:
    return number(judgement.measured.value, judgement.goal.unit)


def _worst(verdict: Verdict) -> str:
    """The worst case of the worst column by name; empty where everything is perfect."""
    if verdict.worst is None or not verdict.worst.measured.worst:
        return ""
    measured = verdict.worst.measured
    return f"{number(measured.worst_value, verdict.goal.unit)} in {measured.worst}"


def _agreement_row(row: "pd.Series[str]", by: Sequence[str], share: "pd.Series[float]") -> tuple[str, ...]:
    unit = str(row["unit"])
    bias, low, high, rmse, worst = (
        number(float(str(row[name])), unit) for name in ("bias", "low", "high", "rmse", "worst_bias")
    )
    group = [row[label] for label in by]
    valid = float(share.get((row["metric"], *group), np.nan))
    rough = row["set"] in METRIC_OF_COLUMN[row["metric"]].rough_sets
    return (
        *(f"≈ {name}" if rough and label == "set" else name for label, name in zip(by, group, strict=True)),
        str(row["n"]),
        str(row["runners"]),
        bias,
        f"{low} to {high}",
        rmse,
        "" if np.isnan(valid) else f"{valid:.1f} %",
        f"{worst} in {row['worst_trial']}",
    )
