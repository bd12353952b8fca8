"""A hand moves the sensor, not what its chip gets wrong."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.errors import SensorError
from imu.simulate import SimulationConfig
from imu.simulate.boards.hand import FACES, LAYING_S
from imu.simulate.boards.worn import Chip, ChipSettings, Wearer

AT_16_G = ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)


@pytest.fixture
def wearer() -> Wearer:
    return Wearer(SimulationConfig(pattern="stand:4,run:20@3,stand:4", seed=3), begins_s=1e6)


def mean(chip: Chip, begin_s: float, end_s: float) -> NDArray[np.float64]:
    """(6,) g and degrees per second."""
    counts = chip.counts(chip.taken(begin_s), chip.taken(end_s)).mean(axis=0)
    return np.asarray(counts / np.repeat([2048.0, 16.4], 3))


@pytest.mark.parametrize("face", FACES)
def test_a_laid_sensor_feels_gravity_along_that_face_with_its_chips_errors(wearer: Wearer, face: str) -> None:
    chip, truth = wearer.chip("pelvis", AT_16_G), wearer.truth.sensors["pelvis"]
    wearer.hand("pelvis").lay(10.0, face=face)
    at_rest = mean(chip, 10.0 + LAYING_S, 12.0 + LAYING_S)
    axis, sign = "xyz".index(face[-1]), -1.0 if face[0] == "-" else 1.0
    ideal = np.zeros(3)
    ideal[axis] = sign
    assert np.degrees(np.arccos(at_rest[:3] @ ideal / np.linalg.norm(at_rest[:3]))) < 6.0
    assert at_rest[3:] == pytest.approx(truth["gyr_bias_dps"], abs=0.2)


def test_a_turn_adds_up_to_its_angle_with_the_chips_scale(wearer: Wearer) -> None:
    chip, hand = wearer.chip("pelvis", AT_16_G), wearer.hand("pelvis")
    gain = wearer.draw("pelvis").gyr_gain[2, 2]
    hand.lay(0.0, face="z")
    hand.turn(4.0, degrees=-360.0, seconds=3.0)
    counts = chip.counts(chip.taken(3.5), chip.taken(7.5))[:, 5] / 16.4
    still = mean(chip, 1.5, 3.5)[5]
    assert (counts - still).sum() / chip.rate_hz == pytest.approx(-360.0 * gain, rel=2e-3)


def test_what_was_measured_before_stays_and_another_sensor_is_not_touched(wearer: Wearer) -> None:
    chip, other = wearer.chip("pelvis", AT_16_G), wearer.chip("shank_left", AT_16_G)
    fresh = Wearer(wearer.config, begins_s=1e6)
    before = chip.counts(0, 3000)  # ahead of the hand
    wearer.hand("pelvis").lay(10.0, face="y")
    now = chip.taken(10.0)
    after = chip.counts(0, 3000)
    assert np.array_equal(after[:now], before[:now])
    assert not np.array_equal(after[now:], before[now:])
    assert np.array_equal(other.counts(0, 3000), fresh.chip("shank_left", AT_16_G).counts(0, 3000))


def test_a_face_that_there_is_not_is_named_with_those_there_are(wearer: Wearer) -> None:
    with pytest.raises(SensorError, match="no face 'top'; there are x, -x, y, -y, z, -z"):
        wearer.hand("pelvis").lay(0.0, face="top")
