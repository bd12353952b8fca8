"""`restride` in a process of its own, hurried: `python -m tests.faults.collector OPTIONS -- sync ...`.

The virtual world was skipped to the end of its run, so this computer's clock is moved as far; bursts are
short, since nobody measures clocks here, and a finished session is put aside instead of removed.
"""

import argparse
import resource
import shutil
import signal
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from imu.cli import main
from imu.collect import arming, reach, session, syncing
from imu.devices.host_clock import HostClock
from imu.devices.metamotion.device import opened
from imu.devices.metamotion.parameters import Parameters

_HASTY = Parameters(growth_s=0.5, empty_slot_s=0.2, stall_s=3.0)


def _hurry(*, ahead_s: float, keep: Path, readings: int = 4) -> None:
    start = HostClock.start
    HostClock.start = partial(start, ahead_s=ahead_s)  # type: ignore[method-assign]
    arming.LOG_COUNT = syncing.LOG_COUNT = readings  # type: ignore[attr-defined]
    metamotion, *others = reach.DRIVERS
    reach.DRIVERS = (  # type: ignore[assignment]
        replace(metamotion, opened=partial(opened, parameters=_HASTY)),
        *others,
    )

    def put_aside(folder: Path) -> None:
        keep.mkdir(parents=True, exist_ok=True)
        shutil.move(folder, keep / folder.name)

    session.remove_session = put_aside


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ahead", type=float, default=0.0)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--largest-file", type=int)
    parser.add_argument("--readings", type=int, default=4, help="of a clock at a time")
    own, words = parser.parse_known_args()
    _hurry(ahead_s=own.ahead, keep=own.keep, readings=own.readings)
    if own.largest_file is not None:  # a disk that is full there
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (own.largest_file, own.largest_file))
    sys.argv = ["restride", *[word for word in words if word != "--"]]
    main()
