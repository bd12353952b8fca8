"""Other packages on one sensor of the same hour, each doing the most similar thing it offers.

They answer other questions, mostly about walking; what is compared is cost per sensor and hour, not results.
Install them into an environment of their own: requirements/bench.txt.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import pandas as pd

from imu.recording import Samples

RATE_HZ = 200.0
_COLUMNS = ["acc_x", "acc_y", "acc_z", "gyr_x", "gyr_y", "gyr_z"]
_FORWARD, _UP, _RIGHT = range(3)  # axes of an aligned sensor


@dataclass(frozen=True, slots=True)
class Peer:
    """Another package: what of it is run on which sensor, and how many times cheaper we want to be."""

    module: str
    name: str
    does: str
    placement: str
    goal: float
    run: Callable[[Samples], object]

    @property
    def installed(self) -> bool:
        return find_spec(self.module) is not None


def _mobgap(samples: Samples) -> object:
    from mobgap.data import GaitDatasetFromData
    from mobgap.pipeline import MobilisedPipelineHealthy

    signal = _frame(samples, [_UP, _RIGHT, _FORWARD], [1, 1, 1])
    person = {"height_m": 1.76, "sensor_height_m": 1.0, "cohort": "HA"}
    where = {"measurement_condition": "free_living"}
    data = GaitDatasetFromData(
        {"hour": {"LowerBack": signal}}, RATE_HZ, {"hour": person}, {"hour": where}, index_cols=["recording"]
    )
    return MobilisedPipelineHealthy().run(data[0])


def _skdh(samples: Samples) -> object:
    from skdh.gait import GaitLumbar

    assert samples.gyr_radps is not None
    return GaitLumbar().predict(
        time=samples.time_s + 1.7e9,  # it wants seconds since 1970
        accel=samples.acc_mps2.astype(float) / 9.81,
        gyro=samples.gyr_radps.astype(float),
        fs=RATE_HZ,
        height=1.76,
    )


def _gaitmap(samples: Samples) -> object:
    from gaitmap.event_detection import RamppEventDetection
    from gaitmap.stride_segmentation import BarthDtw
    from gaitmap.trajectory_reconstruction import StrideLevelTrajectory
    from gaitmap.utils.coordinate_conversion import convert_left_foot_to_fbf

    signal = _frame(samples, [_FORWARD, _RIGHT, _UP], [1, -1, 1])
    body = convert_left_foot_to_fbf(signal)
    strides = BarthDtw().segment(body, sampling_rate_hz=RATE_HZ).stride_list_
    events = RamppEventDetection().detect(body, strides, sampling_rate_hz=RATE_HZ).min_vel_event_list_
    return StrideLevelTrajectory().estimate(signal, events, sampling_rate_hz=RATE_HZ)


def _frame(samples: Samples, axes: list[int], signs: list[int]) -> pd.DataFrame:
    assert samples.gyr_radps is not None
    acc, gyr = samples.acc_mps2[:, axes] * signs, np.degrees(samples.gyr_radps[:, axes] * signs)
    return pd.DataFrame(np.hstack([acc, gyr]).astype(float), columns=_COLUMNS)


PEERS = (
    Peer("mobgap", "mobgap", "whole pipeline, lower back", "pelvis", 5, _mobgap),
    Peer("skdh", "scikit-digital-health", "GaitLumbar, lower back", "pelvis", 40, _skdh),
    Peer(
        "gaitmap",
        "gaitmap",
        "stride segmentation, events and trajectories, one leg",
        "shank_left",
        60,
        _gaitmap,
    ),
)


def seconds(peer: Peer, samples: Samples) -> float:
    """Processor time of one run; once is enough, they take minutes."""
    from tests.benchmarks.own import best_s

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return best_s(lambda: peer.run(samples), times=1)
