"""What compares recordings with chips sees what is missing, foreign or twice."""

import numpy as np
import pytest

from imu.simulate import SimulationConfig
from imu.simulate.boards.worn import Chip, Wearer
from tests.streamed import CHIP, NEVER, streamed


@pytest.fixture(scope="module")
def chip() -> Chip:
    return Wearer(SimulationConfig(pattern="stand:8,run:10@3,stand:8")).chip("pelvis", CHIP)


def test_rows_are_the_samples_that_they_are(chip: Chip) -> None:
    rows = np.concatenate([chip.counts(300, 1000), chip.counts(1003, 1006), chip.counts(2400, 9000)])
    found = streamed(rows, chip, until=5000)
    assert not found.different
    assert list(found.number) == [*range(300, 1000), *range(1003, 1006), *range(2400, 9000)]
    assert found.within(900, 1004) == 101


def test_a_row_that_was_never_measured_is_one(chip: Chip) -> None:
    rows = chip.counts(300, 1000)
    rows[400, 5] += 1
    found = streamed(rows, chip, until=5000)
    assert list(np.flatnonzero(found.number == NEVER)) == [400]


def test_a_row_that_is_there_twice_counts_as_different(chip: Chip) -> None:
    rows = np.concatenate([chip.counts(2000, 2100), chip.counts(2099, 2200)])
    assert streamed(rows, chip, until=5000).different == 1


def test_acceleration_of_one_moment_beside_rate_of_another_is_different(chip: Chip) -> None:
    rows = np.hstack([chip.counts(2000, 2200)[:, :3], chip.counts(2003, 2203)[:, 3:]])
    assert streamed(rows, chip, until=5000).different == 200
    assert not streamed(rows[:, :3], chip, columns=slice(0, 3), until=5000).different
