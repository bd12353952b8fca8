"""What is built once for all tests of packaging."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.once import made_once
from tests.packaging.building import built, built_in


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Source archive and wheel."""
    if not (REPOSITORY / ".git").exists() or shutil.which("git") is None:
        pytest.skip("what belongs to the project is told by git, in a checkout of it")
    return built_in(made_once(tmp_path_factory, "dist", built))


@pytest.fixture(scope="session")
def wheel(dist: tuple[Path, Path]) -> Path:
    return dist[1]
