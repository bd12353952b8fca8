"""`python -m tests.benchmarks.importing`: an hour of three sensors becomes a run, and what that takes."""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import imu
from imu.analysis import analyze
from imu.followup.importing import import_recording
from imu.followup.run_facts import RunFacts
from imu.recording import Recording
from imu.store import Store
from imu.store.raw_files import content_hash, packed_files
from tests.benchmarks.hours import hour

GOAL_S = 5.0
_START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.importing", description=__doc__)
    parser.add_argument(
        "--keep", type=Path, default=Path("build/bench"), help="where the simulated hour is kept"
    )
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    path = hour(options.keep)
    analyze(imu.load(path))  # what is read and compiled at first use
    with tempfile.TemporaryDirectory(dir=options.keep) as folder:
        scratch = Path(folder)
        store = Store.at(scratch / "home")
        account = store.only_account()
        with store.seen_by(account) as repository:
            athlete_id = repository.sharing.athlete().athlete_id

        def stored(analysis: Any = None) -> None:
            number = len(list((scratch / "home").rglob("pelvis.parquet")))
            import_recording(
                store,
                account,
                athlete_id,
                replace(_loaded(path), start=_START.replace(day=3 + number)),
                facts=RunFacts(),
                analysis_version="0",
                analysis=analysis,
            )

        stored()
        recording = _loaded(path)
        print("| step | processor time | on the clock |\n|---|---|---|")
        _print("load, analyse, pack and store", stored)
        _print("of it: load and analyse", lambda: analyze(_loaded(path)))
        _print("of it: name the recording by its samples", lambda: content_hash(recording))
        _print("of it: pack the recording", lambda: dict(packed_files(recording, scratch)))
        store.close()


def _loaded(path: Path) -> Recording:
    return replace(imu.load(path), start=_START)


def _print(what: str, work: Callable[[], Any]) -> None:
    """The quickest of three."""
    times = []
    for _ in range(3):
        busy, clock = time.process_time(), time.perf_counter()
        work()
        times.append((time.process_time() - busy, time.perf_counter() - clock))
    print(f"| {what} | {min(t[0] for t in times):.2f} s | {min(t[1] for t in times):.2f} s |", flush=True)


if __name__ == "__main__":
    main()
