"""`python -m imu.validation SAMPLES`: the agreement of strides with their truth in seconds, for tuning."""

import argparse
import sys
import time
from pathlib import Path

from imu.validation.evidence import Evidence
from imu.validation.experiments import ALL_SENSORS, SENSOR_SETS, evidence_of
from imu.validation.judging import judge
from imu.validation.tables import agreement_table, goal_chapters, text
from imu.validation.truth import read_samples


def main() -> None:
    options = _options()
    parts = []
    for case in read_samples(
        options.samples, sets=options.sets, variants=options.variants, names=options.names
    ):
        started = time.perf_counter()
        parts.append(evidence_of(case, sensors=options.sensors))
        took_s = time.perf_counter() - started
        print(f"{case.set}/{case.variant}/{case.name}: {took_s:.2f} s", file=sys.stderr)
    evidence = Evidence.joined(parts)
    if len(evidence.refused):
        print(evidence.refused.to_string(index=False), end="\n\n")
    if options.each and len(evidence.contacts):
        print(evidence.contacts.to_string(index=False), end="\n\n")
    by = ["sensors", "activity", *options.by.split(",")]
    if len(evidence.errors):
        print(agreement_table(evidence.errors, by).round(3).to_string(index=False), end="\n\n")
    for chapter in goal_chapters(judge(evidence)):
        print(chapter.title, text(chapter.table), sep="\n", end="\n\n")


def _options() -> argparse.Namespace:
    def words(text: str) -> list[str]:
        return text.split(",")

    parser = argparse.ArgumentParser(prog="python -m imu.validation", description=__doc__)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--sets", type=words, help="rbds,hamner,...")
    parser.add_argument("--variants", type=words, help="clean,field,real")
    parser.add_argument("--names", type=words, help="beginnings of names: RBDS011,hamner")
    known = ",".join([ALL_SENSORS, *SENSOR_SETS])
    parser.add_argument("--sensors", type=words, default=[ALL_SENSORS], help=f"of {known}")
    parser.add_argument("--by", default="set,variant", help="group by: set,variant,speed,runner,side,trial")
    parser.add_argument("--each", action="store_true", help="also contacts per recording")
    return parser.parse_args()


if __name__ == "__main__":
    main()
