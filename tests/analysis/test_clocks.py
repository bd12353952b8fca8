"""A sensor whose clock is off or drifts harms no other, and is said to be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import imu
from imu.analysis import RunAnalysis, analyze
from imu.recording import Recording, Samples
from imu.simulate import SimulationConfig, simulate
from tests.analysis.days import SHANKS, only, spoiled

Floats = NDArray[np.float64]
Clock = Callable[[Floats], Floats]


@pytest.fixture(scope="module")
def recording() -> Recording:
    return simulate(SimulationConfig(pattern="stand:6,run:300@3,stand:4", seed=1)).recording


@pytest.fixture(scope="module")
def shanks_alone(recording: Recording) -> RunAnalysis:
    return analyze(only(recording, *SHANKS))


def told_by(clock: Clock) -> Callable[[Samples], Samples]:
    return lambda samples: replace(samples, time_s=clock(samples.time_s))


def disagreement(run: RunAnalysis) -> dict[str, Any] | None:
    found = [warning for warning in run.summary["warnings"] if warning["code"] == "clocks_disagree"]
    return found[0] if found else None


def median(run: RunAnalysis, side: str, name: str) -> float | None:
    statistics = run.summary["running"][side][name]
    return statistics["median"] if statistics else None


def late(by_s: float) -> Clock:
    return lambda t: t + by_s


def fast(ppm: float) -> Clock:
    return lambda t: t * (1 + 1e-6 * ppm)


@pytest.mark.unhurried
@pytest.mark.parametrize(
    "clock",
    [late(0.05), late(0.1), late(5.0), fast(100.0)],
    ids=["50 ms late", "100 ms late", "5 s late", "100 ppm fast"],
)
def test_a_pelvis_on_another_clock_moves_no_shank(
    recording: Recording, shanks_alone: RunAnalysis, clock: Clock
) -> None:
    run = analyze(spoiled(recording, told_by(clock), "pelvis"))
    warning = disagreement(run)
    assert warning is not None
    assert {w["code"] for w in run.summary["warnings"]} == {"clocks_disagree"}
    for side in ("left", "right"):
        for name in ("shank_angle_ic_deg", "speed_mps", "contact_time_s"):
            assert median(run, side, name) == pytest.approx(median(shanks_alone, side, name), abs=0.1)
        assert median(run, side, "pelvic_drop_deg") is None
        assert f"{side} pelvic drop" in {entry["what"] for entry in run.summary["not_judged"]}
    assert set(run.curves["signal"]) == {"shank_angle_deg"}
    assert median(run, "overall", "vertical_oscillation_m") is not None


def test_the_warning_says_by_how_much(recording: Recording) -> None:
    warning = disagreement(analyze(spoiled(recording, told_by(late(0.05)), "pelvis")))
    assert warning is not None
    assert warning["value"] == pytest.approx(50.0, abs=16.0)
    assert "later" in warning["sentence"]


def test_a_shank_on_another_clock_is_told_from_the_pelvis(recording: Recording) -> None:
    run = analyze(spoiled(recording, told_by(late(0.15)), "shank_left"))
    warning = disagreement(run)
    assert warning is not None
    assert "left shank" in warning["sentence"]
    assert median(run, "left", "pelvic_drop_deg") is None
    assert median(run, "right", "pelvic_drop_deg") is not None


@pytest.mark.parametrize("clock", [late(0.15), fast(1000.0)], ids=["150 ms", "1000 ppm"])
def test_two_shanks_on_different_clocks_are_told_without_a_pelvis(recording: Recording, clock: Clock) -> None:
    warning = disagreement(analyze(spoiled(only(recording, *SHANKS), told_by(clock), "shank_left")))
    assert warning is not None
    assert "shank" in warning["sentence"]


@pytest.mark.parametrize("late_s", [0.002, 0.01, 0.015])
def test_what_a_good_collector_leaves_disturbs_nobody(recording: Recording, late_s: float) -> None:
    run = analyze(spoiled(recording, told_by(late(late_s)), "pelvis"))
    assert disagreement(run) is None
    assert median(run, "left", "pelvic_drop_deg") is not None


@pytest.mark.unhurried
def test_no_sample_is_said_to_have_clocks_that_disagree(shared_samples: Path) -> None:
    for name in (
        "rbds/clean/RBDS011_T25",
        "walkrun/field/walkrun_022_build_up",
        "hamner/clean/hamner_run200",
    ):
        assert disagreement(analyze(imu.load(shared_samples / "recordings" / name))) is None, name
