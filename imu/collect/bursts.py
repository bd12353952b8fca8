"""Asking a sensor for its clock several times, at moments that have nothing to do with the radio's rhythm."""

import asyncio
import random

from imu.devices.sensor import Exchange, Sensor

COUNT = 30  # of a live burst
LOG_COUNT = 100  # before and after a log: only two bursts, so each is worth its ten seconds
EVERY_S = 30.0  # between live bursts
_LONGEST_PAUSE_S = 0.1  # the longest usual connection interval: requests then meet every phase of it


async def exchange_burst(sensor: Sensor, *, count: int = COUNT) -> list[Exchange]:
    """`count` readings of the sensor's clock, each after a pause of its own."""
    exchanges = []
    for _ in range(count):
        await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE_S))
        exchanges.append(await sensor.exchange())
    return exchanges
