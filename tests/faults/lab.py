"""A virtual world with armed sensors whose run is over, and what exactly lies in their memories."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imu.collect.journal import read
from imu.collect.reach import Reach
from imu.collect.registry import Registry
from imu.devices.esp32.log_bytes import decode_chunk
from imu.devices.esp32.setting import Setting
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Identity, Kind, Packet
from imu.radio.radio import Radio
from imu.recording import load
from imu.simulate import SimulationConfig
from imu.simulate.air.config import AirConfig
from imu.simulate.air.launch import WORLD, RunningAir, launch
from imu.simulate.air.remote import AirControl
from imu.simulate.boards.esp32_requests import scales
from imu.simulate.boards.metamotion.log import Log
from imu.simulate.boards.worn import ChipSettings, Wearer

REPOSITORY = Path(__file__).resolve().parents[2]
PLACEMENTS = ("shank_left", "shank_right", "pelvis")
IDEAL = {"interval_s": 0.0}
_BEGINS_S = 15.0  # of the run, in the world
_ENTRIES = 2  # of a notification
Counts = NDArray[np.int16]


@dataclass
class Lab:
    """A world and a computer in it. Sensors are named by where they are worn."""

    folder: Path
    kind: Kind = "metamotion"
    placements: tuple[str, ...] = ("pelvis",)
    run_s: float = 15.0
    rate_hz: int = 50
    options: Mapping[str, Any] = field(default_factory=dict)  # of every sensor: model, faults, habits
    link: Mapping[str, Any] = field(default_factory=lambda: IDEAL)
    readings: int = 4  # of a clock at a time
    world: Sequence[str] = WORLD  # the command that starts it
    ahead_s: float = 0.0
    entries: dict[str, int] = field(default_factory=dict)  # in the logs of MetaMotions, when last looked at
    air: RunningAir | None = None
    control: AirControl | None = None

    @property
    def runner(self) -> dict[str, Any]:
        pattern = f"stand:6,run:{self.run_s:g}@3,stand:6"
        return {"pattern": pattern, "seed": 3, "begins_s": _BEGINS_S}

    @contextmanager
    def running(self, **options: Any) -> Iterator["Lab"]:
        """The world, with what it remembers; options that differ from the lab's are of this life."""
        sensors = {
            placement: {"kind": self.kind, "serial": self.serial(placement), **self.options, **options}
            for placement in self.placements
        }
        told = {
            "sensors": sensors,
            "runner": self.runner,
            "link": dict(self.link),
            "state": str(self.folder / "air.json"),
        }
        with ExitStack() as stack:
            self.air = stack.enter_context(launch(AirConfig.from_json(told), command=self.world))
            self.control = stack.enter_context(AirControl.at(self.air.control))
            yield self

    def serial(self, placement: str) -> str:
        return f"LAB{PLACEMENTS.index(placement):03d}"

    def home(self, computer: str = "one") -> Path:
        return self.folder / computer

    def paired(self, computer: str = "one") -> None:
        """This computer knows the sensors and where they are on the air."""
        registry = Registry(self.home(computer))
        for number, placement in enumerate(self.placements, start=1):
            identity = Identity(self.kind, "virtual", self.serial(placement), "")
            registry.pair(identity, placement, address=f"C4:12:00:00:00:{number:02X}")

    def start(
        self, *words: str, computer: str = "one", largest_file: int | None = None
    ) -> "subprocess.Popen[str]":
        assert self.air is not None
        limit = [] if largest_file is None else ["--largest-file", str(largest_file)]
        keep = ["--keep", str(self.home(computer) / "kept"), "--ahead", repr(self.ahead_s)]
        keep += ["--readings", str(self.readings)]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.collector", *keep, *limit, "--", *words],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "NO_COLOR": "1",
                "RESTRIDE_HOME": str(self.home(computer)),
                "RESTRIDE_RADIO": self.air.transport,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def restride(self, *words: str, computer: str = "one", largest_file: int | None = None) -> str:
        """Run to the end and insist that it went well; its results."""
        done = ended(self.start(*words, computer=computer, largest_file=largest_file))
        assert done.code == 0, done.said
        return done.results

    def armed(self) -> str:
        """Arm, let the run pass, and stop the logs: from here on their content is fixed. What arming said."""
        self.paired()
        said = self.restride("arm", "--minutes", "1", "--rate", str(self.rate_hz))
        assert self.control is not None
        over_s = _BEGINS_S + 12.0 + self.run_s + 1.0 - self.control.time_s()
        self.skip(max(over_s, 0.0))
        self.logs_stopped()
        return said

    def skip(self, seconds: float) -> None:
        assert self.control is not None
        self.control.skip(seconds)
        self.ahead_s += seconds

    def logs_stopped(self) -> None:
        assert self.air is not None
        transport = self.air.transport

        async def stop() -> None:
            clock = HostClock.start(ahead_s=self.ahead_s)
            async with Radio(transport) as radio:
                reach = Reach(radio, clock=clock)
                heard = await reach.listen(enough=lambda all_: len(all_) == len(self.placements))
                for found in heard:
                    async with reach.open(found) as sensor:
                        await sensor.stop_log()

        asyncio.run(stop())

    # What is there

    def boards(self) -> dict[str, Any]:
        """All that the sensors remember now."""
        assert self.control is not None
        self.control.save()
        return dict(json.loads((self.folder / "air.json").read_text())["boards"])

    def holds_log(self, placement: str) -> bool:
        board = self.boards()[placement]
        if self.kind == "esp32":
            return bool(board["log"]["stretches"])
        log = board["firmware"]["logging"]["log"]
        return bool(Log.restored(log).end - log["begin"])

    def expected(self, placement: str) -> Counts:
        """(n, 6) the samples that lie whole in a sensor's memory, acceleration and rate."""
        board = self.boards()[placement]
        wearer = self.wearer()
        if self.kind == "esp32":
            return _of_esp32(board["log"], wearer, placement)
        log = board["firmware"]["logging"]["log"]
        self.entries[placement] = Log.restored(log).end - log["begin"]
        return _of_metamotion(log, wearer, placement)

    def wearer(self) -> Wearer:
        """Who wears the sensors."""
        plan = {name: value for name, value in self.runner.items() if name != "begins_s"}
        return Wearer(SimulationConfig(**plan), begins_s=_BEGINS_S)

    def world_s(self, moment: datetime) -> float:
        """The world's time at this time of its day, by the quickest of some answers."""
        assert self.control is not None
        answers = []
        for _ in range(20):
            before_s, world_s, after_s = time.time(), self.control.time_s(), time.time()
            answers.append((after_s - before_s, world_s - (before_s + after_s) / 2))
        _, world_minus_host_s = min(answers)
        return world_minus_host_s + moment.timestamp() - self.ahead_s

    def sent(self, placement: str) -> int:
        """Entries that a MetaMotion sent so far, again and again."""
        return _ENTRIES * int(self.boards()[placement]["packets"])

    def recordings(self, computer: str = "one") -> list[Path]:
        return sorted(path.parent for path in (self.home(computer) / "recordings").glob("*/recording.json"))

    def sessions(self, computer: str = "one") -> list[Path]:
        return sorted(path.parent for path in (self.home(computer) / "sessions").glob("*/session.json"))

    def again(self, placement: str = "pelvis") -> float:
        """What was downloaded more than once, as a share of the log."""
        if self.kind == "metamotion":
            return self.sent(placement) / self.entries[placement] - 1
        (path,) = (self.home() / "kept").glob(f"*/{placement}.journal")
        chunks = [decode_chunk(r.data) for r in read(path) if isinstance(r, Packet)]
        whole = max(chunk.offset + len(chunk.data) for chunk in chunks)
        return int(self.boards()[placement]["sent"]) / whole - 1


class Ended(NamedTuple):
    """What became of a process."""

    code: int
    results: str
    said: str  # on standard error


def ended(process: "subprocess.Popen[str]", *, within_s: float = 240.0) -> Ended:
    out, err = process.communicate(timeout=within_s)
    return Ended(process.returncode, out, err)


def recorded(folder: Path, placement: str, *, acc_lsb: float = 2048.0, gyr_lsb: float = 16.4) -> Counts:
    """(n, 6) what a recording holds, in the sensor's own integers again."""
    samples = load(folder).tracks[placement].samples()
    assert samples.gyr_radps is not None
    acc = samples.acc_mps2 / 9.80665 * acc_lsb
    gyr = np.degrees(samples.gyr_radps.astype(np.float64)) * gyr_lsb
    return np.rint(np.hstack([acc, gyr])).astype(np.int16)


def _of_metamotion(state: dict[str, Any], wearer: Wearer, placement: str) -> Counts:
    pieces = [np.empty((0, 6), np.int16)]
    for segment in Log.restored(state).segments:
        if len(segment.taps) < 2:
            continue  # one of the two sensors was switched on first: no row without both
        first, last = max(t.first for t in segment.taps), min(t.last for t in segment.taps)
        per_moment = sum(len(tap.loggers) for tap in segment.taps)
        if segment.kept is not None:
            last = min(last, first + segment.kept // per_moment)
        pieces.append(wearer.chip(placement, segment.taps[0].settings).counts(first, last))
    return np.concatenate(pieces)


def _of_esp32(state: dict[str, Any], wearer: Wearer, placement: str) -> Counts:
    setting = Setting.of_code(state["setting_code"])
    acc, gyr = scales(setting)
    chip = wearer.chip(
        placement, ChipSettings(rate_hz=setting.rate_hz, acc_lsb_per_g=acc, gyr_lsb_per_dps=gyr)
    )
    pieces = [chip.counts(stretch["first"], stretch["last"]) for stretch in state["stretches"]]
    return np.concatenate([np.empty((0, 6), np.int16), *pieces])
