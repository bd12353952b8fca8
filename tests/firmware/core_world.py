"""A world of sensors that run the core, as a process: `python -m tests.firmware.core_world --config FILE`."""

import asyncio
import sys
from pathlib import Path

from imu.simulate.air.config import AirConfig
from imu.simulate.air.process import run
from tests.firmware.core_board import core_maker

if __name__ == "__main__":
    asyncio.run(run(AirConfig.load(Path(sys.argv[2])), makers=core_maker))
