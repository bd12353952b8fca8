"""Whether the goals are reached: the evidence held against each limit."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from imu.validation.evidence import Evidence
from imu.validation.goals import GOALS, Goal
from imu.validation.measures import Measured

MET, MISSED, NOT_MEASURED = "✓ met", "✗ missed", "– not measured"
VARIANTS = ("clean", "field", "real")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A goal in one column of its table: a variant of the recordings, or a set of sensors."""

    goal: Goal
    column: str
    measured: Measured

    @property
    def met(self) -> bool:
        value = self.measured.value
        return bool(value >= self.goal.limit if self.goal.at_least else abs(value) <= self.goal.limit)

    @property
    def excess(self) -> float:
        """How far on the wrong side of the limit."""
        value, limit = self.measured.value, self.goal.limit
        return limit - value if self.goal.at_least else abs(value) - limit


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal over all its columns that could be measured."""

    goal: Goal
    judgements: tuple[Judgement, ...]

    @property
    def met(self) -> bool | None:
        """In every column; None where nothing was there to measure."""
        return all(judgement.met for judgement in self.judgements) if self.judgements else None

    @property
    def word(self) -> str:
        return {True: MET, False: MISSED, None: NOT_MEASURED}[self.met]

    @property
    def worst(self) -> Judgement | None:
        """The column furthest on the wrong side of the limit."""
        return max(self.judgements, key=lambda judgement: judgement.excess, default=None)


def judge(evidence: Evidence, goals: Iterable[Goal] = GOALS) -> list[Verdict]:
    """Every goal, in their order."""
    parts: dict[Hashable, dict[str, Evidence]] = {}  # many goals look at the same part of the evidence
    verdicts = []
    for goal in goals:
        part = (goal.activity, goal.calibration, goal.sets, goal.sensors, tuple(goal.by_sensors))
        if part not in parts:
            parts[part] = _columns(goal, evidence)
        verdicts.append(_verdict(goal, parts[part]))
    return verdicts


def summary(verdicts: Iterable[Verdict]) -> str:
    """How many goals are met, missed and not measured."""
    words = [verdict.word for verdict in verdicts]
    counts = {word: words.count(word) for word in (MET, MISSED, NOT_MEASURED)}
    return ", ".join(f"{count} goals {word[2:]}" for word, count in counts.items() if count)


def columns_of(goal: Goal) -> tuple[str, ...]:
    """The columns of the table this goal stands in."""
    return tuple(goal.by_sensors) or VARIANTS


def _columns(goal: Goal, evidence: Evidence) -> dict[str, Evidence]:
    """The evidence a goal looks at, by the columns of its table."""
    wanted: dict[str, str | tuple[str, ...]] = {"activity": goal.activity, "calibration": goal.calibration}
    wanted |= {"set": goal.sets, "sensors": () if goal.by_sensors else goal.sensors}
    part = evidence.where(**{label: values for label, values in wanted.items() if values})
    if goal.by_sensors:
        return {name: part.where(sensors=sensors) for name, sensors in goal.by_sensors.items()}
    return {name: part.where(variant=name) for name in VARIANTS}


def _verdict(goal: Goal, columns: dict[str, Evidence]) -> Verdict:
    judged = [Judgement(goal, name, goal.measure(column)) for name, column in columns.items() if column]
    return Verdict(goal, tuple(judgement for judgement in judged if not np.isnan(judgement.measured.value)))
