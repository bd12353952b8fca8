"""A runner's own constants: how much longer a stride is than the uncalibrated shank says, per side.

One known speed fixes one number per leg. It stands for what a tape measure and the model leave open: the
height of the sensor above the ankle and how far that runner's ankle still moves in mid-stance.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.errors import RecordingError

FORMAT = "restride-calibration/1"
FEWEST_STRIDES = 20
STEADY_SHARE = 0.06  # belts hold a speed within 1 %, strides scatter by 2-3 %: more is not one known speed
PLAUSIBLE_SCALE = (0.75, 1.35)
BETWEEN_SPEEDS_SD = 0.01  # what one scale leaves over at other speeds (docs/validation.md)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Factors on stride length and speed, with what they were fitted on."""

    scale: Mapping[str, float]  # by side: "left", "right"
    scale_sd: Mapping[str, float]  # 1 sd of each factor
    reference_speed_mps: float
    strides: Mapping[str, int]
    fitted_on: str  # the recording's start, or its folder's name

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.as_dict(), indent=1) + "\n", encoding="utf-8")

    def as_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "scale": dict(self.scale),
            "scale_sd": dict(self.scale_sd),
            "reference_speed_mps": self.reference_speed_mps,
            "strides": dict(self.strides),
            "fitted_on": self.fitted_on,
        }


def load_calibration(path: Path) -> Calibration:
    """Read `calibration.json`. Raises RecordingError in one line if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordingError(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise RecordingError(path, "is not JSON; give the calibration.json of an earlier analysis") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RecordingError(
            path, f"is not a {FORMAT} file; give the calibration.json of an earlier analysis"
        )
    try:
        calibration = Calibration(
            scale={str(side): float(value) for side, value in content["scale"].items()},
            scale_sd={str(side): float(value) for side, value in content["scale_sd"].items()},
            reference_speed_mps=float(content["reference_speed_mps"]),
            strides={str(side): int(value) for side, value in content["strides"].items()},
            fitted_on=str(content["fitted_on"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordingError(path, f"is damaged at {error}; calibrate again") from error
    low, high = PLAUSIBLE_SCALE
    for side, scale in calibration.scale.items():
        if side not in ("left", "right") or not isfinite(scale) or not low <= scale <= high:
            raise RecordingError(path, f"scale {side!r} = {scale} is not plausible; calibrate again")
        sd = calibration.scale_sd.get(side, -1.0)
        if not isfinite(sd) or sd < 0:
            raise RecordingError(path, f"scale_sd of {side!r} is missing or no number; calibrate again")
    return calibration


def fit_calibration(
    speeds_mps: Mapping[str, NDArray[np.float64]], *, reference_speed_mps: float, fitted_on: str
) -> Calibration | str:
    """Factors that bring each side's median uncalibrated speed to the known one; a sentence if they cannot.

    speeds_mps: uncalibrated speeds of valid running strides by side. All strides must be of that one speed.
    """
    scale, sd, strides = {}, {}, {}
    for side, speeds in speeds_mps.items():
        if len(speeds) < FEWEST_STRIDES:
            continue
        middle = float(np.median(speeds))
        spread = 1.4826 * float(np.median(np.abs(speeds - middle))) / middle
        if spread > STEADY_SHARE:
            return f"the running speed varied by {100 * spread:.0f} %, so it was not one known speed"
        scale[side] = reference_speed_mps / middle
        sd[side] = float(np.hypot(spread / np.sqrt(len(speeds)), BETWEEN_SPEEDS_SD))
        strides[side] = len(speeds)
    if not scale:
        return f"fewer than {FEWEST_STRIDES} valid running strides with a speed"
    low, high = PLAUSIBLE_SCALE
    for side, value in scale.items():
        if not low <= value <= high:
            return (
                f"the {side} shank measures {1 / value:.2f} times the known speed: "
                "check speed and mount height"
            )
    return Calibration(scale, sd, reference_speed_mps, strides, fitted_on)
