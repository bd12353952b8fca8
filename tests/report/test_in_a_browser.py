"""The page in a real browser: charts are drawn, the security policy lets them, dark is dark."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imu.report import write_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--virtual-time-budget=10000",
)  # fmt: skip


@pytest.fixture
def browser(tmp_path: Path) -> Callable[..., str]:
    """Opens a page and returns the document as the browser left it."""
    program = next(
        (
            found
            for name in ("chromium", "chromium-browser", "google-chrome")
            if (found := shutil.which(name))
        ),
        None,
    )
    if program is None:
        pytest.skip("no Chromium on this machine")

    def dump(path: Path, *flags: str) -> str:
        command = [
            program,
            *FLAGS,
            f"--user-data-dir={tmp_path / 'profile'}",
            *flags,
            "--dump-dom",
            path.as_uri(),
        ]
        return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout

    return dump


def test_every_chart_is_drawn(a_run: Callable[..., Any], tmp_path: Path, browser: Callable[..., str]) -> None:
    path = tmp_path / "report.html"
    write_page(a_run([("stand", 0, 8), ("walk", 8, 30), ("run", 30, 150)]), path)
    document = browser(path)
    drawn = re.findall(r'class="plot [^"]*js-plotly-plot', document)
    assert len(drawn) == len(re.findall(r'class="plot ', document)) == 9
    assert document.count(">stance</text>") == 2
