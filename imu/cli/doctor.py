"""`restride doctor`: is this installation fit to use, and if not, what to do."""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Annotated

import typer

import imu

if TYPE_CHECKING:
    from imu.store.check import StoreCheck

_CHECK_FAILED = 1
_CADENCE_SHARE = 0.005  # five times what the analysis is off on real running: beyond it something is broken


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `detail` says what was found, or what to do about it."""

    name: str
    ok: bool
    detail: str


def doctor(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Remove files that belong to no run, and end a restore that was interrupted."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check this installation.

    Looks at Python, the packages, and everything remembered: is the database sound, is every file of every
    run there, and does any lie around for nobody. Analyses a simulated run.

    Example:  restride doctor
    """
    checks = [_python(), *_packages(), _home(), *_store(repair=repair), _self_test()]
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        for check in checks:
            typer.echo(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
    if not all(check.ok for check in checks):
        raise typer.Exit(_CHECK_FAILED)


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= (3, 11)
    return Check("python", ok, version if ok else f"{version} is too old; use 3.11 or newer")


def _packages() -> Iterator[Check]:
    try:
        requirements = metadata.requires("restride") or []
    except metadata.PackageNotFoundError:
        yield Check("restride", False, "runs from a folder without being installed; run: pip install .")
        return
    for requirement in requirements:
        if "extra ==" in requirement:
            continue
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            yield Check(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, False, "not installed; run: pip install --upgrade restride")


def _home() -> Check:
    from imu.home import home

    folder = home()
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        return Check("home", False, f"{existing} is a file; move it or set RESTRIDE_HOME to a folder")
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return Check(
            "home", False, f"{existing}: {error.strerror}; set RESTRIDE_HOME to a folder of your own"
        )
    return Check("home", True, str(folder))


def _store(*, repair: bool) -> Iterator[Check]:
    """Everything remembered; nothing where nothing is, since looking must not make a store."""
    from imu.errors import StoreError
    from imu.home import home
    from imu.store import Store
    from imu.store.check import check

    if not Store.exists(home()):
        yield Check("store", True, "nothing is remembered yet")
        return
    try:
        store = Store.at(home())
        found = check(store, repair=repair)
    except StoreError as error:
        yield Check("store", False, str(error))
        return
    yield from _told(found, repaired=repair)
    store.close()


def _told(found: "StoreCheck", *, repaired: bool) -> Iterator[Check]:
    """What was found in a store, and what to do about it."""
    for words, what, advice in (
        (found.damage, "database", "restore a backup"),
        (found.incomplete, "runs without all of their results", "run: restride reprocess"),
        (found.missing_raw, "files of recordings gone or cut", "restore a backup"),
        (found.missing_derived, "tables of runs gone", "run: restride reprocess"),
    ):
        if words:
            more = f" and {len(words) - 1} more" if len(words) > 1 else ""
            yield Check("store", False, f"{what}: {words[0]}{more}; {advice}")
    if found.is_whole:
        yield Check("store", True, f"{found.runs} runs, all whole")
    for waiting, what, done in (
        (len(found.orphans), "files that belong to no run", "removed"),
        (int(found.interrupted), "interrupted restore", "ended"),
    ):
        if waiting:
            advice = done if repaired else "run: restride doctor --repair"
            yield Check("store", True, f"{waiting} {what}; {advice}")


def _self_test() -> Check:
    """A minute of simulated running, found again."""
    from imu.report.metrics import CADENCE

    simulation = imu.simulate.simulate(imu.simulate.SimulationConfig())
    true_spm = float(simulation.truth.strides[CADENCE.column].median())
    began_s = time.perf_counter()
    found = imu.analyze(simulation.recording).summary["running"]["overall"][CADENCE.column]["median"]
    took_s = time.perf_counter() - began_s
    if found is None or abs(found - true_spm) > _CADENCE_SHARE * true_spm:
        return Check(
            "self-test", False, f"{true_spm:.1f} steps/min were run, {found} found; please report this"
        )
    return Check("self-test", True, f"{found:.1f} of {true_spm:.1f} steps/min found, in {took_s:.1f} s")
