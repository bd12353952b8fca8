"""`python -m tests.benchmarks.streaming`: what a live session with its screen takes, and what it keeps.

Three virtual sensors at 200 Hz, six axes, in real time, into a recording; their world is another process.
The Bluetooth host (Bumble, in Python) is part of what is measured: on a real adapter it is the operating
system's. Every row of the recording is compared with what the simulated chips measured.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, get_args

from rich.console import Console

from imu.cli.bluetooth import Air
from imu.cli.live_screen import Moment, recording_text
from imu.cli.outing import Wish, go_out
from imu.cli.wearing import Places
from imu.collect.recover import finish
from imu.collect.registry import Registry
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Identity, Kind, Settings
from imu.recording import load
from imu.simulate import SimulationConfig
from imu.simulate.air.config import AirConfig
from imu.simulate.air.launch import launch
from imu.simulate.air.remote import AirControl
from imu.simulate.boards.worn import Wearer
from tests.streamed import CHIP, counts, streamed

ALL = ("shank_left", "shank_right", "pelvis")
BEGINS_S = 10.0  # of the run, in the world
SETTLED_S = 300.0  # until all buffers have their size
_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Look:
    """What the process had taken when the screen was drawn."""

    monotonic_s: float
    process_s: float
    resident_mb: float  # NaN where the system does not tell


class Meter:
    """Draws what a terminal would show, unseen, and reads clock, processor and memory."""

    def __init__(self, control: AirControl, paper: TextIO) -> None:
        self._console = Console(file=paper, force_terminal=True, width=80, height=24)
        self._control = control
        self.looks: list[Look] = []
        self.began_s = float("nan")  # in the world: the first look

    def say(self, line: str) -> None:
        print(line, file=sys.stderr)

    def show(self, moment: Moment) -> None:
        self._console.print(recording_text(moment, 80, 24))
        self.looks.append(Look(time.monotonic(), time.process_time(), resident_mb()))
        if len(self.looks) == 1:
            self.began_s = self._control.time_s()

    @property
    def ended_s(self) -> float:
        """In the world: the last look."""
        return self.began_s + self.looks[-1].monotonic_s - self.looks[0].monotonic_s

    @property
    def share(self) -> float:
        """Processor time over time."""
        first, last = self.looks[0], self.looks[-1]
        return (last.process_s - first.process_s) / (last.monotonic_s - first.monotonic_s)

    def resident_mb_after(self, seconds: float) -> float:
        """At the first look after so long, or at the last one."""
        due_s = self.looks[0].monotonic_s + seconds
        return next((look for look in self.looks if look.monotonic_s >= due_s), self.looks[-1]).resident_mb


def resident_mb() -> float:
    """Memory that this process holds now."""
    if not _STATM.exists():
        return float("nan")
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.streaming", description=__doc__)
    parser.add_argument("--kind", choices=get_args(Kind), default="metamotion")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--look", type=float, default=1.0, help="seconds between two looks; live takes 0.5")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(measured(Path(folder), options.kind, options.seconds, options.look))


def measured(home: Path, kind: Kind, seconds: float, look_s: float) -> str:
    """Rows, memory and processor time of one session, as lines."""
    told: dict[str, Any] = {
        "sensors": {place: {"kind": kind, "serial": f"B{n:04d}"} for n, place in enumerate(ALL)},
        "runner": {"pattern": f"stand:8,run:{seconds + 60:g}@3,stand:8", "begins_s": BEGINS_S},
        "state": str(home / "air.json"),
    }
    registry = Registry(home)
    for place, sensor in told["sensors"].items():
        registry.pair(Identity(kind, "virtual", sensor["serial"], ""), place)
    kept = Places(home / "session", home / "recording")
    with (
        launch(AirConfig.from_json(told)) as running,
        AirControl.at(running.control) as control,
        Path(os.devnull).open("w") as nowhere,
    ):
        meter = Meter(control, nowhere)
        here = Air(running.transport, HostClock.start(), home)
        wish = Wish(settings=Settings(), minutes=seconds / 60, standing=False)
        go_out(here, registry.worn(), wish=wish, kept=kept, screen=meter, look_s=look_s)
        ended_s = control.time_s()
    finish(kept.session, kept.recording)
    boards = json.loads((home / "air.json").read_text())["boards"]
    wearer = Wearer(SimulationConfig(pattern=told["runner"]["pattern"]), begins_s=BEGINS_S)
    lines = [_rows(kept.recording, place, wearer, meter, ended_s) for place in ALL]
    if kind == "metamotion":  # on a machine that is too busy, the virtual sensors themselves lose some
        full = [boards[place]["firmware"]["streams"]["overflowed"] for place in ALL]
        lines.append(f"packets that found the sensors' own buffers full: {sum(full)}")
    early_mb, late_mb = meter.resident_mb_after(SETTLED_S), meter.looks[-1].resident_mb
    most_mb = max(look.resident_mb for look in meter.looks)
    lines.append(f"memory: {early_mb:.0f} MB at 5 min, {late_mb:.0f} MB at the end, {most_mb:.0f} MB at most")
    lines.append(f"processor: {meter.share:.1%} of one core")
    return "\n".join(lines)


def _rows(recording: Path, place: str, wearer: Wearer, meter: Meter, ended_s: float) -> str:
    """Expected is what the chip took between the first look and the last: all of it must be there."""
    chip = wearer.chip(place, CHIP)
    samples = load(recording).tracks[place].samples()
    rows = streamed(counts(samples), chip, until=chip.taken(ended_s))
    first, last = chip.taken(meter.began_s), chip.taken(meter.ended_s)
    told = f"{place}: {last - first} rows expected, {rows.within(first, last)} found; "
    return told + f"{rows.different} of all {len(rows.number)} different"


if __name__ == "__main__":
    main()
