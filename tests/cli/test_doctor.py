"""`restride doctor`: says ok where it is, and what to do where it is not; nothing missing stops it."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imu.cli import machine_checks, package_checks
from imu.cli.checks import Check, looked
from imu.collect.enough import RESULTS_BYTES, disk_need
from imu.collect.registry import Registry
from imu.devices.sensor import Identity
from imu.radio.adapters import adapters
from tests.conftest import REPOSITORY, Restride


def _checks(done: "subprocess.CompletedProcess[str]") -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in json.loads(done.stdout)}


@pytest.fixture
def no_self_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of the other checks, which take a tenth of its time."""
    monkeypatch.setattr("imu.cli.doctor._self_test", lambda: iter(()))


@pytest.mark.unhurried
def test_a_sound_installation_passes_every_check(restride: Restride) -> None:
    done = restride("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    checks = _checks(done)
    assert all(check["ok"] for check in checks.values())
    assert {"python", "restride", "numpy", "home", "disk", "store", "sensors", "self-test"} <= set(checks)


@pytest.mark.usefixtures("no_self_test")
def test_a_home_that_cannot_be_used_fails_with_advice(restride: Restride, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = restride("doctor", RESTRIDE_HOME=str(tmp_path / "file" / "home"))
    assert (done.returncode, done.stderr) == (1, "")
    (failed,) = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert failed == f"FAIL  home: {tmp_path / 'file'} is a file; move it or set RESTRIDE_HOME to a folder"
    assert not (tmp_path / "file").is_dir()


_WITHOUT = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Nothing())
sys.argv = ["restride", "doctor"]
from imu.cli import main
main()
"""


@pytest.mark.unhurried
@pytest.mark.parametrize(
    "missing",
    [
        {"numpy", "scipy", "pandas", "pyarrow"},
        {"sqlalchemy", "alembic", "bleak", "packaging", "msgspec", "rich"},
        {"platformdirs", "dashboard", "fsspec"},
    ],
    ids=["no numbers", "no store and radio", "no folders and dashboard"],
)
def test_whatever_is_missing_it_says_so_and_goes_on(missing: set[str], monkeypatch: Any) -> None:
    monkeypatch.delenv("RESTRIDE_HOME")
    script = _WITHOUT.format(missing=missing)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "FAIL" in done.stdout
    assert re.search(rf"needs ({'|'.join(missing)})", done.stdout)
    assert "ok    python" in done.stdout
    assert "self-test" in done.stdout
    assert "report" not in done.stdout


@pytest.mark.unhurried
def test_another_verb_without_a_package_says_what_to_install(tmp_path: Path) -> None:
    script = _WITHOUT.format(missing={"numpy"}).replace('"doctor"', '"simulate", "--out", "run"')
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "restride: this installation lacks numpy; run: pip install --upgrade restride"
        " (restride doctor says what else)\n"
    )


def test_a_look_that_breaks_is_a_failed_check_and_those_before_it_stand() -> None:
    def look() -> Any:
        yield Check("one", True, "fine")
        raise OSError("the disk\nis gone")

    one, two = looked("disk", look)
    assert one.ok
    assert str(two) == "FAIL  disk: OSError: the disk is gone; please report this"


def test_every_extra_is_told_with_what_it_would_give() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(package_checks.EXTRAS) == set(project["optional-dependencies"]) - {"dev"}


def test_a_missing_extra_is_a_note_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "fitdecode":
            raise metadata.PackageNotFoundError(name)
        return "0.0.1" if name == "numpy" else "9999"

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(
        metadata,
        "requires",
        lambda _name: [
            "numpy<3,>=2.0",
            'fitdecode<0.12,>=0.11; extra == "formats"',
            'gunicorn>=23; (sys_platform == "nowhere") and extra == "dashboard"',
        ],
    )
    extras = {check.name: check for check in package_checks.extras()}
    assert extras["extra formats"].ok
    assert "fitdecode not installed; it would give FIT" in extras["extra formats"].detail
    assert extras["extra formats"].advice == "if wanted, run: pip install 'restride[formats]'"
    assert extras["extra dashboard"].advice == ""
    (numpy,) = [check for check in package_checks.restride() if check.name == "numpy"]
    assert (numpy.ok, numpy.detail) == (False, "is 0.0.1, not <3,>=2.0")


def test_whoever_installed_with_pipx_is_told_how_pipx_adds_to_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def version(_name: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", version)
    monkeypatch.setattr(
        metadata, "requires", lambda _name: ['gpxpy; extra == "formats"', 'ab; extra == "formats"']
    )
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    (tmp_path / "pipx_metadata.json").write_text("{}")
    (formats,) = [check for check in package_checks.extras() if check.name == "extra formats"]
    assert formats.detail.startswith("gpxpy, ab not installed; it would give")
    assert formats.advice == "if wanted, run: pipx runpip restride install 'restride[formats]'"


@pytest.mark.parametrize(
    ("free", "ok", "advice"),
    [(100_000_000, False, "make room"), (1_000_000_000, True, "make room soon"), (10**11, True, "")],
)
def test_a_disk_that_takes_no_recording_fails(
    monkeypatch: pytest.MonkeyPatch, free: int, ok: bool, advice: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=free))
    first = next(machine_checks.disk())
    assert first.ok is ok
    assert first.advice.startswith(advice)
    assert bool(first.advice) is bool(advice)


def test_the_least_room_takes_an_hour_of_three_sensors() -> None:
    need = disk_need(["metamotion"] * 3, 200, 60, logged=False)
    assert need.session_bytes + need.recording_bytes < machine_checks._LEAST_BYTES
    assert machine_checks._LEAST_BYTES > RESULTS_BYTES


@pytest.mark.parametrize(
    ("zone", "ok"), [("Europe/Berlin", True), ("Europe/Berlni", False), ("CET-1CEST", True)]
)
def test_a_time_zone_that_is_none_fails(monkeypatch: pytest.MonkeyPatch, zone: str, ok: bool) -> None:
    monkeypatch.setenv("TZ", zone)
    (check,) = machine_checks.clock()
    assert check.ok is ok
    assert check.name == "time zone"


@pytest.mark.usefixtures("no_self_test")
def test_paired_sensors_are_listed_and_an_empty_one_is_to_be_charged(
    restride: Restride, restride_home: Path
) -> None:
    registry = Registry(restride_home)
    for number, placement in enumerate(("shank_left", "pelvis")):
        identity = Identity(
            kind="metamotion", model="MetaMotion S", serial=f"05A1B{number}", firmware="1.7.2"
        )
        registry.pair(identity, placement)
    registry.change("pelvis", battery_percent=12.0, seen="2026-11-25T18:03:11+01:00")
    checks = _checks(restride("doctor", "--json"))
    assert checks["sensor shank left"]["advice"] == ""
    pelvis = checks["sensor pelvis"]
    assert pelvis["detail"] == "MetaMotion S 05A1B1, last heard 2026-11-25 18:03, battery 12 %"
    assert (pelvis["ok"], pelvis["advice"]) == (True, "charge it")


@pytest.mark.usefixtures("no_self_test")
def test_a_spoilt_list_of_sensors_and_a_spoilt_store_stop_nothing(
    restride: Restride, restride_home: Path
) -> None:
    restride_home.mkdir()
    (restride_home / "sensors.json").write_text("{", encoding="utf-8")
    (restride_home / "store.sqlite").write_bytes(b"no database at all" * 100)
    (restride_home / "due.json").write_bytes(b"\xff\xfe")
    done = restride("doctor", "--json")
    assert (done.returncode, done.stderr) == (1, "")
    checks = _checks(done)
    assert [name for name, check in checks.items() if not check["ok"]] == ["store", "sensors"]


def test_adapters_are_told_by_linux_without_their_connections(tmp_path: Path) -> None:
    for name in ("hci1", "hci0", "hci0:12", "rfkill3"):
        (tmp_path / name).mkdir()
    assert adapters(tmp_path) == ("hci0", "hci1")
    assert adapters(tmp_path / "none") == ()


@pytest.mark.usefixtures("no_self_test")
def test_a_radio_that_cannot_be_used_is_a_note_since_analysis_needs_none(restride: Restride) -> None:
    checks = _checks(restride("doctor", "--json", "--radio", "tcp-client:127.0.0.1:9"))
    (radio,) = [check for name, check in checks.items() if name.startswith("bluetooth")]
    assert radio["ok"]
    assert radio["detail"].startswith("cannot be used now")
    assert radio["advice"]
