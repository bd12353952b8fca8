"""`restride erase`: an athlete is gone."""

import json
import sys
from typing import Annotated

import typer

from imu.cli.plan import draft_of
from imu.cli.reminders import forget
from imu.cli.told import echo
from imu.cli.who import AsOption, opened
from imu.errors import RestrideError
from imu.home import home


def erase(
    athlete: Annotated[str, typer.Argument(metavar="ATHLETE", help="Name or id of the athlete.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    account: AsOption = None,
) -> None:
    """Erase everything of one athlete, for good.

    Every row and every file goes, and the database is written anew without them. The log keeps that an
    athlete was erased, by whom and when. Asks for the name first. Prints a receipt as JSON: what was removed,
    and what still holds it, such as older backups.

    Example:  restride erase Anna > receipt.json
    """
    from imu.store.erase import erase as erase_from

    with opened(account) as (store, viewer):
        with store.seen_by(viewer) as repository:
            whose = repository.sharing.athlete(athlete)
        if not yes:
            _ask(whose.name)
        receipt = erase_from(store, viewer, whose.athlete_id)
        forget(home())
        draft_of(whose.athlete_id).unlink(missing_ok=True)
    if not receipt.compacted:
        echo(
            "the database is in use elsewhere: its file is written anew by restride serve, with the next "
            "erasure, or once you run: restride doctor --repair",
            err=True,
        )
    echo(json.dumps(receipt.as_json(), indent=2))


def _ask(name: str) -> None:
    if not sys.stdin.isatty():
        raise RestrideError("nobody is here to be asked; give --yes to erase without a question")
    typed = typer.prompt(f"Everything of {name} will be gone for good. Type the name to go on", err=True)
    if typed.strip() != name:
        raise RestrideError(f"{typed.strip()!r} is not {name!r}; nothing was erased")
