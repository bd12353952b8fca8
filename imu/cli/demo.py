"""`restride demo`: the whole way once, from a run to its page, with a change that is known to be there."""

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.demo_run import logged_run, simulated_run
from imu.cli.demo_story import season_until_yesterday, session_of, told
from imu.cli.summary import aligned, run_text
from imu.errors import RestrideError

if TYPE_CHECKING:
    import pandas as pd

    from imu.cli.demo_run import Run
    from imu.simulate import SimulationConfig

_BEFORE_S, _AFTER_S = (
    (440.0, 700.0),
    (740.0, 1140.0),
)  # a simulated change takes half a minute, here around 720 s


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the recording and its results.")] = Path("demo-run"),
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Go the whole way once.

    A simulated athlete is on the way back from a hamstring strain. Virtual sensors log the run that her plan
    asks for today, with a change in gait put in. They are synced over a virtual radio, the run is analysed,
    made into a page and taken into her history, and you are told what follows.

    Example:  restride demo
    """
    from imu.report import write_page

    if out.exists() and not (out / "recording" / "recording.json").exists():
        raise RestrideError(f"{out}: exists and is no earlier demo; choose another --out")
    unfinished = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}")
    start = datetime.now().astimezone().replace(microsecond=0)
    season = season_until_yesterday(start.date())
    try:
        run = _run(unfinished, session_of(season, start=start))
        typer.echo("Analysing ...", err=True)
        analysis = imu.analyze(imu.load(unfinished / "recording"))
        analysis.save(unfinished / "results")
        write_page(analysis, unfinished / "results" / "report.html")
        story = told(unfinished / "home", season, unfinished / "recording", analysis)
        shutil.rmtree(out, ignore_errors=True)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)

    changes = _changes(run, analysis.strides)
    page = out / "results" / "report.html"
    if as_json:
        result = {
            "page": str(page),
            "changes": changes,
            "story": asdict(story),
            "summary": analysis.summary,
        }
        typer.echo(json.dumps(result, indent=2))
    else:
        typer.echo(run_text(analysis.summary, out=out / "results"))
        typer.echo(
            "\nThis runner was made to change at minute 12. Later minus earlier strides of the long run:"
        )
        typer.echo(_changes_table(changes))
        typer.echo(f"\n{story.athlete}, whose plan asked for: {story.before}.\n{story.paragraph}")
        typer.echo(f"\nOpen the page: {page}")
        typer.echo(f"Look around in her history: RESTRIDE_HOME={out / 'home'} restride status")


def _run(folder: Path, config: "SimulationConfig") -> "Run":
    from importlib.util import find_spec

    if find_spec("bumble") is not None:
        return logged_run(folder, config)
    typer.echo(
        "Without virtual sensors, which need Bumble (pip install 'restride[virtual]'): simulating directly.",
        err=True,
    )
    return simulated_run(folder, config)


def _changes_table(changes: Sequence[Mapping[str, Any]]) -> str:
    from imu.report.metrics import signed

    rows = [
        (f"  {c['name']}, {c['side']}", f"{signed(c['true_deg'])}°", f"{signed(c['found_deg'])}°")
        for c in changes
    ]
    return aligned([("", "truth", "found"), *rows])


def _changes(run: "Run", found: "pd.DataFrame") -> list[dict[str, Any]]:
    """The change of each angle and side within the long run, as it was and as it was found."""
    from imu.report.metrics import PELVIC_DROP, SHANK_ANGLE

    return [
        {
            "name": metric.name,
            "side": side,
            "true_deg": round(_change(run.truth, side, metric.column, begins_s=0.0), 3),
            "found_deg": round(_change(found, side, metric.column, begins_s=run.begins_s), 3),
        }
        for metric in (SHANK_ANGLE, PELVIC_DROP)
        for side in ("left", "right")
    ]


def _change(strides: "pd.DataFrame", side: str, column: str, *, begins_s: float) -> float:
    ours = strides[(strides["side"] == side) & strides.get("valid", True)]
    run_s = ours["ic_time_s"] - begins_s
    early, late = (ours[run_s.between(*window)][column].median() for window in (_BEFORE_S, _AFTER_S))
    return float(late - early)
