"""What a sensor's chip is off by: told as JSON, kept by a sensor in whole steps, and back."""

import json

import pytest
from hypothesis import given, strategies as st

from imu.devices.calibration import ChipCalibration
from imu.devices.esp32.calibration import NONE, calibration_of, steps_of

FOUND = ChipCalibration(
    acc_bias_g=(0.0123, -0.0004, 0.0),
    acc_scale=(1.002, 0.999, 1.00001),
    gyr_bias_dps=(1.23, -0.5, 0.01),
    gyr_scale=(1.0, 1.1, 0.9),
    date="2026-03-02",
)
STEPS = st.tuples(*[st.integers(-(2**15), 2**15 - 1)] * 6)


def test_a_calibration_comes_back_from_json_as_it_was() -> None:
    assert ChipCalibration.of(json.loads(json.dumps(FOUND.told()))) == FOUND
    assert ChipCalibration.of({}) == ChipCalibration()
    assert ChipCalibration.of({"acc_bias_g": [1, "2", 3.5]}).acc_bias_g == (1.0, 2.0, 3.5)


@pytest.mark.parametrize(
    ("told", "error", "words"),
    [
        ({"date": 5}, TypeError, "a date is text, not 5"),
        ({"acc_bias_g": [1, 2]}, ValueError, "unpack"),
        ({"acc_bias_g": ["x", 0, 0]}, ValueError, "x"),
        ({"mag_bias": [0, 0, 0]}, TypeError, "mag_bias"),
    ],
)
def test_what_is_no_calibration_is_refused(
    told: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ChipCalibration.of(told)


def test_a_sensor_keeps_it_in_the_steps_of_its_protocol() -> None:
    """A tenth of a thousandth of g, a hundredth of a degree a second, a hundred-thousandth of a scale."""
    assert steps_of(FOUND) == ((123, -4, 0, 200, -100, 1), (123, -50, 1, 0, 10_000, -10_000))
    assert steps_of(ChipCalibration()) == (NONE, NONE)


@given(STEPS, STEPS)
def test_whole_steps_come_back_as_they_were(acc: tuple[int, ...], gyr: tuple[int, ...]) -> None:
    kept = calibration_of(acc, gyr)
    assert steps_of(kept) == (acc, gyr)
    assert kept.date is None  # a sensor keeps none
