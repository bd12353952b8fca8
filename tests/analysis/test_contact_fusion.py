"""Contacts of shank and pelvis together: what is shared out, what is left to the shanks, what is filled."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.analysis.contact_fusion import PELVIS_CONTACT_SD_S, PELVIS_SHARE, with_pelvis_contacts
from imu.analysis.legs import Leg
from imu.signal.activity import RUN
from imu.signal.alignment import ShankMount
from imu.signal.contacts import Contacts
from imu.signal.grid import GridSignal
from imu.signal.pelvis_contacts import Steps

Array = NDArray[np.float64]

STRIDE, CONTACT, STRIDES = 140, 50, 30  # samples
N = STRIDE * (STRIDES + 2)
LABEL = np.full(N, RUN, np.int8)
EVERY_STRIDE = STRIDE * np.arange(STRIDES, dtype=np.float64)
AT: dict[str, Array] = {"shank_left": 100.0 + EVERY_STRIDE, "shank_right": 170.0 + EVERY_STRIDE}


def leg(placement: str, *, hidden: int | None = None) -> Leg:
    contact = AT[placement].copy()
    swing = (contact - 30).astype(np.intp)
    if hidden is not None:
        contact[hidden] = np.nan
    nothing, axis = np.zeros((N, 3)), np.array([0.0, 0.0, 1.0])
    mount = ShankMount(0, N, axis, axis, None, np.zeros(3), np.zeros(3), 1.0, 1.0, 0.0, carried=False)
    return Leg(
        placement,
        GridSignal(nothing, nothing, np.zeros(N, bool)),
        mount,
        np.zeros(N, bool),
        Contacts(swing, contact, contact + float(CONTACT), np.full(STRIDES, 0.005), np.ones(STRIDES, bool)),
    )


def steps(*, left_late: float, right_late: float) -> Steps:
    place = np.concatenate([AT["shank_left"] + left_late, AT["shank_right"] + right_late])
    side = np.repeat([-1, 1], STRIDES).astype(np.int8)
    order = np.argsort(place)
    place = place[order]
    return Steps(place, place + CONTACT, np.full(len(place), 0.0075), side[order])


def shifts(legs: list[Leg]) -> list[Array]:
    return [leg.contacts.initial_contact - AT[leg.placement] for leg in legs]


def test_what_the_pelvis_finds_later_on_both_legs_moves_both_by_its_share() -> None:
    fused = with_pelvis_contacts(
        [leg("shank_left"), leg("shank_right")], steps(left_late=3, right_late=3), LABEL
    )
    np.testing.assert_allclose(shifts(fused), 3 * PELVIS_SHARE)


def test_what_the_pelvis_finds_different_between_the_legs_is_left_to_the_shanks() -> None:
    fused = with_pelvis_contacts(
        [leg("shank_left"), leg("shank_right")], steps(left_late=5, right_late=-3), LABEL
    )
    np.testing.assert_allclose(shifts(fused), 1 * PELVIS_SHARE)
    for found in fused:
        np.testing.assert_allclose(found.contacts.toe_off - found.contacts.initial_contact, CONTACT)


@pytest.mark.parametrize("placement", AT)
def test_a_leg_alone_is_moved_by_its_own_difference(placement: str) -> None:
    fused = with_pelvis_contacts([leg(placement)], steps(left_late=6, right_late=6), LABEL)
    np.testing.assert_allclose(shifts(fused), 6 * PELVIS_SHARE)


def test_a_contact_in_a_gap_is_the_pelvis_less_its_usual_difference_from_that_leg() -> None:
    legs = [leg("shank_left", hidden=12), leg("shank_right")]
    left, _ = with_pelvis_contacts(legs, steps(left_late=5, right_late=-3), LABEL)
    np.testing.assert_allclose(shifts([left])[0], 1 * PELVIS_SHARE)
    assert left.contacts.doubt_s[12] == PELVIS_CONTACT_SD_S


def test_too_few_steps_of_the_pelvis_change_nothing() -> None:
    few = steps(left_late=5, right_late=5)
    few = Steps(*(getattr(few, name)[:4] for name in Steps.__dataclass_fields__))
    legs = [leg("shank_left"), leg("shank_right")]
    np.testing.assert_array_equal(shifts(with_pelvis_contacts(legs, few, LABEL)), 0.0)
