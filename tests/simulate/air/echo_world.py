"""A world of echo boards as a process: `python -m tests.simulate.air.echo_world --config FILE`."""

import asyncio
import sys
from pathlib import Path

from imu.simulate.air.config import AirConfig
from imu.simulate.air.process import run
from tests.simulate.air.echo_board import echo_maker

if __name__ == "__main__":
    asyncio.run(run(AirConfig.load(Path(sys.argv[2])), makers=echo_maker))
