"""`python -m tests.benchmarks.collecting`: every figure of docs/collecting.md, as Markdown."""

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imu.collect.arrivals import fit_arrivals
from imu.collect.clocks import fit_exchanges
from imu.collect.journal import read
from imu.collect.records import Record
from imu.collect.recover import finish
from imu.collect.session import create_session, journal_path
from imu.collect.writer import JournalWriter
from tests.collect.links import START_NS, BleLink, Clock, bursts, packets
from tests.collect.toys import a_session, coded, coding, moving, packet, toy_decoder_for

INTERVALS_S = (0.0075, 0.015, 0.03, 0.05, 0.1)
PACKETS_PER_S = 400 // 3  # acceleration and rate at 200 Hz, three samples each


def main() -> None:
    """Measure and print, table by table."""
    print("| connection interval | live bursts | two bursts | arrivals, steady | arrivals, 0.1 % warming |")
    print("|---:|---:|---:|---:|---:|")
    for interval_s in INTERVALS_S:
        live_ms = max(_exchanged_ms(interval_s, np.arange(0, 3600, 30.0), 30, seed) for seed in range(5))
        log_ms = max(_exchanged_ms(interval_s, np.array([0.0, 3600.0]), 100, seed) for seed in range(10))
        steady_ms, warming_ms = (_arrived_ms(interval_s, drift) for drift in (0.0, 1e-3))
        cells = f"{live_ms:.1f} ms | {log_ms:.1f} ms | {steady_ms:.1f} ms | {warming_ms:.1f} ms"
        print(f"| {1e3 * interval_s:g} ms | {cells} |")
    with tempfile.TemporaryDirectory() as folder:
        _journal_figures(Path(folder))


def _exchanged_ms(interval_s: float, starts_s: NDArray[np.float64], count: int, seed: int) -> float:
    """How far three sensors are apart, at worst in an hour."""
    random, link = np.random.default_rng(seed), BleLink(interval_s, repeated_share=0.1)
    times_s, errors_s = np.linspace(0, 3600, 500), []
    for skew_ppm in (-40.0, 0.0, 40.0):
        clock = Clock(random.uniform(0, 4000), skew_ppm)
        asked_s = bursts(starts_s, count=count, random=random)
        exchanges = link.exchanges(clock, asked_s, random, tick_s=48 / 32768)
        fit = fit_exchanges(exchanges, tick_s=48 / 32768, start_ns=START_NS)
        assert fit is not None
        errors_s.append(fit.timeline.at(clock.at(times_s)) - times_s)
    return 1e3 * float(np.ptp(errors_s, axis=0).max())


def _arrived_ms(interval_s: float, drift: float) -> float:
    """How far six sensors without time stamps are apart, at worst in an hour."""
    errors_s = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        time_s = np.arange(720_000) / (200 * (1 + random.uniform(-0.01, 0.01)))
        sample_s = 2.0 + time_s + drift * (time_s - 600 * (1 - np.exp(-time_s / 600)))
        link = BleLink(interval_s * (1 + random.uniform(-50e-6, 50e-6)), repeated_share=0.1)
        index, arrival_s = packets(sample_s, link, random)
        fit = fit_arrivals(index, arrival_s, rate_hz=200.0)
        errors_s.append(fit.timeline.at(np.arange(0, 720_000, 200.0)) - sample_s[::200])
    return 1e3 * float(np.ptp(errors_s, axis=0).max())


def _journal_figures(folder: Path) -> None:
    create_session(folder / "session", a_session("pelvis"))
    path = journal_path(folder / "session", "pelvis")
    records = _an_hour()
    begin_s = time.process_time()
    with JournalWriter(path) as writer:
        for record in records:
            writer.append(record)
    print(
        f"\nwriting an hour of one sensor: {time.process_time() - begin_s:.1f} s of processor time, ", end=""
    )
    print(f"{path.stat().st_size / 1e6:.0f} MB, slowest sync {1e3 * writer.slowest_sync_s:.0f} ms")
    del records
    begin_s = time.process_time()
    n_records = sum(1 for _ in read(path))
    print(f"reading it: {time.process_time() - begin_s:.1f} s, {n_records} records")
    begin_s = time.process_time()
    rows = finish(folder / "session", folder / "run", decoder_for=toy_decoder_for).rows
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1 << 20 if sys.platform == "darwin" else 1024
    )
    print(
        f"finishing it: {time.process_time() - begin_s:.1f} s, {rows['pelvis']} rows, peak {peak_mb:.0f} MB"
    )


def _an_hour() -> list[Record]:
    counts = moving(3 * 1000)
    records: list[Record] = [coded(coding())]
    for number in range(PACKETS_PER_S * 3600 // 2):
        rows = slice(number % 1000 * 3, number % 1000 * 3 + 3)
        arrival_s = (3 * number + 2) / 200 + 0.005
        records.append(packet(arrival_s, "acc", counts[rows, :3]))
        records.append(packet(arrival_s, "gyr", counts[rows, 3:]))
    return records


if __name__ == "__main__":
    main()
