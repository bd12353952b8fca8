"""How far the segments of simulated runs lie from the truth (docs/charts.md).

    python -m tests.benchmarks.segments

Twenty runners, each in one run: an even one, one with walking and a turn, one of minutes at two paces by
turns, one that grows faster. Strapped-on sensors, not calibrated. A segment is held against the medians of
the 25 true strides around its middle.
"""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from imu.analysis import analyze
from imu.followup.derive import run_of
from imu.simulate import Simulation, SimulationConfig, simulate
from imu.training.history import Run

RUNS = 20
START = datetime(2026, 3, 2, 7, tzinfo=UTC)
PATTERNS = (
    "stand:6,run:480@{slow},stand:6",
    "stand:6,run:120@{slow},walk:60@1.4,run:120@{fast},turn,run:120@{slow},stand:6",
    "stand:6,4x(run:60@{fast},run:60@{slow}),stand:6",
    "stand:6,run:300@{slow}>{fast},stand:6",
)
STRIKES = ("heel", "midfoot", "forefoot")
QUANTITIES = {  # unit, and decimals worth printing
    "speed_mps": ("m/s", 3),
    "shank_angle_ic_deg": ("deg", 2),
    "shank_angle_max_deg": ("deg", 2),
    "pelvic_drop_deg": ("deg", 2),
    "cadence_spm": ("steps/min", 2),
}


def simulated(number: int) -> Simulation:
    rng = np.random.default_rng(number)
    slow = rng.uniform(2.4, 3.2)
    fast = slow + rng.uniform(0.4, 1.4)
    return simulate(
        SimulationConfig(
            pattern=PATTERNS[number % len(PATTERNS)].format(slow=f"{slow:.2f}", fast=f"{fast:.2f}"),
            strike=STRIKES[number % len(STRIKES)],
            height_m=float(rng.uniform(1.6, 1.9)),
            seed=number,
        )
    )


def errors(run: Run, truth: pd.DataFrame) -> pd.DataFrame:
    """Found less true, one row per segment; `share`: of the running strides of a leg that are in one."""
    rows = []
    ran = truth[truth["activity"] == "run"]
    for segment in run.segments:
        own = ran[ran["side"] == segment.side]
        middle_s = 0.5 * (own["ic_time_s"] + own["next_ic_time_s"]).to_numpy()
        around = np.argsort(np.abs(middle_s - _time_s(run, 60 * segment.minute)))[: segment.strides]
        true = own.iloc[around].median(numeric_only=True)
        rows.append(
            {"side": segment.side, **{name: getattr(segment, name) - true[name] for name in QUANTITIES}}
        )
    return pd.DataFrame(rows).assign(run=run.run_id, share=25 * len(rows) / len(ran))


def _time_s(run: Run, running_s: float) -> float:
    """When so much had been run."""
    for bout in run.bouts:
        if bout.activity == "run":
            if running_s <= bout.end_s - bout.start_s:
                return bout.start_s + running_s
            running_s -= bout.end_s - bout.start_s
    raise ValueError("a segment lies in no running")


def _rms(values: "pd.Series[float]") -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def main() -> None:
    parts = []
    for number in range(RUNS):
        simulation = simulated(number)
        run = run_of(analyze(simulation.recording), run_id=f"{number}", start=START)
        parts.append(errors(run, simulation.truth.strides))
    table = pd.concat(parts)
    by_leg = table.groupby(["run", "side"])
    share = table.groupby("run")["share"].first().mean()
    print(f"{len(table)} segments of {RUNS} runs; {share:.0%} of the strides")
    print("| of a segment | bias | rms | of a leg in a run, rms | around that, rms | worst |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, (unit, decimals) in QUANTITIES.items():
        error, of_leg = table[name], by_leg[name].mean()
        rest = error - by_leg[name].transform("mean")
        worst = error.iloc[int(error.abs().argmax())]
        figures = (error.mean(), _rms(error), _rms(of_leg), _rms(rest), worst)
        print(f"| `{name}`, {unit} | " + " | ".join(f"{figure:.{decimals}f}" for figure in figures) + " |")


if __name__ == "__main__":
    main()
