"""A burst asks as often as it should, at uneven moments."""

import asyncio
import time
from typing import cast

import numpy as np
import pytest

from imu.collect.bursts import exchange_burst
from imu.devices.sensor import Exchange, Sensor


class Clockwork:
    """As much of a sensor as a burst needs."""

    async def exchange(self) -> Exchange:
        now_ns = time.monotonic_ns()
        return Exchange(now_ns, now_ns // 1000, now_ns)


@pytest.mark.unhurried
def test_a_burst_reads_the_clock_at_uneven_moments() -> None:
    found = asyncio.run(exchange_burst(cast("Sensor", Clockwork()), count=8))
    pauses_s = np.diff([exchange.before_ns for exchange in found]) * 1e-9
    assert len(found) == 8
    assert pauses_s.std() > 0.005
