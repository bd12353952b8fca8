"""What goes wrong between a run and its recording, each as real processes, and what must hold afterwards.

Every scenario ends with the same question: is what lay in the sensors' memories in the recording, sample by
sample, once? They return what was measured on the way, as one line.
"""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from imu.devices.sensor import Kind
from imu.recording import load
from tests.faults.lab import Lab, ended, recorded

_LATEST_KILL_S = 6.0  # what is left of a sync is soon done, so its last steps are met as well as the first
_AT_ANY_TIME = 0.2  # share of kills that may come before the sensor is reached: most should disturb more
_ARMED_BY_S = 60.0  # of the world, on a slow machine
_SLOW = {"interval_s": 0.03, "packets_per_event": 1}  # or the fast kind would be done before anything happens

S: dict[str, Any] = {"model": "S"}
R: dict[str, Any] = {"model": "R"}
S_FROM_START: dict[str, Any] = {"model": "S", "habits": {"resume": "from_start"}}


def killed(folder: Path, *, kind: Kind, options: dict[str, Any], kills: int, seed: int = 1) -> str:
    """SIGKILL at any moment of a sync, again and again, run after run, until it was `kills` times."""
    random, done, rounds, worst = Random(seed), 0, 0, 0.0
    while done < kills:
        rounds += 1
        lab = _interruptible(folder / f"round{rounds}", kind, options)
        lab.folder.mkdir()
        with lab.running():
            lab.armed()
            expected = {"pelvis": lab.expected("pelvis")}
            own = 0
            while lab.sessions() and done < kills:
                process = lab.start("sync")
                if random.random() > _AT_ANY_TIME:
                    _until_connected(lab, process)
                time.sleep(random.uniform(0.0, _LATEST_KILL_S))
                process.send_signal(signal.SIGKILL)
                process.communicate()
                if process.returncode == -signal.SIGKILL:
                    own, done = own + 1, done + 1
                _never_erased_before_a_copy(lab)
            if lab.sessions():
                lab.restride("sync")
            _nothing_lost(lab, expected)
            worst = max(worst, lab.again() / max(own, 1))
    return f"{done} kills in {rounds} runs; downloaded again after each: {100 * worst:.1f} % at worst"


def out_of_reach(folder: Path, *, kind: Kind, options: dict[str, Any], times: int = 4) -> str:
    """Away in the middle of pages, longer than the connection lasts, and back."""
    lab = _interruptible(folder, kind, options)
    random = Random(2)
    with lab.running():
        lab.armed()
        assert lab.control is not None
        expected = {"pelvis": lab.expected("pelvis")}
        process = lab.start("sync")
        _until_connected(lab, process)
        lost = 0
        for _ in range(times):
            time.sleep(random.uniform(1.0, 2.5))
            if process.poll() is None:
                was_connected = lab.control.sensors()["pelvis"]["connected"]
                lab.control.away("pelvis")
                time.sleep(3.5)
                lost += was_connected and not lab.control.sensors()["pelvis"]["connected"]
                lab.control.back("pelvis")
        code, _, said = ended(process)
        assert code == 0, said
        _nothing_lost(lab, expected)
        share = lab.again() / max(lost, 1)
        return f"{lost} times away; downloaded again after each: {100 * share:.1f} %"


def plain(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """A fault of the board or on the way that one sync must live with."""
    lab = Lab(folder, kind, options=options)
    with lab.running():
        lab.armed()
        expected = {"pelvis": lab.expected("pelvis")}
        lab.restride("sync")
        _nothing_lost(lab, expected)
        return f"{len(expected['pelvis'])} samples; downloaded again: {100 * lab.again():.1f} %"


def full_disk(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """No room for the journal, then none for the recording, then there is."""
    lab = Lab(folder, kind, options=options)
    with lab.running():
        lab.armed()
        expected = {"pelvis": lab.expected("pelvis")}
        for largest in (20_000, 60_000):
            code, _, said = ended(lab.start("sync", largest_file=largest))
            assert code == 2, said
            assert "File too large" in said.splitlines()[-1], said
            _never_erased_before_a_copy(lab)
        lab.restride("sync")
        _nothing_lost(lab, expected)
        return f"downloaded again: {100 * lab.again():.1f} %"


def two_computers(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """A second computer, which never armed it, wants the same run at the same time."""
    lab = Lab(folder, kind, options=options)
    with lab.running():
        lab.armed()
        lab.paired("two")
        expected = lab.expected("pelvis")
        both = [lab.start("sync", computer=computer) for computer in ("one", "two")]
        codes = []
        for process in both:
            code, _, said = ended(process)
            assert code in (0, 2, 3), said
            assert "bug in restride" not in said, said
            codes.append(code)
        if lab.sessions():
            lab.restride("sync")
        copies = [recorded(path, "pelvis") for c in ("one", "two") for path in lab.recordings(c)]
        held = {row.tobytes() for copy in copies for row in copy}
        assert held >= {row.tobytes() for row in expected}
        return f"exit codes {codes}, {len(copies)} recordings, together whole"


def battery_dies(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """Empty in the middle of the download, charged, and synced again."""
    lab = _interruptible(folder, kind, options)
    with lab.running():
        lab.armed()
        expected = {"pelvis": lab.expected("pelvis")}
        assert lab.control is not None
        now_s = lab.control.time_s()
    at_s = now_s + 14.0
    fault = {"dies_at_s": at_s} if kind == "esp32" else {"battery_empty_at_s": at_s}
    with lab.running(**{**options, "faults": fault}):
        process = lab.start("sync")
        code, _, said = ended(process)
        assert code == 3, said
        _never_erased_before_a_copy(lab)
        assert lab.control is not None
        lab.control.recharge("pelvis")
        lab.restride("sync")
        _nothing_lost(lab, expected)
        return f"said: {said.splitlines()[-1]}"


def reset_while_logging(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """The sensor starts anew in the middle of the run."""
    fault = {"resets_at_s": 30.0} if kind == "esp32" else {"reset_at_s": [30.0]}
    lab = Lab(folder, kind, options={**options, "faults": fault}, run_s=20.0)
    with lab.running():
        lab.armed()
        expected = {"pelvis": lab.expected("pelvis")}
        lab.restride("sync")
        _nothing_lost(lab, expected)
        return f"{len(expected['pelvis'])} samples"


def armed_elsewhere(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """A computer that never heard of the run saves it; the one that armed it finds nothing, and goes on."""
    lab = Lab(folder, kind, options=options)
    with lab.running():
        lab.armed()
        expected = {"pelvis": lab.expected("pelvis")}
        code, _, said = ended(lab.start("sync", computer="two"))
        assert code == 2, said
        assert "where was it worn? --as LAB002=PLACEMENT" in said
        lab.restride("sync", "--as", "LAB002=pelvis", computer="two")
        _nothing_lost(lab, expected, computer="two")
        code, _, said = ended(lab.start("sync"))
        assert code == 0, said
        assert not lab.sessions()
        assert not lab.recordings()
        return said.splitlines()[-1]


def without_one(folder: Path, *, kind: Kind, options: dict[str, Any]) -> str:
    """A sensor that is not there is not waited for; it has its own recording later."""
    lab = Lab(folder, kind, placements=("shank_left", "pelvis"), options=options)
    with lab.running():
        lab.armed()
        expected = {placement: lab.expected(placement) for placement in lab.placements}
        assert lab.control is not None
        lab.control.away("pelvis")
        lab.restride("sync", "--without", "pelvis")
        (first,) = lab.recordings()
        np.testing.assert_array_equal(recorded(first, "shank_left"), expected["shank_left"])
        assert lab.holds_log("pelvis")
        lab.control.back("pelvis")
        lab.restride("sync")
        _, second = lab.recordings()
        np.testing.assert_array_equal(recorded(second, "pelvis"), expected["pelvis"])
        assert not lab.sessions()
        return f"{first.name}, then {second.name}"


def _interruptible(folder: Path, kind: Kind, options: dict[str, Any]) -> Lab:
    if kind == "esp32":
        return Lab(folder, kind, options=options, rate_hz=200, link=_SLOW)
    return Lab(folder, kind, options=options)


def _until_connected(lab: Lab, process: "subprocess.Popen[str]") -> None:
    """Or until it is done: nothing but its analysis may be left."""
    assert lab.control is not None
    time.sleep(1.0)  # the air may not yet know that the one before is dead
    while not lab.control.sensors()["pelvis"]["connected"] and process.poll() is None:
        time.sleep(0.1)


def _never_erased_before_a_copy(lab: Lab) -> None:
    for placement in lab.placements:
        if not lab.holds_log(placement):
            assert lab.recordings(), f"{placement}: erased before there was a recording"


def _nothing_lost(lab: Lab, expected: dict[str, Any], *, computer: str = "one") -> None:
    """One recording, equal to what lay in the memories; these are free, and nothing waits."""
    (folder,) = lab.recordings(computer)
    start = load(folder).start
    assert start is not None
    assert -1.0 < lab.world_s(start) < _ARMED_BY_S
    for placement, counts in expected.items():
        np.testing.assert_array_equal(recorded(folder, placement), counts)
        assert not lab.holds_log(placement)
    assert not lab.sessions(computer)


SCENARIOS: dict[str, tuple[Callable[..., str], Kind, dict[str, Any]]] = {
    "out of reach, S": (out_of_reach, "metamotion", S),
    "out of reach, R": (out_of_reach, "metamotion", R),
    "out of reach, S that starts over": (out_of_reach, "metamotion", S_FROM_START),
    "out of reach, ESP32": (out_of_reach, "esp32", {}),
    "stalled, S": (plain, "metamotion", {**S, "faults": {"stall_after_pages": 20}}),
    "stalled, R": (plain, "metamotion", {**R, "faults": {"stall_after_pages": 20}}),
    "stalled, ESP32": (plain, "esp32", {"faults": {"stalls_at": 9000}}),
    "cut packets, S": (plain, "metamotion", {**S, "faults": {"cut_packets": [100, 700]}}),
    "cut packets, R": (plain, "metamotion", {**R, "faults": {"cut_packets": [100, 700]}}),
    "cut packets, S that starts over": (
        plain,
        "metamotion",
        {**S_FROM_START, "faults": {"cut_packets": [100, 700]}},
    ),
    "damaged and lost packets, ESP32": (plain, "esp32", {"faults": {"damaged_at": 5000, "lost_at": 20000}}),
    "wrapped clock, S": (plain, "metamotion", {**S, "faults": {"first_tick": 2**32 - 20_000}}),
    "wrapped clock, ESP32": (plain, "esp32", {"faults": {"clock_from_us": 2**32 - 30_000_000}}),
    "full disk, S": (full_disk, "metamotion", S),
    "full disk, ESP32": (full_disk, "esp32", {}),
    "two computers, S": (two_computers, "metamotion", S),
    "two computers, ESP32": (two_computers, "esp32", {}),
    "battery dies, S": (battery_dies, "metamotion", S),
    "battery dies, ESP32": (battery_dies, "esp32", {}),
    "armed elsewhere, S": (armed_elsewhere, "metamotion", S),
    "armed elsewhere, ESP32": (armed_elsewhere, "esp32", {}),
    "without one, S": (without_one, "metamotion", S),
    "without one, ESP32": (without_one, "esp32", {}),
    "reset while logging, S": (reset_while_logging, "metamotion", S),
    "reset while logging, R": (reset_while_logging, "metamotion", R),
    "reset that shows nowhere, S": (
        reset_while_logging,
        "metamotion",
        {**S, "habits": {"reset_changes_uid": False}},
    ),
    "reset while logging, ESP32": (reset_while_logging, "esp32", {}),
}

KILLED: dict[str, tuple[Kind, dict[str, Any]]] = {
    "killed, S": ("metamotion", S),
    "killed, R": ("metamotion", R),
    "killed, S that starts over": ("metamotion", S_FROM_START),
    "killed, ESP32": ("esp32", {}),
}

RECORDER_KILLED: dict[str, tuple[Kind, dict[str, Any]]] = {
    "recorder killed, S": ("metamotion", S),
    "recorder killed, R": ("metamotion", R),
    "recorder killed, ESP32": ("esp32", {}),
}
