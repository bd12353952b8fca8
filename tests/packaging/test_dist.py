"""What the distribution holds: all that belongs to it, nothing else, the same for whoever builds it."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import imu
from tests.conftest import REPOSITORY
from tests.packaging.building import COMMIT, LOCK, built, tracked

pytestmark = pytest.mark.unhurried


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as packed:
        return {name for name in packed.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def about(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as packed:
        return Parser().parsestr(packed.read(f"restride-{imu.__version__}.dist-info/METADATA").decode())


def test_the_wheel_has_every_file_of_both_packages_and_nothing_else(names: set[str]) -> None:
    belongs = {name for name in tracked() if name.startswith(("imu/", "dashboard/"))}
    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == belongs | {"imu/build.json"}


def test_both_packages_say_that_they_are_typed_and_bring_what_is_not_python(names: set[str]) -> None:
    assert {
        "imu/py.typed",
        "dashboard/py.typed",
        "dashboard/text/locales/de.po",
        "dashboard/assets/restride.css",
        "dashboard/auth/templates/sign_in.html",
        "imu/training/plans/hamstring_default.json",
        "imu/store/migrations/env.py",
        "imu/report/page.css",
    } <= names


def test_nothing_is_tracked_that_somebody_left_behind() -> None:
    """As a demo that was killed does: tens of megabytes of a simulated squad."""
    large = [name for name in tracked() if (REPOSITORY / name).stat().st_size > 3e6]
    assert not large


def test_the_wheel_is_for_every_platform_and_needs_no_compiler(wheel: Path) -> None:
    assert wheel.name == f"restride-{imu.__version__}-py3-none-any.whl"


def test_the_wheel_knows_its_commit(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        assert json.loads(packed.read("imu/build.json")) == {"commit": COMMIT}


def test_licences_go_along(names: set[str], about: Message) -> None:
    licences = f"restride-{imu.__version__}.dist-info/licenses"
    assert {f"{licences}/LICENSE", f"{licences}/THIRD-PARTY.md"} <= names
    assert about["License-Expression"] == "Apache-2.0"
    assert about.get_all("License-File") == ["LICENSE", "THIRD-PARTY.md"]


def test_the_archive_of_sources_is_what_the_tests_need(dist: tuple[Path, Path]) -> None:
    with tarfile.open(dist[0]) as packed:
        inside = {member.name.partition("/")[2] for member in packed.getmembers() if member.isfile()}
    hosted = (".ci/", ".github/", ".pre-commit-config.yaml")
    assert inside == {name for name in tracked() if not name.startswith(hosted)} | {
        "PKG-INFO",
        "imu/build.json",
    }


@pytest.mark.slow
def test_whoever_builds_it_gets_the_same_bytes(dist: tuple[Path, Path], tmp_path: Path) -> None:
    """Another folder, other times and modes of the files."""
    again = built(tmp_path, mode=0o600)
    for one, other in zip(dist, again, strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes()


def test_third_parties_are_those_of_the_lock_and_nobody_is_left_out() -> None:
    rows = re.findall(
        r"^\| (\S+) \| (\S+) \| (.+?) \| (.+?) \|$", (REPOSITORY / "THIRD-PARTY.md").read_text(), re.MULTILINE
    )
    told = {canonicalize_name(name): version for name, version, _, _ in rows[1:]}
    locked = dict(re.findall(r"^(\S+)==(\S+)$", LOCK.read_text(), re.MULTILINE))
    versions = {canonicalize_name(name): version for name, version in locked.items()}
    assert {name: version for name, version in told.items() if versions.get(name, "any") != version} == {}
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name != "dev"}
    direct = [*project["dependencies"], *(one for wanted in extras.values() for one in wanted)]
    assert {canonicalize_name(Requirement(one).name) for one in direct} - set(told) == set()


def test_the_notices_are_made_by_their_command() -> None:
    made = subprocess.run(
        [sys.executable, REPOSITORY / "requirements" / "notices.py"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    here = {line for line in made.splitlines() if line.startswith("| ")}
    kept = set((REPOSITORY / "THIRD-PARTY.md").read_text().splitlines())
    # Another platform or Python has a few packages more, or fewer; where it agrees, it agrees in every word.
    assert len(here - kept) < 12, "run: make notices"
    assert {line for line in here if "| always |" in line and "numpy" in line} <= kept
