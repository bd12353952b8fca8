"""`restride recover`: recordings that were interrupted are finished from their journals."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from imu.cli.run_facts import ShoeOption, SurfaceOption, run_facts
from imu.cli.told import echo
from imu.cli.wearing import Places, analysed_if_long, let_go_of, let_go_of_little, tell_unreadable
from imu.errors import RestrideError
from imu.home import home

if TYPE_CHECKING:
    from imu.collect.recover import Unfinished
    from imu.followup.run_facts import RunFacts


def recover(
    look: Annotated[bool, typer.Option("--list", help="Only say what there is.")] = False,
    surface: SurfaceOption = None,
    shoe: ShoeOption = None,
    virtual: Annotated[bool, typer.Option("--virtual", help="Those of virtual sensors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what there is as JSON.")] = False,
) -> None:
    """Finish recordings that were interrupted.

    A recording is kept from its first second on; what a crash or an empty battery ended is made into a
    recording here, as far as it was written. The surface and shoes that record was given stay with it; tell
    others, or what nobody told, here.

    Example:  restride recover
    """
    from imu.collect.recover import unfinished

    root = home() / "virtual" if virtual else home()
    tell_unreadable(root / "sessions")
    waiting = unfinished(root / "sessions")
    if as_json:
        echo(json.dumps([_told(one) for one in waiting], indent=2))
    elif not waiting:
        echo("Nothing was interrupted.")
    else:
        echo("\n".join(_line(one) for one in waiting))
    if look:
        return
    ended = [one for one in waiting if one.session.mode == "stream" and not one.is_running]
    if len(ended) > 1 and (surface or shoe):
        raise RestrideError(
            f"{len(ended)} recordings wait, and --surface and --shoe are of one: leave them out, and tell "
            "them with restride import RECORDING"
        )
    failed = 0
    for one in ended:
        told = run_facts(surface or one.session.surface, shoe or one.session.shoe)
        kept = Places(one.folder, root / "recordings" / one.folder.name)
        failed += not _finished(one, kept, home=root, facts=told)
    if failed:
        raise RestrideError(
            f"{failed} could not be finished; what was recorded is kept in {root / 'sessions'}"
        )


def interrupted(root: Path) -> int:
    """How many live recordings below this home wait to be finished: cheap enough for every start."""
    from imu.collect.locked import is_locked

    waiting = 0
    for file in (root / "sessions").glob("*/session.json"):
        try:
            is_live = json.loads(file.read_text(encoding="utf-8"))["mode"] == "stream"
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if is_live and not any(is_locked(path) for path in file.parent.glob("*.journal")):
            waiting += 1
    return waiting


def _finished(one: "Unfinished", kept: Places, *, home: Path, facts: "RunFacts") -> bool:
    from imu.collect.assemble import NoRecordingError
    from imu.collect.recover import finish

    try:
        made = finish(kept.session, kept.recording)
    except NoRecordingError as error:
        echo(let_go_of_little(one.folder, error), err=True)  # nobody ran in it: told, and no failure
        return True
    except RestrideError as error:
        echo(f"restride: {error}", err=True)
        return False
    # It may have been made before, where --out wanted it.
    echo(f"{made.recording}: recovered and verified. Analysing ...", err=True)
    let_go_of(one.folder, made)
    if (text := analysed_if_long(Places(one.folder, made.recording), home=home, facts=facts)) is not None:
        echo(text)
    return True


def _told(one: "Unfinished") -> dict[str, object]:
    return {
        "session": one.folder.name,
        "start": one.session.start.isoformat(),
        "mode": one.session.mode,
        "running": one.is_running,
        "packets": {name: held.packets for name, held in one.held.items()},
        "torn_bytes": {name: held.torn_bytes for name, held in one.held.items()},
    }


def _line(one: "Unfinished") -> str:
    start = one.session.start.strftime("%d %b %Y, %H:%M")
    sensors = ", ".join(one.session.worn)
    if one.session.mode == "log":
        return f"{start}: armed ({sensors}); restride sync fetches it"
    if one.is_running:
        return f"{start}: being recorded now ({sensors})"
    return f"{start}: interrupted after {_lasted(one)} ({sensors})"


def _lasted(one: "Unfinished") -> str:
    last_ns = max((held.last_ns or 0 for held in one.held.values()), default=0)
    seconds = max(0.0, (last_ns - one.session.start_ns) * 1e-9)
    return str(datetime.fromtimestamp(seconds) - datetime.fromtimestamp(0)).split(".")[0]
