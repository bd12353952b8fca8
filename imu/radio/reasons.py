"""Why Bluetooth did not do what was asked, in one line that says what to do, per operating system."""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imu.errors import LinkLostError, SensorError

if TYPE_CHECKING:
    from bleak.exc import BleakDBusError

# By the name of bleak's reason and of the operating system; "" where they all agree.
_NOT_AVAILABLE: dict[str, dict[str, str]] = {
    "NO_BLUETOOTH": {
        "": "no Bluetooth adapter found; plug one in",
        "Linux": "no Bluetooth adapter found; plug one in, or see whether `bluetoothctl list` shows it",
        "Darwin": "this Mac shows no Bluetooth adapter",
    },
    "NO_BLE_CENTRAL_ROLE": {
        "": "the Bluetooth adapter cannot connect to sensors (no Bluetooth Low Energy); use another adapter",
    },
    "POWERED_OFF": {
        "": "Bluetooth is off; turn it on",
        "Linux": "Bluetooth is off; `rfkill unblock bluetooth` and `bluetoothctl power on` turn it on",
        "Darwin": "Bluetooth is off; turn it on in Control Centre",
        "Windows": "Bluetooth is off; turn it on in Settings > Bluetooth & devices (and leave flight mode)",
    },
    "DENIED": {
        "": "this program may not use Bluetooth; allow it in the system's privacy settings",
        "Linux": "this user may not use Bluetooth; `sudo usermod -aG bluetooth $USER`, then log in again",
        "Darwin": (
            "this program may not use Bluetooth; allow the terminal in"
            " System Settings > Privacy & Security > Bluetooth"
        ),
    },
    "UNKNOWN": {"": "Bluetooth is not available; turn it off and on again"},
}

_BUSY = "is it connected to another phone or computer?"
_NO_BUS = (
    "no system bus (D-Bus) to reach Bluetooth by; is BlueZ installed and running"
    " (`systemctl status bluetooth`)? In a container, mount /run/dbus"
)


def in_plain_words(error: Exception, *, doing: str, system: str | None = None) -> SensorError:
    """The same failure as a SensorError whose text begins with what was being done.

    `system` as `platform.system()` tells; anything bleak, D-Bus or a socket raises goes in.
    """
    from bleak import exc

    system = system or platform.system()
    match error:
        case SensorError():
            return error
        case exc.BleakBluetoothNotAvailableError():
            return SensorError(f"{doing}: {_not_available(error.reason.name, system)}")
        case exc.BleakDeviceNotFoundError():
            return SensorError(f"{doing}: no longer in sight; wake it and keep it within 2 m; {_BUSY}")
        case exc.BleakGATTProtocolError():
            return SensorError(f"{doing}: the sensor refused ({error.args[1]})")
        case exc.BleakCharacteristicNotFoundError():
            return SensorError(f"{doing}: the sensor has no {error.char_specifier}; is its firmware current?")
        case exc.BleakDBusError():
            return SensorError(f"{doing}: {_from_bus(error, system)}")
        case TimeoutError():
            return SensorError(f"{doing}: no answer in time; {_BUSY}")
        case PermissionError():
            return SensorError(f"{doing}: {_not_available('DENIED', system)}")
        case OSError() | EOFError() if system == "Linux":
            return SensorError(f"{doing}: {_NO_BUS}")
        case _:
            return SensorError(f"{doing}: {_one_line(error)}")


@contextmanager
def plainly(doing: str) -> Iterator[None]:
    """Whatever bleak raises inside comes out `in_plain_words`; cancellation passes through."""
    from bleak.exc import BleakError

    try:
        yield
    except (BleakError, OSError, EOFError) as error:  # OSError covers TimeoutError and a lost D-Bus
        raise in_plain_words(error, doing=doing) from error


def lost(name: str, why: str = "") -> LinkLostError:
    """The connection to `name` is gone."""
    return LinkLostError(f"{name}: the connection was lost" + (f" ({why})" if why else ""))


def _not_available(reason: str, system: str) -> str:
    words = _NOT_AVAILABLE["DENIED" if reason.startswith("DENIED") else reason]
    return words.get(system, words[""])


def _from_bus(error: "BleakDBusError", system: str) -> str:
    # The names of D-Bus and of BlueZ (doc/org.bluez.*.rst): they are fixed, the texts beside them are not.
    match error.dbus_error.rpartition(".")[2]:
        case "ServiceUnknown" | "NameHasNoOwner":
            return "the Bluetooth service is not running; `sudo systemctl start bluetooth`"
        case "AccessDenied" | "NotPermitted" | "NotAuthorized":
            return _not_available("DENIED", system)
        case "NotReady":
            return _not_available("POWERED_OFF", system)
        case "InProgress":
            return "another program is connecting or scanning; end it, or wait a moment"
        case _:
            return f"{_one_line(error)}; {_BUSY}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
