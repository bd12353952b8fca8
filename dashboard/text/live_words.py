"""Short words of the treadmill view and of sensors."""

from datetime import datetime

from dashboard.text import numbers
from dashboard.text.catalogue import _
from dashboard.text.measures import place_name
from dashboard.text.numbers import number, signed
from imu.collect.ongoing import SensorNow
from imu.devices.sensor import LOW_BATTERY_PERCENT


def degrees(value: float) -> str:
    """An angle with a tenth, as the language writes it."""
    return f"{number(value, 1)}°"


def change(value: float) -> str:
    """The same with its sign."""
    return f"{signed(value, 1)}°"


def moment(at: datetime) -> str:
    """A day and a minute, where this server is."""
    return numbers.moment(at.astimezone())


def activity(what: str | None) -> str:
    names = {"run": _("running"), "walk": _("walking"), "stand": _("standing")}
    return names.get(what or "", _("waiting for movement"))


def sensor_sentence(sensor: SensorNow) -> str | None:
    """What is wrong with a sensor at this moment; None for one that does well."""
    name = place_name(sensor.placement)
    if not sensor.connected:
        return _("{name}: lost, its values are missing. It is being looked for.", name=name)
    if sensor.slow:
        return _("{name}: slow, some of its samples are missing.", name=name)
    if sensor.battery_percent is not None and sensor.battery_percent < LOW_BATTERY_PERCENT:
        return _("{name}: battery {percent} %.", name=name, percent=number(sensor.battery_percent, 0))
    return None
