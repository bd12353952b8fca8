"""What the columns of an unknown table may be, by names and first rows; a guess says what it leaves open."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from imu.formats.content import ColumnMap
from imu.formats.text_table import Layout
from imu.formats.units import ACC_UNITS, GYR_UNITS, TIME_UNITS

Triple = tuple[str, str, str]

_ACC = re.compile(r"(acc|accel|acceleration|accelerometer|a)$")
_GYR = re.compile(r"(g|gyr|gyro|gyroscope|w|omega|ang(ular)?(vel|velocity|rate)|rotation(rate)?)$")
_TIME = re.compile(r"(time|timestamp|t|seconds(elapsed)?|elapsed(time)?|epoch|datetime|date|clock)$")
_DERIVED = re.compile(r"lin|free|user|gravity|euler|quat|mag")
_AXIS = re.compile(r"^(?:(?P<before>[xyz])[ _.\-]*)?(?P<what>[a-z][a-z _.\-]*?)??[ _.\-]*(?P<after>[xyz])?$")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_SPELLED = {  # at the end of a name, behind an underscore or a space
    "mps2": "m/s2",
    "ms2": "m/s2",
    "ms^2": "m/s2",
    "radps": "rad/s",
    "rads": "rad/s",
    "degps": "deg/s",
    "degs": "deg/s",
}
_LONGEST_NAME = 100  # characters: "Gyroscope angular velocity x (rad/s)" has 37
# The usual step of a sensor of 25 to 10,000 Hz, in each unit; they do not meet.
_STEPS = {"s": (1e-4, 0.04), "ms": (0.1, 40.0), "us": (100.0, 4e4), "ns": (1e5, 4e7)}
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a table seems to hold; None for what cannot be told."""

    time: str | None
    acc: Triple | None
    gyr: Triple | None
    time_unit: str | None
    acc_unit: str | None
    gyr_unit: str | None

    def questions(self) -> list[str]:
        """What has to be said before the table can be read, each with the option that says it."""
        asked = []
        if self.acc is None and self.gyr is None:
            asked.append("which columns are acceleration and angular rate? give --map")
        if self.acc is not None and self.acc_unit is None:
            asked.append(f"in what unit is {self.acc[0]}? give --unit acc=g or --unit acc=m/s2")
        if self.gyr is not None and self.gyr_unit is None:
            asked.append(f"in what unit is {self.gyr[0]}? give --unit gyr=deg/s or --unit gyr=rad/s")
        if self.time is None:
            asked.append("which column is time? give --map")
        elif self.time_unit is None:
            asked.append(f"what does {self.time} count? give --unit time=s, ms, us or ns, or --map")
        return asked

    def as_map(self) -> ColumnMap:
        """The map, where no question is left."""
        return ColumnMap(
            time=self.time,
            acc=self.acc,
            gyr=self.gyr,
            time_unit=self.time_unit or "s",
            acc_unit=self.acc_unit or "m/s2",
            gyr_unit=self.gyr_unit or "rad/s",
        )


def guessed(layout: Layout, units: Mapping[str, str]) -> Guess:
    """The guess for a table; `units` are what the user said of acc, gyr and time."""
    # No name of a column is longer, and the patterns take their time for it.
    names = [name for name in layout.names if len(name) <= _LONGEST_NAME]
    acc, acc_unit = _triple(names, _ACC, ACC_UNITS)
    gyr, gyr_unit = _triple(names, _GYR, GYR_UNITS)
    time = next((name for name in names if _TIME.match(_plain(name))), None)
    time_unit = units.get("time") or (_time_unit(layout, time) if time is not None else None)
    return Guess(
        time=time,
        acc=acc,
        gyr=gyr,
        time_unit=time_unit,
        acc_unit=units.get("acc") or acc_unit,
        gyr_unit=units.get("gyr") or gyr_unit,
    )


def _plain(name: str) -> str:
    """Letters alone, without units."""
    bare = _BRACKETS.sub("", name.lower())
    bare = re.sub(r"[ _](s|ms|us|ns|sec)$", "", bare.strip())
    return re.sub(r"[^a-z]", "", bare)


def _triple(
    names: Sequence[str], what: re.Pattern[str], units: Mapping[str, float]
) -> tuple[Triple | None, str | None]:
    found: dict[str, list[str]] = {"x": [], "y": [], "z": []}
    said = set()
    for name in names:
        bare, unit = _without_unit(name, units)
        match = _AXIS.match(bare)
        if match is None or _DERIVED.search(bare) or not (match["after"] or match["before"]):
            continue
        if what.match(re.sub(r"[ _.\-]", "", match["what"] or "")):
            found[match["after"] or match["before"]].append(name)
            said.add(unit)
    if any(len(one) != 1 for one in found.values()):
        return None, None
    triple = (found["x"][0], found["y"][0], found["z"][0])
    return triple, said.pop() if len(said) == 1 else None


def _without_unit(name: str, units: Mapping[str, float]) -> tuple[str, str | None]:
    """A name in lower case without its unit, and the unit where the name has one that is known."""
    lower = name.lower().strip()
    if match := _BRACKETS.search(lower):
        unit = match[1].strip().replace("²", "2")
        unit = _SPELLED.get(unit.replace("/", ""), unit)
        return _BRACKETS.sub("", lower).strip(), unit if unit in units else None
    for spelled in (*_SPELLED, *units):
        for before in ("_", " "):
            if lower.endswith(f"{before}{spelled}"):
                unit = _SPELLED.get(spelled, spelled)
                return lower.removesuffix(f"{before}{spelled}"), unit if unit in units else None
    return lower, None


def _time_unit(layout: Layout, name: str) -> str | None:
    column = layout.names.index(name)
    values = [row[column] for row in layout.rows if column < len(row) and row[column]]
    if values and all(_ISO.match(value) for value in values):
        return "iso"
    match = _BRACKETS.search(name.lower())
    suffix = match[1].strip() if match else name.lower().replace(" ", "_").rsplit("_", 1)[-1]
    if suffix in TIME_UNITS:
        return suffix
    try:
        numbers = [float(value.replace(",", ".")) for value in values]
    except ValueError:
        return None
    steps = [after - before for before, after in pairwise(numbers)]
    if not steps or all(step == 1 for step in steps):
        return None  # samples, or milliseconds at 1000 Hz
    mean = sum(steps) / len(steps)
    return next((unit for unit, (least, most) in _STEPS.items() if least <= mean <= most), None)
