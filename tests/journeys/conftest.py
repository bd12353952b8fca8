"""One machine for each journey, and a browser."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import browser as browser
from tests.journeys.machine import Machine


@pytest.fixture(scope="session")
def clock_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """clock.c, compiled."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("days go by on Linux with a C compiler only")
    built = tmp_path_factory.mktemp("clock") / "clock.so"
    source = Path(__file__).with_name("clock.c")
    options = ("-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror")
    subprocess.run([compiler, *options, "-o", str(built), str(source), "-ldl"], check=True)
    return built


@pytest.fixture
def machine(clock_library: Path, tmp_path: Path) -> Machine:
    return Machine(tmp_path, clock_library)
