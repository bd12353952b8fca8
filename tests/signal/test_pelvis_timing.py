"""The stored weights are what the samples give, and carry over to runners who were left out."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from imu.signal.grid import GRID_HZ
from imu.signal.pelvis_side import ROLL_ORDERS, step_sides
from imu.signal.pelvis_timing import (
    FORCE_ONLY,
    FORCE_SHAPES,
    ROLL_SHAPES,
    SHAPE_ORDERS,
    WITH_ROLL,
    TimingModel,
    force_shapes,
    loading,
    offsets,
    roll_shapes,
)
from imu.signal.search import touched
from imu.signal.step_rhythm import harmonics, running_rhythm

Array = NDArray[np.float64]

EVENTS = ("initial_contact", "toe_off")
SHAPES = list(FORCE_SHAPES + ROLL_SHAPES)
STEPS_SD = 5.0


@pytest.fixture(scope="module")
def steps(pelvis_trial: Callable[..., Any], sample_index: pd.DataFrame) -> pd.DataFrame:
    """Every true step of the samples with force plates: its shapes, and where its events lie, in steps."""
    rows = sample_index[sample_index.set.isin(["rbds", "hamner", "alcantara"])]
    return pd.concat([steps_of(pelvis_trial(row), row["name"]) for _, row in rows.iterrows()])


def steps_of(trial: Any, name: str) -> pd.DataFrame:
    signals, force = trial.signals, np.maximum(trial.signals.vertical_g, 0.0)
    rhythm = running_rhythm(force, trial.missing, sampling_rate_hz=GRID_HZ)
    first, last = rhythm.middle - rhythm.period, rhythm.middle + rhythm.period
    whole = (first >= 0) & (last <= len(force) - 1) & ~touched(trial.missing, first, last)
    rolls = signals.roll_rate_radps is not None
    channels = [force, signals.forward_g, *([signals.roll_rate_radps] if rolls else [])]
    waves = harmonics(np.stack(channels), rhythm.middle, rhythm.period, SHAPE_ORDERS + ROLL_ORDERS)
    loaded = loading(force, signals.forward_g, rhythm, sampling_rate_hz=GRID_HZ)
    shapes = force_shapes(waves[..., :4], rhythm, loaded, sampling_rate_hz=GRID_HZ)
    roll = np.full((len(rhythm), 4), np.nan)
    if rolls:
        roll = roll_shapes(waves[2, :, 4:], step_sides(waves[2, :, 4:], rhythm, whole).likelier)
    averaged = rhythm.averaged(np.hstack([shapes, roll]), whole, steps_sd=STEPS_SD)

    middle = 0.5 * (trial.initial_contact + trial.toe_off)
    k = np.abs(rhythm.middle[:, None] - middle).argmin(axis=0)
    table = pd.DataFrame(averaged[k], columns=SHAPES)
    table["initial_contact"] = (trial.initial_contact - rhythm.middle[k]) / rhythm.period[k]
    table["toe_off"] = (trial.toe_off - rhythm.middle[k]) / rhythm.period[k]
    table["period_ms"] = rhythm.period[k] / GRID_HZ * 1000
    table["runner"], table["name"] = trial.runner, name
    seen = ~touched(trial.missing, (middle - 0.5 * rhythm.period[k]), (middle + 0.5 * rhythm.period[k]))
    known: pd.DataFrame = table[seen & np.isfinite(averaged[k, 0])]
    return known


def fitted(steps: pd.DataFrame, event: str, model: TimingModel) -> dict[str, float]:
    """Weights by the shapes' names, the constant under 'constant'."""
    if model is WITH_ROLL:
        steps = steps.dropna(subset=list(ROLL_SHAPES))
    names = list(getattr(model, event).weights)
    trials = steps.groupby(["runner", "name"])[[*names, event]].mean().reset_index()
    weight = trials.runner.map(trials.runner.value_counts()).to_numpy(np.float64) ** -0.5
    x, y = trials[names].to_numpy(), trials[event].to_numpy()
    mean = np.average(x, axis=0, weights=weight)
    sd = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weight))
    design = np.column_stack([np.ones(len(x)), (x - mean) / sd])
    normal = (design.T * weight) @ design
    normal[1:, 1:] += model.ridge * weight.sum() * np.eye(len(names))
    solution = np.linalg.solve(normal, (design.T * weight) @ y)
    per_unit = solution[1:] / sd
    constant = float(solution[0] - per_unit @ mean)
    return {"constant": constant, **dict(zip(names, per_unit.tolist(), strict=True))}


@pytest.mark.slow
@pytest.mark.parametrize(("model", "event"), list(product([FORCE_ONLY, WITH_ROLL], EVENTS)))
def test_the_stored_weights_are_the_ridge_regression_on_the_samples(
    steps: pd.DataFrame, model: TimingModel, event: str
) -> None:
    stored = getattr(model, event)
    again = fitted(steps, event, model)
    assert again.pop("constant") == pytest.approx(stored.constant, abs=0.002)
    assert again == pytest.approx(dict(stored.weights), abs=0.002)


def predicted(steps: pd.DataFrame, weights: dict[str, float]) -> Array:
    shapes = steps[[name for name in weights if name != "constant"]].to_numpy()
    return np.asarray(weights["constant"] + shapes @ np.array(list(weights.values())[1:]))


@pytest.mark.slow
def test_a_runner_who_was_left_out_of_the_fit_is_timed_within_the_goals(steps: pd.DataFrame) -> None:
    errors = []
    for runner, own in steps.groupby("runner"):
        others = steps[steps.runner != runner]
        models = [FORCE_ONLY] if own[list(ROLL_SHAPES)].isna().all(axis=None) else [FORCE_ONLY, WITH_ROLL]
        error = {
            event: own.period_ms
            * (
                np.mean([predicted(own, fitted(others, event, model)) for model in models], axis=0)
                - own[event]
            )
            for event in EVENTS
        }
        errors.append(pd.DataFrame({**error, "runner": runner}))
    table = pd.concat(errors)
    contact_time = table.toe_off - table.initial_contact
    for event in EVENTS:
        assert abs(table[event].mean()) < 4, event
        assert 1.96 * table[event].std() < 22, event
    assert np.sqrt((contact_time**2).mean()) < 16
    assert np.abs(table.groupby("runner")[list(EVENTS)].mean().to_numpy()).max() < 16


def test_whatever_the_shapes_contact_and_toe_off_stay_where_a_step_can_have_them() -> None:
    wild = np.random.default_rng(1).normal(scale=10.0, size=(200, 11))
    contact, off = offsets(wild)
    assert (contact >= -0.5).all()
    assert (contact < 0).all()
    assert (off > 0).all()
    assert (off <= 0.6).all()


def test_an_unknown_shape_gives_no_time() -> None:
    shapes = np.zeros((2, 7))
    shapes[0] = np.nan
    for event in offsets(shapes):
        assert np.isnan(event).tolist() == [True, False]
