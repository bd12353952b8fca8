"""Motion-capture trials as a samples folder: recordings in the product's format, their truth beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from imu.errors import RestrideError
from imu.recording import Body, Recording, SensorTrack, save
from imu.validation.motion_capture import Capture, TrialFiles, find_trials, read_capture
from imu.validation.motion_truth import (
    body_mass_kg,
    force_contacts,
    pelvic_roll_deg,
    shank_angle_deg,
    true_strides,
)
from imu.validation.virtual_imu import Motion, grow_from_rest, matrices, smooth_motion, virtual_imu

VIRTUAL_SET = "rbds"
RATE_HZ = 200.0
STAND_S = 6.0  # quiet standing before the run, as a runner is asked for
RAMP_S = 1.5  # from standing to running; not judged
EDGE_S = 0.12  # the window opens this long before the first true contact: shorter than any step
SERIES_HZ = 100.0


@dataclass(frozen=True, slots=True)
class VirtualRun:
    """One trial as the sensors would have recorded it, and what was true."""

    recording: Recording
    strides: pd.DataFrame  # the truth, recording clock
    series: pd.DataFrame  # shank_abs_left, shank_abs_right, roll (deg), pelvis_height (m) at 100 Hz
    window_s: tuple[float, float]  # in which truth and recording may be compared


def virtual_run(files: TrialFiles) -> VirtualRun:
    """Sensors on both shanks and the pelvis of a captured runner, who stands first and then runs."""
    capture = read_capture(files)
    motions = _motions(capture)
    frames_s = capture.poses["pelvis"].time_s
    contacts = force_contacts(capture.force, capture.heel_height_m, frames_s).shifted(STAND_S)
    strides = true_strides(motions, capture.skeleton, contacts, belt_mps=files.belt_mps)
    strides = strides[strides["ic_time_s"] > STAND_S + RAMP_S].reset_index(drop=True)
    if strides.empty:
        raise RestrideError(f"{files.running}: no stride found on the force plate")
    return VirtualRun(
        recording=_recording(files, capture, motions),
        strides=strides,
        series=_series(capture, motions),
        window_s=(
            float(strides["ic_time_s"].min()) - EDGE_S,
            float(strides["next_ic_time_s"].max()) + EDGE_S,
        ),
    )


@dataclass(frozen=True, slots=True)
class VirtualSamples:
    folder: Path  # a samples folder with its index.csv
    refused: Mapping[str, str]  # trials that cannot be rebuilt: name and reason


def write_virtual_samples(
    folder: Path, out: Path, *, progress: Callable[[float], None] | None = None
) -> VirtualSamples:
    """Turn every C3D running trial of a folder into a recording with truth, in a samples folder `out`.

    A trial that cannot be rebuilt does not cost the others; if none can, its reason is the error.
    """
    trials = list(find_trials(folder))
    if not trials:
        raise RestrideError(f"{folder}: neither an index.csv nor a C3D trial (RBDS001runT25.c3d) in it")
    rows, refused = [], {}
    for done, files in enumerate(trials, start=1):
        try:
            rows.append(_write(files, virtual_run(files), out))
        except RestrideError as error:
            refused[files.name] = str(error)
        if progress is not None:
            progress(done / len(trials))
    if not rows:
        raise RestrideError(next(iter(refused.values())))
    pd.DataFrame(rows).to_csv(out / "index.csv", index=False)
    return VirtualSamples(out, refused)


def _write(files: TrialFiles, run: VirtualRun, out: Path) -> dict[str, object]:
    """Write one recording and its truth; its row of the index."""
    truth = out / "truth"
    truth.mkdir(parents=True, exist_ok=True)
    save(run.recording, out / "recordings" / files.name)
    run.strides.round(5).to_csv(truth / f"{files.name}.strides.csv", index=False)
    run.series.to_parquet(truth / f"{files.name}.series.parquet", index=False)
    return {
        "name": files.name,
        "set": VIRTUAL_SET,
        "variant": "clean",
        "recording": f"recordings/{files.name}",
        "truth": f"truth/{files.name}.strides.csv",
        "series": f"truth/{files.name}.series.parquet",
        "window_start_s": round(run.window_s[0], 3),
        "window_end_s": round(run.window_s[1], 3),
        "belt_mps": files.belt_mps,
    }


def _motions(capture: Capture) -> dict[str, Motion]:
    """Every segment, standing first; the runner stands where on average he runs, so the ramp goes nowhere."""
    mean_m = capture.poses["pelvis"].position_m.mean(axis=0)
    there = (mean_m - capture.skeleton.centre_m["pelvis"]) * np.array([1.0, 0.0, 1.0])
    return {
        segment: smooth_motion(
            grow_from_rest(
                pose, rest_m=capture.skeleton.centre_m[segment] + there, stand_s=STAND_S, ramp_s=RAMP_S
            )
        )
        for segment, pose in capture.poses.items()
    }


def _recording(files: TrialFiles, capture: Capture, motions: dict[str, Motion]) -> Recording:
    skeleton = capture.skeleton
    tracks = {}
    for segment, motion in motions.items():
        time_s = np.arange(0, motion.end_s, 1 / RATE_HZ)
        samples = virtual_imu(
            motion, time_s, at_m=skeleton.sensor_m[segment], mount=_mount(files.name, segment)
        )
        height_m = None if segment == "pelvis" else skeleton.mount_height_m(segment)
        tracks[segment] = SensorTrack.from_samples(
            segment, samples, device="virtual", rate_hz=RATE_HZ, mount_height_m=height_m
        )
    return Recording(
        tracks=tracks,
        athlete=files.runner,
        notes="virtual sensors from motion capture",
        body=Body(mass_kg=round(body_mass_kg(capture.force), 1), shank_length_m=skeleton.shank_length_m),
    )


def _mount(trial: str, segment: str) -> NDArray[np.float64]:
    """Some rotation, the same on every day: a sensor is strapped on as it happens."""
    lottery = np.random.default_rng(crc32(f"{trial} {segment}".encode()))
    return np.asarray(matrices(lottery.normal(size=(1, 4)))[0])


def _series(capture: Capture, motions: dict[str, Motion]) -> pd.DataFrame:
    pelvis, skeleton = motions["pelvis"], capture.skeleton
    time_s = np.arange(0, pelvis.end_s, 1 / SERIES_HZ)
    return pd.DataFrame(
        {
            "time": time_s,
            "shank_abs_left": shank_angle_deg(motions["shank_left"], skeleton, "shank_left", time_s),
            "shank_abs_right": shank_angle_deg(motions["shank_right"], skeleton, "shank_right", time_s),
            "roll": pelvic_roll_deg(pelvis, skeleton, time_s),
            "pelvis_height": pelvis.point(time_s, skeleton.sensor_m["pelvis"])[:, 1],
        }
    )
