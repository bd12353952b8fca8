"""The core, compiled once for all tests."""

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.built import build, compiler, library_in, opened
from tests.once import made_once


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if sys.platform == "win32" or compiler() is None:
        pytest.skip("the firmware's core cannot be compiled: there is no C compiler called cc")
    return library_in(made_once(tmp_path_factory, "firmware", build))


@pytest.fixture(scope="session")
def core(library: Path) -> Any:
    return opened(library)
