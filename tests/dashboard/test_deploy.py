"""The files in deploy/ start what there is, with options and variables that exist."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.core import TyperGroup

from imu.cli.app import RESTRIDE

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def _commands() -> list[str]:
    docker = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    unit = re.findall(r"^ExecStart=/opt/restride/bin/(.*)$", (DEPLOY / "restride.service").read_text(), re.M)
    return [shlex.join(json.loads(docker[-1])), *unit]


@pytest.mark.parametrize("command", _commands())
def test_what_is_started_is_a_verb_with_its_options(command: str) -> None:
    program, verb, *options = shlex.split(command)
    assert program == "restride"
    assert isinstance(RESTRIDE, TyperGroup)
    context = RESTRIDE.make_context("restride", [verb, *options])
    found = RESTRIDE.get_command(context, verb)
    assert found is not None
    told = found.make_context(verb, options, parent=context).params
    assert told["behind_proxy"]
    assert not told["insecure_cookies"]


@pytest.mark.unhurried
def test_what_the_image_is_built_from_makes_a_wheel(tmp_path: Path) -> None:
    """Only what both the Dockerfile copies and the .dockerignore lets through."""
    let_through = set(re.findall(r"^!(\S+)$", (DEPLOY.parent / ".dockerignore").read_text(), re.MULTILINE))
    copied = re.findall(r"^COPY (?!--from)(.*) (\S+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    for sources, target in copied:
        for source in sources.split():
            assert source in let_through
            place = tmp_path / (source if target == "./" else target)
            place.parent.mkdir(parents=True, exist_ok=True)
            found = DEPLOY.parent / source
            if found.is_dir():
                shutil.copytree(found, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(found, place)
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tmp_path / "dist",
        tmp_path,
    ]
    env = {**os.environ, "RESTRIDE_COMMIT": "c0ffee"}
    made = subprocess.run(build, capture_output=True, text=True, timeout=300, env=env)
    assert made.returncode == 0, made.stdout + made.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        assert json.loads(opened.read("imu/build.json")) == {"commit": "c0ffee"}
        assert "dashboard/assets/german.js" in opened.namelist()


def test_every_variable_in_the_files_is_read_by_something() -> None:
    read = {
        *("RESTRIDE_HOME", "RESTRIDE_DATABASE", "RESTRIDE_BLOBS", "RESTRIDE_SECRET"),
        "RESTRIDE_SITE",  # by the Caddyfile
        "RESTRIDE_COMMIT",  # by hatch_build.py
    }
    named = {
        name for path in DEPLOY.iterdir() for name in re.findall(r"\bRESTRIDE_[A-Z]+\b", path.read_text())
    }
    assert named == read
