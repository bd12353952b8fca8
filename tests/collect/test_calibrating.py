"""What a hand and a table tell of a chip is what the chip really gets wrong."""

import re
from dataclasses import replace

import numpy as np
import pytest

from imu.collect.calibrating.fit import fit
from imu.collect.calibrating.guide import Seen
from imu.collect.calibrating.watch import FACES, Face, Rest, Watch
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Block
from imu.errors import RestrideError
from imu.simulate import SimulationConfig
from imu.simulate.boards.worn import Wearer
from tests.collect.table import CODING, Step, Table

ALL: tuple[Step, ...] = (*FACES, (360.0, 3.0), "y", (-360.0, 4.0), "x", (720.0, 5.0))


def a_table(seed: int = 1, *, tick_s: float | None = None) -> Table:
    config = SimulationConfig(pattern="stand:4,run:10@3,stand:4", seed=seed)
    return Table(Wearer(config, begins_s=1e6), tick_s=tick_s)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_six_faces_and_three_turns_tell_bias_and_scale_of_every_axis(seed: int) -> None:
    table = a_table(seed)
    table.does(*ALL)
    assert table.progress.open_axes == []
    found, draw = table.fitted(), table.draw
    known = found.calibration
    np.testing.assert_allclose(known.acc_bias_g, draw.acc_bias_mps2 / 9.80665, atol=0.0012)
    np.testing.assert_allclose(np.array(known.acc_scale) * np.diag(draw.acc_gain), 1.0, atol=0.001)
    np.testing.assert_allclose(known.gyr_bias_dps, np.degrees(draw.gyr_bias_radps), atol=0.05)
    np.testing.assert_allclose(np.array(known.gyr_scale) * np.diag(draw.gyr_gain), 1.0, atol=0.002)
    assert found.before_mg > 5.0
    assert found.after_mg is not None
    assert found.after_mg < 1.0
    assert known.date == "2026-11-26"


@pytest.mark.unhurried
def test_what_is_told_of_the_uncertainty_holds() -> None:
    """Of 6 values of 4 accelerometers, 95 % would be 23; the chips' cross axes are not in it."""
    within = 0
    for seed in range(4):
        table = a_table(seed)
        table.does(*ALL)
        found, draw = table.fitted(), table.draw
        known = found.calibration
        off_g = np.abs(known.acc_bias_g - draw.acc_bias_mps2 / 9.80665)
        off = np.abs(known.acc_scale - 1 / np.diag(draw.acc_gain))
        within += int((off_g < found.acc_bias_own_g).sum() + (off < found.acc_scale_own).sum())
        off = np.abs(known.gyr_scale - 1 / np.diag(draw.gyr_gain))
        assert all(own is not None and 0.0005 < own < 0.004 for own in found.gyr_scale_own)
        assert (off < np.array(found.gyr_scale_own, float)).all()
    assert within >= 20


def test_without_turns_the_gyroscope_keeps_the_scale_it_had() -> None:
    table = a_table()
    table.does(*FACES)
    before = ChipCalibration(gyr_scale=(1.01, 0.99, 1.0), acc_bias_g=(0.1, 0.1, 0.1))
    found = table.fitted(before=before)
    assert found.calibration.gyr_scale == (1.01, 0.99, 1.0)
    assert found.gyr_scale_own == (None, None, None)
    assert found.calibration.acc_bias_g != before.acc_bias_g
    table.does("z", (360.0, 3.0))
    z_turned = table.fitted(before=before)
    assert z_turned.calibration.gyr_scale[:2] == (1.01, 0.99)
    assert z_turned.calibration.gyr_scale[2] * table.draw.gyr_gain[2, 2] == pytest.approx(1.0, abs=0.003)


def test_faces_come_in_any_order_and_count_once() -> None:
    table = a_table()
    shown = table.does("-y", "x", "-y", "z", "-x", "y", "-z")
    assert [each.face for each in shown if each.what == "face"][-1] == "-z"
    assert set(table.progress.faces) == set(FACES)
    assert Seen("again", "-y") in table.seen


def test_a_rest_that_leans_is_no_face() -> None:
    table = a_table()
    table.does("z", (45.0, 1.0))
    leaning = Rest(np.array([0.6, 0.0, 0.8]), np.zeros(3), (0, 10))
    assert leaning.face() is None
    assert replace(leaning, acc_g=np.array([0.1, 0.0, -1.0])).face() == "-z"


@pytest.mark.parametrize(("degrees", "seconds"), [(212.0, 3.0), (330.0, 3.0), (-800.0, 5.0), (2880.0, 9.0)])
def test_a_turn_that_is_not_whole_or_too_many_is_refused_by_its_angle(degrees: float, seconds: float) -> None:
    table = a_table()
    table.does(*FACES)
    (shown,) = table.does((degrees, seconds))
    assert shown.what == "fault"
    said = re.search(r"(\d+) degrees", shown.why)
    assert said is not None
    assert float(said[1]) == pytest.approx(abs(degrees), rel=0.03)
    assert table.progress.turns == []


def test_a_nudge_or_another_face_is_no_turn_at_all() -> None:
    table = a_table()
    table.does(*FACES)
    table.does((20.0, 1.0), (90.0, 1.5), "y", "z")
    assert not [each for each in table.seen if each.what in ("turn", "fault")]


@pytest.mark.parametrize("room", [None, 57])  # of about 60 samples: three are lost, and all others late
def test_a_turn_that_lost_samples_without_a_word_is_refused(room: int | None) -> None:
    table = a_table()
    table.does(*FACES)
    table.lost, table.room = (table.now_s + 1.0, table.now_s + 1.5), room
    (shown,) = table.does((360.0, 3.0))
    assert (shown.what, shown.why) == ("fault", "samples of it were lost on the way")


@pytest.mark.parametrize(("lost_s", "is_seen"), [(0.0, False), (0.15, True)])
def test_of_samples_that_carry_their_time_a_loss_is_seen_by_it(lost_s: float, is_seen: bool) -> None:
    """As single samples of a MetaMotion: its decoder tells when each was taken, never that one is lost."""
    table = a_table(tick_s=48 / 32768)
    table.does(*FACES)
    table.lost = (table.now_s + 1.0, table.now_s + 1.0 + lost_s)
    (shown,) = table.does((360.0, 3.0))
    assert (shown.what, shown.why) == (
        ("fault", "samples of it were lost on the way") if is_seen else ("turn", "")
    )


def test_a_loss_that_a_sensor_tells_and_its_times_show_too_is_one_loss() -> None:
    tick_s = 1e-6
    watch = Watch(replace(CODING, tick_s=tick_s))
    for first, lost in ((0, 0), (15, 5), (25, 0)):
        ticks = np.round((first + np.arange(10)) / (CODING.rate_hz * tick_s)).astype(np.int64)
        watch.hear(Block("both", np.zeros((10, 6), np.int16), ticks, lost, arrival_ns=10_000_000 * first))
    of_ten, of_twenty, of_thirty = (
        Rest(np.array([0.0, 0.0, 1.0]), np.zeros(3), (row, row)) for row in (10, 20, 30)
    )
    assert not watch.turn(of_ten, of_twenty).is_whole
    assert watch.turn(of_twenty, of_thirty).is_whole


def test_a_turn_that_nobody_looked_at_is_seen_all_the_same() -> None:
    table = a_table()
    table.does(*FACES)
    table.looks = False
    table.does((360.0, 3.0))
    assert table.progress.look().what == "turn"


def test_samples_lost_at_rest_do_not_make_the_clock_of_turns_slow() -> None:
    whole, torn = a_table(), a_table()
    whole.does(*FACES, (360.0, 3.0))
    torn.lost, torn.room = (3.0, 3.4), 20
    torn.does(*FACES, (360.0, 3.0))
    (turn,) = torn.progress.settled_turns()
    assert turn.is_whole
    assert torn.progress.watch.interval_s == pytest.approx(whole.progress.watch.interval_s, rel=5e-4)


def a_chip(**changes: float) -> dict[Face, Rest]:
    """Rests of an ideal chip, but for what is changed of the face that is named."""
    rests: dict[Face, Rest] = {}
    for face in FACES:
        acc_g = np.zeros(3)
        acc_g["xyz".index(face[-1])] = -1.0 if face[0] == "-" else 1.0
        rests[face] = Rest(acc_g * changes.get(face.replace("-", "minus_"), 1.0), np.zeros(3), (0, 100))
    return rests


def test_an_ideal_chip_has_nothing_to_be_calibrated() -> None:
    found = fit(a_chip(), [])
    assert found.calibration == ChipCalibration()
    assert (found.before_mg, found.after_mg) == (0.0, None)


@pytest.mark.parametrize(
    ("rests", "said"),
    [
        ({k: v for k, v in a_chip().items() if k != "-y"}, "5 of 6 faces; missing with -y up"),
        ({k: replace(v, acc_g=v.acc_g * 9.81) for k, v in a_chip().items()}, "reads 9.81 g at rest"),
        ({k: replace(v, at_end=True) for k, v in a_chip().items()}, "clipped"),
        (a_chip(x=0.7), "reads 0.7 g at rest with x up"),
        (a_chip(z=1.19, minus_z=0.81), "accelerometer z is off by 190 mg"),
        (
            {k: replace(v, gyr_dps=np.array([0, 40, 0])) for k, v in a_chip().items()},
            "gyroscope y is off by 40",
        ),
        (a_chip() | {"x": a_chip()["y"]}, "the rest with x up is on another face"),
    ],
)
def test_what_no_sound_chip_reads_is_refused_in_one_line(rests: dict[Face, Rest], said: str) -> None:
    with pytest.raises(RestrideError, match=said) as refused:
        fit(rests, [])
    assert "\n" not in str(refused.value)


def test_rests_that_contradict_each_other_are_refused() -> None:
    table = a_table()
    table.does(*FACES, (360.0, 3.0))
    (turn,) = table.progress.settled_turns()
    moved = replace(turn, after=replace(turn.after, acc_g=turn.after.acc_g * 1.03))
    with pytest.raises(RestrideError, match=r"contradict each other by \d+ mg"):
        fit(table.progress.faces, [moved])
