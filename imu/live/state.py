"""What a live session knows besides strides, and what it asks the wearer to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from imu.signal.quality import spoken

# silent: nothing is heard of it; activity_only: no gyroscope, or a foot; unaligned: the wearer has not moved
# enough; relative: nobody stood still, so its angles have no zero; aligned: all is known
Readiness = Literal["silent", "activity_only", "unaligned", "relative", "aligned"]

ADVICE: Mapping[Readiness, str] = {
    "silent": "Nothing is heard from the {where} sensor: is it on, and near?",
    "unaligned": "Walk or run for 10 s, so that the sensors can be aligned.",
    "relative": "Stand still and upright for 5 s: without it angles have no zero.",
}


@dataclass(frozen=True, slots=True)
class LiveState:
    """How things stand at the newest moment that was looked at."""

    time_s: float | None  # that moment; None before the first look
    activity: str | None  # stand, walk, run; None where it is not known
    cadence_spm: float | None  # of the last strides; None when nobody walks or runs
    shank_angle_ic_deg: Mapping[str, float]  # of the last stride by side, where it is known
    sensors: Mapping[str, Readiness]  # by placement
    mount_shifts: Mapping[str, int]  # how often each strap slipped
    advice: tuple[str, ...]  # sentences for the wearer; empty when nothing is lacking


def advice(sensors: Mapping[str, Readiness], misplaced: Mapping[str, str]) -> tuple[str, ...]:
    """What to put right, each thing once, in the order of the sensors."""
    wrong = [f"{why}; were sensors swapped?" for why in misplaced.values()]
    lacking = [
        ADVICE[readiness].format(where=spoken(placement))
        for placement, readiness in sensors.items()
        if readiness in ADVICE
    ]
    return tuple(dict.fromkeys(wrong + lacking))
