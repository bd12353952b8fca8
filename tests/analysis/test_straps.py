"""A strap that slips too little to be found is not told as a runner who changed."""

from typing import Any

import pytest

from imu.analysis import analyze
from imu.simulate import SimulationConfig, Slip, simulate

pytestmark = pytest.mark.unhurried


def changes(
    *, slips: tuple[Slip, ...] = (), injections: tuple[str, ...] = (), seed: int = 1
) -> list[dict[str, Any]]:
    config = SimulationConfig(
        pattern="stand:6,run:420@3,stand:1", slips=slips, injections=injections, seed=seed
    )
    run = analyze(simulate(config).recording)
    assert run.summary["sensors"]["shank_left"]["alignment"]["mount_shifts"] == 0
    return list(run.summary["warnings"])


@pytest.mark.parametrize("degrees", [8.0, 4.0, -5.0])
def test_a_slip_along_the_swing_is_said_to_be_the_strap_or_the_landing(degrees: float) -> None:
    [warning] = changes(slips=(Slip("shank_left", 270.0, degrees, "right"),))
    assert (warning["code"], warning["side"]) == ("strap_or_landing_changed", "left")
    assert warning["uncertainty"] > abs(warning["value"]) / 3
    assert warning["onset_s"] == pytest.approx(270.0, abs=30.0)
    assert "strap moved" in warning["sentence"]


@pytest.mark.parametrize(("change", "seed"), [("+3", 1), ("-4", 2), ("+6", 3)])
def test_a_landing_that_changed_is_still_told_as_one(change: str, seed: int) -> None:
    [warning] = changes(injections=(f"left-shank{change}@4.5",), seed=seed)
    assert (warning["code"], warning["side"]) == ("shank_angle_changed", "left")
    assert warning["value"] == pytest.approx(float(change), abs=1.0)
    assert warning["uncertainty"] < 0.8
