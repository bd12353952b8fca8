"""`restride doctor`: is this installation fit to use, and if not, what to do."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

import imu
from imu.cli import kept_checks, machine_checks, package_checks
from imu.cli.bluetooth import RadioOption
from imu.cli.checks import Check, looked
from imu.cli.told import echo

_CHECK_FAILED = 1
_CADENCE_SHARE = 0.005  # five times what the analysis is off on real running: beyond it something is broken


def doctor(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Remove files that belong to no run, and end a restore that was interrupted."
        ),
    ] = False,
    radio: RadioOption = "system",
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check this installation.

    Looks at Python, the packages and what more could be installed, disk, clock, Bluetooth, paired sensors,
    and everything remembered: is the database sound, is every file of every run there, and does any lie
    around for nobody. Analyses a simulated run.

    Each line begins with ok, note (nothing is wrong, but something could be done) or FAIL (exit code 1), and
    ends with what to do.

    Example:  restride doctor
    """
    checks: list[Check] = []
    for check in _checks(repair=repair, radio=radio):
        checks.append(check)
        if not as_json:
            echo(check)
    if as_json:
        echo(json.dumps([asdict(check) for check in checks], indent=2, ensure_ascii=False))
    if not all(check.ok for check in checks):
        raise typer.Exit(_CHECK_FAILED)


def _checks(*, repair: bool, radio: str) -> Iterator[Check]:
    looks: dict[str, Callable[[], Iterable[Check]]] = {
        "python": package_checks.python,
        "packages": package_checks.restride,
        "extras": package_checks.extras,
        "time zone": machine_checks.clock,
        "time zone names": machine_checks.zone_names,
        "home": kept_checks.home_folder,
        "disk": machine_checks.disk,
        "store elsewhere": kept_checks.elsewhere,
        "store": partial(kept_checks.store, repair=repair),
        "sessions": kept_checks.interrupted_sessions,
        "sensors": kept_checks.sensors,
        "bluetooth": partial(machine_checks.bluetooth, radio),
        "self-test": _self_test,
    }
    for name, look in looks.items():
        yield from looked(name, look)


def _self_test() -> Iterator[Check]:
    """A minute of simulated running, found again."""
    from imu.report.metrics import CADENCE

    simulation = imu.simulate.simulate(imu.simulate.SimulationConfig())
    true_spm = float(simulation.truth.strides[CADENCE.column].median())
    began_s = time.perf_counter()
    found = imu.analyze(simulation.recording).summary["running"]["overall"][CADENCE.column]["median"]
    took_s = time.perf_counter() - began_s
    if found is None or abs(found - true_spm) > _CADENCE_SHARE * true_spm:
        told = f"{true_spm:.1f} steps/min were run, {found} found"
        yield Check("self-test", False, told, "please report this")
    else:
        yield Check("self-test", True, f"{found:.1f} of {true_spm:.1f} steps/min found, in {took_s:.1f} s")
