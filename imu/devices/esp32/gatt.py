"""The characteristics of an ESP32 sensor."""

_BASE = "25ab{:04x}-4174-4a94-aec4-8268f3648833"

SERVICE = _BASE.format(0)  # advertised
CONTROL = _BASE.format(1)  # write, notify: requests and their answers
DATA = _BASE.format(2)  # notify: frames as they are measured
SYNC = _BASE.format(3)  # write without response, notify: readings of the clock
LOG = _BASE.format(4)  # write without response, notify: bytes of the log, as far as they were allowed

BATTERY_SERVICE = "180f"
BATTERY_LEVEL = "2a19"

DEVICE_INFORMATION = "180a"
MODEL = "2a24"
SERIAL = "2a25"
FIRMWARE = "2a26"
HARDWARE = "2a27"
MANUFACTURER = "2a29"
