"""Files as other people's programs write them, made from a recording of ours.

What the exports do to times and values is done here as well: three decimals, whole milliseconds of a clock
that ticks every 1.46 ms, packets that arrive together and late, counters that wrap.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from imu.recording import Recording, Samples

G = 9.80665
TICK_S = 48 / 32768  # of a MetaMotion
MACS = {"shank_left": "C10F6B5AC415", "shank_right": "DE982C9EB595", "pelvis": "F1E55E2FE95F"}
START = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)

Floats = NDArray[np.float64]


def metabase_pair(
    recording: Recording,
    folder: Path,
    *,
    android: bool = False,
    streamed: bool = False,
    named: bool = True,
    offset: timedelta = timedelta(hours=1),
    seed: int = 1,
) -> list[Path]:
    """An accelerometer's and a gyroscope's file of each sensor, as the app exports them.

    The gyroscope's samples fall between the accelerometer's, as they do on the sensor. `streamed`: stamped
    when their packet of three arrived.
    """
    rng = np.random.default_rng(seed)
    files = []
    for placement, track in recording.tracks.items():
        samples = track.samples()
        streams = {"Accelerometer": samples.acc_mps2 / G}
        if samples.gyr_radps is not None:
            streams["Gyroscope"] = np.degrees(samples.gyr_radps)
        for kind, values in streams.items():
            late_s = 0.0017 if kind == "Gyroscope" else 0.0
            time_s, moved = _shifted(samples.time_s, values, late_s)
            stamp_s = _arrivals(time_s, rng) if streamed else np.floor(time_s / TICK_S) * TICK_S
            name = placement.title().replace("_", "") if named else "MetaWear"
            rate = f"{1 / np.median(np.diff(time_s)):.3f}Hz"
            file = folder / f"{name}_2026-03-02T07.30.00.000_{MACS[placement]}_{kind}_{rate}_1.7.3.csv"
            unit = "g" if kind == "Accelerometer" else "deg/s"
            file.write_text(metabase(stamp_s, moved, unit=unit, android=android, offset=offset))
            files.append(file)
    return files


def metabase(
    stamp_s: Floats,
    values: NDArray[np.floating],
    *,
    unit: str,
    android: bool = False,
    offset: timedelta = timedelta(hours=1),
    start: datetime = START,
) -> str:
    """The text of one file; stamps since `start`."""
    epoch_ms = np.rint(start.timestamp() * 1e3 + stamp_s * 1e3).astype(np.int64)
    minutes = round(offset.total_seconds() / 60)
    hours = f"{abs(minutes) // 60:02d}", f"{abs(minutes) % 60:02d}"
    sign = "-" if minutes < 0 else "+"
    if android:
        head = f"epoch (ms),time ({'-' if minutes < 0 else ''}{hours[0]}:{hours[1]}),elapsed (s)"
    else:
        head = f"epoc (ms),timestamp ({sign}{hours[0]}{hours[1]}),elapsed (s)"
    local = (epoch_ms + minutes * 60_000).astype("datetime64[ms]").astype(str)
    told = local if android else np.char.replace(local, ":", ".")
    elapsed = (epoch_ms - epoch_ms[0]) / 1e3
    rows = [
        f"{e},{t},{s:.3f},{x:.3f},{y:.3f},{z:.3f}"
        for e, t, s, (x, y, z) in zip(epoch_ms, told, elapsed, values.tolist(), strict=True)
    ]
    return "\n".join([f"{head},x-axis ({unit}),y-axis ({unit}),z-axis ({unit})", *rows, ""])


def cut(recording: Recording, placement: str, keep: Callable[[Samples], NDArray[np.bool_]]) -> Samples:
    """The samples of one sensor that are kept."""
    samples = recording.tracks[placement].samples()
    return samples[keep(samples)]


def _shifted(time_s: Floats, values: NDArray[np.floating], late_s: float) -> tuple[Floats, Floats]:
    """Values as they would have been sampled a little later; a cubic through neighbours is exact enough."""
    if not late_s:
        return time_s, values.astype(float)
    return time_s[:-1] + late_s, CubicSpline(time_s, values)(time_s[:-1] + late_s)


def _arrivals(time_s: Floats, rng: np.random.Generator) -> Floats:
    """When packets of three samples arrived: never early, mostly soon, in order."""
    ends = np.minimum(np.arange(len(time_s)) // 3 * 3 + 2, len(time_s) - 1)
    packets, number = np.unique(ends, return_inverse=True)
    late_s = 0.012 + rng.exponential(0.012, len(packets)) + (rng.random(len(packets)) < 0.01) * 0.15
    return np.asarray(np.maximum.accumulate(time_s[packets] + late_s)[number])


def dot(
    samples: Samples,
    *,
    rate_hz: float = 120.0,
    first_tick: int = 4_294_000_000,
    tag: str = "Left shank",
    columns: tuple[str, ...] = ("Acc", "Gyr"),
    preamble: bool = True,
    start: datetime = START,
    synced: bool = False,
) -> str:
    """What a Movella DOT's app exports of a sensor: at its own rate; its clock begins anew meanwhile."""
    time_s = np.arange(samples.time_s[0], samples.time_s[-1], 1 / rate_hz)
    ticks = (first_tick + np.rint(time_s * 1e6).astype(np.int64)) % (1 << 32)
    count = (65_500 + np.arange(len(time_s))) % (1 << 16)
    assert samples.gyr_radps is not None
    values = {"Acc": samples.acc_mps2, "Gyr": np.degrees(samples.gyr_radps), "FreeAcc": samples.acc_mps2}
    told = [
        np.column_stack([np.interp(time_s, samples.time_s, axis) for axis in values[name].T])
        for name in columns
    ]
    names = ",".join(f"{name}_{axis}" for name in columns for axis in "XYZ")
    lines = [f"PacketCounter,SampleTimeFine,{names}"]
    for row, tick, *vectors in zip(count, ticks, *told, strict=True):
        numbers = ",".join(f"{value:.6f}" for vector in vectors for value in vector)
        lines.append(f"{row},{tick},{numbers}")
    if preamble:
        head = ["sep=,", f"DeviceTag:,{tag},,,", "FirmwareVersion:,3.0.0,,,"]
        head += [f"SyncStatus:,{'Synced' if synced else 'Un-synced'},,,", f"OutputRate:,{rate_hz:g}Hz,,,"]
        head += [f"StartTime:,{start:%Y-%m-%d %H:%M:%S.000 +0000},,,", ""]
        lines = head + lines
    return "\r\n".join([*lines, ""])


def plain(samples: Samples, *, names: str, acc: float = 1.0, gyr: float = 1.0, time: float = 1.0) -> str:
    """A table under names of somebody's own, comma between values; the factors turn SI into its units."""
    assert samples.gyr_radps is not None
    columns = np.column_stack([samples.time_s * time, samples.acc_mps2 * acc, samples.gyr_radps * gyr])
    return "\n".join([names, *(",".join(f"{value:.7g}" for value in row) for row in columns.tolist()), ""])
