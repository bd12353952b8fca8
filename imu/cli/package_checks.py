"""Is what was installed whole, and what more could be installed."""

import platform
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import imu
from imu.build import commit
from imu.cli.checks import Check

if TYPE_CHECKING:
    from packaging.requirements import Requirement

OLDEST_PYTHON = (3, 11)
_ABSENT = "is not installed"

# What each extra is for; `dev` is for whoever changes restride, and needs no advice.
EXTRAS = {
    "cluster": "restride reprocess on many computers",
    "dashboard": "restride serve: the pages for runner, coach and clinician",
    "docs": "make site: the documents as a site",
    "fhir": "restride export --to fhir, for a clinic's record",
    "formats": "FIT, GPX, TCX and Apple Health in, FIT out",
    "notebooks": "running the notebooks",
    "oidc": "signing in to the dashboard through an identity provider",
    "postgres": "PostgreSQL as the database",
    "s3": "files of runs in S3",
    "serial": "a MetaMotion S over its USB cable",
    "validation": "motion capture (C3D) as truth for restride validate",
    "virtual": "sensors that need no hardware: --virtual, and restride demo in full",
}


def python() -> Iterator[Check]:
    version = f"{platform.python_version()}, {sys.executable}"
    if sys.version_info >= OLDEST_PYTHON:
        yield Check("python", True, version)
    else:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        yield Check("python", False, f"{version} is too old", f"use {oldest} or newer")


def restride() -> Iterator[Check]:
    """The program itself, and the packages that it always needs."""
    try:
        distribution = metadata.distribution("restride")
    except metadata.PackageNotFoundError:
        yield Check("restride", False, "runs from a folder without being installed", "run: pip install .")
        return
    made_of = commit()
    of_commit = f" of commit {made_of}" if made_of else ""
    yield Check("restride", True, f"{distribution.version}{of_commit}, {Path(imu.__file__).parent}")
    for needed in _requirements(extra=None):
        fault = _fault(needed)
        if fault:
            yield Check(needed.name, False, fault, f"run: {_installer()} --upgrade restride")
        else:
            yield Check(needed.name, True, metadata.version(needed.name))


def extras() -> Iterator[Check]:
    """What is not installed and could be, and what it would give. None of it has to be there."""
    for extra, gives in EXTRAS.items():
        faults = {needed.name: fault for needed in _requirements(extra=extra) if (fault := _fault(needed))}
        if not faults:
            yield Check(f"extra {extra}", True, gives)
        else:
            yield Check(
                f"extra {extra}",
                True,
                f"{_lacking(faults)}; it would give {gives}",
                f"if wanted, run: {_installer()} 'restride[{extra}]'",
            )


def _lacking(faults: Mapping[str, str]) -> str:
    """`a is 1.0, not >=2; b, c not installed`"""
    absent = [name for name, fault in faults.items() if fault == _ABSENT]
    others = [f"{name} {fault}" for name, fault in faults.items() if fault != _ABSENT]
    return "; ".join([*others, *([f"{', '.join(absent)} not installed"] if absent else [])])


def _installer() -> str:
    """What adds to this very installation: pipx keeps each program in an environment of its own."""
    of_pipx = (Path(sys.prefix) / "pipx_metadata.json").exists()
    return "pipx runpip restride install" if of_pipx else "pip install"


def _requirements(*, extra: str | None) -> Iterator["Requirement"]:
    """What the installed restride needs here, always or for one extra."""
    from packaging.requirements import Requirement

    for text in metadata.requires("restride") or []:
        needed = Requirement(text)
        always = needed.marker is None or needed.marker.evaluate({"extra": ""})
        with_extra = needed.marker is None or needed.marker.evaluate({"extra": extra or ""})
        if always if extra is None else with_extra and not always:
            yield needed


def _fault(needed: "Requirement") -> str | None:
    """Why an installed package does not do; None where it does."""
    try:
        there = metadata.version(needed.name)
    except metadata.PackageNotFoundError:
        return _ABSENT
    if not needed.specifier.contains(there, prereleases=True):
        return f"is {there}, not {needed.specifier}"
    return None
