"""A recorder as a process of its own, in a virtual world whose every sample is known."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import constants

from imu.collect.registry import Registry
from imu.devices.sensor import Identity, Kind
from imu.devices.standard.reference import REFERENCES, ReferenceIdentity, ReferenceKind
from imu.recording import Recording
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.launch import launch
from imu.simulate.air.model import LinkModel
from imu.simulate.air.remote import AirControl
from imu.simulate.boards.worn import ChipSettings, Wearer
from imu.simulate.simulation import SimulationConfig
from tests.conftest import COMMAND

ALL = ("shank_left", "shank_right", "pelvis")
CHIP = ChipSettings(rate_hz=200.0, acc_lsb_per_g=2048.0, gyr_lsb_per_dps=16.4)  # of both kinds, as set here
START_S = 90.0  # for two processes to start on a busy machine, to find and to connect
PATTERN = "stand:8,run:600@3,stand:8"


@dataclass(slots=True)
class Recorder:
    """`restride record` while it runs."""

    process: "subprocess.Popen[bytes]"
    log: Path
    out: Path
    home: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def until(self, words: str, *, seconds: float = START_S) -> None:
        """Wait until it has said so."""
        ends_s = time.monotonic() + seconds
        while words not in self.said():
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.said()}"
            assert time.monotonic() < ends_s, f"never said {words!r}: {self.said()}"
            time.sleep(0.1)

    def end(self, number: int | None = None, *, seconds: float = 60.0) -> int:
        """Wait for its end, after a signal if one is named; gives the exit code. A traceback is no end."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        assert "Traceback" not in self.said(), self.said()
        return code

    @property
    def sessions(self) -> list[Path]:
        return sorted((self.home / "sessions").glob("*"))


@dataclass(slots=True)
class Scene:
    """A world, and folders for whoever records in it."""

    transport: str
    control: AirControl
    config: AirConfig
    folder: Path
    started: list[Recorder] = field(default_factory=list)

    @contextmanager
    def recorder(
        self, *options: str, verb: str = "record", out: bool = True, **changes: Any
    ) -> Iterator[Recorder]:
        """Start one with sensors paired; `changes` go to Popen."""
        number = len(self.started)
        home, run = self.folder / f"home{number}", self.folder / f"run{number}"
        registry = Registry(home)
        addresses = {name: told["address"] for name, told in self.control.sensors().items()}
        for placement, sensor in self.config.sensors.items():
            serial = sensor.options["serial"]
            if placement in REFERENCES:
                reference: ReferenceKind = "heart_rate" if placement == "heart_rate" else "foot_pod"
                who = ReferenceIdentity(reference, "virtual", serial)
                registry.pair(who, placement, address=addresses[placement])
                continue
            kind: Kind = "esp32" if sensor.kind == "esp32" else "metamotion"
            registry.pair(Identity(kind, "virtual", serial, ""), placement)
        log = self.folder / f"log{number}"
        command = [*COMMAND, verb, "--radio", self.transport, *options]
        command += ["--out", str(run)] if out else []
        environment = {**os.environ, "RESTRIDE_HOME": str(home)}
        with log.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=file, env=environment, **changes)
        recorder = Recorder(process, log, run, home)
        self.started.append(recorder)
        try:
            yield recorder
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()

    def wearer(self) -> Wearer:
        plan = dict(self.config.runner)
        begins_s = plan.pop("begins_s")
        return Wearer(SimulationConfig(**plan), begins_s=begins_s)


@contextmanager
def scene(
    folder: Path,
    *,
    kind: Kind = "esp32",
    placements: tuple[str, ...] = ALL,
    references: tuple[ReferenceKind, ...] = (),
    link: Mapping[str, Any] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    begins_s: float = 15.0,
) -> Iterator[Scene]:
    """A world with sensors of one kind, and others beside; `options` of single ones, by placement."""
    sensors = {
        placement: SensorConfig(
            kind=kind, options={"serial": f"T{number:04d}", **(options or {}).get(placement, {})}
        )
        for number, placement in enumerate(placements, start=1)
    }
    sensors |= {
        name: SensorConfig(kind=name, options={"serial": f"B{number:04d}"})
        for number, name in enumerate(references, start=1)
    }
    runner = {"pattern": PATTERN, "seed": 4, "begins_s": begins_s}
    config = AirConfig(sensors=sensors, runner=runner, link=LinkModel().changed(**(link or {})))
    with launch(config) as running, AirControl.at(running.control) as control:
        yield Scene(running.transport, control, config, folder)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Rows of a recording as samples of the chip that made them."""

    number: NDArray[np.int64]  # of the chip's sample, for every row
    error_s: NDArray[np.float64]  # recorded time minus true time, up to one constant for the whole recording


def found(recording: Recording, placement: str, wearer: Wearer, *, until_s: float = 240.0) -> Found:
    """Every row, exactly: raises AssertionError for one that no chip measured, or in a wrong place.

    until_s: the world's time, when all had been measured.
    """
    track = recording.tracks[placement]
    samples = track.samples(track.start_s, track.end_s + 1.0)
    chip = wearer.chip(placement, CHIP)
    assert samples.gyr_radps is not None
    rows = np.column_stack(
        [
            np.rint(samples.acc_mps2 / constants.g * CHIP.acc_lsb_per_g),
            np.rint(np.degrees(samples.gyr_radps) * CHIP.gyr_lsb_per_dps),
        ]
    ).astype(np.int64)
    number = np.empty(len(rows), np.int64)
    made = chip.counts(0, chip.taken(until_s)).astype(np.int64)
    places: dict[bytes, list[int]] = {}
    for place, row in enumerate(made):
        places.setdefault(row.tobytes(), []).append(place)
    last = -1
    for row, values in enumerate(rows):
        # Standing is played to and fro, so that rows may repeat: the next one that is possible.
        ahead = [place for place in places.get(values.tobytes(), []) if place > last]
        assert ahead, f"{placement}: row {row} was never measured after sample {last}"
        number[row] = last = ahead[0]
    return Found(number, samples.time_s - chip.time_s(number))
