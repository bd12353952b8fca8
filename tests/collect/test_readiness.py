"""Before a run: what will not do is said in a sentence, and a runner who stands is seen to stand."""

import asyncio

import numpy as np
import pytest

from imu.collect import readiness
from imu.collect.keeper import Keeper
from imu.collect.readiness import battery_faults, check_links, link_fault, standing_of, stood_still
from imu.collect.status import Status
from imu.devices.sensor import Battery, Block
from imu.errors import SensorError
from tests.collect.test_keeper import CODING, Desk


def streaming(*, rate_hz: float = 200.0, seconds: float = 5.5, moving: bool = False) -> Status:
    """A sensor that was heard for so long, acceleration and rate apart."""
    status = Status("pelvis", connected=True, set_hz=200.0)
    random = np.random.default_rng(3)
    for start in np.arange(0.0, seconds, 0.1):
        n = round(0.1 * rate_hz)
        swing = 400 * np.sin(20 * (start + np.arange(n) / rate_hz)) if moving else np.zeros(n)
        acc = random.normal(0, 10, (n, 3)) + np.array([0, 2048, 0]) + swing[:, None]
        gyr = random.normal(0, 10, (n, 3)) + 10 * swing[:, None]
        arrival_ns = round((start + 0.1) * 1e9)
        status.heard(Block("gyr", gyr.astype(np.int16), None, arrival_ns=arrival_ns))
        status.heard(Block("acc", acc.astype(np.int16), None, arrival_ns=arrival_ns))
    return status


def keeper_of(status: Status) -> Keeper:
    keeper = Desk().keeper
    keeper.status, keeper._coding = status, CODING
    return keeper


def test_a_full_stream_is_no_fault() -> None:
    assert link_fault(streaming()) is None
    assert link_fault(streaming(rate_hz=194.0)) is None  # an oscillator, not a link


def test_a_stream_with_holes_names_what_arrives_and_what_would_fit() -> None:
    fault = link_fault(streaming(rate_hz=120.0))
    assert fault is not None
    assert "only 120 of 200 samples a second arrive" in fault
    assert "--rate" in fault


def test_nothing_heard_is_said_with_its_reason() -> None:
    assert "another phone or computer" in (link_fault(Status("pelvis", connected=True)) or "")
    away = Status("pelvis", problem="the connection was lost")
    assert "nothing arrives (the connection was lost)" in (link_fault(away) or "")


def test_standing_needs_all_of_its_seconds() -> None:
    assert standing_of(streaming(), CODING).quiet
    assert standing_of(streaming(seconds=2.0), CODING).sentence == "was not heard for long enough"
    assert "moved" in standing_of(streaming(moving=True), CODING).sentence


@pytest.mark.unhurried
def test_whoever_stands_is_believed_at_once_and_whoever_does_not_is_told() -> None:
    told: list[str] = []
    quiet, restless = keeper_of(streaming()), keeper_of(streaming(moving=True))
    assert asyncio.run(stood_still([quiet], seconds=5.0, tell=told.append))
    assert not asyncio.run(stood_still([quiet, restless], seconds=1.2, tell=told.append))
    assert told == ["Stand still for 5 s: all angles are measured from it ..."] * 2


def test_links_are_measured_before_they_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_PATIENCE_S", 0.5)
    asyncio.run(check_links([keeper_of(streaming())]))
    with pytest.raises(SensorError, match="pelvis: only 100 of 200"):
        asyncio.run(check_links([keeper_of(streaming(rate_hz=100.0))]))


def test_a_battery_that_will_not_last_is_named() -> None:
    status = Status("pelvis", battery=Battery(6.0))
    (fault,) = battery_faults([keeper_of(status)], 60.0)
    assert fault.startswith("pelvis: the battery is at 6 %, 60 min need about")
    assert battery_faults([keeper_of(Status("pelvis", battery=Battery(90.0)))], 60.0) == []
