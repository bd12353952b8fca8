"""`restride import`: recordings into the history of an athlete."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

import imu
from imu.cli.batch import recordings_of
from imu.cli.progress import progress_bar
from imu.cli.reminders import refresh
from imu.cli.who import AsOption, AthleteOption, JsonOption, opened
from imu.errors import RestrideError
from imu.home import home

if TYPE_CHECKING:
    from imu.followup.arrival import Arrival
    from imu.followup.importing import RunFacts
    from imu.store import Account, Store
    from imu.training.history import Surface

_SURFACES = ("road", "track", "trail", "grass", "treadmill")


def _checked_surface(word: str | None) -> str | None:
    if word is not None and word not in _SURFACES:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(_SURFACES)}")
    return word


SurfaceOption = Annotated[
    str | None,
    typer.Option(metavar="WORD", callback=_checked_surface, help=f"One of {', '.join(_SURFACES)}."),
]
ShoeOption = Annotated[str | None, typer.Option(metavar="NAME", help="Which shoes, in your own words.")]
EffortOption = Annotated[
    float | None,
    typer.Option(metavar="0-10", min=0, max=10, help="How hard the run was as a whole (CR10)."),
]


def import_runs(
    recordings: Annotated[
        list[Path],
        typer.Argument(metavar="RECORDING", help="Folder with recording.json, or a folder of such folders."),
    ],
    start: Annotated[
        datetime | None,
        typer.Option(help="When the run began, for a recording that does not say. Local time."),
    ] = None,
    surface: SurfaceOption = None,
    shoe: ShoeOption = None,
    effort: EffortOption = None,
    athlete: AthleteOption = None,
    account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep runs in the history.

    Each recording is stored once with its analysis, judged against your own runs and your plan, and told in a
    paragraph. Importing one again changes nothing. The folder itself is no longer needed afterwards.

    Example:  restride import 2026-11-22T0730_easy --surface road --shoe blue
    """
    from imu.followup.importing import RunFacts

    facts = RunFacts(surface=cast("Surface | None", surface), shoe=shoe, effort_cr10=effort)
    folders = recordings_of(recordings)
    if start is not None and len(folders) > 1:
        raise RestrideError("--start is the time of one recording; import the others without it")
    results: list[dict[str, Any]] = []
    with opened(account) as (store, viewer), progress_bar("Importing", wanted=len(folders) > 1) as shown:
        with store.seen_by(viewer) as repository:
            athlete_id = repository.sharing.athlete(athlete).athlete_id
        for done, folder in enumerate(folders):
            shown(done / len(folders))
            results.append(_imported(store, viewer, athlete_id, folder, start=start, facts=facts))
            if not as_json:
                _tell(results[-1], several=len(folders) > 1)
        refresh(home(), store, viewer, athlete_id)
    if as_json:
        typer.echo(json.dumps(results, indent=2, ensure_ascii=False))
    failed = [result for result in results if "error" in result]
    if len(failed) == len(folders) == 1:
        raise RestrideError(failed[0]["error"])
    if failed:
        raise RestrideError(f"{len(failed)} of {len(folders)} recordings could not be imported")


def _imported(
    store: "Store",
    viewer: "Account",
    athlete_id: str,
    folder: Path,
    *,
    start: datetime | None,
    facts: "RunFacts",
) -> dict[str, Any]:
    from imu.followup.arrival import take_in

    try:
        recording = imu.load(folder)
        if start is not None:
            recording = replace(recording, start=start.astimezone())
        arrival = take_in(store, viewer, athlete_id, recording, facts=facts, analysis_version=imu.__version__)
    except RestrideError as error:
        return {"recording": str(folder), "error": str(error)}
    return {"recording": str(folder), **_plain(arrival)}


def _plain(arrival: "Arrival") -> dict[str, Any]:
    return {
        "run_id": arrival.imported.run_id,
        "is_new": arrival.imported.is_new,
        "told": arrival.paragraph,
        "next": arrival.judgement.next.words,
    }


def _tell(result: dict[str, Any], *, several: bool) -> None:
    name = f"{result['recording']}: " if several else ""
    if "error" in result:
        if several:
            typer.echo(f"restride: {result['error']}", err=True)
        return
    if not result["is_new"]:
        typer.echo(f"{result['recording']}: already there as run {result['run_id'][:8]}", err=True)
    typer.echo(f"{name}{result['told']}")
