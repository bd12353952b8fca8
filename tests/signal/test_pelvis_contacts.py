"""Steps from the pelvis: a half-sine runner whose contacts are known, a walker, and the samples."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from imu.signal.grid import GRID_HZ
from imu.signal.pelvis_contacts import (
    PelvisSignals,
    Steps,
    other_leg,
    pelvis_signals,
    running_steps,
    walking_steps,
)

Array = NDArray[np.float64]

G = 9.80665
STEP_S, DUTY = 0.36, 0.7
FIRST_CONTACT_S = 0.5
# Roll of right stances: first and third stride harmonic around mid-stance, as in the samples
ROLL = {1: 0.36 - 0.41j, 3: -0.28 - 0.79j}


def runner(
    *, step_s: float = STEP_S, duty: float = DUTY, seconds: float = 30.0, right_first: bool = True
) -> tuple[PelvisSignals, Array, Array]:
    """Body weight carried by half-sines, braking then pushing; contacts and toe-offs in samples.

    Real legs give way at contact and push on longer than this symmetrical spring.
    """
    time = np.arange(0.0, seconds, 1 / GRID_HZ)
    contact_s = duty * step_s
    since = (time - FIRST_CONTACT_S) % step_s
    stance = since < contact_s
    vertical = np.where(stance, np.pi / (2 * duty) * np.sin(np.pi * since / contact_s), 0.0)
    forward = np.where(stance, -0.8 * np.sin(2 * np.pi * since / contact_s), 0.0)
    cycle = np.pi * (time - FIRST_CONTACT_S - 0.5 * contact_s) / step_s
    roll = sum((part * np.exp(1j * order * cycle)).real for order, part in ROLL.items())
    contacts = np.arange(FIRST_CONTACT_S, seconds - step_s, step_s) * GRID_HZ
    signals = PelvisSignals(vertical, forward, np.zeros_like(time), roll if right_first else -roll)
    return signals, contacts, contacts + contact_s * GRID_HZ


def nothing_missing(signals: PelvisSignals) -> NDArray[np.bool_]:
    return np.zeros(len(signals.vertical_g), bool)


def found(signals: PelvisSignals, missing: NDArray[np.bool_] | None = None) -> Steps:
    missing = nothing_missing(signals) if missing is None else missing
    return running_steps(signals, missing, sampling_rate_hz=GRID_HZ)


def errors_ms(positions: Array, truth: Array) -> Array:
    """Of the position nearest to each truth."""
    nearest = np.abs(positions[:, None] - truth).argmin(axis=0)
    return np.asarray((positions[nearest] - truth) * 1000 / GRID_HZ)


@pytest.mark.parametrize("step_s", [0.28, 0.36, 0.42])
@pytest.mark.parametrize("duty", [0.55, 0.75, 0.95])
def test_every_step_of_a_spring_is_found_once_from_sprint_to_a_jog_without_flight(
    step_s: float, duty: float
) -> None:
    signals, contacts, _ = runner(step_s=step_s, duty=duty)
    steps = found(signals)
    inside = (steps.initial_contact > contacts[0] - 20) & (steps.initial_contact < contacts[-1] + 20)
    assert inside.sum() == len(contacts)
    assert np.abs(errors_ms(steps.initial_contact, contacts)).max() < 25


def test_contact_time_follows_the_duty_of_the_spring() -> None:
    excess_ms = []
    for duty in (0.6, 0.7, 0.8):
        signals, _, _ = runner(duty=duty)
        steps = found(signals)
        found_ms = (steps.toe_off - steps.initial_contact)[5:-5].mean() * 1000 / GRID_HZ
        excess_ms.append(found_ms - duty * STEP_S * 1000)
    assert np.ptp(excess_ms) < 15  # 72 ms of duty lie between the first and the last
    assert max(np.abs(excess_ms)) < 35  # the spring has no push-off of a foot, which the weights expect


def test_nothing_is_nan_and_the_same_signal_gives_the_same_steps() -> None:
    signals, _, _ = runner()
    first, again = found(signals), found(signals)
    for field in fields(Steps):
        values = getattr(first, field.name)
        assert np.isfinite(values).all(), field.name
        np.testing.assert_array_equal(values, getattr(again, field.name))
    assert (np.diff(first.initial_contact) > 0).all()
    assert (first.toe_off > first.initial_contact).all()


def test_a_gap_takes_its_own_steps_and_leaves_the_neighbours_where_they_were() -> None:
    signals, contacts, _ = runner()
    missing = nothing_missing(signals)
    gap = slice(round(contacts[30]), round(contacts[31]) + 10)
    missing[gap] = True
    held = {name: getattr(signals, name).copy() for name in ("vertical_g", "forward_g", "roll_rate_radps")}
    for values in held.values():
        values[gap] = np.linspace(values[gap.start], values[gap.stop], gap.stop - gap.start)
    steps, whole = found(replace(signals, **held), missing), found(signals)
    lost = np.setdiff1d(
        np.arange(len(whole)), np.searchsorted(whole.initial_contact + 10, steps.initial_contact)
    )
    assert 1 <= len(lost) <= 2
    kept = np.delete(np.arange(len(whole)), lost)
    np.testing.assert_allclose(steps.initial_contact, whole.initial_contact[kept], atol=1.6)  # 8 ms
    np.testing.assert_array_equal(steps.side, whole.side[kept])


def test_a_step_that_is_half_hidden_is_told_with_more_doubt() -> None:
    signals, contacts, _ = runner()
    missing = nothing_missing(signals)
    first = round(contacts[30]) + 20
    gap = slice(first, first + round(0.4 * STEP_S * GRID_HZ))
    missing[gap] = True
    held = {name: getattr(signals, name).copy() for name in ("vertical_g", "forward_g", "roll_rate_radps")}
    for values in held.values():
        values[gap] = np.linspace(values[gap.start], values[gap.stop], gap.stop - gap.start)
    steps, whole = found(replace(signals, **held), missing), found(signals)
    assert len(steps) == len(whole)
    np.testing.assert_allclose(steps.initial_contact, whole.initial_contact, atol=4.0)  # 20 ms
    assert (steps.doubt_s > whole.doubt_s).sum() == 1


def test_a_gap_much_shorter_than_a_step_takes_nothing() -> None:
    signals, contacts, _ = runner()
    missing = nothing_missing(signals)
    missing[round(contacts[30]) + 20 : round(contacts[30]) + 30] = True
    assert len(found(signals, missing)) == len(found(signals))


def test_steps_are_found_only_where_they_are_looked_for() -> None:
    signals, contacts, _ = runner()
    elsewhere = nothing_missing(signals)
    elsewhere[: round(contacts[20]) - 10] = True
    steps = found(signals, elsewhere)
    assert steps.initial_contact.min() > contacts[20] - 20
    assert np.abs(errors_ms(steps.initial_contact, contacts[21:])).max() < 20


@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.4])
def test_a_signal_too_short_for_a_rhythm_has_no_steps(seconds: float) -> None:
    n = int(seconds * GRID_HZ)
    signals = PelvisSignals(np.ones(n), np.zeros(n), np.zeros(n), np.zeros(n))
    assert len(found(signals)) == 0
    assert len(walking_steps(signals, np.zeros(n, bool), sampling_rate_hz=GRID_HZ)) == 0


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_standing_and_falling_have_no_steps(level: float) -> None:
    n = 4000
    quiet = np.random.default_rng(3).normal(level, 0.01, n)
    signals = PelvisSignals(quiet, np.zeros(n), np.zeros(n), np.zeros(n))
    assert len(found(signals)) == 0
    assert len(walking_steps(signals, np.zeros(n, bool), sampling_rate_hz=GRID_HZ)) == 0


def test_everything_missing_has_no_steps() -> None:
    signals, _, _ = runner()
    everywhere = ~nothing_missing(signals)
    assert len(found(signals, everywhere)) == 0
    assert len(walking_steps(signals, everywhere, sampling_rate_hz=GRID_HZ)) == 0


def in_sensor(signals: PelvisSignals, mount: Rotation) -> Array:
    """Specific force in sensor axes; `mount` turns sensor axes to forward, up, right."""
    body = np.column_stack([signals.forward_g, signals.vertical_g, signals.right_g]) * G
    return mount.inv().apply(body)


def test_a_sensor_worn_any_way_round_feels_the_same_steps() -> None:
    signals, _, _ = runner()
    mount = Rotation.random(rng=5)
    n = len(signals.vertical_g)
    acc = in_sensor(signals, mount)
    roll_rate = signals.roll_rate_radps
    assert roll_rate is not None
    gyr = mount.inv().apply(np.column_stack([roll_rate, np.zeros(n), np.zeros(n)]))
    up = np.repeat(mount.inv().apply([0.0, 1.0, 0.0])[:, None], n, axis=1)
    up[:, 100:200] = np.nan
    worn = pelvis_signals(acc, gyr, rotation=mount.as_matrix(), up=up)
    for name in ("vertical_g", "forward_g", "right_g", "roll_rate_radps"):
        np.testing.assert_allclose(getattr(worn, name), getattr(signals, name), atol=1e-9)


def test_without_a_gyroscope_up_stays_in_the_sensor_and_sides_stay_unknown() -> None:
    signals, contacts, _ = runner()
    mount = Rotation.random(rng=6)
    worn = pelvis_signals(in_sensor(signals, mount), None, rotation=mount.as_matrix())
    assert worn.roll_rate_radps is None
    steps = found(worn)
    assert (steps.side == 0).all()
    assert np.abs(errors_ms(steps.initial_contact, contacts)).max() < 20


def test_a_two_axis_accelerometer_is_read_along_its_own_axes() -> None:
    signals, _, _ = runner()
    acc = np.column_stack([-signals.vertical_g, np.zeros_like(signals.vertical_g), signals.forward_g]) * G
    leaning = Rotation.from_euler("y", 20.0, degrees=True).as_matrix()
    upright = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    worn = pelvis_signals(acc, None, rotation=upright @ leaning)
    np.testing.assert_allclose(worn.vertical_g, signals.vertical_g, atol=1e-12)
    np.testing.assert_allclose(worn.forward_g, signals.forward_g, atol=1e-12)


def walker(*, stride_s: float = 1.1, limp: float = 0.0, seconds: float = 60.0) -> tuple[PelvisSignals, Array]:
    """Bobbing twice per stride with a second bump in each step; contacts just after the fastest sinking."""
    time = np.arange(0.0, seconds, 1 / GRID_HZ)
    lengths = stride_s * np.random.default_rng(2).normal(1.0, 0.03, int(2 * seconds / stride_s))
    stride = (
        2
        * np.pi
        * np.interp(time, np.concatenate([[0.0], np.cumsum(lengths)]), np.arange(len(lengths) + 1.0))
    )
    stride = stride - limp * np.cos(stride)  # one step shorter than the other
    vertical = 1 + 0.15 * np.sin(2 * stride) + 0.06 * np.sin(4 * stride + 1) + 0.5 * limp * np.sin(stride)
    forward = 0.1 * np.cos(2 * stride)
    right = 0.08 * np.cos(stride)
    rising = np.flatnonzero(np.diff(np.floor(stride / np.pi))) + 1.0
    return PelvisSignals(vertical, forward, right, None), np.asarray(rising, np.float64)


@pytest.mark.parametrize("stride_s", [0.9, 1.1, 1.6, 2.2])
@pytest.mark.parametrize("limp", [0.0, 0.15])
def test_every_walking_step_is_found_once_slow_and_limping(stride_s: float, limp: float) -> None:
    signals, rising = walker(stride_s=stride_s, limp=limp)
    steps = walking_steps(signals, nothing_missing(signals), sampling_rate_hz=GRID_HZ)
    inner = rising[4:-4]
    late_ms = errors_ms(steps.initial_contact, inner)
    assert np.abs(late_ms - np.median(late_ms)).max() < 0.2 * stride_s * 500
    assert ((steps.initial_contact > inner[0]) & (steps.initial_contact < inner[-1])).sum() == len(inner) - 1
    assert np.isnan(steps.toe_off).all()
    assert (steps.side == 0).all()


def test_the_leg_without_a_sensor_gets_the_steps_between_without_the_pelvis_own_lateness() -> None:
    signals, contacts, offs = runner()
    steps = found(signals)
    late = replace(steps, initial_contact=steps.initial_contact + 6, toe_off=steps.toe_off - 4)
    other = other_leg(late, contacts[::2], offs[::2])
    assert np.abs(errors_ms(other.initial_contact, contacts[1:-1:2])).max() < 8
    assert np.abs(errors_ms(other.toe_off, offs[1:-1:2])).max() < 8
    assert abs(len(other) - len(contacts) // 2) <= 1


def test_a_contact_the_shank_missed_does_not_hand_its_step_to_the_other_leg() -> None:
    signals, contacts, offs = runner()
    own, own_off = contacts[::2].copy(), offs[::2].copy()
    own[10] = np.nan
    other = other_leg(found(signals), own, own_off)
    assert np.abs(other.initial_contact - contacts[20]).min() > 0.5 * STEP_S * GRID_HZ


def test_without_contacts_of_the_other_leg_nothing_is_made_up() -> None:
    signals, _, _ = runner()
    assert len(other_leg(found(signals), np.full(4, np.nan), np.full(4, np.nan))) == 0


def sample_errors(trial: Any, steps: Steps) -> pd.DataFrame:
    k = np.abs(steps.initial_contact[:, None] - trial.initial_contact).argmin(axis=0)
    return pd.DataFrame(
        {
            "contact_ms": (steps.initial_contact[k] - trial.initial_contact) * 1000 / GRID_HZ,
            "off_ms": (steps.toe_off[k] - trial.toe_off) * 1000 / GRID_HZ,
            "wrong": steps.side[k] * trial.side < 0,
            "unknown": steps.side[k] == 0,
        }
    )


@pytest.fixture(scope="module")
def sample_steps(pelvis_trial: Callable[..., Any], sample_index: pd.DataFrame) -> pd.DataFrame:
    rows = sample_index[sample_index.set.isin(["rbds", "hamner", "alcantara"])]
    tables = []
    for _, row in rows[::3].iterrows():
        trial = pelvis_trial(row)
        table = sample_errors(trial, found(trial.signals, trial.missing))
        tables.append(table.assign(set=row["set"], variant=row.variant, name=row["name"]))
    return pd.concat(tables)


@pytest.mark.unhurried
@pytest.mark.parametrize("variant", ["clean", "field", "real"])
def test_contacts_on_the_samples_are_within_the_goals(sample_steps: pd.DataFrame, variant: str) -> None:
    table = sample_steps[sample_steps.variant == variant]
    hit = table.contact_ms.abs() < 100
    assert hit.mean() > (0.95 if variant == "field" else 0.999)  # field: 0.5 % of the samples are lost
    assert 1.96 * table.contact_ms[hit].std() < 15
    assert 1.96 * table.off_ms[hit].std() < 20
    assert np.sqrt(((table.off_ms - table.contact_ms)[hit] ** 2).mean()) < 12
    bias_ms = table[hit].groupby("name")[["contact_ms", "off_ms"]].mean().to_numpy()
    assert np.abs(bias_ms).max() < 12


def test_no_side_on_the_samples_is_wrong_and_with_a_gyroscope_few_are_unknown(
    sample_steps: pd.DataFrame,
) -> None:
    hit = sample_steps[sample_steps.contact_ms.abs() < 100]
    assert not hit.wrong.any()
    assert hit.unknown[hit.variant != "real"].mean() < 0.02
    assert hit.unknown[hit.variant == "real"].all()


def test_the_samples_without_their_gyroscope_are_timed_almost_as_well(
    pelvis_trial: Callable[..., Any], sample_index: pd.DataFrame
) -> None:
    rows = sample_index[(sample_index.set == "rbds") & (sample_index.variant == "field")]
    table = pd.concat(
        [
            sample_errors(trial, found(trial.signals, trial.missing))
            for trial in (pelvis_trial(row, gyroscope=False) for _, row in rows[::4].iterrows())
        ]
    )
    hit = table[table.contact_ms.abs() < 100]
    assert 1.96 * hit.contact_ms.std() < 22
    assert 1.96 * hit.off_ms.std() < 22
    assert hit.unknown.all()
