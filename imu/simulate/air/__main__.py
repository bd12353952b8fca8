"""`python -m imu.simulate.air --config world.json`: prints one line of JSON when sensors can be found.

Ends, and saves what the sensors remember, when its standard input closes or on SIGTERM.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from imu.errors import RestrideError
from imu.simulate.air.config import AirConfig
from imu.simulate.air.process import run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m imu.simulate.air", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="what the world is made of, as JSON")
    arguments = parser.parse_args()
    try:
        asyncio.run(run(AirConfig.load(arguments.config)))
    except RestrideError as error:
        sys.exit(f"imu.simulate.air: {error}")


main()
