"""`restride record`, as a process of its own among virtual sensors whose every sample is known."""

import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imu.collect.recover import finish, unfinished
from imu.devices.sensor import Kind
from imu.recording import load
from tests.cli.outings import ALL, cable, found, scene
from tests.conftest import Restride
from tests.streamed import MOST_APART

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals"),
]
LONG = ("--no-standing", "--minutes", "10")
APART = {"esp32": 0, "metamotion": MOST_APART}
FAILS_S = 45.0  # of the world
ENDINGS = [
    ("esp32", {"dies_at_s": FAILS_S}),
    ("esp32", {"resets_at_s": FAILS_S}),
    ("metamotion", {"battery_empty_at_s": FAILS_S}),
    ("metamotion", {"reset_at_s": [FAILS_S]}),
]


def results(out: Path) -> dict[str, object]:
    summary: dict[str, object] = json.loads((out / "results" / "summary.json").read_text())
    return summary


@pytest.mark.parametrize(
    ("kind", "link", "narrow", "minutes"),
    [
        # Whose clock is read at both ends, also where a computer agrees to the smallest packets.
        ("esp32", {}, {"mtu": 23, "packets_per_event": 12}, "0.2"),
        ("metamotion", {"interval_s": 0.0075}, {}, "0.4"),  # whose clock is in the arrivals
    ],
)
def test_a_healthy_link_loses_no_sample(
    tmp_path: Path, kind: Kind, link: dict[str, float], narrow: dict[str, float], minutes: str
) -> None:
    with scene(tmp_path, kind=kind, link=link, begins_s=0.0) as here:
        for placement in ("shank_left", "pelvis"):
            here.control.link(placement, **narrow)
        with here.recorder("--no-standing", "--minutes", minutes) as recorder:
            assert recorder.end(seconds=150) == 0
        recording, wearer = load(recorder.out), here.wearer()
        rows = {place: found(recording, place, wearer, most_apart=APART[kind]) for place in ALL}
    for placement, sensor in rows.items():
        assert (np.diff(sensor.number) == 1).all(), placement
    # Two bursts of readings, or half a minute of arrivals, on a machine that does other things beside.
    level_s = [np.median(sensor.error_s) for sensor in rows.values()]
    assert np.ptp(level_s) < 0.015
    assert results(recorder.out)["format"]
    assert recorder.sessions == []


@pytest.mark.long
@pytest.mark.parametrize("kind", ["esp32", "metamotion"])
def test_a_link_that_is_too_slow_is_said_before_the_run(tmp_path: Path, kind: Kind) -> None:
    link = {"interval_s": 0.1, "packets_per_event": 1 if kind == "esp32" else 4}
    with (
        scene(tmp_path, kind=kind, placements=("pelvis",), link=link) as here,
        here.recorder(*LONG) as recorder,
    ):
        assert recorder.end(seconds=90) == 3
    assert "of 200 samples a second arrive: this connection is too slow for the rate" in recorder.said()
    assert "Recording" not in recorder.said()
    assert recorder.sessions == []
    assert not recorder.out.exists()


@pytest.mark.parametrize("kind", ["esp32", pytest.param("metamotion", marks=pytest.mark.long)])
def test_out_of_range_and_back_is_a_gap_of_its_true_length_and_ctrl_c_ends_properly(
    tmp_path: Path, kind: Kind
) -> None:
    with scene(tmp_path, kind=kind, placements=("shank_left", "pelvis")) as here:
        with here.recorder(*LONG) as recorder:
            recorder.until("Recording for")
            time.sleep(4.0)
            here.control.away("pelvis")
            time.sleep(5.0)
            here.control.back("pelvis")
            here.until_connected("pelvis")
            time.sleep(8.0)
            assert recorder.end(signal.SIGINT) == 0
        assert (recorder.out / "results" / "report.html").exists()
        assert recorder.sessions == []
        recording, wearer = load(recorder.out), here.wearer()
        away, stayed = (
            found(recording, place, wearer, most_apart=APART[kind]) for place in ("pelvis", "shank_left")
        )
    assert (np.diff(stayed.number) == 1).all()
    (gap,) = np.flatnonzero(np.diff(away.number) > 1)
    assert 3.0 < (away.number[gap + 1] - away.number[gap]) / 200 < 25.0
    after, before = np.median(away.error_s[gap + 1 :]), np.median(away.error_s[: gap + 1])
    assert abs(after - before) < (
        0.02 if kind == "esp32" else 0.04
    )  # arrivals of some seconds, on both sides
    assert recording.collection is not None
    assert recording.collection["sensors"]["pelvis"]["reconnects"] == 1


@pytest.mark.long
@pytest.mark.parametrize(("kind", "fault"), ENDINGS)
def test_the_others_go_on_when_one_sensor_fails(tmp_path: Path, kind: Kind, fault: dict[str, Any]) -> None:
    options = {"pelvis": {"faults": fault}}
    with scene(tmp_path, kind=kind, placements=("shank_left", "pelvis"), options=options) as here:
        with here.recorder(*LONG) as recorder:
            recorder.until("Recording for")
            while here.control.time_s() < FAILS_S + 17.0:
                time.sleep(0.5)
            assert recorder.end(signal.SIGINT) == 0
        recording, wearer = load(recorder.out), here.wearer()
        failed, stayed = (
            found(recording, place, wearer, most_apart=APART[kind]) for place in ("pelvis", "shank_left")
        )
    assert (np.diff(stayed.number) == 1).all()
    assert stayed.number[-1] / 200 > FAILS_S + 15.0
    comes_back = any(name.startswith("reset") for name in fault)
    assert (np.diff(failed.number) > 1).sum() == comes_back
    assert (failed.number[-1] / 200 > FAILS_S + 8.0) == comes_back


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "fault", "spoilt"),
    [
        ("esp32", {"spoilt_frame": 100}, 1),
        ("metamotion", {"cut_packets": [1200, 1201, 2400]}, 3),
    ],
)
def test_a_packet_that_cannot_be_read_costs_its_own_samples(
    tmp_path: Path, kind: Kind, fault: dict[str, Any], spoilt: int
) -> None:
    options = {"pelvis": {"faults": fault}}
    with scene(tmp_path, kind=kind, placements=("pelvis",), options=options) as here:
        with here.recorder("--no-standing", "--minutes", "0.4") as recorder:
            assert recorder.end(seconds=150) == 0
        recording = load(recorder.out)
        rows = found(recording, "pelvis", here.wearer(), most_apart=APART[kind])
    missing = np.diff(rows.number) - 1
    assert 1 <= (missing > 0).sum() <= spoilt
    assert missing.sum() <= 20 * spoilt if kind == "esp32" else 3 <= missing.sum() <= 3 * spoilt
    assert np.abs(rows.error_s - np.median(rows.error_s)).max() < 0.03
    assert recording.collection is not None
    assert recording.collection["sensors"]["pelvis"]["unreadable_packets"] == spoilt


@pytest.mark.long
@pytest.mark.parametrize("kind", ["esp32", "metamotion"])
def test_an_adapter_that_is_pulled_out_ends_nothing_that_came(tmp_path: Path, kind: Kind) -> None:
    with scene(tmp_path, kind=kind, placements=("shank_left", "pelvis")) as here:
        with cable(here) as pull, here.recorder(*LONG) as recorder:
            recorder.until("Recording for")
            time.sleep(4.0)
            pull()
            pulled_s = here.control.time_s()
            time.sleep(8.0)
            assert recorder.end(signal.SIGINT) == 0
        recording, wearer = load(recorder.out), here.wearer()
        for placement in recording.tracks:
            rows = found(recording, placement, wearer, most_apart=APART[kind])
            assert (np.diff(rows.number) == 1).all()
            assert rows.number[-1] / 200 > 0.99 * pulled_s - 0.5
    assert recorder.sessions == []


@pytest.mark.long
def test_ctrl_c_twice_ends_at_once_and_keeps_what_came(tmp_path: Path) -> None:
    with scene(tmp_path, placements=("shank_left",)) as here, here.recorder(*LONG) as recorder:
        recorder.until("Recording for")
        time.sleep(6.0)
        recorder.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        began_s = time.monotonic()
        assert recorder.end(signal.SIGINT) == 130
        assert time.monotonic() - began_s < 10.0
    (waiting,) = unfinished(recorder.home / "sessions")
    assert "restride recover" in recorder.said()
    assert finish(waiting.folder, recorder.out).rows["shank_left"] > 1000


@pytest.mark.long
def test_ctrl_c_before_the_run_keeps_nothing(tmp_path: Path) -> None:
    with scene(tmp_path, placements=("shank_left",)) as here, here.recorder("--minutes", "10") as recorder:
        recorder.until("Stand still")
        assert recorder.end(signal.SIGINT) == 130
    assert recorder.sessions == []


@pytest.mark.long
def test_a_full_disk_ends_in_one_line_and_keeps_what_was_written(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    with (
        scene(tmp_path, placements=("shank_left",)) as here,
        here.recorder(*LONG, preexec_fn=small) as recorder,
    ):
        assert recorder.end(seconds=120) == 2
    last = [line for line in recorder.said().splitlines() if line.startswith("restride:")]
    assert len(last) == 1
    assert "shank_left.journal: cannot be written" in last[0]
    (waiting,) = unfinished(recorder.home / "sessions")
    assert finish(waiting.folder, recorder.out).rows["shank_left"] > 1000


@pytest.mark.long
@pytest.mark.parametrize("kind", ["esp32", "metamotion"])
def test_a_sensor_that_another_recorder_uses_is_said(tmp_path: Path, kind: Kind) -> None:
    with scene(tmp_path, kind=kind, placements=("shank_left",)) as here, here.recorder(*LONG) as first:
        first.until("Recording for")
        with here.recorder(*LONG) as second:
            assert second.end(seconds=60) == 3
        assert "not found in 5 s; heard no sensor at all" in second.said()
        assert first.end(signal.SIGINT) == 0


@pytest.mark.long
def test_a_sensor_that_is_not_there_is_named(tmp_path: Path) -> None:
    with scene(tmp_path, placements=("shank_left", "pelvis")) as here:
        here.control.away("pelvis")
        with here.recorder(*LONG) as recorder:
            assert recorder.end(seconds=60) == 3
    assert "pelvis (" in recorder.said()
    assert "not found in 5 s; heard RS-0001" in recorder.said()


def test_nothing_paired_is_said_at_once(restride: Restride) -> None:
    done = restride("record", "--minutes", "1")
    assert done.returncode == 2
    assert done.stderr == "restride: no sensor is paired yet; run: restride pair\n"


def test_virtual_sensors_need_a_virtual_world(restride: Restride) -> None:
    done = restride("record", "--virtual-sensors", "esp32")
    assert done.returncode == 2
    assert "add --virtual" in done.stderr
