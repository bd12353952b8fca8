"""An empty value has a reason, in words that fit what was worn."""

from collections.abc import Callable

import numpy as np
import pytest

from imu.analysis import RunAnalysis, analyze
from imu.analysis.columns import SUMMARY_METRICS
from imu.recording import Recording, Samples
from imu.simulate import Simulation
from tests.analysis.days import SHANKS, only, rate_times, spoiled, track_of, without_gyroscope


def foot_only(recording: Recording) -> Recording:
    return Recording(tracks={"foot_left": track_of(recording.tracks["shank_left"], placement="foot_left")})


def lossy(recording: Recording) -> Recording:
    """A radio that loses a packet of ten samples of three in ten."""
    return spoiled(recording, without_packets, "shank_left")


def without_packets(samples: Samples) -> Samples:
    arrived = np.random.default_rng(1).random(len(samples) // 10 + 1) > 0.3
    kept = np.repeat(arrived, 10)[: len(samples)]
    assert samples.gyr_radps is not None
    return Samples(samples.time_s[kept], samples.acc_mps2[kept], samples.gyr_radps[kept])


WORN: dict[str, Callable[[Recording], Recording]] = {
    "pelvis only": lambda run: only(run, "pelvis"),
    "shanks only": lambda run: only(run, *SHANKS),
    "left shank only": lambda run: only(run, "shank_left"),
    "shanks without gyroscope": lambda run: spoiled(only(run, *SHANKS), without_gyroscope),
    "pelvis without gyroscope": lambda run: spoiled(only(run, "pelvis"), without_gyroscope),
    "foot only": foot_only,
    "wrong sign": lambda run: spoiled(run, rate_times((-1, -1, -1)), *SHANKS),
}


def reasons(run: RunAnalysis) -> dict[str, str]:
    return {entry["what"]: entry["why"] for entry in run.summary["not_judged"]}


@pytest.mark.parametrize("worn", WORN)
def test_every_value_that_a_leg_does_not_have_is_named(easy: Simulation, worn: str) -> None:
    run = analyze(WORN[worn](easy.recording))
    named = {
        (column, side)
        for entry in run.summary["not_judged"]
        for column in entry["columns"]
        for side in ([entry["side"]] if entry["side"] else ["left", "right"])
    }
    for side in ("left", "right"):
        own = run.strides[run.strides["side"] == side]
        empty = {(column, side) for column in SUMMARY_METRICS if own[column].isna().all()}
        assert empty <= named, sorted(empty - named)
    if len(run.strides) and (run.strides["side"] == "unknown").all():
        assert "left and right" in reasons(run)


@pytest.mark.parametrize("worn", ["pelvis only", "shanks only", "left shank only", "wrong sign"])
def test_no_value_that_a_leg_has_is_named(easy: Simulation, worn: str) -> None:
    run = analyze(WORN[worn](easy.recording))
    for entry in run.summary["not_judged"]:
        sided = run.strides["side"].isin([entry["side"]] if entry["side"] else ["left", "right"])
        assert run.strides.loc[sided, entry["columns"]].isna().all(axis=None), entry


def test_a_leg_whose_strides_all_have_gaps_is_named(easy: Simulation) -> None:
    run = analyze(lossy(easy.recording))
    left = run.strides[run.strides["side"] == "left"]
    assert len(left)
    assert left["shank_angle_ic_deg"].isna().all()
    assert reasons(run) == {
        "left shank angle": "samples of the left shank sensor are missing in every stride"
    }
    assert {found["code"] for found in run.summary["warnings"]} == {"sensor_poor"}


def test_who_stood_is_not_told_that_nobody_did(easy: Simulation) -> None:
    run = analyze(WORN["wrong sign"](easy.recording))
    assert not any("stood still" in why for why in reasons(run).values())
    assert "contradict" in reasons(run)["left shank angle, stride length and speed"]
