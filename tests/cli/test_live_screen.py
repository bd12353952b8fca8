"""What is shown fits the terminal, says what matters, and is plain text in a pipe."""

from dataclasses import replace

import pytest

from imu.cli.big_numbers import ROWS, big, columns
from imu.cli.live_screen import Moment, recording_line, recording_text, sensor_state
from imu.cli.treadmill_screen import treadmill_line, treadmill_text
from imu.collect.coach import SideNow
from imu.collect.reference import ReferenceNow
from imu.collect.status import ClockSeen, Status
from imu.devices.sensor import Battery
from imu.live import LiveState
from tests.collect.test_readiness import streaming

GAIT = LiveState(
    time_s=60.0,
    activity="run",
    cadence_spm=172.4,
    shank_angle_ic_deg={"left": 8.13, "right": 9.27},
    sensors={"shank_left": "aligned", "shank_right": "aligned"},
    mount_shifts={},
    advice=("Stand still and upright for 5 s: without it angles have no zero.",),
)
WELL = Status(
    "shank_left",
    connected=True,
    battery=Battery(83.0),
    lost=3,
    signal_dbm=-58,
    clock=ClockSeen(offset_ms=1.24, within_ms=7.5),
)
AWAY = Status("shank_right", problem="the connection was lost", battery=Battery(41.0))
MOMENT = Moment(elapsed_s=192.0, seconds=1800.0, sensors=[WELL, AWAY], gait=GAIT)
SIDES = {"left": SideNow(12.4, 0.6, False), "right": SideNow(-3.1, None, True)}
SIZES = [(80, 24), (200, 50), (60, 30), (40, 24), (24, 8), (10, 3)]


def test_a_recording_shows_time_gait_and_every_sensor() -> None:
    text = recording_text(MOMENT, 80, 24).plain
    assert "Recording 3:12 of 30:00" in text
    assert "running, 172 steps/min, shank at contact left 8.1° right 9.3°" in text
    left, right = (
        next(line for line in text.splitlines() if name in line) for name in ("left shank", "right shank")
    )
    assert left.split()[2:] == ["3", "83", "%", "-58", "dBm", "+1.2", "±7.5", "ms", "good"]
    assert "away, trying again" in right


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_is_wider_or_higher_than_the_terminal(width: int, height: int) -> None:
    texts = (
        recording_text(MOMENT, width, height),
        treadmill_text(MOMENT, width, height, sides=SIDES, notes=["a note that is quite long " * 4]),
        treadmill_text(MOMENT, width, height, sides={}, notes=[]),
    )
    for text in texts:
        lines = text.plain.splitlines()
        assert len(lines) <= height
        assert max(map(len, lines)) <= width


def test_a_pipe_gets_one_line() -> None:
    line = recording_line(MOMENT)
    assert "\n" not in line
    assert "172 steps/min" in line
    assert "shank_left" in line
    assert "shank_right away, trying again (the connection was lost)" in line


def test_too_few_samples_are_said() -> None:
    assert sensor_state(WELL) == "good"
    assert sensor_state(replace(WELL, reconnections=2)) == "good (reconnected 2x)"
    assert sensor_state(streaming(rate_hz=120.0)) == "slow: samples are missing"


def test_numbers_are_as_tall_as_the_terminal_allows() -> None:
    def rows_of_blocks(width: int, height: int) -> int:
        text = treadmill_text(MOMENT, width, height, sides=SIDES, notes=[]).plain
        return sum("\N{FULL BLOCK}" in line for line in text.splitlines())

    assert rows_of_blocks(80, 24) == ROWS
    assert rows_of_blocks(200, 50) >= 2 * ROWS
    assert rows_of_blocks(40, 30) == 2 * ROWS  # above each other
    assert rows_of_blocks(24, 8) == 0


def test_each_side_says_how_it_compares_and_never_judges() -> None:
    text = treadmill_text(MOMENT, 80, 24, sides=SIDES, notes=[]).plain
    assert "+0.6° from your baseline" in text
    assert "above the limit that you set" in text
    assert "right shank: away, trying again" in text
    line = treadmill_line(MOMENT, sides=SIDES, notes=["metronome: 180 steps/min"])
    assert "left 12.4°, +0.6° from your baseline" in line
    for word in ("safe", "danger", "injur"):
        assert word not in (text + line).lower()


def test_without_a_zero_only_changes_are_shown() -> None:
    sides = {"left": SideNow(None, 1.2, False)}
    line = treadmill_line(MOMENT, sides=sides, notes=[])
    assert "left +1.2°, +1.2° from your baseline, only changes: nobody stood still" in line
    treadmill_text(MOMENT, 80, 24, sides=sides, notes=[])


def test_pulse_and_pod_are_shown_calmly() -> None:
    pulse = ReferenceNow("heart_rate", True, {"heart_rate_bpm": 143.0, "rr_s": 0.42})
    pod = ReferenceNow("foot_pod", False, {})
    moment = replace(MOMENT, references=[pulse, pod])
    text = recording_text(moment, 80, 24).plain
    assert "heart rate  143 bpm\n" in text
    assert "foot pod    -, away, trying again" in text
    assert "heart rate 143 bpm" in recording_line(moment)
    assert "heart rate 143 bpm" in treadmill_text(moment, 80, 24, sides=SIDES, notes=[]).plain
    assert "heart rate" not in recording_text(MOMENT, 80, 24).plain


def test_a_digit_is_a_picture() -> None:
    assert columns("1") == 6
    assert [len(row) for row in big("12.4", scale=2)] == [2 * columns("12.4")] * (2 * ROWS)
