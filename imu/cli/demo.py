"""`restride demo`: the whole way once, from a run to its page, with a change that is known to be there."""

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.summary import aligned, run_text
from imu.errors import RestrideError

if TYPE_CHECKING:
    import pandas as pd

# A walk-run session. The changes begin in the middle of its long run: the same pace before and after.
_PATTERN = "stand:8,walk:60@1.4,run:300@3.0,walk:60@1.3,run:720@3.0,walk:60@1.4,stand:8"
_BEFORE_S, _AFTER_S = (
    (440.0, 700.0),
    (740.0, 1140.0),
)  # a simulated change takes half a minute, here around 720 s
_INJECTIONS = ("left-shank+3@12", "right-drop+2@12")


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the recording and its results.")] = Path("demo-run"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Go the whole way once.

    Simulates 20 minutes with a change in gait, analyses them, and writes the page of the run.

    Example:  restride demo
    """
    from imu.report import write_page

    if out.exists() and not (out / "recording" / "recording.json").exists():
        raise RestrideError(f"{out}: exists and is no earlier demo; choose another --out")
    unfinished = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}")
    try:
        typer.echo("Simulating 20 minutes of walking and running ...", err=True)
        today = datetime.now().astimezone().replace(microsecond=0)
        config = imu.simulate.SimulationConfig(pattern=_PATTERN, injections=_INJECTIONS, start=today)
        simulation = imu.simulate.simulate(config)
        simulation.save(unfinished / "recording")
        typer.echo("Analysing ...", err=True)
        analysis = imu.analyze(imu.load(unfinished / "recording"))
        analysis.save(unfinished / "results")
        write_page(analysis, unfinished / "results" / "report.html")
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)

    changes = _changes(simulation.truth.strides, analysis.strides)
    page = out / "results" / "report.html"
    if as_json:
        typer.echo(json.dumps({"page": str(page), "changes": changes, "summary": analysis.summary}, indent=2))
    else:
        typer.echo(run_text(analysis.summary, out=out / "results"))
        typer.echo(
            "\nThis runner was made to change at minute 12. Later minus earlier strides of the long run:"
        )
        typer.echo(_changes_table(changes))
        typer.echo(f"\nOpen the page: {page}")


def _changes_table(changes: Sequence[Mapping[str, Any]]) -> str:
    from imu.report.metrics import signed

    rows = [
        (f"  {c['name']}, {c['side']}", f"{signed(c['true_deg'])}°", f"{signed(c['found_deg'])}°")
        for c in changes
    ]
    return aligned([("", "truth", "found"), *rows])


def _changes(truth: "pd.DataFrame", found: "pd.DataFrame") -> list[dict[str, Any]]:
    """The change of each angle and side within the long run, as it was and as it was found."""
    from imu.report.metrics import PELVIC_DROP, SHANK_ANGLE

    return [
        {
            "name": metric.name,
            "side": side,
            "true_deg": round(_change(truth, side, metric.column), 3),
            "found_deg": round(_change(found, side, metric.column), 3),
        }
        for metric in (SHANK_ANGLE, PELVIC_DROP)
        for side in ("left", "right")
    ]


def _change(strides: "pd.DataFrame", side: str, column: str) -> float:
    ours = strides[(strides["side"] == side) & strides.get("valid", True)]
    early, late = (
        ours[ours["ic_time_s"].between(*window)][column].median() for window in (_BEFORE_S, _AFTER_S)
    )
    return float(late - early)
