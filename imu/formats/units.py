"""Units of sensors' axes as people and exports spell them, and their factor to SI."""

from collections.abc import Mapping
from math import pi

from imu.errors import RestrideError
from imu.recording.signal_check import STANDARD_GRAVITY_MPS2

ACC_UNITS = {
    "m/s2": 1.0,
    "m/s^2": 1.0,
    "m/s²": 1.0,
    "g": STANDARD_GRAVITY_MPS2,
    "mg": STANDARD_GRAVITY_MPS2 / 1e3,
}
GYR_UNITS = {"rad/s": 1.0, "deg/s": pi / 180, "dps": pi / 180, "°/s": pi / 180, "mdps": pi / 180e3}
TIME_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}

_UNITS_OF = {"acc": ACC_UNITS, "gyr": GYR_UNITS, "time": TIME_UNITS}


def checked_units(given: Mapping[str, str]) -> dict[str, str]:
    """Units by what they are of, all of them known. RestrideError for any other."""
    for what, unit in given.items():
        if unit not in _UNITS_OF.get(what, ()):
            choices = "; ".join(f"{name}={' or '.join(units)}" for name, units in _UNITS_OF.items())
            raise RestrideError(f"--unit {what}={unit}: known are {choices}")
    return dict(given)
