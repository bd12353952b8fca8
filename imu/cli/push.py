"""`restride push`: runs of the history to a clinic's server."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from imu.cli.progress import changing_text
from imu.cli.told import echo
from imu.cli.who import AsOption, AthleteOption, JsonOption, opened
from imu.errors import RestrideError
from imu.home import home

if TYPE_CHECKING:
    from imu.followup.pushing import Pushed

_KEYS = "servers.json"


def push(
    server: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Address of the server.  [default: the one of the last --login]"),
    ] = None,
    login: Annotated[
        bool, typer.Option("--login", help="Ask for this device's key and keep it, for you only.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Have the server try once more what it could not analyse.")
    ] = False,
    athlete: AthleteOption = None,
    account: AsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send runs of your history to a server.

    Every run with a recording that the server does not have yet is sent, the earliest first. Without a
    connection nothing is lost: the next push goes on where this one stopped, and nothing is kept twice. The
    key of this device comes from your account's page on the server, or from RESTRIDE_TOKEN. Whoever has it
    can send runs and pain answers in your name there, and read what you see.

    Example:  restride push --server https://clinic.example --login
    """
    from imu.followup.pushing import Server, failed_there, push

    url = _url(server)
    if login:
        _log_in(url)
        return
    there = Server(url, _token(url))
    try:
        with opened(account) as (store, viewer), changing_text() as shown:
            with store.seen_by(viewer) as repository:
                athlete_id = repository.sharing.athlete(athlete).athlete_id
            done = push(
                store,
                viewer,
                athlete_id,
                there,
                home=home(),
                again=again,
                progress=lambda share, words: shown(f"Sending {share:4.0%}, run of {words}"),
            )
        failed = failed_there(there, home())
    finally:
        there.close()
    _tell(done, failed, url, as_json=as_json)


def _tell(done: "Pushed", failed: dict[str, str], url: str, *, as_json: bool) -> None:
    if as_json:
        told = {"sent": done.sent, "known": done.known, "refused": done.refused, "failed": failed}
        echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif not (done.sent or done.known or done.refused):
        echo(f"Nothing to send: {url} has every run.")
    else:
        echo(f"{len(done.sent)} sent to {url}, {len(done.known)} were there already.")
    if not as_json:
        for run_id, reason in failed.items():
            echo(f"run {run_id[:8]}: the server could not analyse it: {reason}", err=True)
    if done.refused:
        run_id, reason = next(iter(done.refused.items()))
        raise RestrideError(f"{len(done.refused)} not taken; run {run_id[:8]}: {reason}")


def _log_in(url: str) -> None:
    """Ask for a key, see whether it opens anything, and keep it."""
    from imu.followup.pushing import Server, write_private

    token = os.environ.get("RESTRIDE_TOKEN") or typer.prompt("Key of this device", hide_input=True, err=True)
    there = Server(url, token.strip())
    try:
        me = there.ask("GET", "me")
    finally:
        there.close()
    kept = _kept()
    tokens = {**kept.get("tokens", {}), url: token.strip()}
    write_private(_file(), {"default": url, "tokens": tokens})
    echo(f"{url}: this device sends and reads as {me.get('name')}.")


def _url(given: str | None) -> str:
    from imu.followup.pushing import checked_url

    url = given or _kept().get("default")
    if not isinstance(url, str):
        raise RestrideError("no server is known; say which with --server URL")
    return checked_url(url)


def _token(url: str) -> str:
    if token := os.environ.get("RESTRIDE_TOKEN"):
        return token.strip()
    token = _kept().get("tokens", {}).get(url)
    if not isinstance(token, str):
        raise RestrideError(
            f"{url}: no key of this device is kept; make one on the account's page there, "
            f"then: restride push --server {url} --login"
        )
    return token


def _kept() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("tokens"), dict) else {}


def _file() -> Path:
    return home() / _KEYS
