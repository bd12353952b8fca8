"""Contacts of one leg on signals drawn by hand, where the moment of contact is known."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from imu.signal.activity import RUN, STAND, WALK
from imu.signal.contacts import Contacts, mid_swings, shank_contacts

Array = NDArray[np.float64]

FS = 200.0
STRIDE_S, CONTACT_S, SWING_S = 0.70, 0.25, 0.30
STRIDES = 20
STOP_TO_CONTACT_S = 0.030
RISE_S = 0.033  # from contact to the first peak of the axial force
TIME = np.arange(0.0, STRIDES * STRIDE_S + 2.0, 1 / FS)
# The k-th swing is a half sine that ends at STOP[k]; the ground is met a little later.
STOP = 1.0 + STRIDE_S * np.arange(float(STRIDES))
CONTACT = STOP + STOP_TO_CONTACT_S
NO_GAP = np.zeros(len(TIME), bool)
RUNNING = np.full(len(TIME), RUN, np.int8)


def swing_rate(peak_radps: float = 7.0) -> Array:
    """Forward as a half sine, backward just as far at a slower, even pace."""
    phase = (TIME[:, None] - (STOP - SWING_S)) / SWING_S
    forward = np.where((phase >= 0) & (phase <= 1), np.sin(np.pi * phase), 0.0).sum(axis=1)
    back_s = STRIDE_S - SWING_S
    back = (TIME[:, None] - STOP) / back_s
    backward = np.where((back > 0) & (back < 1), np.sin(np.pi * back) ** 2, 0.0).sum(axis=1)
    return np.asarray(peak_radps * (forward - 2 * SWING_S / back_s * 2 / np.pi * backward))


def axial_force(top_mps2: float = 22.0) -> Array:
    """Rises as a raised cosine from contact on, falls until toe-off, and pulls a little in swing."""
    after = TIME[:, None] - CONTACT
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(after / RISE_S, 0, 1))
    fall = 0.5 + 0.5 * np.cos(np.pi * np.clip((after - RISE_S) / (CONTACT_S - RISE_S), 0, 1))
    stance = np.where(after >= 0, rise * fall, 0.0).sum(axis=1)
    pull = np.exp(-(((after - CONTACT_S - 0.03) / 0.03) ** 2)).sum(axis=1)
    return np.asarray(5.0 + top_mps2 * stance - 6.0 * pull)


def contacts_of(
    axial: Array | None = None,
    rate: Array | None = None,
    missing: NDArray[np.bool_] = NO_GAP,
    activity: NDArray[np.int8] = RUNNING,
) -> Contacts:
    return shank_contacts(
        axial_force() if axial is None else axial,
        swing_rate() if rate is None else rate,
        missing,
        activity,
        sampling_rate_hz=FS,
    )


def test_a_swing_and_a_rise_make_one_contact_where_the_force_begins() -> None:
    contacts = contacts_of()
    assert len(contacts) == STRIDES
    np.testing.assert_allclose(contacts.initial_contact / FS, CONTACT, atol=0.005)
    assert contacts.continues[:-1].all()
    assert not contacts.continues[-1]


@pytest.mark.parametrize("bend", [-0.4, 0.4])
def test_where_the_rise_is_steepest_matters_less_than_how_far_it_got(bend: float) -> None:
    # the same rise, bent so that its steepest place comes 5 ms earlier or later
    after = np.clip((TIME[:, None] - CONTACT) / RISE_S, 0, 1)
    bent = after + bend * after * (1 - after) * (after - 2 / 3) * 4
    change = 11.0 * (np.cos(np.pi * after) - np.cos(np.pi * bent))
    contacts = contacts_of(axial_force() + change.sum(axis=1))
    np.testing.assert_allclose(contacts.initial_contact / FS, CONTACT, atol=0.005)


def test_toe_off_lies_in_the_push_at_the_same_moment_of_every_stride() -> None:
    contacts = contacts_of()
    contact_s = (contacts.toe_off - contacts.initial_contact)[1:-1] / FS
    assert contact_s.std() < 0.003
    assert ((contact_s > 0.1) & (contact_s < CONTACT_S + 0.05)).all()


def test_mid_swing_is_the_middle_of_the_half_sine() -> None:
    swings = mid_swings(swing_rate(), sampling_rate_hz=FS)
    np.testing.assert_allclose(swings / FS, STOP - SWING_S / 2, atol=0.008)


@pytest.mark.parametrize(
    "rate", [np.zeros(len(TIME)), swing_rate(0.8)], ids=["still", "slower than any step"]
)
def test_where_nothing_swings_there_is_no_contact(rate: Array) -> None:
    assert len(contacts_of(rate=rate)) == 0


def test_where_nobody_walks_or_runs_no_contact_is_looked_for() -> None:
    assert len(contacts_of(activity=np.full(len(TIME), STAND, np.int8))) == 0
    first_half = np.where(STOP[9] + 0.2 > TIME, RUN, STAND).astype(np.int8)
    assert len(contacts_of(activity=first_half)) == 10


@pytest.mark.parametrize("held_radps", [0.0, 1.5, 3.0, 6.0])
def test_a_hole_holds_no_swing_whatever_value_is_held_in_it(held_radps: float) -> None:
    missing = (TIME > 5.0) & (TIME < 9.0)
    contacts = contacts_of(rate=np.where(missing, held_radps, swing_rate()), missing=missing)
    assert not missing[contacts.mid_swing].any()
    recorded = (CONTACT < 4.6) | (CONTACT > 9.4)
    np.testing.assert_allclose(
        contacts.initial_contact[np.isfinite(contacts.initial_contact)] / FS, CONTACT[recorded], atol=0.005
    )


def test_a_stumble_is_no_stride() -> None:
    rate = swing_rate()
    rate += 2.0 * np.exp(-(((TIME - STOP[7] - 0.15) / 0.03) ** 2))
    assert len(contacts_of(rate=rate)) == STRIDES


def test_a_pause_ends_a_chain_of_strides() -> None:
    pause = (STOP[9] + 0.25 < TIME) & (STOP[11] + 0.25 > TIME)
    contacts = contacts_of(rate=np.where(pause, 0.0, swing_rate()))
    assert len(contacts) == STRIDES - 2
    assert np.flatnonzero(~contacts.continues).tolist() == [9, STRIDES - 3]


def test_a_contact_inside_a_gap_comes_from_the_end_of_the_swing_with_more_doubt() -> None:
    gap = (CONTACT[8] + 0.005 < TIME) & (CONTACT[8] + 0.05 > TIME)
    contacts = contacts_of(np.where(gap, 0.0, axial_force()), missing=gap)
    assert contacts.initial_contact[8] / FS == pytest.approx(CONTACT[8], abs=0.010)
    assert contacts.doubt_s[8] > contacts.doubt_s[7]
    np.testing.assert_allclose(np.delete(contacts.initial_contact, 8) / FS, np.delete(CONTACT, 8), atol=0.005)


def test_a_gap_over_swing_and_contact_leaves_the_contact_unknown() -> None:
    gap = (STOP[8] - 0.05 < TIME) & (CONTACT[8] + 0.05 > TIME)
    contacts = contacts_of(missing=gap)
    assert np.isnan(contacts.initial_contact[8])
    assert np.isfinite(np.delete(contacts.initial_contact, 8)).all()


def test_a_gap_over_the_push_off_hides_toe_off_alone() -> None:
    gap = (CONTACT[8] + CONTACT_S - 0.05 < TIME) & (CONTACT[8] + CONTACT_S + 0.05 > TIME)
    contacts = contacts_of(missing=gap)
    assert np.isnan(contacts.toe_off[8])
    assert np.isfinite(contacts.initial_contact[8])
    assert np.isfinite(contacts.toe_off[[7, 9]]).all()


@settings(max_examples=15, deadline=None)
@given(shift=st.integers(1, 150), stronger=st.floats(0.6, 2.0))
def test_a_later_start_or_a_heavier_runner_changes_no_contact(shift: int, stronger: float) -> None:
    usual = contacts_of()
    later = shank_contacts(
        np.concatenate([np.full(shift, 5.0), stronger * axial_force()]),
        np.concatenate([np.zeros(shift), swing_rate()]),
        np.concatenate([np.zeros(shift, bool), NO_GAP]),
        np.concatenate([np.full(shift, RUN, np.int8), RUNNING]),
        sampling_rate_hz=FS,
    )
    np.testing.assert_allclose(later.initial_contact[1:] - shift, usual.initial_contact[1:], atol=0.1)


def test_a_shock_at_contact_moves_it_by_three_samples_at_most() -> None:
    after = TIME[:, None] - CONTACT
    shock = np.where(after >= 0, np.exp(-after / 0.03) * np.sin(2 * np.pi * 22 * after), 0.0).sum(axis=1)
    contacts = contacts_of(axial_force() + gaussian_filter1d(15.0 * shock, 0.3))
    np.testing.assert_allclose(contacts.initial_contact / FS, CONTACT, atol=0.015)


def test_noise_of_a_cheap_sensor_moves_no_contact_by_more_than_a_sample_and_a_half() -> None:
    rng = np.random.default_rng(1)
    contacts = contacts_of(
        axial_force() + 0.3 * rng.standard_normal(len(TIME)),
        swing_rate() + 0.02 * rng.standard_normal(len(TIME)),
    )
    np.testing.assert_allclose(contacts.initial_contact / FS, CONTACT, atol=0.0075)


@pytest.mark.parametrize("code", [RUN, WALK])
@pytest.mark.parametrize("n", [1, 30, 150])
def test_signals_too_short_for_two_strides_give_no_stride(n: int, code: int) -> None:
    contacts = shank_contacts(
        axial_force()[:n], swing_rate()[:n], NO_GAP[:n], np.full(n, code, np.int8), sampling_rate_hz=FS
    )
    assert not contacts.continues.any()


def test_inputs_are_not_written_into() -> None:
    axial, rate = axial_force(), swing_rate()
    for signal in (axial, rate):
        signal.flags.writeable = False
    assert len(contacts_of(axial, rate)) == STRIDES


# --- Walking ----------------------------------------------------------------------------------------------

WALK_STRIDE_S = 1.1
WALK_STEPS = 14
WALK_TIME = np.arange(0.0, WALK_STEPS * WALK_STRIDE_S + 2.5, 1 / FS)
SWUNG = 1.2 + WALK_STRIDE_S * np.arange(float(WALK_STEPS))  # where the shank stops swinging forward
HEEL = SWUNG + 0.06  # it is turned back fastest as the heel meets the ground
PUSH = SWUNG - 0.52  # and again in the push-off before the next swing
TURNED = SWUNG - 0.40  # from when on it swings forward


def bell(centre: Array, width_s: float) -> Array:
    return np.asarray(np.exp(-(((WALK_TIME[:, None] - centre) / width_s) ** 2)).sum(axis=1))


def walking_rate(*, heel_radps: float = 2.5) -> Array:
    """A forward swing of 0.4 s as a half sine, the jolt of the heel, and the turn back into the push-off."""
    phase = (WALK_TIME[:, None] - TURNED) / (SWUNG - TURNED)
    forward = np.where((phase >= 0) & (phase <= 1), np.sin(np.pi * phase), 0.0).sum(axis=1)
    back = (WALK_TIME[:, None] - (TURNED - 0.24)) / 0.24  # slowest at both its ends, fastest at PUSH
    pushed = np.where((back >= 0) & (back <= 1), np.sin(np.pi * back) ** 2, 0.0).sum(axis=1)
    return np.asarray(5.0 * forward - 2.5 * pushed - heel_radps * bell(HEEL, 0.02))


def walked(
    rate: Array | None = None, *, missing: NDArray[np.bool_] | None = None, label: int = WALK
) -> Contacts:
    return shank_contacts(
        np.full(len(WALK_TIME), 9.8),  # the force along the shank is not asked
        walking_rate() if rate is None else rate,
        np.zeros(len(WALK_TIME), bool) if missing is None else missing,
        np.full(len(WALK_TIME), label, np.int8),
        sampling_rate_hz=FS,
    )


@pytest.mark.parametrize("heel_radps", [1.5, 2.5, 4.0])
def test_in_walking_the_ground_is_met_where_the_shank_turns_back_fastest(heel_radps: float) -> None:
    contacts = walked(walking_rate(heel_radps=heel_radps))
    assert len(contacts) == WALK_STEPS
    np.testing.assert_allclose(contacts.initial_contact / FS, HEEL, atol=0.005)
    assert (contacts.doubt_s == 0.015).all()
    assert contacts.continues[:-1].all()
    assert not contacts.continues[-1]


def test_in_walking_the_foot_leaves_on_the_way_from_the_push_to_the_swing() -> None:
    contacts = walked()
    way = PUSH[1:] + 0.4 * (TURNED - PUSH)[1:]  # the push before the swing that follows this contact
    np.testing.assert_allclose(contacts.toe_off[:-1] / FS, way, atol=0.010)
    stance_s = (contacts.toe_off - contacts.initial_contact)[:-1] / FS
    assert ((stance_s > 0.5 * WALK_STRIDE_S) & (stance_s < 0.7 * WALK_STRIDE_S)).all()


def test_a_stride_of_walking_may_last_longer_than_one_of_running() -> None:
    """As long as 2.6 s, of running 1.25 s: a longer one is a pause."""
    every_other = walking_rate() * (np.floor((WALK_TIME - 0.4) / WALK_STRIDE_S) % 2 == 0)
    assert walked(every_other).continues[:-1].all()
    assert not walked(every_other, label=RUN).continues.any()
    every_third = walking_rate() * (np.floor((WALK_TIME - 0.4) / WALK_STRIDE_S) % 3 == 0)
    assert not walked(every_third).continues.any()


def test_of_walking_too_a_gap_hides_what_lies_in_it() -> None:
    over_heel = (HEEL[5] - 0.01 < WALK_TIME) & (HEEL[5] + 0.03 > WALK_TIME)
    contacts = walked(missing=over_heel)
    assert contacts.initial_contact[5] / FS == pytest.approx(HEEL[5], abs=0.010)  # from the end of the swing
    assert contacts.doubt_s[5] == 0.008
    over_push = (PUSH[6] - 0.02 < WALK_TIME) & (TURNED[6] > WALK_TIME)
    contacts = walked(missing=over_push)
    assert np.isnan(contacts.toe_off[5])
    assert np.isfinite(contacts.toe_off[[4, 6]]).all()
    assert np.isfinite(contacts.initial_contact).all()


def test_where_a_runner_goes_over_to_walking_each_stride_is_read_as_what_it_is() -> None:
    label = np.where(SWUNG[6] - 0.5 > WALK_TIME, RUN, WALK).astype(np.int8)
    contacts = shank_contacts(
        np.full(len(WALK_TIME), 9.8),
        walking_rate(),
        np.zeros(len(WALK_TIME), bool),
        label,
        sampling_rate_hz=FS,
    )
    assert contacts.doubt_s.tolist() == [0.005] * 6 + [0.015] * (WALK_STEPS - 6)
    np.testing.assert_allclose(contacts.initial_contact[6:] / FS, HEEL[6:], atol=0.005)
