"""How fast sensors' clocks run, as a recording measured it: worth remembering for a run armed elsewhere."""

from collections.abc import Mapping
from typing import Any

_WELL_PPM = 5.0  # 95 %; less would add to what temperature does from day to day


def measured_skews_ppm(collection: Mapping[str, Any]) -> dict[str, float]:
    """By serial number, of the `collection` of a recording; only what it measured to 5 ppm."""
    found: dict[str, float] = {}
    for sensor in collection.get("sensors", {}).values():
        for clock in sensor["clocks"]:
            measured = (
                clock["method"] == "exchanges" and clock.get("skew_uncertainty_ppm", _WELL_PPM) < _WELL_PPM
            )
            if measured and sensor["serial"]:
                found[sensor["serial"]] = clock["skew_ppm"]
    return found
