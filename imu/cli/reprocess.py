"""`restride reprocess`: the history as this version understands it."""

import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

import imu
from imu.cli.progress import progress_bar
from imu.cli.summary import several
from imu.cli.told import echo
from imu.cli.who import AsOption, JsonOption, opened
from imu.errors import RestrideError

if TYPE_CHECKING:
    from imu.followup.rederive import Derive, NotDerived
    from imu.followup.reprocessing import Reprocessed
    from imu.store import Account, Store


def reprocess(
    athlete: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose data.  [default: of all whose runs you may add]"),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also runs that this version has analysed already.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Runs at a time.  [default: one per core]")
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use the workers of this Dask scheduler, tcp://host:8786."),
    ] = None,
    account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Derive all runs again from their recordings and watch files.

    For after an upgrade: strides, charts and baselines are then those of one analysis. Baselines stay with
    the runs they were made of. What is done is kept: after an interruption the same command goes on with the
    rest (leave out --all then, it begins anew). Workers of a cluster get the samples over the network; they
    need this version of restride, and not the store. A watch's file that this version makes nothing of is
    named; its run keeps what an older one read in it.

    Example:  restride reprocess --jobs 4
    """
    if jobs is not None and scheduler is not None:
        raise RestrideError("--jobs is for this computer and --scheduler for a cluster; give one of them")
    from imu.followup.reprocessing import reprocess as derive_all

    def complain(one: "NotDerived") -> None:
        echo(f"restride: run {one.run_id[:8]}: {one.because}", err=True)

    with opened(account) as (store, viewer), progress_bar("Deriving", wanted=True) as shown:
        found = derive_all(
            store,
            viewer,
            _athletes(store, viewer, athlete),
            derive=_derive(jobs or os.cpu_count() or 1, scheduler),
            analysis_version=imu.__version__,
            everything=everything,
            progress=shown,
            failed=complain,
        )
    for one in found.unreadable:
        echo(
            f"restride: run {one.run_id[:8]}: {one.file} {one.because}; what an older version read in it "
            "stays. Import that file again, with --sport run if it is a run",
            err=True,
        )
    echo(json.dumps(asdict(found), indent=2) if as_json else _told(found))
    if found.not_derived:
        total = len(found.runs) + len(found.not_derived)
        raise RestrideError(f"{len(found.not_derived)} of {total} runs could not be derived again")


def _derive(jobs: int, scheduler: str | None) -> "Derive":
    from imu.followup.workplaces import here, in_processes, on_cluster

    if scheduler is not None:
        return on_cluster(scheduler)
    return here if jobs == 1 else in_processes(jobs)


def _athletes(store: "Store", viewer: "Account", name: str | None) -> list[str]:
    with store.seen_by(viewer) as repository:
        if name is not None:
            return [repository.sharing.athlete(name).athlete_id]
        known = repository.sharing.athletes()
    return [one.athlete_id for one in known if "write_runs" in one.rights]


def _told(found: "Reprocessed") -> str:
    if not (found.runs or found.baselines or found.not_derived):
        return f"all runs were derived by restride {imu.__version__} already; --all derives them again"
    runs, baselines = several(len(found.runs), "run"), several(len(found.baselines), "baseline")
    return f"{runs} derived again, {baselines} fitted again"
