"""The measures the page shows: which column, what a runner calls it, in which unit and how finely."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Numbers = Mapping[str, Mapping[str, Any]]  # the summary's `running`: side -> column -> {median, iqr, n}


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of the stride table as it is read: `scale` turns SI into `unit`."""

    column: str
    name: str
    meaning: str
    unit: str
    decimals: int
    scale: float = 1.0
    sided: bool = True  # False: one number for the whole body, a side difference would mean nothing
    relative: bool = False  # a side difference is a share of the mean; angles near zero differ in degrees
    saturates: bool = False  # a stride flagged `clipped` gives only a lower bound
    uncertainty: str | None = None  # column with the standard uncertainty of a single stride

    def number(self, value: float) -> str:
        """Rounded, with a true minus sign, without the unit."""
        return signless_zero(f"{value * self.scale:.{self.decimals}f}").replace("-", "−")

    def text(self, value: float) -> str:
        return f"{self.number(value)}{self.spaced_unit}"

    def statistics(self, numbers: Numbers, side: str) -> Mapping[str, Any] | None:
        """Median, iqr and n of one side ("overall": of both); None where it was not measured."""
        return numbers.get(side, {}).get(self.column)

    def median(self, numbers: Numbers, side: str) -> float | None:
        found = self.statistics(numbers, side)
        return None if found is None else found["median"]

    @property
    def spaced_unit(self) -> str:
        return spaced(self.unit)


def spaced(unit: str) -> str:
    """The unit as it follows a number: degrees close up, all others after a space that does not break."""
    return unit if unit in ("°", "") else f"\N{NO-BREAK SPACE}{unit}"


def count(number: int) -> str:
    """`12 345`, with a narrow space that does not break."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def signed(value: float, decimals: int = 1) -> str:
    """`+1.2` or `−1.2`; nothing before a zero."""
    number = signless_zero(f"{value:.{decimals}f}")
    return number.replace("-", "−") if number.startswith("-") or float(number) == 0 else f"+{number}"


def signless_zero(number: str) -> str:
    """`-0.0` reads like a finding; it is none."""
    return number.removeprefix("-") if float(number) == 0 else number


SHANK_ANGLE = Metric(
    "shank_angle_ic_deg",
    "Shank angle at contact",
    "how far the ankle is ahead of the knee as the foot lands",
    "°",
    1,
    uncertainty="shank_angle_sd_deg",
)
SHANK_CHANGE = Metric(
    "shank_angle_change_deg", "Shank angle at contact, change", "against the start of this run", "°", 1
)
SHANK_MAXIMUM = Metric(
    "shank_angle_max_deg",
    "Largest shank angle",
    "the furthest the shank reaches forward before landing",
    "°",
    1,
)
PELVIC_DROP = Metric(
    "pelvic_drop_deg", "Pelvic drop", "how far the other hip sinks while this foot carries you", "°", 1
)
CONTACT_TIME = Metric(
    "contact_time_s",
    "Contact time",
    "how long the foot stays on the ground",
    "ms",
    0,
    scale=1000.0,
    relative=True,
)
PEAK_ACCELERATION = Metric(
    "peak_tibial_acc_g",
    "Peak tibial acceleration",
    "the jolt at the shin just after landing",
    "g",
    1,
    relative=True,
    saturates=True,
)
CADENCE = Metric("cadence_spm", "Cadence", "steps of both feet", "steps/min", 0, sided=False)
SPEED = Metric("speed_mps", "Speed", "over the ground, or of the belt", "m/s", 2, sided=False)
STRIDE_LENGTH = Metric("stride_length_m", "Stride length", "two steps", "m", 2, sided=False)
OSCILLATION = Metric(
    "vertical_oscillation_m",
    "Vertical oscillation",
    "rise and fall of the pelvis",
    "cm",
    1,
    scale=100.0,
    sided=False,
)


@dataclass(frozen=True, slots=True)
class Curve:
    """A signal over the average stride of one foot, as it is drawn everywhere."""

    signal: str
    name: str
    up: str  # how its sign reads, in a sentence


CURVES = (
    Curve("shank_angle_deg", "Shank angle", "Up: the ankle is further ahead of the knee."),
    Curve("pelvic_obliquity_deg", "Pelvic obliquity", "Up: the pelvis is higher on the side of this foot."),
)

SIDED = (SHANK_ANGLE, SHANK_MAXIMUM, PELVIC_DROP, CONTACT_TIME, PEAK_ACCELERATION)
WHOLE = (CADENCE, SPEED, STRIDE_LENGTH, OSCILLATION)
