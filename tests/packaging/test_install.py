"""The wheel in a clean environment: it installs without a compiler and works outside any checkout."""

import json
import platform
import subprocess
import sys
from pathlib import Path

import pytest

import imu
from imu.cli.package_checks import EXTRAS
from tests.packaging.building import COMMIT, LOCK, Stranger


@pytest.mark.slow
def test_the_wheel_works_in_a_clean_environment(wheel: Path, tmp_path: Path) -> None:
    stranger = Stranger(tmp_path)
    stranger.installs(wheel)
    first, built, python, _system = stranger.runs("--version").stdout.splitlines()
    assert first == f"restride {imu.__version__}"
    assert built == f"commit {COMMIT}"
    assert python == f"Python {platform.python_version()}"
    stranger.runs("simulate", "--minutes", "1", "--speed", "3", "--out", "run")
    stranger.runs("analyze", "run", "--out", "results", "--html")
    summary = json.loads((tmp_path / "results" / "summary.json").read_text(encoding="utf-8"))
    assert summary["running"]["overall"]["strides"] > 50
    assert (tmp_path / "results" / "report.html").is_file()
    checks = {one["name"]: one for one in json.loads(stranger.runs("doctor", "--json").stdout)}
    assert COMMIT in checks["restride"]["detail"]
    assert str(tmp_path) in checks["restride"]["detail"]
    assert "restride[dashboard]" in checks["extra dashboard"]["advice"]
    missing = stranger.runs("serve", expect=[2])
    assert "pip install 'restride[dashboard]'" in missing.stderr
    needs = stranger.runs(
        "export", "results", "--to", "fit", "--out", "run.fit", "--start", "2026-03-02T07:30", expect=[2]
    )
    assert needs.stderr == "restride: needs fit-tool; run: pip install 'restride[formats]'\n"
    _has_a_bill_of_materials(stranger)


def _has_a_bill_of_materials(stranger: Stranger) -> None:
    """What `make sbom` does in an environment with all extras, where it is held against its schema, too."""
    bill = stranger.folder / "restride.cdx.json"
    words = [
        "environment",
        "--no-validate",
        "--output-reproducible",
        "--of",
        "JSON",
        "--output-file",
        str(bill),
    ]
    tool = [sys.executable, "-m", "cyclonedx_py", *words, str(stranger.python)]
    subprocess.run(tool, check=True, capture_output=True)
    told = json.loads(bill.read_text(encoding="utf-8"))
    assert told["bomFormat"] == "CycloneDX"
    parts = {part["name"]: part for part in told["components"]}
    assert {"restride", "numpy", "scipy", "alembic"} <= set(parts)
    assert parts["restride"]["version"] == imu.__version__
    assert parts["restride"]["licenses"][0]["license"]["id"] == "Apache-2.0"
    depends = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    assert any("numpy" in ref for ref in depends[parts["restride"]["bom-ref"]])


@pytest.mark.long
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_extra_has_wheels_for_every_python(wheel: Path, tmp_path: Path, version: str) -> None:
    """Nothing has to be compiled, whichever of the supported versions it is."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--only-binary", ":all:"),
            *("--python-version", version, "--target", str(tmp_path / "nowhere")),
            *("--constraint", str(LOCK), f"{wheel}[{','.join(EXTRAS)}]"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
