"""`python -m tests.benchmarks.live [RECORDING ...]`: strides told live beside those of the batch."""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

import imu
from imu.live import LiveSession
from imu.recording import Recording, SensorFacts, SensorTrack
from imu.validation.matching import match_times

STEP_S = 0.25
SAME_STRIDE_S = 0.1
SETTLED_S = 20.0  # of moving, until the alignment rests on enough of it
# What is compared, how many of the unit it is told in make one of the column's, and that unit.
COMPARED = {
    "ic_time_s": (1000, "ms"),
    "to_time_s": (1000, "ms"),
    "speed_mps": (1, "m/s"),
    "shank_angle_ic_deg": (1, "°"),
    "shank_angle_max_deg": (1, "°"),
    "peak_tibial_acc_g": (1, "g"),
    "pelvic_drop_deg": (1, "°"),
    "vertical_oscillation_m": (1000, "mm"),
}
SIMULATED = {
    "steady run": "stand:8,run:90@3.0",
    "walk and run": "stand:8,4x(walk:25@1.4,run:35@3.0),stand:6",
}


def told_live(recording: Recording, *, step_s: float = STEP_S, window_s: int = 12) -> pd.DataFrame:
    """The strides of a session that is fed and asked every `step_s`, with the time it told each: `told_s`."""
    session = LiveSession(
        {place: facts(track) for place, track in recording.tracks.items()}, window_s=window_s
    )
    tables = []
    for end_s in np.arange(recording.start_s + step_s, recording.end_s + 2 * step_s, step_s):
        feed(session, recording, end_s - step_s, end_s)
        tables.append(session.strides().assign(told_s=end_s))
    return pd.concat(tables, ignore_index=True)


def feed(session: LiveSession, recording: Recording, start_s: float, end_s: float) -> None:
    """Hand over what all sensors of a recording measured in this time."""
    for place, track in recording.tracks.items():
        session.feed(place, track.samples(start_s, end_s))


def facts(track: SensorTrack) -> SensorFacts:
    """What is declared about a sensor."""
    return {
        "rate_hz": track.rate_hz,
        "acc_range_g": track.acc_range_g,
        "gyr_range_dps": track.gyr_range_dps,
        "mount_height_m": track.mount_height_m,
    }


def beside_batch(batch: pd.DataFrame, live: pd.DataFrame) -> pd.DataFrame:
    """Each stride of the batch, and in columns `name_live` what was told live; NaN where nothing was."""
    sides = []
    for side, ours in batch.groupby("side"):
        theirs = live[live["side"] == side].add_suffix("_live").reset_index(drop=True)
        ours = ours.reset_index(drop=True)
        times = ours["ic_time_s"].to_numpy(), theirs["ic_time_s_live"].to_numpy(np.float64)
        found = match_times(*times, tolerance_s=SAME_STRIDE_S)
        sides.append(ours.join(theirs.iloc[found.ours].set_axis(found.truth)))
    return pd.concat(sides, ignore_index=True)


def agreement(recording: Recording, *, settled_s: float = SETTLED_S) -> dict[str, str]:
    """One row of the table: what is compared as 95th percentile of the difference, and the largest."""
    batch, live = imu.analyze(recording).strides, told_live(recording)
    pairs = beside_batch(batch, live)
    settled = pairs[pairs["ic_time_s"] > batch["ic_time_s"].min() + settled_s]
    ended = settled[
        settled["next_ic_time_s"] < recording.end_s - 1.0
    ]  # the rest would be told a second later
    row = {
        "strides": str(len(ended)),
        "told": f"{ended['ic_time_s_live'].notna().mean():.1%}",
        "lag": f"{(ended['told_s_live'] - ended['next_ic_time_s']).median():.2f} s",
    }
    for name, (factor, unit) in COMPARED.items():
        difference = factor * (ended[f"{name}_live"] - ended[name]).dropna().abs()
        some = len(difference) > 0
        row[name] = f"{difference.quantile(0.95):.2g} ({difference.max():.2g}) {unit}" if some else ""
    return row


def main() -> None:
    """Measure and print, row by row."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.live", description=__doc__)
    parser.add_argument("recordings", nargs="*", type=Path, metavar="RECORDING")
    options = parser.parse_args()
    names = ["recording", "strides", "told", "lag", *(f"`{name}`" for name in COMPARED)]
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for name, recording in _recordings(options.recordings):
        print(f"| {' | '.join([name, *agreement(recording).values()])} |", flush=True)


def _recordings(folders: list[Path]) -> Iterator[tuple[str, Recording]]:
    if folders:
        yield from ((f"{folder.parent.name} {folder.name}", imu.load(folder)) for folder in folders)
        return
    for name, pattern in SIMULATED.items():
        yield name, imu.simulate.simulate(imu.simulate.SimulationConfig(pattern=pattern, seed=4)).recording


if __name__ == "__main__":
    main()
