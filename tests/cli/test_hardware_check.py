"""`restride hardware-check`: all of it, over virtual air."""

import json
from pathlib import Path

import pytest

from tests.conftest import Restride


@pytest.mark.long
def test_everything_passes_over_virtual_air_and_the_report_keeps_no_serial(
    restride: Restride, tmp_path: Path
) -> None:
    out = tmp_path / "reports" / "check"
    short = ["--stream-seconds", "2", "--log-seconds", "3"]
    done = restride("hardware-check", "--virtual", "--sensor", "VM0002", *short, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith("steps, failed: none")
    written = json.loads(out.with_suffix(".json").read_text())
    assert written["format"] == "restride-hardware-check/1"
    names = [step["name"] for step in written["steps"]]
    assert names[:2] == ["connect", "identity"]
    assert {"stream 200 Hz", "clock", "log", "resumed download", "out of reach"} <= set(names)
    assert written["radio"] == "virtual"
    assert {"restride", "python", "system", "bleak"} <= set(written["environment"])
    for text in (out.with_suffix(".md").read_text(), out.with_suffix(".json").read_text()):
        assert "VM0002" not in text
        assert "C4:12" not in text


def test_without_a_radio_it_ends_in_one_line_and_writes_nothing(restride: Restride, tmp_path: Path) -> None:
    done = restride("hardware-check", "--radio", "tcp-client:127.0.0.1:9", "--out", tmp_path / "check")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[-1].startswith("restride: ")
    assert list(tmp_path.glob("check*")) == []
