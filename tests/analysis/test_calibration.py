"""One known speed: constants of a runner, kept in a file, used on another day."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.analysis import RunAnalysis, analyze
from imu.calibration import Calibration, fit_calibration, load_calibration
from imu.errors import RecordingError
from imu.simulate import Simulation, SimulationConfig, simulate
from tests.analysis.days import beside_truth, error

CALIBRATION = Calibration(
    scale={"left": 1.02, "right": 0.99},
    scale_sd={"left": 0.011, "right": 0.010},
    reference_speed_mps=3.5,
    strides={"left": 40, "right": 41},
    fitted_on="2026-11-22T07:30:00+01:00",
)


def speeds(around_mps: float, *, n: int = 50, share: float = 0.02) -> NDArray[np.float64]:
    """Evenly spread about a middle that is exactly the median."""
    return around_mps * (1 + share * np.linspace(-1, 1, n + 1))


def test_each_side_is_brought_to_the_known_speed() -> None:
    fitted = fit_calibration(
        {"left": speeds(2.8), "right": speeds(3.2)}, reference_speed_mps=3.0, fitted_on="belt"
    )
    assert isinstance(fitted, Calibration)
    assert fitted.scale == pytest.approx({"left": 3.0 / 2.8, "right": 3.0 / 3.2})
    assert fitted.strides == {"left": 51, "right": 51}
    assert all(0.005 < sd < 0.02 for sd in fitted.scale_sd.values())


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        ({"left": speeds(3.0, n=10)}, "fewer than"),
        ({}, "fewer than"),
        ({"left": speeds(3.0, share=0.3)}, "not one known speed"),
        ({"left": speeds(2.0)}, "check speed and mount height"),
        ({"left": speeds(3.0), "right": speeds(5.0)}, "right shank"),
    ],
    ids=[
        "too few strides",
        "no strides",
        "the speed varied",
        "far from the known speed",
        "one side far from it",
    ],
)
def test_what_cannot_be_one_known_speed_is_said(
    measured: dict[str, NDArray[np.float64]], reason: str
) -> None:
    fitted = fit_calibration(measured, reference_speed_mps=3.0, fitted_on="belt")
    assert isinstance(fitted, str)
    assert reason in fitted


def test_a_side_with_too_few_strides_is_left_out() -> None:
    fitted = fit_calibration(
        {"left": speeds(3.0), "right": speeds(3.0, n=3)}, reference_speed_mps=3.0, fitted_on="belt"
    )
    assert isinstance(fitted, Calibration)
    assert set(fitted.scale) == {"left"}


def test_a_file_gives_back_what_was_saved(tmp_path: Path) -> None:
    CALIBRATION.save(tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == CALIBRATION


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in CALIBRATION.as_dict().items() if name != key}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1, 2]",
        json.dumps({"format": "restride-summary/1"}),
        json.dumps(without("scale")),
        json.dumps(without("fitted_on")),
        json.dumps(CALIBRATION.as_dict() | {"scale": {"left": 7.0}}),
        json.dumps(CALIBRATION.as_dict() | {"scale": {"left": "NaN"}}),
        json.dumps(CALIBRATION.as_dict() | {"scale": {"middle": 1.0}}),
        json.dumps(CALIBRATION.as_dict() | {"scale": [1.0]}),
        json.dumps(CALIBRATION.as_dict() | {"scale": {"left": None}}),
        json.dumps(CALIBRATION.as_dict() | {"scale_sd": {}}),
        json.dumps(CALIBRATION.as_dict() | {"scale_sd": {"left": -1.0, "right": 0.01}}),
        json.dumps(CALIBRATION.as_dict() | {"scale_sd": {"left": float("nan"), "right": 0.01}}),
    ],
)
def test_a_wrong_or_damaged_file_ends_in_one_line_that_names_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(text)
    with pytest.raises(RecordingError, match=r"calibration\.json") as refused:
        load_calibration(path)
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text_and_a_missing_file_end_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_bytes(b"\xff\xfe\x00PAR1")
    for path in (tmp_path / "calibration.json", tmp_path / "absent.json", tmp_path):
        with pytest.raises(RecordingError) as refused:
            load_calibration(path)
        assert "\n" not in str(refused.value)


@pytest.fixture(scope="module")
def belt() -> Simulation:
    """A runner whose mount heights were measured badly, so that there is something to calibrate."""
    simulation = simulate(SimulationConfig(pattern="stand:5,run:30@3", treadmill=True, seed=4))
    return with_wrong_height(simulation)


@pytest.fixture(scope="module")
def belt_run(belt: Simulation) -> RunAnalysis:
    return analyze(belt.recording)


def with_wrong_height(simulation: Simulation) -> Simulation:
    tracks = {
        name: replace(track, mount_height_m=(track.mount_height_m or 0) + 0.04 * name.startswith("shank"))
        for name, track in simulation.recording.tracks.items()
    }
    return replace(simulation, recording=replace(simulation.recording, tracks=tracks))


def speed_error(simulation: Simulation, run: RunAnalysis) -> float:
    pairs = beside_truth(run.strides, simulation.truth.strides)
    return float((error(pairs, "speed_mps") / pairs["speed_mps"]).mean())


def test_a_known_speed_makes_the_same_run_right(belt: Simulation, belt_run: RunAnalysis) -> None:
    assert belt_run.calibration is not None
    assert belt_run.summary["calibration"]["used"] == "this recording"
    assert abs(speed_error(belt, belt_run)) < 0.005


def test_a_calibration_makes_another_speed_right(belt_run: RunAnalysis, tmp_path: Path) -> None:
    belt_run.save(tmp_path / "out")
    calibration = load_calibration(tmp_path / "out" / "calibration.json")
    assert calibration == belt_run.calibration
    other = with_wrong_height(simulate(SimulationConfig(pattern="stand:5,run:30@4", seed=4)))
    plain, calibrated = analyze(other.recording), analyze(other.recording, calibration=calibration)
    assert abs(speed_error(other, plain)) > 0.02
    assert (
        abs(speed_error(other, calibrated)) < 0.016
    )  # one constant: 1 % for real runners (docs/validation.md)
    assert calibrated.summary["calibration"] == {"used": "file", **calibration.as_dict()}
    assert plain.summary["calibration"] == {"used": None}
    assert calibrated.calibration is None
    ratio = calibrated.strides["stride_length_m"] / plain.strides["stride_length_m"]
    own = ~plain.strides["flags"].str.contains("other_leg")
    for side, scale in calibration.scale.items():
        here = own & (plain.strides["side"] == side)
        assert ratio[here].dropna().between(scale - 1e-6, scale + 1e-6).all()


def test_a_contradictory_speed_calibrates_nothing_and_says_so(
    easy: Simulation, easy_run: RunAnalysis
) -> None:
    run = analyze(replace(easy.recording, reference_speed_mps=5.5))
    assert run.calibration is None
    assert run.summary["calibration"] == {"used": None}
    assert "known speed" in {e["what"]: e["why"] for e in run.summary["not_judged"]}["calibration"]
    np.testing.assert_array_equal(run.strides["speed_mps"], easy_run.strides["speed_mps"])
