"""`restride doctor`: says ok where it is, and what to do where it is not."""

import json
from pathlib import Path

from tests.conftest import Restride


def test_a_sound_installation_passes_every_check(restride: Restride) -> None:
    done = restride("doctor", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    checks = {check["name"]: check["ok"] for check in json.loads(done.stdout)}
    assert all(checks.values())
    assert {"python", "numpy", "home", "self-test"} <= set(checks)


def test_a_home_that_cannot_be_used_fails_with_advice(restride: Restride, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = restride("doctor", RESTRIDE_HOME=str(tmp_path / "file" / "home"))
    assert (done.returncode, done.stderr) == (1, "")
    (failed,) = [line for line in done.stdout.splitlines() if not line.startswith("ok ")]
    assert failed == f"FAIL  home: {tmp_path / 'file'} is a file; move it or set RESTRIDE_HOME to a folder"
    assert not (tmp_path / "file").is_dir()
