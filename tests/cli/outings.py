"""A recorder as a process of its own, in a virtual world whose every sample is known."""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imu.collect.registry import Registry
from imu.devices.sensor import Identity, Kind
from imu.devices.standard.reference import REFERENCES, ReferenceIdentity, ReferenceKind
from imu.recording import Recording
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.launch import WORLD, launch
from imu.simulate.air.model import LinkModel
from imu.simulate.air.remote import AirControl
from imu.simulate.boards.worn import ChipSettings, Wearer
from imu.simulate.simulation import SimulationConfig
from tests.conftest import COMMAND
from tests.streamed import CHIP, counts, streamed

ALL = ("shank_left", "shank_right", "pelvis")
START_S = 90.0  # for two processes to start on a busy machine, to find and to connect


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

    def overflowed(self) -> int:
        """Packets for which MetaMotions found no room, as their link or this machine was too slow."""
        assert self.config.state is not None
        self.control.save()
        boards = json.loads(self.config.state.read_text(encoding="utf-8"))["boards"].values()
        return sum(board.get("firmware", {}).get("streams", {}).get("overflowed", 0) for board in boards)

    def until_connected(self, sensor: str, *, seconds: float = 60.0) -> None:
        """Wait until a computer holds a connection to it."""
        ends_s = time.monotonic() + seconds
        while not self.control.sensors()[sensor]["connected"]:
            assert time.monotonic() < ends_s, f"{sensor} was not connected again within {seconds:g} s"
            time.sleep(0.1)

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
    run_s: float = 600.0,
    world: Sequence[str] = WORLD,
) -> Iterator[Scene]:
    """A world with sensors of one kind, and others beside, started by the command `world`.

    options: of single sensors, by placement.
    """
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
    runner = {"pattern": f"stand:8,run:{run_s:g}@3,stand:8", "seed": 4, "begins_s": begins_s}
    model = LinkModel().changed(**(link or {}))
    config = AirConfig(sensors=sensors, runner=runner, link=model, state=folder / "air.json")
    with launch(config, command=world) as running, AirControl.at(running.control) as control:
        yield Scene(running.transport, control, config, folder)


@contextmanager
def cable(here: Scene) -> Iterator[Callable[[], None]]:
    """Between computers and their adapters, from here on; gives how to pull it out."""
    host, _, port = here.transport.removeprefix("tcp-client:").rpartition(":")
    ends: list[socket.socket] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65536):
                target.sendall(content)

    def plug(listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection((host, int(port)))
                ends.extend((near, far))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    def pull() -> None:
        listening.close()
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    listening = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=plug, args=(listening,), daemon=True).start()
    here.transport = f"tcp-client:127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield pull
    finally:
        pull()


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Rows of a recording as samples of the chip that made them."""

    number: NDArray[np.int64]  # of the chip's sample, for every row
    error_s: NDArray[np.float64]  # recorded time minus true time, up to one constant for the whole recording


def found(
    recording: Recording,
    placement: str,
    wearer: Wearer,
    *,
    until_s: float = 240.0,
    most_apart: int = 0,
    settings: ChipSettings = CHIP,
) -> Found:
    """Every row, exactly: raises AssertionError for one that no chip measured, or in a wrong place.

    until_s: the world's time, when the first row had been measured. most_apart: samples by which rates may
    stand beside the accelerations of another moment.
    """
    track = recording.tracks[placement]
    samples = track.samples(track.start_s, track.end_s + 1.0)
    chip = wearer.chip(placement, settings)
    rows, until = counts(samples), chip.taken(until_s)
    acc, gyr = (
        streamed(rows[:, axes], chip, columns=axes, until=until) for axes in (slice(0, 3), slice(3, 6))
    )
    for part in (acc, gyr):
        assert not part.different, f"{placement}: {part.different} of the rows were never measured, or twice"
    assert np.abs(gyr.number - acc.number).max() <= most_apart, placement
    return Found(acc.number, samples.time_s - chip.time_s(acc.number))
