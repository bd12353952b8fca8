"""A calibration is kept whole, on the sensor and here, or not at all."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from imu.collect.calibrating.keep import keep
from imu.collect.registry import Registry
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Identity, Sensor
from imu.errors import SensorError

BEFORE = ChipCalibration(acc_bias_g=(0.1, 0.0, 0.0), date="2026-01-01")
NEW = ChipCalibration(acc_bias_g=(0.0, 0.2, 0.0), gyr_scale=(1.01, 1.0, 1.0), date="2026-11-26")


@dataclass
class Kept:
    """The half of a sensor that keeps a calibration: slowly, and perhaps badly."""

    on_it: ChipCalibration | None = BEFORE
    refuses: bool = False
    forgets: bool = False
    identity: Identity = Identity("esp32", "toy", "E1", "1.0")

    async def calibration(self, _remembered: ChipCalibration | None) -> ChipCalibration | None:
        return self.on_it

    async def calibrate(self, calibration: ChipCalibration | None) -> bool:
        if self.refuses and calibration == NEW:
            self.on_it = ChipCalibration(acc_bias_g=NEW.acc_bias_g)  # half of it
            raise SensorError("E1: refused")
        await asyncio.sleep(0.05)
        self.on_it = BEFORE if self.forgets else calibration
        return True


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    registry = Registry(tmp_path)
    registry.pair(Kept().identity, "pelvis")
    registry.change("E1", calibration=BEFORE)
    return registry


async def kept(sensor: Kept, registry: Registry, calibration: ChipCalibration | None = NEW) -> None:
    await keep(cast(Sensor, sensor), registry, calibration)


@pytest.mark.parametrize("calibration", [NEW, None])
def test_it_is_kept_on_the_sensor_and_here(registry: Registry, calibration: ChipCalibration | None) -> None:
    sensor = Kept()
    asyncio.run(kept(sensor, registry, calibration))
    assert sensor.on_it == registry.sensor("E1").calibration == calibration


@pytest.mark.parametrize("sensor", [Kept(refuses=True), Kept(forgets=True)])
def test_a_sensor_that_does_not_take_it_has_what_it_had(registry: Registry, sensor: Kept) -> None:
    with pytest.raises(SensorError, match="E1"):
        asyncio.run(kept(sensor, registry))
    assert sensor.on_it == registry.sensor("E1").calibration == BEFORE


def test_an_interruption_leaves_what_was_there(registry: Registry) -> None:
    sensor = Kept()

    async def interrupted() -> None:
        keeping = asyncio.create_task(kept(sensor, registry))
        await asyncio.sleep(0.01)
        keeping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await keeping

    asyncio.run(interrupted())
    assert sensor.on_it == registry.sensor("E1").calibration == BEFORE
