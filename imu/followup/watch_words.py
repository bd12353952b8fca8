"""How a watch lies on a run, and its speed beside that of the sensors: the same words on every surface."""

from collections.abc import Mapping
from typing import Any

from imu.store import KeptWatch
from imu.training.said import Said, pattern, said

# Why the clocks decided, as `imu.signal.common_time` says it, and why speeds are not compared.
REASONS = (
    pattern("there is no cadence and no speed to compare"),
    pattern("they have less than two minutes in common"),
    pattern("cadence and speed were too even to compare"),
    pattern("cadence and speed fit at more than one moment"),
    pattern("they fit best further apart than was searched"),
    pattern("cadence and speed changed too slowly to compare"),
    pattern("the watch tells no speed"),
    pattern("its speed is not from satellites, so it measures nothing that sensors do not"),
    pattern("fewer than 5 minutes of running were told by both"),
)


def clock_words(watch: KeptWatch) -> Said:
    """Offset, how sure it is, and why the clocks decided where they did."""
    fit = watch.fit
    if watch.alone:
        return said("No sensors were worn: this run is told by the watch alone, and its gait is not judged.")
    if fit["by"] == "start":
        return said("Laid on the other watch by its clock.")
    apart = abs(fit["offset_s"])
    if fit["offset_s"] < 0:
        begun = said("Begun {seconds:.0f} s before the recording", seconds=apart)
    else:
        begun = said("Begun {seconds:.0f} s after the recording", seconds=apart)
    if fit["by"] == "movement":
        return said(
            "{begun}, found by cadence and speed: within {sure:.0f} s. The best other moment fits "
            "{share:.0f} % as well.",
            begun=begun,
            sure=fit["sd_s"],
            share=100 * (fit["second_share"] or 0.0),
        )
    reason: str = fit["because"]
    return said(
        "{begun} by both clocks: within {sure:.0f} s if both were set. {because:C}.",
        begun=begun,
        sure=fit["sd_s"],
        because=said(reason),
    )


def speed_words(fit: Mapping[str, Any]) -> Said | None:
    """Both speeds, or why they are not compared; None where no sensors measured one."""
    speed = fit.get("speed")
    if speed is None:
        return None
    if isinstance(speed, str):
        return said("Speeds are not compared: {why}.", why=said(speed))
    values = {
        "minutes": speed["minutes"],
        "watch": speed["watch_mps"],
        "strides": speed["strides_mps"],
        "apart": 100 * (speed["strides_mps"] / speed["watch_mps"] - 1),
    }
    if speed["is_steady"]:
        return said(
            "Median speed over {minutes:.0f} min of running: watch {watch:.2f} m/s, sensors {strides:.2f} "
            "m/s ({apart:+.1f} %), steady enough to calibrate with. Nothing was calibrated by it.",
            **values,
        )
    return said(
        "Median speed over {minutes:.0f} min of running: watch {watch:.2f} m/s, sensors {strides:.2f} m/s "
        "({apart:+.1f} %), too uneven to calibrate with. Nothing was calibrated by it.",
        **values,
    )
