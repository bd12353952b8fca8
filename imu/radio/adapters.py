"""Which Bluetooth adapters this computer has, and whether one can be used now."""

import asyncio
from pathlib import Path

from imu.radio.radio import Radio
from imu.radio.reasons import plainly
from imu.radio.scan import scan

_LISTENS_S = 0.2  # a scan that begins has shown all that is asked here
_GIVES_UP_S = 4.0
_OF_LINUX = Path("/sys/class/bluetooth")


def adapters(listed: Path = _OF_LINUX) -> tuple[str, ...]:
    """Names of the adapters that Linux lists; none on other systems, which do not say."""
    # A connection stands beside its adapter as hci0:12.
    return tuple(sorted(one.name for one in listed.glob("hci*") if ":" not in one.name))


async def try_radio(transport: str) -> None:
    """Open this radio and begin a scan. SensorError where that cannot be done, or takes longer than 4 s."""
    with plainly("Bluetooth"):
        async with asyncio.timeout(_GIVES_UP_S), Radio(transport) as radio:
            await scan(radio, seconds=_LISTENS_S)
