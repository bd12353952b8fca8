"""Short words of the treadmill view and of sensors."""

from datetime import datetime

from dashboard.text.catalogue import _, language
from imu.collect.ongoing import SensorNow

_LOW_PERCENT = 15.0


def degrees(value: float) -> str:
    """An angle with a tenth, as the language writes it."""
    return f"{_decimal(f'{value:.1f}')}°"


def change(value: float) -> str:
    """The same with its sign."""
    return f"{_decimal(f'{value:+.1f}')}°"


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def moment(at: datetime) -> str:
    """A day and a minute, where this server is."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def name_of(placement: str) -> str:
    """Where something is worn."""
    names = {
        "shank_left": _("Left shank"),
        "shank_right": _("Right shank"),
        "pelvis": _("Pelvis"),
        "heart_rate": _("Heart rate strap"),
        "foot_pod": _("Foot pod"),
        "foot_left": _("Left foot"),
        "foot_right": _("Right foot"),
    }
    return names.get(placement, placement.replace("_", " "))


def activity(what: str | None) -> str:
    names = {"run": _("running"), "walk": _("walking"), "stand": _("standing")}
    return names.get(what or "", _("waiting for movement"))


def sensor_sentence(sensor: SensorNow) -> str | None:
    """What is wrong with a sensor at this moment; None for one that does well."""
    name = name_of(sensor.placement)
    if not sensor.connected:
        return _("{name}: lost, its values are missing. It is being looked for.", name=name)
    if sensor.slow:
        return _("{name}: slow, some of its samples are missing.", name=name)
    if sensor.battery_percent is not None and sensor.battery_percent < _LOW_PERCENT:
        return _("{name}: battery {percent} %.", name=name, percent=f"{sensor.battery_percent:.0f}")
    return None


def _decimal(number: str) -> str:
    written = number.replace("-", "−")
    return written.replace(".", ",") if language() == "de" else written
