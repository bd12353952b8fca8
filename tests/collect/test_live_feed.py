"""What sensors send becomes samples of the same moments, in order, whatever the radio does."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.collect.live_feed import LiveFeed, StreamName, _Feed, _samples
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Block, Coding
from imu.recording import Samples

RATE_HZ = 198.0  # of a chip that was set to 200
CODING = Coding("metamotion", "stream", 200.0, 16.0, 2000.0, 2048.0, 16.4, None, {})
CHIP = np.random.default_rng(1).integers(-3000, 3000, (4000, 6)).astype(np.int16)


def blocks(
    *, ahead: int = 0, lost: frozenset[int] = frozenset(), seconds: float = 12.0
) -> list[tuple[float, Block]]:
    """Packets of three samples of acceleration and rate each, waiting for events every 15 ms; rate was
    switched on `ahead` samples earlier. `lost` are packets of rate that vanish without a word.
    """
    made = []
    streams: tuple[tuple[StreamName, int, slice], ...] = (
        ("acc", 0, slice(0, 3)),
        ("gyr", -ahead, slice(3, 6)),
    )
    for stream, first, columns in streams:
        for number, start in enumerate(range(first + 30, round(seconds * RATE_HZ), 3)):
            taken_s = (start + 2) / RATE_HZ
            arrival_s = np.ceil(taken_s / 0.015) * 0.015 + 0.002
            if stream == "acc" or number not in lost:
                block = Block(
                    stream, CHIP[start : start + 3, columns], None, arrival_ns=round(arrival_s * 1e9)
                )
                made.append((arrival_s, block))
    return sorted(made, key=lambda one: one[0])


def heard(packets: list[tuple[float, Block]], coding: Coding = CODING) -> list[Samples]:
    """What comes out, asked twice a second."""
    feed = LiveFeed({"pelvis": {}}, start_ns=0)
    out, next_s = [], 0.5
    for arrival_s, block in packets:
        if arrival_s >= next_s:
            next_s += 0.5
            if (inner := feed._feeds.get("pelvis")) is not None and (samples := _samples(inner)) is not None:
                out.append(samples)
        feed.hear("pelvis", coding, block)
    return out


def rows(samples: Samples) -> NDArray[np.float64]:
    assert samples.gyr_radps is not None
    return np.column_stack([samples.acc_mps2 / 9.80665 * 2048.0, np.degrees(samples.gyr_radps) * 16.4])


def shifts(out: list[Samples]) -> list[int]:
    """By how many samples rate lies beside the acceleration it was taken with, for each block."""
    found = []
    for samples in out:
        counts = np.rint(rows(samples)).astype(int)
        acc = [int(np.flatnonzero((CHIP[:, :3] == row[:3]).all(axis=1))[0]) for row in counts[:3]]
        gyr = [int(np.flatnonzero((CHIP[:, 3:] == row[3:]).all(axis=1))[0]) for row in counts[:3]]
        found.append(gyr[0] - acc[0])
    return found


@pytest.mark.parametrize("ahead", [0, 3, 10, 24])
def test_acceleration_and_rate_of_the_same_moments_come_together(ahead: int) -> None:
    assert max(map(abs, shifts(heard(blocks(ahead=ahead)))[2:])) <= 1


def test_packets_that_vanish_do_not_part_them() -> None:
    found = shifts(heard(blocks(lost=frozenset(range(200, 212)), seconds=12.0)))
    assert found[1] == 0
    assert abs(found[-1]) <= 1


def test_what_is_shown_is_calibrated_like_what_is_recorded() -> None:
    known = ChipCalibration(acc_bias_g=(0.0, 0.5, 0.0), gyr_scale=(1.02, 1.0, 1.0))
    plain, calibrated = (heard(blocks(), of)[5] for of in (CODING, replace(CODING, calibration=known)))
    off = rows(calibrated) - rows(plain)
    np.testing.assert_allclose(off[:, 1], -0.5 * 2048, atol=0.01)
    np.testing.assert_allclose(off[:, 3], 0.02 * rows(plain)[:, 3], atol=0.01)
    np.testing.assert_array_equal(off[:, [0, 2, 4, 5]], 0.0)


def test_times_ascend_and_follow_the_true_rate() -> None:
    out = heard(blocks())
    time_s = np.concatenate([samples.time_s for samples in out])
    assert (np.diff(time_s) > 0).all()
    late = time_s[time_s > 8.0]
    assert 1 / np.median(np.diff(late)) == pytest.approx(RATE_HZ, rel=0.002)


def test_a_sensor_without_gyroscope_is_acceleration_alone() -> None:
    coding = Coding("metamotion", "stream", 200.0, 16.0, None, 2048.0, None, None, {})
    feed = _Feed(coding)
    assert _samples(feed) is None
