"""New firmware for one of our own sensors, over the air.

    python firmware/update.py firmware/esp32/build/restride_sensor.bin --sensor RS-0A1B2

Hold the sensor's button for eight seconds first, until it blinks slowly. Needs `restride` to be installed.
What goes over the air is in docs/esp32-protocol.md.
"""

import argparse
import asyncio
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from imu.devices.esp32.gatt import SERVICE
from imu.devices.host_clock import HostClock
from imu.devices.link import Link
from imu.errors import RestrideError, SensorError
from imu.radio.connect import connect
from imu.radio.radio import Radio
from imu.radio.scan import find

UPDATE = "25ab0011-4174-4a94-aec4-8268f3648833"
_END = 0xFFFF_FFFF
_IMAGE_BEGINS = 0xE9  # every image of these chips does
_LARGEST = 0xF0000  # of the two halves in partitions.csv
_OPEN, _DONE = 1, 2
_REASONS = {
    1: "its time was over; hold the button for eight seconds again",
    2: "it did not understand a message; its firmware and this program do not match",
    3: "something was lost on the way; run this again",
    4: "it does not take this image: no image for its chip, not signed with its key, or its flash failed",
}


@dataclass(frozen=True, slots=True)
class State:
    """How the update stands, as the sensor tells it."""

    stage: int
    last: int
    written: int

    @classmethod
    def decode(cls, data: bytes) -> "State":
        if len(data) != 6:
            raise SensorError(f"the sensor tells the state of its update in {len(data)} bytes instead of 6")
        return cls(*struct.unpack("<BBI", data))


def image_at(path: Path) -> bytes:
    """The image in this file."""
    try:
        image = path.read_bytes()
    except OSError as error:
        raise SensorError(f"{path}: cannot be read ({error.strerror})") from error
    if not image or image[0] != _IMAGE_BEGINS:
        raise SensorError(f"{path}: not an app image; it is build/restride_sensor.bin that is sent")
    if len(image) > _LARGEST:
        raise SensorError(f"{path}: {len(image)} bytes, and a sensor has room for {_LARGEST}")
    return image


def messages(image: bytes, *, payload: int) -> Iterator[bytes]:
    """The image in messages of at most `payload` bytes, its end last."""
    room = payload - 4
    for offset in range(0, len(image), room):
        yield struct.pack("<I", offset) + image[offset : offset + room]
    yield struct.pack("<II", _END, len(image))


async def send(link: Link, image: bytes) -> None:
    """Write the image to a sensor that waits for it."""
    if not link.has(UPDATE):
        raise SensorError(f"{link.name}: takes no firmware over the air; flash it over its cable")
    if State.decode(await link.read(UPDATE)).stage != _OPEN:
        raise SensorError(f"{link.name}: hold its button for eight seconds, until it blinks slowly")
    sent = 0
    try:
        for message in messages(image, payload=link.payload):
            await link.write(UPDATE, message, response=True)
            sent += len(message) - 4
            print(f"\r{min(100 * sent // len(image), 100):3d} %", end="", file=sys.stderr, flush=True)
    except SensorError as error:
        raise SensorError(await _why(link, error)) from error
    finally:
        print(file=sys.stderr)
    state = State.decode(await link.read(UPDATE))
    if state.stage != _DONE:
        raise SensorError(
            f"{link.name}: {_REASONS.get(state.last, 'did not take the image; run this again')}"
        )


async def _why(link: Link, error: SensorError) -> str:
    """The sensor's own reason, where it can still be asked."""
    try:
        state = State.decode(await link.read(UPDATE))
    except SensorError:
        return f"{error}; the sensor keeps the firmware it has, run this again"
    return f"{link.name}: {_REASONS.get(state.last, str(error))}"


async def update(path: Path, sensor: str, radio: Radio) -> None:
    image = image_at(path)
    async with radio:
        found = await find(
            radio,
            lambda each: sensor in (each.name, each.address),
            what=f"a sensor called {sensor}",
            seconds=20.0,
            services=[SERVICE],
        )
        async with connect(found, radio=radio, clock=HostClock.start()) as link:
            await send(link, image)
    print(
        f"{sensor} starts its new firmware. If nobody can reach it, its next start brings the old one back."
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("image", type=Path)
    parser.add_argument("--sensor", required=True, help="its name, as restride scan shows it, or its address")
    options = parser.parse_args()
    try:
        asyncio.run(update(options.image, options.sensor, Radio()))
    except RestrideError as error:
        print(f"update: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
