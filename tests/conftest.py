"""What every test may ask for."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_samples() -> Path:
    """The folder of sample recordings with truth; tests that need it are skipped where it is absent."""
    shared = Path(os.environ.get("RESTRIDE_SHARED", REPOSITORY.parent / "shared"))
    samples = shared / "samples"
    if not (samples / "index.csv").is_file():
        pytest.skip(f"no sample recordings at {samples}: set RESTRIDE_SHARED to the folder that holds them")
    return samples


@pytest.fixture(autouse=True)
def restride_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep every test out of the user's own RESTRIDE_HOME."""
    home = tmp_path / "restride-home"
    monkeypatch.setenv("RESTRIDE_HOME", str(home))
    return home
