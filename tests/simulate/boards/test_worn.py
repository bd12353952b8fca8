"""What chips measure is the simulated run, whole, on true time."""

import numpy as np
import pytest

from imu.errors import RestrideError
from imu.simulate import SimulationConfig, simulate
from imu.simulate.boards.worn import Chip, ChipSettings, Wearer

GRAVITY_MPS2 = 9.80665
BEGINS_S = 5.25
CONFIG = SimulationConfig(pattern="stand:4,run:20@3,stand:4", seed=3)
AT_16_G = ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)


@pytest.fixture(scope="module")
def wearer() -> Wearer:
    return Wearer(CONFIG, begins_s=BEGINS_S)


@pytest.fixture(scope="module")
def chip(wearer: Wearer) -> Chip:
    return wearer.chip("shank_left", AT_16_G)


def test_a_chip_measures_what_a_simulated_recording_holds(chip: Chip) -> None:
    track = simulate(CONFIG).recording.tracks["shank_left"].samples()
    index = np.arange(chip.taken(BEGINS_S + 0.1), chip.taken(BEGINS_S + 27.9))
    counts = chip.counts(int(index[0]), int(index[-1]) + 1)
    at = chip.time_s(index) - BEGINS_S
    recorded = np.column_stack([np.interp(at, track.time_s, axis) for axis in track.acc_mps2.T])
    error = np.abs(counts[:, :3] / 2048 * GRAVITY_MPS2 - recorded).mean()
    # Other noise, other sampling moments (up to 2 ms apart), and gaps in the recording: but the same run.
    assert error < 0.06 * np.abs(recorded - recorded.mean(axis=0)).mean()


def test_samples_do_not_depend_on_how_they_are_asked_for(wearer: Wearer, chip: Chip) -> None:
    whole = chip.counts(900, 3300)
    fresh = wearer.chip("shank_left", AT_16_G)
    pieces = [fresh.counts(i, min(i + 77, 3300)) for i in range(900, 3300, 77)]
    assert np.array_equal(np.concatenate(pieces), whole)
    assert np.array_equal(
        Wearer(CONFIG, begins_s=BEGINS_S).chip("shank_left", AT_16_G).counts(900, 3300), whole
    )
    assert chip.counts(1024, 1024).shape == (0, 6)


def test_the_number_taken_and_the_times_agree(chip: Chip) -> None:
    for now_s in (0.0, 1.0, 7.77, 3600.0):
        n = chip.taken(now_s)
        before, after = chip.time_s(np.array([n - 1, n]))
        assert before <= now_s < after


def test_the_true_rate_is_off_by_the_same_share_at_every_setting(wearer: Wearer, chip: Chip) -> None:
    told = wearer.truth.sensors["shank_left"]["rate_true"]
    assert chip.rate_hz == told != 200
    for rate_hz in (25.0, 100.0, 800.0):
        settings = ChipSettings(rate_hz=rate_hz, acc_lsb_per_g=4096.0, gyr_lsb_per_dps=16.4)
        assert wearer.chip("shank_left", settings).rate_hz == pytest.approx(rate_hz * told / 200)


@pytest.mark.parametrize("when_s", [0.0, 3.0, 1000.0])
def test_the_runner_stands_before_and_after(chip: Chip, when_s: float) -> None:
    still = chip.counts(chip.taken(when_s), chip.taken(when_s + 5)).astype(float)
    assert np.linalg.norm(still[:, :3], axis=1) / 2048 == pytest.approx(1.0, abs=0.06)
    assert np.abs(still[:, 3:]).max() / 16.4 < 15
    assert (still.std(axis=0) > 0.5).all()  # noise, not a held value


def test_standing_and_running_meet_without_a_jump(wearer: Wearer, chip: Chip) -> None:
    for edge_s in (BEGINS_S, wearer.ends_s):
        near = chip.counts(chip.taken(edge_s - 0.5), chip.taken(edge_s + 0.5))[:, :3].astype(float)
        assert np.abs(np.diff(near, axis=0)).max() / 2048 < 0.05


def test_full_scale_is_where_the_range_ends(wearer: Wearer) -> None:
    fast = Wearer(SimulationConfig(pattern="stand:3,run:10@7,stand:3", seed=3))
    peaks_g = []
    for range_g in (8.0, 16.0, 32.0):
        settings = ChipSettings(rate_hz=800.0, acc_lsb_per_g=32768 / range_g, gyr_lsb_per_dps=16.4)
        acc = fast.chip("shank_left", settings).counts(0, 800 * 16)[:, :3].astype(float)
        peaks_g.append(np.abs(acc).max() * range_g / 32768)
    assert peaks_g[0] == 8.0
    assert 8 < peaks_g[2] < 32
    assert wearer.chip("pelvis", AT_16_G).counts(0, 10).dtype == np.int16


def test_truth_is_told_in_world_time(wearer: Wearer) -> None:
    told, alone = wearer.truth, simulate(CONFIG).truth
    assert told.strides["ic_time_s"].to_numpy() == pytest.approx(
        alone.strides["ic_time_s"].to_numpy() + BEGINS_S
    )
    assert (told.bouts[0].start_s, told.bouts[-1].end_s) == (0.0, 28 + BEGINS_S)
    assert told.seconds[:9] == ("stand",) * 8 + ("transition",)
    assert len(told.seconds) == int(28 + BEGINS_S)
    assert told.series["time"].iloc[0] == BEGINS_S
    assert "lost_share" not in told.sensors["pelvis"]


def test_a_run_that_does_not_stand_at_its_ends_is_refused() -> None:
    for pattern in ("run:10@3", "stand:4,run:10@3", "stand:1,run:10@3,stand:4"):
        with pytest.raises(RestrideError, match=r"need a plan with 2\.2 s of standing"):
            Wearer(SimulationConfig(pattern=pattern))
