"""`restride serve`: the dashboard, for oneself or for a squad."""

import ipaddress
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from imu.cli.told import echo
from imu.errors import RestrideError
from imu.home import home

_NEEDED = ("argon2", "dash", "dash_ag_grid", "dash_mantine_components", "flask_limiter", "flask_login")
_LOCK = "serving.lock"


def serve(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8050,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer browsers.")] = 2,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="Where tables are kept.  [default: RESTRIDE_DATABASE, or SQLite in the home]"
        ),
    ] = None,
    blobs: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where files are kept.  [default: RESTRIDE_BLOBS, or the home]"),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="A proxy of yours with https is in front: believe its headers.  "
            "[several: RESTRIDE_BEHIND_PROXY=2]",
        ),
    ] = False,
    insecure_cookies: Annotated[
        bool,
        typer.Option(
            "--insecure-cookies", help="Sign in over http, as is always possible on this computer itself."
        ),
    ] = False,
    analyses: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Also analyse runs that are uploaded.")
    ] = True,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Add the log there.  [default: standard error]")
    ] = None,
) -> None:
    """Open the dashboard.

    The first start asks for the first account. Until Ctrl-C it answers at its address, and a second process
    analyses what is uploaded. Beyond this computer put a proxy with https before it (--behind-proxy).

    Example:  restride serve
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise RestrideError(
            f"the dashboard is not installed ({missing[0]} is missing): pip install 'restride[dashboard]'"
        )
    from dashboard.serving.environment import SECRET, Told, provider, told
    from dashboard.serving.first_account import see_to_first_account
    from dashboard.serving.processes import Processes, address_of, listening, run
    from dashboard.serving.secret import secret_key
    from imu.store import Store

    local = _is_local(host)
    proxies = max(told().proxies, int(behind_proxy))
    asked = Told(insecure_cookies=insecure_cookies or (local and not proxies), proxies=proxies)
    provider()  # refused before anything is opened
    with ExitStack() as stack:
        bound = stack.enter_context(listening(host, port))
        address = address_of(bound)
        stack.enter_context(_alone(home(), address))
        secret_key(home(), given=os.environ.get(SECRET))
        store = Store.at(home(), database=database, blobs=blobs)
        try:
            see_to_first_account(store)
        finally:
            store.close()
        opened = stack.enter_context(log.open("ab")) if log else None

        def ready() -> None:
            echo(f"Restride is open at {address}; Ctrl-C ends it.")
            if not (local or proxies or insecure_cookies):
                echo("Signing in works over https only: see docs/deploy.md for a proxy.", err=True)

        processes = Processes(asked.variables(database=database, blobs=blobs), opened)
        run(processes, bound, workers=workers, analyses=analyses, ready=ready)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _alone(folder: Path, address: str) -> Iterator[None]:
    """RestrideError if this home is served already: a second server is a mistake rather than a wish."""
    from imu.collect.locked import release, try_lock

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _LOCK
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not try_lock(file):
            where = os.read(file, 200).decode(errors="replace").strip()
            raise RestrideError(f"{folder}: is served already, at {where or 'another address'}")
        os.ftruncate(file, 0)
        os.write(file, address.encode())
        yield
    finally:
        release(file)
