"""What calibrated chips win: shank angle at contact and left minus right, on simulated runners.

    python -m tests.benchmarks.calibrated --runners 60

Every runner's two shank sensors are laid on six faces and turned as `restride calibrate` asks for, by a hand
that misses the straight edge by 0.5 degrees (1 sd); then the same run is analysed as the chips read it and
calibrated.
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from imu.analysis import analyze
from imu.devices.calibration import ChipCalibration
from imu.recording import Recording, Samples, SensorTrack
from imu.simulate import SimulationConfig, simulate
from imu.simulate.boards.worn import Wearer
from imu.simulate.truth import Truth
from tests.collect.table import Step, Table

SHANKS = ("shank_left", "shank_right")
EDGE_DEG = 0.5


def by_hand(
    wearer: Wearer, placement: str, *, misses_deg: NDArray[np.float64]
) -> dict[str, ChipCalibration | None]:
    """Calibrations of one sensor, by what was done for it."""
    table = Table(wearer, placement)
    faces: tuple[Step, ...] = ("x", "-x", "y", "-y", "z", "-z")
    turns: tuple[Step, ...] = tuple(
        step
        for axis, miss in zip("zyx", misses_deg, strict=True)
        for step in (axis, (360.0 + float(miss), 3.0))
    )
    table.does(*faces)
    still = table.fitted().calibration
    table.does(*turns)
    assert table.progress.open_axes == []
    both = table.fitted().calibration
    gyroscope = ChipCalibration(gyr_bias_dps=both.gyr_bias_dps, gyr_scale=both.gyr_scale)
    return {
        "as the chips read": None,
        "six faces": still,
        "turns alone": gyroscope,
        "six faces and turns": both,
    }


def calibrated(track: SensorTrack, known: ChipCalibration | None) -> SensorTrack:
    if known is None:
        return track
    whole = track.samples()
    assert whole.gyr_radps is not None
    acc = (whole.acc_mps2 - np.array(known.acc_bias_g) * 9.80665) * known.acc_scale
    gyr = (whole.gyr_radps - np.radians(known.gyr_bias_dps)) * known.gyr_scale
    samples = Samples(whole.time_s, acc.astype(np.float32), gyr.astype(np.float32))
    return replace(track, read=samples.between)


def errors_deg(recording: Recording, truth: Truth) -> tuple[float, float]:
    """Mean error of the shank angle at contact, left and right."""
    ours = analyze(recording).strides
    found = []
    for side in ("left", "right"):
        own = ours[(ours["side"] == side) & ours["valid"] & (ours["activity"] == "run")]
        true = truth.strides[truth.strides["side"] == side]
        apart_s = np.abs(own["ic_time_s"].to_numpy()[:, None] - true["ic_time_s"].to_numpy())
        nearest, same = apart_s.argmin(axis=1), apart_s.min(axis=1) < 0.1
        off = own["shank_angle_ic_deg"].to_numpy() - true["shank_angle_ic_deg"].to_numpy()[nearest]
        found.append(float(np.nanmean(off[same])))
    return found[0], found[1]


def runner(seed: int) -> Mapping[str, tuple[float, float]]:
    config = SimulationConfig(pattern="stand:10,run:60@3,stand:8", seed=seed)
    simulation, wearer = simulate(config), Wearer(config, begins_s=1e6)
    chance = np.random.default_rng(seed)
    known = {p: by_hand(wearer, p, misses_deg=chance.normal(0.0, EDGE_DEG, 3)) for p in SHANKS}
    tracks = simulation.recording.tracks
    return {
        how: errors_deg(
            replace(
                simulation.recording,
                tracks={**tracks, **{p: calibrated(tracks[p], known[p][how]) for p in SHANKS}},
            ),
            simulation.truth,
        )
        for how in known[SHANKS[0]]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runners", type=int, default=60)
    found = [runner(seed) for seed in range(parser.parse_args().runners)]
    print(f"{len(found)} runners; rms over runners, degrees: angle of a leg, left minus right (95th, worst)")
    for how in found[0]:
        sides = np.array([one[how] for one in found])
        apart = sides[:, 0] - sides[:, 1]
        leg, both = (float(np.sqrt(np.mean(each**2))) for each in (sides, apart))
        high, worst = np.quantile(np.abs(apart), 0.95), np.abs(apart).max()
        print(f"  {how:22}{leg:6.2f}{both:6.2f}   ({high:.2f}, {worst:.2f})")


if __name__ == "__main__":
    main()
