"""`python -m imu.validation SAMPLES`: the agreement of strides with their truth in seconds, for tuning."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pandas as pd

from imu.analysis import analyze
from imu.recording import load
from imu.validation.scoring import score_strides
from imu.validation.tables import agreement_table, text_table
from imu.validation.truth import Case, read_samples

_SHOWN_COVERAGE = ("contact_time_s", "shank_angle_ic_deg", "pelvic_drop_deg")


def main() -> None:
    options = _options()
    errors, counts = [], []
    for case in read_samples(
        options.samples, sets=options.sets, variants=options.variants, names=options.names
    ):
        if case.truth.suffix != ".csv":
            continue
        started = time.perf_counter()
        case_errors, count = _score(case)
        print(
            f"{case.set}/{case.variant}/{case.name}: {time.perf_counter() - started:.2f} s", file=sys.stderr
        )
        errors.append(case_errors)
        counts.append(count)
    if not errors:
        sys.exit("nothing to score: no recording fits --sets, --variants and --names")
    by = options.by.split(",")
    print(text_table(agreement_table(pd.concat(errors), by)))
    table = pd.DataFrame(counts)
    print()
    print(text_table(table.groupby(by, sort=False).sum(numeric_only=True).reset_index()))
    if options.each:
        print()
        print(text_table(table))
        print(text_table(agreement_table(pd.concat(errors), ["set", "variant", "trial"])))


def _score(case: Case) -> tuple[pd.DataFrame, dict[str, object]]:
    truth = case.strides()
    strides = analyze(load(case.recording)).strides
    start_s, end_s = case.window_s
    score = score_strides(strides, truth, window_start_s=start_s, window_end_s=end_s)
    labels = {"set": case.set, "variant": case.variant, "speed": case.speed, "trial": case.name}
    contacts = score.contacts
    counts: dict[str, object] = {
        "true": contacts.true,
        "missed": contacts.missed,
        "extra": contacts.extra,
        "side_wrong": contacts.side_wrong,
        "side_unknown": contacts.side_unknown,
    }
    for metric, true, covered in score.coverage.itertuples(index=False):
        if metric in _SHOWN_COVERAGE:
            counts |= {f"strides ({metric})": true, f"valid ({metric})": covered}
    return score.errors.assign(runner=case.runner, **labels), labels | counts


def _options() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(prog="python -m imu.validation", description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--sets", type=words, help="rbds,hamner,...")
    parser.add_argument("--variants", type=words, help="clean,field,real")
    parser.add_argument("--names", type=words, help="beginnings of names: RBDS011,hamner")
    parser.add_argument("--by", default="set,variant", help="group by: set,variant,speed,runner,side,trial")
    parser.add_argument("--each", action="store_true", help="also one line per trial")
    return parser.parse_args()


if __name__ == "__main__":
    main()
