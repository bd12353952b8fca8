"""What the error of the shank angle at contact is made of, on the `rbds` samples (docs/method.md, limits).

    python -m tests.benchmarks.angle_parts ../shared/samples

timing: our curve at our contact against our curve at the true one. With true contacts: our curve at the true
contact against the truth. Another line: a line fixed to the bone and vertical in standing against the one
from knee to ankle, which is the truth.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import imu
from imu.analysis.measure import measure
from imu.analysis.survey import survey
from imu.analysis.window import Blocks
from imu.signal.grid import GRID_HZ
from imu.signal.search import value_at
from imu.validation.truth import Case, read_samples

SAME_CONTACT_S = 0.1
PARTS = ("error", "timing", "with true contacts", "another line")


def parts_of(case: Case) -> pd.DataFrame:
    """One row per true contact of which we have the angle, degrees."""
    assert case.series is not None
    recording, truth, series = imu.load(case.recording), case.strides(), pd.read_parquet(case.series)
    truth = truth[truth["ic_time_s"].between(*case.window_s)]
    blocks = Blocks(recording)
    found, (block,) = survey(recording, blocks), tuple(blocks)  # half a minute is one block
    measured = measure(block, found, recording)
    tables = []
    for (side, motion), name in zip(measured.shanks, ("left", "right"), strict=True):
        own = truth[truth["side"] == name]
        true_s, true_deg = own["ic_time_s"].to_numpy(), own["shank_angle_ic_rel_deg"].to_numpy()
        of_leg = measured.columns["side"] == side
        time_s, angle_deg = (measured.columns[c][of_leg] for c in ("ic_time_s", "shank_angle_ic_deg"))
        nearest = np.abs(time_s[:, None] - true_s).argmin(axis=0)
        same = np.abs(time_s[nearest] - true_s) < SAME_CONTACT_S
        ours_deg = np.where(same, angle_deg[nearest], np.nan)
        there_deg = value_at(motion.inclination_deg, (true_s - block.start_s) * GRID_HZ)
        line_deg = np.interp(true_s, series["time"], series[f"shank_line_{name}"])
        columns = (ours_deg - true_deg, ours_deg - there_deg, there_deg - true_deg, line_deg - true_deg)
        tables.append(pd.DataFrame(dict(zip(PARTS, columns, strict=True))).assign(side=name))
    return pd.concat(tables).dropna().assign(trial=case.name, variant=case.variant)


def rms(values: "pd.Series[float]") -> float:
    return float(np.sqrt((values**2).mean()))


def left_minus_right(table: pd.DataFrame, part: str) -> "pd.Series[float]":
    """Of each trial's means."""
    sides = table.pivot_table(index="trial", columns="side", values=part)
    return sides["left"] - sides["right"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("samples", type=Path)
    cases = read_samples(parser.parse_args().samples, sets=["rbds"])
    rows = pd.concat([parts_of(case) for case in cases])
    for variant, table in rows.groupby("variant"):
        print(f"{variant}, {len(table)} contacts: rms, and of left minus right, degrees")
        for part in PARTS:
            print(f"  {part:20}{rms(table[part]):6.2f}{rms(left_minus_right(table, part)):6.2f}")


if __name__ == "__main__":
    main()
