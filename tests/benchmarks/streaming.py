"""`python -m tests.benchmarks.streaming`: what a live session with its screen takes of one processor core.

Three virtual sensors at 200 Hz, six axes; their world is another process. The Bluetooth host (Bumble, in
Python) is part of what is measured: on a real adapter it is the operating system's.
"""

import argparse
import io
import sys
import tempfile
import time
from pathlib import Path
from typing import get_args

from rich.console import Console

from imu.cli.bluetooth import Air
from imu.cli.live_screen import Moment, recording_text
from imu.cli.outing import Wish, go_out
from imu.cli.wearing import Places
from imu.collect.registry import Registry
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Identity, Kind, Settings
from imu.simulate.air.config import AirConfig
from imu.simulate.air.launch import launch

ALL = ("shank_left", "shank_right", "pelvis")


class Meter:
    """Draws what a terminal would show, unseen, and reads the processor's clock."""

    def __init__(self) -> None:
        self._console = Console(file=io.StringIO(), force_terminal=True, width=80, height=24)
        self._first: tuple[float, float] | None = None
        self.share = float("nan")

    def say(self, line: str) -> None:
        print(line, file=sys.stderr)

    def show(self, moment: Moment) -> None:
        self._console.print(recording_text(moment, 80, 24))
        now = time.process_time(), time.monotonic()
        if self._first is None:
            self._first = now
        elif now[1] > self._first[1]:
            self.share = (now[0] - self._first[0]) / (now[1] - self._first[1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.streaming", description=__doc__)
    parser.add_argument("--kind", choices=get_args(Kind), default="metamotion")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--look", type=float, default=1.0, help="seconds between two looks; live takes 0.5")
    options = parser.parse_args()
    print(f"{share(options.kind, options.seconds, options.look):.1%} of one core")


def share(kind: Kind, seconds: float, look_s: float) -> float:
    """Processor time of this process over time, from the moment when all stream."""
    sensors = {place: {"kind": kind, "serial": f"B{n:04d}"} for n, place in enumerate(ALL)}
    runner = {"pattern": f"stand:8,run:{seconds + 60:g}@3,stand:8", "begins_s": 10.0}
    meter = Meter()
    with (
        tempfile.TemporaryDirectory() as folder,
        launch(AirConfig.from_json({"sensors": sensors, "runner": runner})) as running,
    ):
        home = Path(folder)
        registry = Registry(home)
        for place, sensor in sensors.items():
            registry.pair(Identity(kind, "virtual", sensor["serial"], ""), place)
        here = Air(running.transport, HostClock.start(), home)
        wish = Wish(settings=Settings(), minutes=seconds / 60, standing=False)
        kept = Places(home / "session", home / "recording")
        go_out(here, registry.worn(), wish=wish, kept=kept, screen=meter, look_s=look_s)
    return meter.share


if __name__ == "__main__":
    main()
