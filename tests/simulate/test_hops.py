"""A simulated runner hops as a body can: up, weightless, and down to where it began."""

import numpy as np
import pytest

from imu.simulate import SimulationConfig, simulate

PATTERN = "stand:6,hops,stand:6"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hops_are_flights_of_a_third_of_a_second_that_end_where_they_began(seed: int) -> None:
    motion = simulate(SimulationConfig(pattern=PATTERN, errors="ideal", seed=seed)).motion
    hops = motion.course.hops
    assert len(hops.take_off_s) == 3
    assert np.all(np.abs(hops.flight_s - 0.3) < 0.04)
    for segment in (*motion.shanks.values(), motion.pelvis):
        before_m, after_m = segment.origin_m(np.array([5.5, 11.6]))[:, 1]
        assert after_m == pytest.approx(before_m, abs=0.003)
        rises_m = segment.origin_m(hops.take_off_s + hops.flight_s / 2)[:, 1] - before_m
        assert np.all((rises_m > 0.1) & (rises_m < 0.22))
        for take_off_s, flight_s in zip(hops.take_off_s, hops.flight_s, strict=True):
            in_air_s = np.linspace(take_off_s + 0.03, take_off_s + flight_s - 0.03, 20)
            force = np.linalg.norm(segment.felt(in_air_s, np.zeros(3)).acc_mps2, axis=1)
            assert force.max() < 0.5


def test_a_landing_reaches_the_pelvis_later_and_more_softly_than_the_shanks() -> None:
    motion = simulate(SimulationConfig(pattern=PATTERN, errors="ideal", seed=1)).motion
    landing_s = motion.course.hops.take_off_s[0] + motion.course.hops.flight_s[0]
    time_s = landing_s + np.linspace(-0.02, 0.15, 500)
    forces = {
        name: np.linalg.norm(segment.felt(time_s, np.zeros(3)).acc_mps2, axis=1)
        for name, segment in {**motion.shanks, "pelvis": motion.pelvis}.items()
    }
    for side in ("left", "right"):
        assert forces[side].argmax() < forces["pelvis"].argmax()
        assert forces[side].max() > 1.3 * forces["pelvis"].max()
