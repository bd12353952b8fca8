"""The angle over time is the one of the stride table, wherever both are known."""

import numpy as np
import pytest

from imu.analysis import analyze
from imu.analysis.angles import shank_angles
from imu.simulate import SimulationConfig, simulate


def test_at_contact_it_is_the_angle_of_the_stride() -> None:
    recording = simulate(SimulationConfig(pattern="stand:5,run:25@3,stand:4", seed=5)).recording
    shares: list[float] = []
    found = shank_angles(recording, progress=shares.append)
    strides = analyze(recording).strides
    assert list(found.angle_deg) == ["left", "right"]
    assert np.diff(found.time_s) == pytest.approx(1 / 200)
    for side, angle in found.angle_deg.items():
        own = strides[(strides["side"] == side) & strides["shank_angle_ic_deg"].notna()]
        at_contact = np.interp(own["ic_time_s"], found.time_s, angle)
        apart = np.abs(at_contact - own["shank_angle_ic_deg"])
        assert len(own) > 25
        assert np.nanmax(apart) < 0.3
        assert np.isfinite(apart).mean() > 0.95
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_without_quiet_standing_no_angle_is_told() -> None:
    recording = simulate(SimulationConfig(pattern="run:25@3", seed=5)).recording
    assert shank_angles(recording).angle_deg == {}
