"""A MetaMotion S on its USB cable is reached by every verb, over a pair of pseudo terminals."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import wakepy
from scipy import constants

from imu.collect.registry import Registry
from imu.devices.metamotion import usb
from imu.devices.sensor import Identity
from imu.recording import load
from imu.simulate.boards.worn import ChipSettings
from tests.conftest import Restride

if sys.platform == "win32":
    pytest.skip("needs pseudo terminals", allow_module_level=True)

from tests.collect.cables import Bench, cabled

NO_RADIO = ("--radio", "tcp-client:127.0.0.1:9")  # nothing answers there


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with cabled() as made:
        monkeypatch.setattr(usb, "ports", made.cable.ports)
        yield made


@pytest.fixture
def paired(bench: Bench, restride_home: Path) -> Bench:
    Registry(restride_home).pair(Identity("metamotion", "MetaMotion S", "0541A2", "1.7.3"), "pelvis")
    return bench


def test_without_its_package_scan_says_so_and_looks_over_the_air(
    restride: Restride, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usb, "is_available", lambda: False)
    done = restride("scan", *NO_RADIO, "--seconds", "1")
    assert done.returncode == 3
    assert done.stderr.startswith("Not looking at USB cables: that needs pip install 'restride[serial]'\n")


@pytest.mark.slow
def test_a_log_is_armed_and_synced_over_the_cable_sample_by_sample_by_a_computer_that_stays_awake(
    paired: Bench, restride: Restride, monkeypatch: pytest.MonkeyPatch
) -> None:
    awake: list[bool] = []

    def ports() -> Sequence[str]:
        awake.append(any(mode.active for mode in wakepy.global_modes()))
        return paired.cable.ports()

    monkeypatch.setattr(usb, "ports", ports)
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    armed = restride("arm", "--minutes", "1")
    assert armed.returncode == 0, armed.stderr
    assert "Impact" not in armed.stdout  # of which a pelvis feels none
    time.sleep(6.0)
    awake.clear()
    synced = restride("sync", "--json")
    assert awake
    assert all(awake)
    assert synced.returncode == 0, synced.stderr
    (told,) = json.loads(synced.stdout)
    recording = load(Path(told["recording"]))
    samples = recording.tracks["pelvis"].samples()
    chip = paired.wearer.chip(
        "pelvis", ChipSettings(rate_hz=100.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)
    )
    measured = chip.counts(0, chip.taken(paired.cable.now_s()))[:, :3]
    rows = np.rint(samples.acc_mps2 / constants.g * 2048.0).astype(int)
    assert len(rows) > 500
    first = next(i for i in range(len(measured)) if (measured[i : i + 20] == rows[:20]).all())
    np.testing.assert_array_equal(rows, measured[first : first + len(rows)])


@pytest.mark.slow
def test_a_stream_comes_over_the_cable(paired: Bench, restride: Restride, tmp_path: Path) -> None:
    slow = ("--no-standing", "--rate", "100")  # the board answers from a thread of this process
    done = restride("record", *slow, "--minutes", "0.1", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert load(tmp_path / "run").tracks["pelvis"].n_samples > 5 * 95
    assert paired.cable.plugged


@pytest.mark.slow
def test_a_check_reaches_what_is_plugged_in(restride: Restride, monkeypatch: pytest.MonkeyPatch) -> None:
    short = ["--stream-seconds", "1", "--log-seconds", "2"]
    with cabled(begins_s=1e6) as still:
        monkeypatch.setattr(usb, "ports", still.cable.ports)
        done = restride("hardware-check", *short, "--json")
    told = json.loads(done.stdout)
    outcomes = {step["name"]: step["outcome"] for step in told["steps"]}
    # How many samples arrive in a second depends on what else this machine does.
    asked = {name: outcome for name, outcome in outcomes.items() if not name.startswith("stream")}
    assert asked.pop("out of reach") == "skipped"  # nobody pulls the plug
    assert set(asked.values()) <= {"pass", "noted"}, done.stderr


@pytest.mark.slow
def test_a_cable_that_is_pulled_is_told(paired: Bench, restride: Restride) -> None:
    paired.cable.unplug()
    done = restride("sync", *NO_RADIO)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("restride: radio tcp-client:127.0.0.1:9")
