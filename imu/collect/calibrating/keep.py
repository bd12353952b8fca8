"""Where a calibration is kept: on a sensor that has a place for it, and in the list of paired sensors."""

import asyncio
from contextlib import suppress

from imu.collect.registry import Registry
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Sensor
from imu.errors import SensorError


async def keep(sensor: Sensor, registry: Registry, calibration: ChipCalibration | None) -> None:
    """Whole, or as it was before: also where it is interrupted (None: forget it).

    Raises SensorError where the sensor refuses it, or says something else when asked for it.
    """
    serial = sensor.identity.serial
    before = await sensor.calibration(registry.sensor(serial).calibration)
    writing = asyncio.ensure_future(_written(sensor, calibration))
    try:
        await asyncio.shield(writing)
    except BaseException:
        # A sensor takes acceleration and rate one after the other: no end in between.
        with suppress(SensorError):
            await writing
        with suppress(SensorError):
            await sensor.calibrate(before)
        raise
    registry.change(serial, calibration=calibration)


async def _written(sensor: Sensor, calibration: ChipCalibration | None) -> None:
    await sensor.calibrate(calibration)
    if await sensor.calibration(calibration) != calibration:
        raise SensorError(f"{sensor.identity.serial}: did not keep its calibration; try once more")
