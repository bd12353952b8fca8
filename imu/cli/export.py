"""`restride export`: one run for another program."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.progress import progress_bar
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, opened
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.followup.run_to_export import RunToExport

# Those of imu.followup.exporting, for which the help page does not wait.
FORMAT_NAMES = (
    "fit",
    "csv",
    "parquet",
    "bids",
    "fhir",
    "redcap",
    "mot",
)


def _checked(name: str) -> str:
    if name not in FORMAT_NAMES:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(FORMAT_NAMES)}")
    return name


def _label(word: str | None) -> str | None:
    if word is not None and not (word.isascii() and word.isalnum()):
        raise typer.BadParameter(f"{word!r} may hold letters and digits only")
    return word


def export(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN...",
            help="`last`, the first digits of a run's id, or a folder: a recording, or what analyze wrote.",
        ),
    ],
    to: Annotated[
        str,
        typer.Option(metavar="FORMAT", callback=_checked, help=f"One of {', '.join(FORMAT_NAMES)}."),
    ],
    out: Annotated[Path, typer.Option(help="The file to write, or the folder for bids and redcap.")],
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    subject: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL",
            callback=_label,
            help="Stands for the athlete in bids, fhir, redcap: letters and digits.  [default: of the store]",
        ),
    ] = None,
    with_name: Annotated[
        bool,
        typer.Option("--with-name", help="Tell the athlete's name and the sensors' serial numbers, in fhir."),
    ] = False,
    start: Annotated[
        datetime | None,
        typer.Option(help="When the run began, for a recording that does not say. Local time."),
    ] = None,
    athlete: AthleteOption = None,
    account: AsOption = None,
) -> None:
    """Write a run for another program.

    fit: an activity with running dynamics, for Garmin Connect, intervals.icu, Runalyze, GoldenCheetah.
    csv, parquet: the stride table, with a dictionary of its columns beside it.
    bids: what the sensors recorded and when the feet met the ground, as Motion-BIDS; takes several runs.
    fhir: each measure and side as an Observation of a Bundle (HL7 FHIR R4B), for a clinic's record.
    redcap: a row a run for a repeating instrument, with its data dictionary; takes several runs.
    mot: the inclination of both shanks over time, for OpenSim.

    Example:  restride export last --to fit --out morning.fit
    """
    from imu.followup.exporting import FORMATS, export as write, left_out

    with ExitStack() as open_ones:
        scratch = Path(open_ones.enter_context(tempfile.TemporaryDirectory(prefix="restride-export-")))
        if with_name and not FORMATS[to].names:
            raise RestrideError(f"--to {to} never tells a name; leave out --with-name")
        folders = [Path(one) for one in runs if Path(one).is_dir()]
        if folders and len(folders) < len(runs):
            raise RestrideError("give folders, or runs of the history, not both at once")
        if folders:
            found = [replace(_of_folder(one, start), number=at) for at, one in enumerate(folders, start=1)]
            if with_name:
                found = [replace(one, athlete=one.summary["athlete"]) for one in found]
        else:
            found = _of_history(
                runs,
                account,
                athlete,
                what=to,
                samples=FORMATS[to].samples,
                with_name=with_name,
                scratch=scratch,
            )
        if subject is not None:
            found = [replace(one, subject=subject) for one in found]
        write(found, to, out, force=force)
        for line in left_out(found, to):
            echo(f"restride: {line}", err=True)
    echo(f"{FORMATS[to].words}: {out}")


def _of_folder(folder: Path, start: datetime | None) -> "RunToExport":
    from imu.followup.run_to_export import of_folder

    local = None if start is None else start.astimezone()
    with progress_bar(folder.name, wanted=True) as progress:
        return of_folder(folder, start=local, progress=progress)


def _of_history(
    words: Sequence[str],
    account: str | None,
    athlete: str | None,
    *,
    what: str,
    samples: bool,
    with_name: bool,
    scratch: Path,
) -> "list[RunToExport]":
    """Runs that the acting account may see; that it took them away is written down."""
    from imu.followup.run_to_export import of_history, run_meant

    with opened(account) as (store, viewer), store.seen_by(viewer) as repository:
        whose = repository.sharing.athlete(athlete).athlete_id
        ids = list(dict.fromkeys(run_meant(repository, whose, one) for one in words))
        found = []
        for run_id in ids:
            found.append(
                of_history(repository, run_id, scratch=scratch, samples=samples, with_name=with_name)
            )
            repository.sharing.took(whose, f"run {run_id} as {what}{' with name' if with_name else ''}")
    return found
