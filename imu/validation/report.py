"""`validate`: every recording with truth analysed, compared, judged and written down."""

import os
import signal
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import numpy as np

from imu.errors import RestrideError, writing
from imu.validation import document, page, tables
from imu.validation.evidence import Evidence
from imu.validation.experiments import (
    calibration_evidence,
    calibration_groups,
    evidence_of,
    refused_trial,
)
from imu.validation.judging import Verdict, judge, summary
from imu.validation.simulated import CHANGES, PLANS, VARIANTS, change_evidence, plan_evidence
from imu.validation.truth import Case, read_samples, read_simulated
from imu.validation.virtual_samples import VIRTUAL_SET, write_virtual_samples

MOST_WORKERS = 8  # beyond this the disk is the limit
_READING_SHARE = 0.2  # of the time, where C3D trials have to be turned into recordings first

Task = Callable[[], Evidence]
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What was measured and how it stands against the goals."""

    evidence: Evidence
    verdicts: list[Verdict]

    @property
    def passed(self) -> bool:
        """No goal that could be measured was missed."""
        return all(verdict.met is not False for verdict in self.verdicts)

    @property
    def summary(self) -> str:
        """How many goals are met, missed and not measured."""
        return summary(self.verdicts)

    @property
    def text(self) -> str:
        """The goals as tables for a terminal, the summary last."""
        chapters = tables.goal_chapters(self.verdicts)
        shown = [f"{chapter.title}\n{tables.text(chapter.table)}" for chapter in chapters]
        return "\n\n".join([*shown, *tables.refusals(self.evidence), self.summary])

    def rows(self) -> list[dict[str, Any]]:
        """Every figure with its limit as plain data."""
        return [
            {
                "chapter": judgement.goal.chapter,
                "quantity": judgement.goal.quantity,
                "column": judgement.column,
                "value": _finite(judgement.measured.value),
                "limit": judgement.goal.limit,
                "at_least": judgement.goal.at_least,
                "unit": judgement.goal.unit,
                "met": judgement.met,
                "n": judgement.measured.n,
                "worst": judgement.measured.worst or None,
                "worst_value": _finite(judgement.measured.worst_value),
            }
            for verdict in self.verdicts
            for judgement in verdict.judgements
        ]


def validate(
    samples: Path,
    out: Path,
    *,
    sets: Collection[str] | None = None,
    progress: Progress | None = None,
    workers: int | None = None,
) -> ValidationReport:
    """Compare the analysis with the truth of every recording in a folder; write the report into `out`.

    samples: a samples folder (index.csv), a folder of C3D trials, or what `restride simulate` wrote.
    sets: only these sets of recordings; `simulated` and `sprint` are made on the spot. workers: processes,
    by default one per processor; 1 works in this process.
    Writes validation.md, validation.html and every error behind them into `evidence`.
    """
    report = progress or (lambda _share: None)
    work = _work(Path(samples), Path(out), report)
    chosen = [case for case in work.cases if sets is None or case.set in sets]
    tasks = [*_tasks(chosen), *(_simulations(sets) if work.simulations else ())]
    if not tasks:
        known = ", ".join(dict.fromkeys(case.set for case in work.cases))
        raise RestrideError(f"{samples}: no recording of the sets {', '.join(sets or ())}; there are {known}")
    evidence = _gather(tasks, workers or min(os.cpu_count() or 1, MOST_WORKERS), report, work.done)
    evidence = Evidence.joined([evidence, *work.refused])
    result = ValidationReport(evidence, judge(evidence))
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        evidence.save(out / "evidence")
        document.write(evidence, result.verdicts, out / "validation.md")
        page.write(evidence, result.verdicts, out / "validation.html")
    return result


def _finite(value: float) -> float | None:
    """JSON knows no infinity: what was never found has no value."""
    return value if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class _Work:
    cases: list[Case]
    simulations: bool = True  # whether the built-in experiments belong to the report
    refused: tuple[Evidence, ...] = ()  # trials that never became recordings
    done: float = 0.0  # share of the work that finding the cases was


def _work(samples: Path, out: Path, progress: Progress) -> _Work:
    """The recordings with truth of a folder of any kind."""
    if (samples / "index.csv").is_file():
        return _Work(read_samples(samples))
    if simulated := read_simulated(samples):
        return _Work(simulated, simulations=False)
    virtual = write_virtual_samples(
        samples, out / "virtual", progress=lambda share: progress(_READING_SHARE * share)
    )
    refused = tuple(refused_trial(VIRTUAL_SET, name, reason) for name, reason in virtual.refused.items())
    return _Work(read_samples(virtual.folder), refused=refused, done=_READING_SHARE)


def _tasks(cases: list[Case]) -> list[Task]:
    return [
        *(partial(evidence_of, case) for case in cases),
        *(partial(calibration_evidence, group) for group in calibration_groups(cases)),
    ]


def _simulations(sets: Collection[str] | None) -> list[Task]:
    changes = CHANGES if sets is None or "simulated" in sets else ()
    plans = [plan for plan in PLANS if sets is None or plan.set in sets]
    return [
        *(partial(change_evidence, change, variant) for change in changes for variant in VARIANTS),
        *(partial(plan_evidence, plan, variant) for plan in plans for variant in VARIANTS),
    ]


def _gather(tasks: list[Task], workers: int, progress: Progress, done: float) -> Evidence:
    """Work the tasks off; the order of the evidence is that of the tasks, whoever finishes first."""
    if workers == 1:
        parts = []
        for number, task in enumerate(tasks, start=1):
            parts.append(task())
            progress(done + (1 - done) * number / len(tasks))
        return Evidence.joined(parts)
    # A fresh process instead of a fork: a fork of a program with threads (a progress bar) may never wake up.
    # Ctrl-C reaches the workers too; they leave it to this process instead of each printing a traceback.
    with ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    ) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for number, _ in enumerate(as_completed(futures), start=1):
                progress(done + (1 - done) * number / len(tasks))
        except KeyboardInterrupt:
            for worker in active_children():  # leaving the pool would wait for all that is still queued
                worker.terminate()
            raise
        return Evidence.joined(future.result() for future in futures)
