"""`restride doctor`: is this installation fit to use, and if not, what to do."""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Annotated

import typer

import imu

_CHECK_FAILED = 1
_CADENCE_SHARE = 0.005  # five times what the analysis is off on real running: beyond it something is broken


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `detail` says what was found, or what to do about it."""

    name: str
    ok: bool
    detail: str


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check this installation.

    Looks at Python, the packages and the folder of everything remembered, and analyses a simulated run.

    Example:  restride doctor
    """
    checks = [_python(), *_packages(), _home(), _self_test()]
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
