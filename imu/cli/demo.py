"""`restride demo`: the whole way once, from a run to its page, with a change that is known to be there."""

import json
import shutil
import sys
import uuid
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.demo_open import can_open, opened
from imu.cli.demo_run import BEGAN_BEFORE_S, logged_run, simulated_run
from imu.cli.demo_squad import LOGINS_FILE, accounts_opened, logins_text, others_kept, stand_back
from imu.cli.demo_story import run_told, season_kept, season_until_yesterday, session_of
from imu.cli.summary import aligned, run_text
from imu.cli.told import echo
from imu.errors import RestrideError

if TYPE_CHECKING:
    import subprocess

    import pandas as pd

    from imu.cli.demo_run import Run
    from imu.cli.demo_squad import Login
    from imu.simulate import SimulationConfig

_OF_A_DEMO = ("recording/recording.json", "home/store.sqlite")
_BEFORE_S, _AFTER_S = (
    (440.0, 700.0),
    (740.0, 1140.0),
)  # a simulated change takes half a minute, here around 720 s


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the recording and its results.")] = Path("demo-run"),
    squad: Annotated[
        int, typer.Option(min=1, max=24, metavar="N", help="Athletes in the dashboard, herself included.")
    ] = 24,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Do not open the dashboard.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what was found as JSON, and do not open the dashboard.")
    ] = False,
) -> None:
    """Go the whole way once.

    A simulated athlete is on the way back from a hamstring strain. Virtual sensors log the run that her plan
    asks for today, with a change in gait put in. They are synced over a virtual radio, the run is analysed,
    made into a page and taken into her history, and you are told what follows.

    Where the dashboard is installed it opens with a squad around her, and her run appears in it.

    Example:  restride demo
    """
    from imu.report import write_page

    if out.exists() and not any((out / one).exists() for one in _OF_A_DEMO):
        raise RestrideError(f"{out}: exists and is no earlier demo; choose another --out")
    serving = can_open() and sys.stdout.isatty() and not no_serve and not as_json
    unfinished = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}")
    start = datetime.now().astimezone().replace(microsecond=0) - timedelta(seconds=BEGAN_BEFORE_S)
    season = season_until_yesterday(start.date())
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, unfinished, ignore_errors=True)
        before = season_kept(unfinished / "home", season)
        logins = accounts_opened(unfinished / "home", season, out=unfinished) if can_open() else {}
        folder = _in_place(unfinished, out) if serving else unfinished  # what is served stays where it is
        others = partial(others_kept, athletes=squad, until=start.date() - timedelta(days=1))
        wait = stack.enter_context(others(folder / "home")) if logins and squad > 1 else None
        server = _opened(stack, folder / "home", logins) if serving else None
        run = _run(folder, session_of(season, start=start))
        echo("Analysing ...", err=True)
        analysis = imu.analyze(imu.load(folder / "recording"))
        analysis.save(folder / "results")
        write_page(analysis, folder / "results" / "report.html")
        paragraph = run_told(folder / "home", season, folder / "recording", analysis)
        if wait:
            wait()
        if not serving:
            _in_place(unfinished, out)
        changes = _changes(run, analysis.strides)
        story = {"athlete": season.name, "before": before, "paragraph": paragraph}
        _tell(out, analysis, changes, story, as_json=as_json)
        if server:
            echo(f"\nHer run is in the dashboard now: sign in as {season.options.name.lower()}.")
            _stay(server, out)
        elif logins and not as_json:
            echo(f"\nOpen the dashboard: {_reopened(out)}\n{logins_text(logins)}")


def _in_place(unfinished: Path, out: Path) -> Path:
    shutil.rmtree(out, ignore_errors=True)
    return unfinished.rename(out)


def _opened(stack: ExitStack, home: Path, logins: "Mapping[str, Login]") -> "subprocess.Popen[str]":
    echo("Opening the dashboard ...", err=True)
    said, process = stack.enter_context(opened(home))
    echo(f"\n{said}\n{logins_text(logins)}\n")
    stand_back()
    return process


def _stay(server: "subprocess.Popen[str]", out: Path) -> None:
    try:
        server.wait()
    except KeyboardInterrupt:
        echo(f"\nClosed. Open it again: {_reopened(out)}")


def _reopened(out: Path) -> str:
    return f"RESTRIDE_HOME={_home(out)} restride serve   # names and passwords: {out / LOGINS_FILE}"


def _home(out: Path) -> str:
    """As a shell takes it."""
    return quote(str(out / "home"))


def _tell(
    out: Path,
    analysis: "imu.RunAnalysis",
    changes: Sequence[Mapping[str, Any]],
    story: Mapping[str, str],
    *,
    as_json: bool,
) -> None:
    page = out / "results" / "report.html"
    if as_json:
        shown = {"page": str(page), "changes": changes, "story": story, "summary": analysis.summary}
        echo(json.dumps(shown, indent=2))
        return
    echo(run_text(analysis.summary, out=out / "results"))
    echo("\nThis runner was made to change at minute 12. Later minus earlier strides of the long run:")
    echo(_changes_table(changes))
    echo(f"\n{story['athlete']}, whose plan asked for: {story['before']}.\n{story['paragraph']}")
    echo(f"\nOpen the page: {page}")
    account = story["athlete"].split()[0].lower()
    echo(f"Look around in her history: RESTRIDE_HOME={_home(out)} RESTRIDE_AS={account} restride status")


def _run(folder: Path, config: "SimulationConfig") -> "Run":
    from importlib.util import find_spec

    if find_spec("bumble") is not None:
        return logged_run(folder, config)
    echo(
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
