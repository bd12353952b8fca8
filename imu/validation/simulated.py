"""Experiments that need a runner who does what he is told: changes put into a run, sprints, foot strikes."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from imu.analysis import analyze
from imu.errors import RestrideError
from imu.simulate import SimulationConfig, simulate
from imu.validation.evidence import Evidence
from imu.validation.experiments import ALL_SENSORS, UNCALIBRATED, evidence_of, refusal
from imu.validation.truth import simulated_case

VARIANTS = {"clean": "ideal", "field": "field"}  # ours: the simulator's name of the sensors' errors
CHANGE_AT_S = 12 * 60.0
_SETTLED_S = 60.0  # the first minute of a run, and a minute around the change, belong to neither part
_METRICS = ("shank_angle_ic_deg", "pelvic_drop_deg")


@dataclass(frozen=True, slots=True)
class Change:
    """A change put into one side from minute 12 on."""

    name: str
    injection: str  # as the simulator writes it
    metric: str
    side: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of the simulator."""

    name: str
    set: str
    pattern: str
    strike: str = "heel"
    seed: int = 1


CHANGES = (
    Change("sim_shank_change", "left-shank+3@12", "shank_angle_ic_deg", "left"),
    Change("sim_drop_change", "right-drop+2@12", "pelvic_drop_deg", "right"),
)
_SPEEDS = "stand:6,run:60@2.5,run:60@3.5,run:60@5,stand:6"
PLANS = (
    Plan("sim_heel", "simulated", _SPEEDS, "heel", seed=11),
    Plan("sim_midfoot", "simulated", _SPEEDS, "midfoot", seed=12),
    Plan("sim_forefoot", "simulated", _SPEEDS, "forefoot", seed=13),
    *(Plan(f"sim_sprint_{seed}", "sprint", "sprint", seed=seed) for seed in (1, 2, 3)),
)


def change_evidence(change: Change, variant: str) -> Evidence:
    """Twenty minutes with one change: how much each side changed, truly and by our account."""
    config = SimulationConfig(
        pattern="stand:6,run:1200@3,stand:6", injections=(change.injection,), errors=VARIANTS[variant]
    )
    simulation = simulate(config)
    labels = _labels(change.name, "simulated", variant)
    try:
        strides = analyze(simulation.recording).strides
    except RestrideError as error:
        return refusal(labels, str(error))
    ours, truth = strides[strides["valid"].astype(bool)], simulation.truth.strides
    rows = [
        {
            "metric": metric,
            "side": side,
            "injected": (metric, side) == (change.metric, change.side),
            "truth": _later_minus_earlier(truth, metric, side),
            "ours": _later_minus_earlier(ours, metric, side),
        }
        for metric in _METRICS
        for side in ("left", "right")
    ]
    return Evidence.of(labels, changes=pd.DataFrame(rows))


def plan_evidence(plan: Plan, variant: str) -> Evidence:
    """Simulate a plan and compare it like any other recording with truth."""
    config = SimulationConfig(
        pattern=plan.pattern, strike=plan.strike, seed=plan.seed, errors=VARIANTS[variant]
    )
    with TemporaryDirectory() as folder:
        recording = Path(folder) / plan.name
        simulate(config).save(recording)
        return evidence_of(simulated_case(recording, variant=variant, set_name=plan.set))


def _later_minus_earlier(strides: pd.DataFrame, metric: str, side: str) -> float:
    own = strides[(strides["side"] == side) & (strides["activity"] == "run")].set_index("ic_time_s")[metric]
    before = own[(own.index > _SETTLED_S) & (own.index < CHANGE_AT_S - _SETTLED_S)]
    after = own[(own.index > CHANGE_AT_S + _SETTLED_S)]
    return float(after.mean() - before.mean())


def _labels(name: str, set_name: str, variant: str) -> dict[str, str]:
    return {
        "set": set_name,
        "variant": variant,
        "speed": "",
        "trial": name,
        "runner": name,
        "sensors": ALL_SENSORS,
        "calibration": UNCALIBRATED,
    }
