"""`python -m tests.benchmarks.reprocessing`: how fast runs are derived again, in processes and on a cluster.

Prints the table of docs/performance.md. Every way derives the same runs in the same call; wall clock, the
start of processes included. A cluster runs before, and has loaded the program from the second try on. Its
workers are on this computer.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from imu.followup.importing import import_recording
from imu.followup.rederive import Derive
from imu.followup.reprocessing import reprocess
from imu.followup.run_facts import RunFacts
from imu.followup.workplaces import here, in_processes, on_cluster
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, Store


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reprocessing", description=__doc__)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--repeat", type=int, default=2, help="the quickest of so many tries counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store.at(Path(folder))
        viewer, athlete_id = filled(store, runs=options.runs, minutes=options.minutes)
        took_s = {}
        for name, place in _places():
            tries = [_took_s(store, viewer, athlete_id, place) for _ in range(options.repeat)]
            took_s[name] = min(tries)
        store.close()
    first_s = next(iter(took_s.values()))
    print(f"{options.runs} runs of {options.minutes:g} minutes, three sensors, {os.cpu_count()} cores;")
    print(f"{os.getloadavg()[1]:.1f} processes wanted a core at a time, these among them\n")
    print("| where | runs a minute | times one process |\n|---|---:|---:|")
    for name, seconds in took_s.items():
        print(f"| {name} | {60 * options.runs / seconds:.1f} | {first_s / seconds:.2f} |")


def filled(store: Store, *, runs: int, minutes: float) -> tuple[Account, str]:
    viewer = store.only_account()
    with store.seen_by(viewer) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    for number in range(runs):
        config = SimulationConfig(pattern=f"stand:5,run:{60 * minutes - 10:g}@3,stand:5", seed=number)
        start = store.now() - timedelta(days=1 + number)
        recording = replace(simulate(config).recording, start=start)
        import_recording(store, viewer, athlete_id, recording, facts=RunFacts(), analysis_version="before")
    return viewer, athlete_id


def _places() -> Iterator[tuple[str, Derive]]:
    yield "one process", here
    yield "two processes", in_processes(2)
    for workers, words in ((1, "one worker"), (2, "two workers")):
        with cluster(workers) as address:
            yield f"a Dask cluster of {words}", on_cluster(address)


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as made:
        yield made.scheduler_address


def _took_s(store: Store, viewer: Account, athlete_id: str, place: Derive) -> float:
    began_s = time.perf_counter()
    done = reprocess(store, viewer, [athlete_id], derive=place, analysis_version="after", everything=True)
    assert not done.not_derived, done.not_derived
    return time.perf_counter() - began_s


if __name__ == "__main__":
    main()
