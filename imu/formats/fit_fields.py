"""Which of our measures is which field of a FIT file, and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

CADENCE_PARTS = 128  # of a stride a minute, in fractional_cadence


@dataclass(frozen=True, slots=True)
class Native:
    """A field of the profile, and how often our unit goes into the one that fit-tool takes."""

    name: str
    factor: float = 1.0


NATIVE: Mapping[str, Native] = {
    "speed_mps": Native("enhanced_speed"),
    "distance_m": Native("distance"),
    "contact_time_s": Native("stance_time", 1000),
    "contact_time_left_share": Native("stance_time_balance", 100),
    "step_length_m": Native("step_length", 1000),
    "vertical_oscillation_m": Native("vertical_oscillation", 1000),
    "heart_rate_bpm": Native("heart_rate"),
}


@dataclass(frozen=True, slots=True)
class Own:
    """A field of our own: 32-bit floats, since few readers apply a scale to developer fields."""

    number: int
    name: str
    unit: str
    factor: float = 1.0


OWN: Mapping[str, Own] = {  # by column of the seconds; numbers are for good
    "shank_angle_ic_left_deg": Own(0, "shank_angle_contact_left", "deg"),
    "shank_angle_ic_right_deg": Own(1, "shank_angle_contact_right", "deg"),
    "pelvic_drop_left_deg": Own(2, "pelvic_drop_left", "deg"),
    "pelvic_drop_right_deg": Own(3, "pelvic_drop_right", "deg"),
    "contact_time_left_s": Own(4, "contact_time_left", "ms", 1000),
    "contact_time_right_s": Own(5, "contact_time_right", "ms", 1000),
}
OWN_OF_SESSION: Mapping[str, Own] = {
    "overstride_index_left": Own(8, "overstride_index_left", "points"),
    "overstride_index_right": Own(9, "overstride_index_right", "points"),
}


def averages(of_run: Mapping[str, float | None]) -> dict[str, float | None]:
    """What laps and sessions share, by field name."""

    def of(name: str, factor: float = 1.0) -> float | None:
        value = of_run.get(name)
        return None if value is None or not isfinite(value) else value * factor

    cadence = of("cadence_spm", CADENCE_PARTS / 2)
    parts = None if cadence is None else round(cadence)
    return {
        "total_distance": of("distance_m"),
        "enhanced_avg_speed": of("speed_mps"),
        "avg_stance_time": of("contact_time_s", 1000),
        "avg_stance_time_balance": of("contact_time_left_share", 100),
        "avg_step_length": of("step_length_m", 1000),
        "avg_vertical_oscillation": of("vertical_oscillation_m", 1000),
        "avg_heart_rate": of("heart_rate_bpm"),
        "avg_cadence": None if parts is None else parts // CADENCE_PARTS,
        "avg_fractional_cadence": None if parts is None else parts % CADENCE_PARTS / CADENCE_PARTS,
    }
