"""`restride calibrate`: measured, kept, shown, used by the next recording, forgotten."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

import imu
from imu.collect.registry import Registry
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Identity
from imu.devices.standard.reference import ReferenceIdentity
from imu.simulate import SimulationConfig
from imu.simulate.boards.worn import Wearer
from tests.conftest import COMMAND, Restride


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["05XX"], "'05XX' is no sensor of yours; known are 05A1 (pelvis)"),
        (["pelvis", "--show", "--clear"], "take one of them"),
        (["heart_rate"], "is no motion sensor"),
        (["pelvis", "--virtual", "--radio", "usb:0"], "leave out --radio"),
    ],
)
def test_wrong_use_is_one_line_before_any_radio_is_opened(
    restride: Restride, restride_home: Path, arguments: list[str], said: str
) -> None:
    registry = Registry(restride_home)
    registry.pair(Identity("metamotion", "MetaMotion S", "05A1", "1.7.3"), "pelvis")
    registry.pair(ReferenceIdentity("heart_rate", "H10", "H1"), "heart_rate")
    done = restride("calibrate", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line


VERB = ("calibrate", "pelvis", "--virtual", "--virtual-sensors", "esp32")


def virtual(home: Path) -> Registry:
    return Registry(home / "virtual")


def interrupted_at(words: str, *arguments: str, log: Path) -> int:
    """The exit code of a process that was told to end once it had said so."""
    with log.open("wb") as file:
        process = subprocess.Popen([*COMMAND, *arguments], stdout=file, stderr=file, env=dict(os.environ))
    try:
        ends_s = time.monotonic() + 90.0
        while words not in log.read_text(encoding="utf-8"):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < ends_s, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        return process.wait(60.0)
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_an_esp32_keeps_its_calibration_until_it_is_cleared(restride: Restride, restride_home: Path) -> None:
    done = restride(*VERB, "--no-turns", "--json")
    assert done.returncode == 0, done.stderr
    assert "Not turned about x and y and z: the gyroscope's scale stays as it was there" in done.stderr
    found = json.loads(done.stdout)
    draw = Wearer(SimulationConfig(), begins_s=1e8).draw("pelvis")
    np.testing.assert_allclose(found["acc_bias_g"], draw.acc_bias_mps2 / 9.80665, atol=0.0015)
    assert found["gyr_scale"] == [1.0, 1.0, 1.0]
    assert found["before_mg"] > 1.0
    assert found["after_mg"] is None

    virtual(restride_home).change("pelvis", calibration=None)  # as on another computer
    shown = json.loads(restride("calibrate", "pelvis", "--virtual", "--show", "--json").stdout)
    np.testing.assert_allclose(shown["acc_bias_g"], found["acc_bias_g"], atol=6e-5)
    assert shown["date"] is None

    assert restride("calibrate", "pelvis", "--virtual", "--clear").returncode == 0
    assert restride("calibrate", "pelvis", "--virtual", "--show", "--json").stdout == "null\n"


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="a signal is the only Ctrl-C a test can send")
def test_an_interrupted_calibration_leaves_none(restride: Restride, tmp_path: Path) -> None:
    assert interrupted_at("2/6", *VERB, log=tmp_path / "log") == 130
    assert restride("calibrate", "pelvis", "--virtual", "--show").stdout.endswith(": not calibrated\n")


@pytest.mark.long
def test_a_recording_of_a_calibrated_sensor_says_so_and_stands_at_one_g(
    restride: Restride, restride_home: Path, tmp_path: Path
) -> None:
    """A MetaMotion: kept on this computer. Its bias is made large, so that it must show."""
    registry = virtual(restride_home)
    known = ChipCalibration(acc_bias_g=(0.05, 0.05, 0.05), acc_scale=(1.02, 1.02, 1.02), date="2026-11-26")
    registry.pair(Identity("metamotion", "virtual", "VM0003", ""), "pelvis")
    registry.pair(Identity("metamotion", "virtual", "VM0001", ""), "shank_left")
    registry.change("VM0003", calibration=known)
    shown = restride("calibrate", "pelvis", "--virtual", "--show")
    assert "calibrated 2026-11-26" in shown.stdout
    assert "+50.0 mg" in shown.stdout
    only = ("--only", "pelvis", "--only", "shank_left")
    done = restride("record", "--virtual", "--minutes", "0.1", *only, "--out", tmp_path / "r")
    assert done.returncode == 0, done.stderr
    recording = imu.load(tmp_path / "r")
    assert recording.collection is not None
    told = recording.collection["sensors"]
    assert ChipCalibration.of(told["pelvis"]["calibration"]) == known
    assert "calibration" not in told["shank_left"]
    for placement, calibration in (("pelvis", known), ("shank_left", None)):
        acc_g = recording.tracks[placement].samples().acc_mps2[:200].astype(float) / 9.80665
        if calibration is not None:
            acc_g = acc_g / calibration.acc_scale + calibration.acc_bias_g  # as its chip read it
        assert np.linalg.norm(acc_g, axis=1).mean() == pytest.approx(1.0, abs=0.04)
