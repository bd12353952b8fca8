"""Warnings about sensors that contradict each other, and what is not judged for it."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from imu.analysis.absent import Absent
from imu.analysis.clocks import LARGEST_DRIFT_S, Clocks
from imu.analysis.columns import PELVIC_DROP
from imu.analysis.consistency import Consistency
from imu.analysis.table import SIDE_NAMES
from imu.analysis.warned import said
from imu.signal.quality import percent

RUNNERS_LATE_MS = 16.0  # by so much contacts of pelvis and shank differ in one runner or another
_SYNCHRONISE = "Synchronise the sensors' clocks and analyse again."


def disagreements(agreement: Consistency) -> list[dict[str, Any]]:
    """Warnings on sides and clocks."""
    return [
        *([_swapped(agreement.swapped_share)] if agreement.swapped_share is not None else []),
        *([_clocks(agreement.clocks)] if agreement.clocks.out_of_time else []),
        *([_out_of_phase(agreement.phase)] if agreement.phase is not None else []),
    ]


def drop_not_judged(agreement: Consistency) -> Iterator[Absent]:
    """What is absent because of them, and why."""
    if agreement.swapped_share is not None:
        why = "pelvis and shank sensors stand on different feet, so whose stance it was is not sure"
        yield Absent("pelvic drop", why, PELVIC_DROP)
        return
    for sign in sorted(agreement.clocks.out_of_time):
        side = SIDE_NAMES[sign]
        why = f"the clocks of the pelvis and the {side} shank do not agree: when it stood is not known"
        yield Absent(f"{side} pelvic drop", why, PELVIC_DROP, side)


def _swapped(share: float) -> dict[str, Any]:
    return {
        "code": "sides_swapped",
        "value": round(100 * share, 1),
        "unit": "%",
        "uncertainty": None,  # counted, not estimated
        "compared_with": "which foot the pelvis stands on; 0 % of the steps may differ",
        **said(
            f"Left and right contradict each other: in {percent(share)} of the steps the pelvis leans over "
            "the other foot than the shank sensors say. The straps may be on the wrong legs, the signs of "
            "the pelvis sensor's axes wrong, or its clock off by a step. Pelvic drop is not judged.",
            "Correct recording.json or the sensor's file, and analyse again.",
        ),
    }


def _clocks(clocks: Clocks) -> dict[str, Any]:
    out = clocks.out_of_time
    late_ms, drift_ms = (_mean(1000 * of[side] for side in out) for of in (clocks.late_s, clocks.drift_s))
    drifts = ""
    if abs(drift_ms) > 1000 * LARGEST_DRIFT_S:
        drifts = f", {abs(drift_ms):.0f} ms {'later' if drift_ms > 0 else 'earlier'} at the end than at first"
    beside = "shanks" if len(out) == 2 else f"{SIDE_NAMES[min(out)]} shank"
    return {
        "code": "clocks_disagree",
        "value": round(late_ms, 1),
        "unit": "ms",
        "uncertainty": RUNNERS_LATE_MS,
        "compared_with": f"when the {beside} met the ground",
        **said(
            f"The clocks of the pelvis and the {beside} do not agree: the pelvis feels the same steps "
            f"{abs(late_ms):.0f} ms {'later' if late_ms > 0 else 'earlier'} (or whole steps more){drifts}. "
            "Their contacts were kept apart, and that pelvic drop is not judged.",
            _SYNCHRONISE,
        ),
    }


def _out_of_phase(phase: float) -> dict[str, Any]:
    return {
        "code": "clocks_disagree",
        "value": round(100 * phase, 1),
        "unit": "%",
        "uncertainty": None,  # measured in every stride
        "compared_with": "half a stride from one foot's contact to the other's, within 10 %",
        **said(
            f"Left and right foot landed only {percent(phase)} of a stride apart, which no running does: the "
            "clock of one shank sensor is probably off. Each leg's own numbers hold; what is said of one leg "
            "by the other does not.",
            _SYNCHRONISE,
        ),
    }


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
