"""One runner for all boards, and the wire facts they must agree with."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from imu.simulate import SimulationConfig
from imu.simulate.boards.worn import Wearer
from tests.conftest import REPOSITORY


@pytest.fixture(scope="session")
def wearer() -> Wearer:
    return Wearer(SimulationConfig(pattern="stand:4,run:20@3,stand:4", seed=3), begins_s=2.0)


@pytest.fixture(scope="session")
def vectors() -> list[dict[str, Any]]:
    """What hosts and boards were seen to say."""
    shared = Path(os.environ.get("RESTRIDE_SHARED", REPOSITORY.parent / "shared"))
    path = shared / "vectors" / "metawear.json"
    if not path.is_file():
        pytest.skip(f"no wire facts at {path}: set RESTRIDE_SHARED to the folder that holds vectors/")
    loaded: list[dict[str, Any]] = json.loads(path.read_text())["vectors"]
    return loaded
