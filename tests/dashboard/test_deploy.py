"""The files in deploy/ start what there is, with options and variables that exist."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from imu.cli.app import app

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def _commands() -> list[str]:
    docker = re.findall(r"^CMD (\[.*\])$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    unit = re.findall(r"^ExecStart=/opt/restride/bin/(.*)$", (DEPLOY / "restride.service").read_text(), re.M)
    return [shlex.join(json.loads(docker[-1])), *unit]


@pytest.mark.parametrize("command", _commands())
def test_what_is_started_is_a_verb_with_its_options(command: str) -> None:
    program, verb, *options = shlex.split(command)
    assert program == "restride"
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    context = top.make_context("restride", [verb, *options])
    found = top.get_command(context, verb)
    assert found is not None
    told = found.make_context(verb, options, parent=context).params
    assert told["behind_proxy"]
    assert not told["insecure_cookies"]


def test_every_variable_in_the_files_is_read_by_something() -> None:
    read = {
        *("RESTRIDE_HOME", "RESTRIDE_DATABASE", "RESTRIDE_BLOBS", "RESTRIDE_SECRET"),
        "RESTRIDE_SITE",  # by the Caddyfile
    }
    named = {
        name for path in DEPLOY.iterdir() for name in re.findall(r"\bRESTRIDE_[A-Z]+\b", path.read_text())
    }
    assert named == read
