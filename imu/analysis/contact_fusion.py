"""Running contacts of the shanks and the pelvis together.

Both find the same instant with an error that is a runner's own and steady from step to step. What is wrong
on both legs alike (sd 4 ms from the shanks, 6 ms from the pelvis, runners left out of its fit) is shared out
between them; in what differs between the legs (3 and 6 ms) the shanks are left alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imu.analysis.legs import Leg
from imu.analysis.stride_columns import Mask
from imu.signal.activity import RUN
from imu.signal.grid import GRID_HZ
from imu.signal.medians import median, running_median
from imu.signal.pelvis_contacts import Steps
from imu.signal.search import Indices, Positions, nearest

Array = NDArray[np.float64]

MATCH_S = 0.12  # a pelvis step this near to a contact of this leg is the same step
FEWEST_MATCHES = 5
PELVIS_CONTACT_SD_S = 0.010
PELVIS_SHARE = 1 / 3  # by the variances of the two errors


@dataclass(frozen=True, slots=True)
class Compared:
    """One leg beside the steps of the pelvis; an entry per swing."""

    expected: Positions  # (k,) initial contact, also where a gap hides it
    step: Indices  # (k,) the pelvis step next to it
    near: Mask  # (k,) it is this contact's own
    runs: Mask  # (k,)
    late: Array  # (k,) samples by which the pelvis finds contacts later than this shank, around each
    late_off: Array  # (k,) the same of toe-offs; NaN where none was found


def with_pelvis_contacts(
    legs: Sequence[Leg],
    steps: Steps,
    label: NDArray[np.int8],
    *,
    apart: Collection[int] = (),
) -> list[Leg]:
    """The legs, each keeping its rhythm, shifted alike by a third of what the pelvis differs on their mean;
    what a gap hides from a shank, the pelvis tells less its usual difference from that leg.

    apart: sides whose clock is not the pelvis'; they stay as they are, and move no other.
    """
    compared = [None if leg.side in apart else _compared(leg, steps, label) for leg in legs]
    others = [(leg.side, found) for leg, found in zip(legs, compared, strict=True) if found is not None]
    return [
        leg if found is None else _fused(leg, found, steps, others)
        for leg, found in zip(legs, compared, strict=True)
    ]


def _compared(leg: Leg, steps: Steps, label: NDArray[np.int8]) -> Compared | None:
    contacts = leg.contacts
    known = np.isfinite(contacts.initial_contact)
    runs = label[contacts.mid_swing] == RUN
    if len(steps) < FEWEST_MATCHES or not (known & runs).any():
        return None
    usual = median((contacts.initial_contact - contacts.mid_swing)[known & runs])
    expected = np.where(known, contacts.initial_contact, contacts.mid_swing + usual)
    at = nearest(steps.initial_contact, expected)
    near = runs & (np.abs(steps.initial_contact[at] - expected) < MATCH_S * GRID_HZ)
    if (near & known).sum() < FEWEST_MATCHES:
        return None
    late = _around(steps.initial_contact[at] - contacts.initial_contact, near)
    late_off = _around(steps.toe_off[at] - contacts.toe_off, near)
    return Compared(expected, at, near, runs, late, late_off)


def _fused(leg: Leg, own: Compared, steps: Steps, legs: Sequence[tuple[int, Compared]]) -> Leg:
    contacts = leg.contacts
    hidden = own.near & ~np.isfinite(contacts.initial_contact)
    hidden_off = own.near & ~np.isfinite(contacts.toe_off)
    contact = np.where(hidden, steps.initial_contact[own.step] - own.late, contacts.initial_contact)
    off = np.where(hidden_off, steps.toe_off[own.step] - own.late_off, contacts.toe_off)
    shift = _mean_of_sides([(side, of.expected, of.late) for side, of in legs], own.expected)
    shift_off = _mean_of_sides([(side, of.expected, of.late_off) for side, of in legs], own.expected)
    contact = contact + np.where(own.runs, PELVIS_SHARE * shift, 0.0)
    off = off + np.where(own.runs, PELVIS_SHARE * shift_off, 0.0)
    return replace(
        leg,
        contacts=replace(
            contacts,
            initial_contact=contact,
            toe_off=np.where(off > contact, off, np.nan),
            doubt_s=np.where(hidden, PELVIS_CONTACT_SD_S, contacts.doubt_s),
        ),
    )


def _mean_of_sides(series: Sequence[tuple[int, Positions, Array]], at: Positions) -> Array:
    """Mean over left and right of values known at positions; a side of several mounts has several series.

    Zero where nothing is known.
    """
    sides = []
    for chosen in (-1, 1):
        own = [(place, value) for side, place, value in series if side == chosen and np.isfinite(value).all()]
        if own:
            place, value = (np.concatenate(parts) for parts in zip(*own, strict=True))
            order = np.argsort(place, kind="stable")
            sides.append(np.interp(at, place[order], value[order]))
    return np.asarray(np.mean(sides, axis=0)) if sides else np.zeros(len(at))


def _around(difference: Array, near: Mask) -> Array:
    """Median of a difference over the fifteen known ones around each contact; NaN where none is known."""
    known = np.flatnonzero(near & np.isfinite(difference))
    if not len(known):
        return np.full(len(difference), np.nan)
    usual = running_median(difference[known], size=min(15, len(known)))
    return np.interp(np.arange(len(difference)), known, usual)
