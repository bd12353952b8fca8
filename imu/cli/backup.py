"""`restride backup` and `restride restore`: everything remembered, in one file."""

from pathlib import Path
from typing import Annotated

import typer

import imu
from imu.cli.progress import progress_bar
from imu.cli.reminders import forget
from imu.cli.summary import several
from imu.cli.told import echo
from imu.home import home


def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")],
) -> None:
    """Write everything remembered into one file.

    Holds all athletes, accounts, recordings and results, whichever database they are kept in, readable for
    you alone and not encrypted: keep it where health data may lie. Others may go on working meanwhile.

    Example:  restride backup 2026-11-22.restride
    """
    from imu.store import Store
    from imu.store.backup import back_up

    store = Store.at(home())
    with progress_bar("writing the backup", wanted=True) as progress:
        written = back_up(store, file, made_by=f"restride {imu.__version__}", progress=progress)
    _warn_of_missing(written.missing)
    what = f"{several(written.rows['run'], 'run')} of {several(written.rows['athlete'], 'athlete')}"
    echo(f"{what}, {written.blobs} files, {written.bytes / 1e6:.1f} MB: {file}")


def restore(
    file: Annotated[Path, typer.Argument(help="File that `restride backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Lose what is remembered now, and take the backup instead.")
    ] = False,
) -> None:
    """Take back what a backup holds.

    Fills an empty store: of another computer, another RESTRIDE_HOME or another database (RESTRIDE_DATABASE),
    so this is also the way from SQLite to PostgreSQL. Every byte is compared with its checksum first. All
    of it comes back, or nothing changes.

    Example:  restride restore 2026-11-22.restride
    """
    from imu.store import Store
    from imu.store.restore import restore as fill_from

    store = Store.at(home())
    with progress_bar("restoring", wanted=True) as progress:
        restored = fill_from(store, file, replace=replace, progress=progress)
    forget(home())
    _warn_of_missing(restored.missing)
    what = f"{several(restored.rows['run'], 'run')} of {several(restored.rows['athlete'], 'athlete')}"
    echo(f"{what} and {restored.blobs} files are back, as they were on {restored.made_at[:16]}")


def _warn_of_missing(keys: tuple[str, ...]) -> None:
    for key in keys:
        echo(f"{key}: was gone before this backup was made; restride doctor says more", err=True)
