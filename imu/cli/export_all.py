"""`restride export-all`: everything of one athlete, for any other program."""

from pathlib import Path
from typing import Annotated

import typer

import imu
from imu.cli.progress import progress_bar
from imu.cli.summary import several
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, opened


def export_all(
    out: Annotated[Path, typer.Argument(help="Folder to make.")],
    athlete: AthleteOption = None,
    account: AsOption = None,
) -> None:
    """Write everything of one athlete in open formats.

    Recordings as folders that `analyze` takes, strides as CSV and Parquet, every other table as CSV and JSON,
    the log of who did and saw what, and a README that explains every column.

    Example:  restride export-all my-data
    """
    from imu.followup.export import export_all as write_all

    with opened(account) as (store, viewer):
        with store.seen_by(viewer) as repository:
            whose = repository.sharing.athlete(athlete)
        with progress_bar("exporting", wanted=True) as progress:
            exported = write_all(
                store,
                viewer,
                whose.athlete_id,
                out,
                made_by=f"restride {imu.__version__}",
                progress=progress,
            )
    for line in exported.missing:
        echo(f"not exported: {line}", err=True)
    echo(f"{several(exported.rows['run'], 'run')} of {whose.name} and all that was told: {out}")
