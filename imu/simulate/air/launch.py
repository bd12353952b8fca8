"""Starting a virtual world as a process of its own, which never outlives the one that started it."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from imu.errors import SensorError
from imu.simulate.air.config import AirConfig

WORLD = (sys.executable, "-m", "imu.simulate.air")

_READY_S = 60.0  # importing Bumble takes seconds on a slow machine
_LEAVING_S = 15.0


@dataclass(frozen=True, slots=True)
class RunningAir:
    """A world that runs in another process."""

    transport: str  # for a Radio
    control: str  # for AirControl.at
    process: "subprocess.Popen[bytes]"


@contextmanager
def launch(config: AirConfig, *, command: Sequence[str] = WORLD) -> Iterator[RunningAir]:
    """Start a world; end it, its state saved, on exit, and also if this process dies first."""
    if find_spec("bumble") is None:
        raise SensorError("virtual sensors need Bumble; pip install 'restride[virtual]'")
    with tempfile.TemporaryDirectory(prefix="restride-air-") as folder:
        file = Path(folder, "world.json")
        file.write_text(json.dumps(config.to_json()), encoding="utf-8")
        # Ctrl-C is for the one who started it: he has sensors to stop before their world may end.
        if sys.platform == "win32":
            group = subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            group = 0
        process = subprocess.Popen(
            [*command, "--config", str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            creationflags=group,
        )
        with process:  # closes the pipes and waits
            try:
                yield _ready(process)
            finally:
                _end(process)


def _ready(process: "subprocess.Popen[bytes]") -> RunningAir:
    assert process.stdout is not None
    impatience = threading.Timer(_READY_S, process.kill)
    impatience.start()
    try:
        line = process.stdout.readline()
    finally:
        impatience.cancel()
    if not line:
        raise SensorError(f"the virtual world did not start within {_READY_S:g} s; its own words are above")
    ready = json.loads(line)
    return RunningAir(ready["transport"], ready["control"], process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.close()  # its sign to save and go, on every system
    try:
        process.wait(_LEAVING_S)
    except subprocess.TimeoutExpired:
        process.kill()
