"""Second pass: every stride of one window, as columns of arrays. Reads like the method section."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from imu.analysis.clocks import judged, lateness_s
from imu.analysis.contact_fusion import with_pelvis_contacts
from imu.analysis.events import events, over_samples
from imu.analysis.legs import SIDES, Leg, leg_columns
from imu.analysis.stride_columns import TIMES, Columns, Mask, joined, withhold_implausible
from imu.analysis.survey import Survey
from imu.analysis.trunk import (
    Pelvis,
    add_pelvis,
    columns_from_pelvis,
    columns_of_other_leg,
    motion_of,
    sides_disagree,
)
from imu.analysis.window import Window
from imu.recording import Recording
from imu.signal.contacts import ContactParameters
from imu.signal.grid import GRID_HZ
from imu.signal.pelvis import PelvisMotion
from imu.signal.shank import ShankMotion
from imu.signal.stretches import long_gaps

SAME_STRIDE_SHARE = 0.3  # of a stride; two strides of one foot that overlap by more are one


@dataclass(frozen=True, slots=True)
class Measured:
    """Strides of one window, not yet cut to what it owns."""

    columns: Columns  # each (k,), see imu.analysis.columns; times in s on the recording clock
    shanks: list[tuple[int, ShankMotion]] = field(default_factory=list)  # side, motion over time
    pelvis: list[PelvisMotion] = field(default_factory=list)
    same_side: int = 0  # steps that pelvis and shanks give to the same foot
    other_side: int = 0


def measure(
    window: Window,
    survey: Survey,
    recording: Recording,
    *,
    wanted: Callable[[Leg], bool] = lambda _leg: True,
) -> Measured:
    """All strides in a window, leg by leg.

    1. Contacts of each shank sensor. 2. Steps of the pelvis. 3. What a gap hides from a shank, the pelvis
    tells; a leg without a sensor gets its steps from the pelvis too. 4. Angles, lengths, impacts of each
    leg. 5. Drop, tilt and oscillation in each stride. 6. What nobody can have is withheld.

    wanted: whether any stride of a leg is, by its contacts; where neither leg has one, nothing is measured.
    """
    label = survey.labels(window.start_s, window.n)
    legs, pelvises = events(window, survey, label)
    apart = survey.out_of_time
    if apart is None:
        apart = judged(lateness_s(legs, pelvises, label)).out_of_time
    for pelvis in pelvises:
        legs = with_pelvis_contacts(legs, pelvis.running, label, apart=apart)
    if {leg.side for leg in legs} == set(SIDES.values()) and not any(wanted(leg) for leg in legs):
        return Measured({})
    measured = [leg_columns(leg, window, survey, recording, label) for leg in legs]
    tables = [table for table, _ in measured]
    in_time = [table for leg, table in zip(legs, tables, strict=True) if leg.side not in apart]
    same, other = _sides(pelvises, in_time)
    tables += _without_shank(pelvises, legs, tables, in_time, label)
    motions = _add_pelvis(pelvises, tables, window.n, apart=apart)
    for table in tables:
        withhold_implausible(table)
        for name in TIMES:
            table[name] = table[name] / GRID_HZ + window.start_s
    shanks = [(leg.side, motion) for leg, (_, motion) in zip(legs, measured, strict=True)]
    return Measured(joined(tables), shanks, motions, same, other)


def _sides(pelvises: list[Pelvis], tables: list[Columns]) -> tuple[int, int]:
    counts = [sides_disagree(pelvis, tables) for pelvis in pelvises]
    return sum(same for same, _ in counts), sum(other for _, other in counts)


def _without_shank(
    pelvises: list[Pelvis],
    legs: list[Leg],
    tables: list[Columns],
    in_time: list[Columns],
    label: NDArray[np.int8],
) -> list[Columns]:
    """Strides of a leg where its sensor recorded nothing, told by the pelvis: beside the other leg's where
    that has a sensor then (one of `in_time` with the pelvis), else by the pelvis alone."""
    unseen = {side: _unseen([leg for leg in legs if leg.side == side], len(label)) for side in SIDES.values()}
    found = []
    for pelvis in pelvises:
        for known in in_time:
            side = -int(known["side"][0]) if len(known["side"]) else 0
            if side and (unseen[side] & ~pelvis.missing).any():
                found += _new_strides(columns_of_other_leg(pelvis, known, label), tables, unseen[side])
        both = unseen[-1] & unseen[1]
        if (both & ~pelvis.missing).any():
            found += _new_strides(columns_from_pelvis(pelvis, label), [*tables, *found], both)
    return found


def _unseen(legs: list[Leg], n: int) -> Mask:
    """(n,) where no sensor of this side recorded for long enough to hide a stride."""
    if not legs:
        return np.ones(n, bool)
    lost = np.logical_and.reduce([leg.signal.missing for leg in legs])
    return long_gaps(lost, longer_than=ContactParameters().shortest_stride_s * GRID_HZ)


def _new_strides(told: list[Columns], tables: list[Columns], unseen: Mask) -> list[Columns]:
    """Those whose middle is unseen, and which lie over no stride of the same foot that is known already."""
    new = []
    for table in told:
        start, end = table["ic_time_s"], table["next_ic_time_s"]
        middle = 0.5 * (start + end)
        rows = unseen[np.clip(middle.astype(np.intp), 0, len(unseen) - 1)]
        for other in tables:
            if not len(other["side"]):
                continue
            # the last known stride that begins before this one ends; strides of one foot do not overlap
            last = np.searchsorted(other["ic_time_s"], end - SAME_STRIDE_SHARE * (end - start)) - 1
            over = (last >= 0) & (other["next_ic_time_s"][last] > start + SAME_STRIDE_SHARE * (end - start))
            rows &= ~(over & ((other["side"][last] == table["side"]) | (table["side"] == 0)))
        if rows.any():
            new.append({name: values[rows] for name, values in table.items()})
    return new


def _add_pelvis(
    pelvises: list[Pelvis], tables: list[Columns], n: int, *, apart: frozenset[int]
) -> list[PelvisMotion]:
    middles = [0.5 * (table["ic_time_s"] + table["next_ic_time_s"]) for table in tables]
    stride_s = over_samples(middles, [table["stride_time_s"] for table in tables], n)
    if stride_s is None:
        return []
    speed = over_samples(middles, [table["speed_mps"] for table in tables], n)
    motions = []
    for pelvis in pelvises:
        motion = motion_of(pelvis, stride_s=stride_s, speed_mps=speed)
        if motion is None:
            continue
        motions.append(motion)
        for table in tables:
            add_pelvis(table, motion, pelvis, apart=apart)
    return motions
