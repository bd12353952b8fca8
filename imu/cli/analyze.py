"""`restride analyze`: recordings in, result folders out."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import imu
from imu.cli.batch import Job, jobs
from imu.cli.progress import progress_bar
from imu.cli.summary import run_text, runs_table
from imu.cli.told import echo
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.calibration import Calibration

_LONG_S = 20 * 60  # a shorter recording is done before a bar could be read
_PAGE = "report.html"


def _checked_speed(speed_mps: float | None) -> float | None:
    if speed_mps is not None and not 0.2 <= speed_mps <= 13:  # a slow walk; the fastest sprint ever run
        raise typer.BadParameter(f"{speed_mps} m/s is not a speed of walking or running")
    return speed_mps


def analyze(
    recordings: Annotated[
        list[Path],
        typer.Argument(metavar="RECORDING", help="Folder with recording.json, or a folder of such folders."),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for the results; with several recordings, one folder in it for each.")
    ],
    html: Annotated[bool, typer.Option("--html", help=f"Also write a page, {_PAGE}.")] = False,
    calibration: Annotated[
        Path | None, typer.Option(help="calibration.json of the same runner, from a run at a known speed.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            metavar="MPS", callback=_checked_speed, help="Known treadmill speed in m/s: fits a calibration."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Skip recordings whose results are already there as asked for.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Find every stride of a recording.

    Writes strides.csv, strides.parquet, summary.json, curves.csv and seconds.csv; at a known speed also
    calibration.json.

    Example:  restride analyze 2026-11-22T0730_easy --out report --html
    """
    if calibration is not None and speed is not None:
        raise RestrideError("--speed fits a calibration and --calibration applies one; give one of them")
    constants = None if calibration is None else imu.load_calibration(calibration)
    wanted = _Wanted(html=html, calibration=constants, speed_mps=speed)

    def summary_of(job: Job) -> dict[str, Any]:
        if resume and _finished(job, wanted):
            echo(f"{job.out}: already there, skipped", err=True)
        else:
            _analyze(job, wanted)
        return _summary(job)

    work = jobs(recordings, out)
    if work[0].out == out:
        summary = summary_of(work[0])
        echo(json.dumps(summary, indent=2) if as_json else run_text(summary, out=out))
        return
    results = [{"name": str(job.out.relative_to(out))} | _result(job, summary_of) for job in work]
    echo(json.dumps(results, indent=2) if as_json else runs_table(results))
    failed = sum("error" in result for result in results)
    if failed:
        raise RestrideError(f"{failed} of {len(results)} recordings could not be analysed")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was asked for besides the tables."""

    html: bool
    calibration: "Calibration | None"
    speed_mps: float | None


def _analyze(job: Job, wanted: _Wanted) -> None:
    recording = imu.load(job.recording)
    if wanted.speed_mps is not None:
        recording = replace(recording, reference_speed_mps=wanted.speed_mps)
    with progress_bar(job.recording.name, wanted=recording.duration_s > _LONG_S) as progress:
        analysis = imu.analyze(recording, calibration=wanted.calibration, progress=progress)
    analysis.save(job.out)
    page = job.out / _PAGE
    if wanted.html:
        from imu.report import write_page

        write_page(analysis, page)
    else:
        page.unlink(missing_ok=True)  # of an earlier analysis: it would contradict the tables beside it


def _finished(job: Job, wanted: _Wanted) -> bool:
    """Whether the folder holds all that is wanted: it appears whole, and the page is written last."""
    if not (job.out / "summary.json").exists() or (wanted.html and not (job.out / _PAGE).exists()):
        return False
    done = _summary(job)["calibration"]
    if wanted.calibration is not None:
        return bool(done == {"used": "file", **wanted.calibration.as_dict()})
    if wanted.speed_mps is not None:
        return bool(done["used"] == "this recording" and done["reference_speed_mps"] == wanted.speed_mps)
    return bool(done["used"] != "file")


def _summary(job: Job) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads((job.out / "summary.json").read_text(encoding="utf-8"))
    return summary


def _result(job: Job, summary_of: Callable[[Job], dict[str, Any]]) -> dict[str, Any]:
    """The row of one recording among several: one that fails must not cost the others."""
    try:
        return {"recording": str(job.recording), "out": str(job.out), "summary": summary_of(job)}
    except RestrideError as error:
        echo(f"restride: {error}", err=True)
        return {"recording": str(job.recording), "error": str(error)}
