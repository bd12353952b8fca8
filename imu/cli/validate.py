"""`restride validate`: how well strides agree with their truth."""

import json
from pathlib import Path
from typing import Annotated

import typer

from imu.cli.progress import progress_bar
from imu.cli.told import echo

_GOAL_MISSED = 1


def validate(
    samples: Annotated[
        Path,
        typer.Argument(
            metavar="SAMPLES",
            help="Folder of recordings with truth: samples with an index.csv, simulated runs, or C3D trials.",
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for validation.md, validation.html and every error behind them.")
    ],
    sets: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="Only these sets of recordings.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes at work.  [default: one per processor]")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure and its goal as JSON.")] = False,
) -> None:
    """Compare strides with their truth.

    Analyses every recording that has truth, prints how well they agree beside the goals, and writes tables
    and plots. Exit code 1 if a goal was missed.

    Example:  restride validate samples --out validation
    """
    from imu.validation import validate as run_validation

    with progress_bar("validating", wanted=True) as progress:
        report = run_validation(
            samples, out, sets=None if sets is None else sets.split(","), progress=progress, workers=workers
        )
    echo(json.dumps(report.rows(), indent=2) if as_json else f"{report.text}\n\nResults: {out}")
    if not report.passed:
        raise typer.Exit(_GOAL_MISSED)
