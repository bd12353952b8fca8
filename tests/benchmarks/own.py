"""What we cost: time against one filter pass over the same channels, memory, start-up."""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.signal import butter, sosfiltfilt

import imu
from imu.analysis.measure import measure
from imu.analysis.stride_columns import joined
from imu.analysis.survey import survey
from imu.analysis.table import stride_table
from imu.analysis.window import Blocks

_T = TypeVar("_T")

_MEMORY = """
import sys
from pathlib import Path
import imu

def status(field):
    line = next(line for line in open("/proc/self/status") if line.startswith(field))
    return int(line.split()[1]) / 1024

warm_up, path, out = map(Path, sys.argv[1:])
imu.analyze(imu.load(warm_up)).save(out / "warm_up")
Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew here
before = status("VmRSS")
imu.analyze(imu.load(path)).save(out / "result")
print(status("VmHWM") - before)
"""


def best_s(
    action: Callable[[], object], *, times: int = 3, clock: Callable[[], float] = time.process_time
) -> float:
    """Shortest of several times: what the machine can do when nothing else interferes.

    Processor time, unless told otherwise: on a shared machine the wall clock tells of the others.
    """
    took_s = []
    for _ in range(times):
        began_s = clock()
        action()
        took_s.append(clock() - began_s)
    return min(took_s)


def analysis_s(path: Path, out: Path, *, times: int = 3) -> float:
    """From Parquet to written strides."""
    return best_s(lambda: imu.analyze(imu.load(path)).save(out), times=times)


def filter_pass(path: Path) -> Callable[[], object]:
    """The yardstick: one zero-phase filter of order 4 over all channels of a recording."""
    samples = [track.samples() for track in imu.load(path).tracks.values()]
    n = min(len(one) for one in samples)
    columns = [
        values[:n] for one in samples for values in (one.acc_mps2, one.gyr_radps) if values is not None
    ]
    channels = np.ascontiguousarray(np.hstack(columns).T, dtype=np.float64)
    return partial(sosfiltfilt, butter(4, 20.0, fs=200.0, output="sos"), channels)


def analysis_and_yardstick_s(path: Path, out: Path, *, times: int = 5) -> tuple[float, float]:
    """From Parquet to written strides, and one `filter_pass` over it.

    In turn, so that a slow moment of the machine meets both.
    """
    filtered = filter_pass(path)
    turns = [(analysis_s(path, out, times=1), best_s(filtered, times=1)) for _ in range(times)]
    return min(ours for ours, _ in turns), min(yardstick for _, yardstick in turns)


def stages_s(path: Path, out: Path) -> dict[str, float]:
    """What the parts of an analysis take, in the order in which they are done; best of three runs."""
    runs = [_stages_s(path, out) for _ in range(3)]
    return {stage: min(run[stage] for run in runs) for stage in runs[0]}


def _stages_s(path: Path, out: Path) -> dict[str, float]:
    took_s: dict[str, float] = {}

    def timed(stage: str, action: Callable[[], _T]) -> _T:
        began_s = time.process_time()
        result = action()
        took_s[stage] = time.process_time() - began_s
        return result

    recording = timed("read and check three Parquet files", lambda: imu.load(path))
    blocks = Blocks(recording)
    timed("put the sensors on one grid", lambda: [None for _ in blocks])
    found = timed("survey: activity, mounting, sensor statistics", lambda: survey(recording, blocks))
    columns = timed(
        "measure every stride", lambda: [measure(block, found, recording).columns for block in blocks]
    )
    analysis = imu.analyze(recording)
    timed("stride table", lambda: stride_table(joined(columns), None))
    timed("write the results", lambda: analysis.save(out))
    return took_s


def peak_memory_mb(path: Path, out: Path, *, warm_up: Path) -> float:
    """Highest memory of a fresh process above what it holds after analysing something short."""
    command = [sys.executable, "-c", _MEMORY, str(warm_up), str(path), str(out)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def live_update_s(path: Path, *, from_s: float = 200.0, seconds: int = 60, per_second: int = 4) -> float:
    """Median time of one look at the last 10 s of three sensors, in the middle of running."""
    tracks = imu.load(path).tracks
    session = imu.live.LiveSession({place: {} for place in tracks}, window_s=10)
    took_s = []
    for update in range(seconds * per_second):
        start_s = from_s + update / per_second
        for place, track in tracks.items():
            session.feed(place, track.samples(start_s, start_s + 1 / per_second))
        began_s = time.process_time()
        session.strides()
        took_s.append(time.process_time() - began_s)
    return float(np.median(took_s[len(took_s) // 3 :]))  # the window has to fill up first


def start_s(script: str) -> float:
    """A fresh interpreter that runs `script` and ends."""
    command = [sys.executable, "-c", script]
    run = partial(subprocess.run, command, check=True, capture_output=True)
    return best_s(run, times=7, clock=time.perf_counter)
