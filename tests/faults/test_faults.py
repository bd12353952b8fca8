"""A few of the scenarios, few times; `python -m tests.faults --kills 200` is all of them."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from imu.devices.sensor import Kind
from tests.faults import recording
from tests.faults.scenarios import KILLED, RECORDER_KILLED, SCENARIOS, killed

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform == "win32", reason="kills and limits as POSIX has them"),
]

KILLS = int(os.environ.get("RESTRIDE_KILLS", "4"))  # shared between the kinds of sensor
USUAL = (
    "out of reach, R",
    "stalled, S",
    "cut packets, S",
    "full disk, ESP32",
    "armed elsewhere, ESP32",
    "without one, ESP32",
    "reset while logging, ESP32",
)


@pytest.mark.parametrize(("kind", "options"), KILLED.values(), ids=KILLED)
def test_a_sync_that_is_killed_again_and_again_loses_nothing(
    tmp_path: Path, kind: Kind, options: dict[str, Any]
) -> None:
    print(killed(tmp_path, kind=kind, options=options, kills=max(1, KILLS // len(KILLED))))


@pytest.mark.parametrize(("kind", "options"), RECORDER_KILLED.values(), ids=RECORDER_KILLED)
def test_a_recorder_that_is_killed_again_and_again_loses_a_second_at_most(
    tmp_path: Path, kind: Kind, options: dict[str, Any]
) -> None:
    print(recording.killed(tmp_path, kind=kind, options=options, kills=max(1, KILLS // len(RECORDER_KILLED))))


@pytest.mark.parametrize("name", USUAL)
def test_nothing_is_lost_when(tmp_path: Path, name: str) -> None:
    scenario, kind, options = SCENARIOS[name]
    print(scenario(tmp_path, kind=kind, options=options))
