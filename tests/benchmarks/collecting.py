"""`python -m tests.benchmarks.collecting`: every figure of docs/collecting.md, as Markdown."""

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imu.collect.arrivals import fit_arrivals
from imu.collect.clocks import ClockFit, fit_exchanges
from imu.collect.decode import Part, Segment
from imu.collect.hops import find_hops
from imu.collect.journal import read
from imu.collect.records import Record
from imu.collect.recover import finish
from imu.collect.session import create_session, journal_path
from imu.collect.stamps import clock_by_stamps
from imu.collect.stretches import indexed
from imu.collect.writer import JournalWriter
from tests.collect.links import START_NS, BleLink, Clock, bursts, packets
from tests.collect.test_hops import felt, hopping
from tests.collect.toys import a_session, coded, coding, moving, packet, toy_decoder_for

INTERVALS_S = (0.0075, 0.015, 0.03, 0.05, 0.1)
PACKETS_PER_S = 400 // 3  # acceleration and rate at 200 Hz, three samples each


def main() -> None:
    """Measure and print, table by table."""
    print(
        "| connection interval | live bursts | two bursts | stamps, steady | stamps, 0.1 % warming |", end=""
    )
    print(" arrivals, steady | arrivals, 0.1 % warming |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for interval_s in INTERVALS_S:
        live_ms = max(_exchanged_ms(interval_s, np.arange(0, 3600, 30.0), 30, seed) for seed in range(5))
        log_ms = max(_exchanged_ms(interval_s, np.array([0.0, 3600.0]), 100, seed) for seed in range(10))
        steady_ms, warming_ms = (_arrived_ms(interval_s, drift) for drift in (0.0, 1e-3))
        stamped_ms = [_arrived_ms(interval_s, drift, stamped=True) for drift in (0.0, 1e-3)]
        figures_ms = [live_ms, log_ms, *stamped_ms, steady_ms, warming_ms]
        cells = " | ".join(f"{figure_ms:.1f} ms" for figure_ms in figures_ms)
        print(f"| {1e3 * interval_s:g} ms | {cells} |", flush=True)
    _hop_figures()
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


def _arrived_ms(interval_s: float, drift: float, *, stamped: bool = False) -> float:
    """How far six streams without time are apart, at worst in an hour; `stamped` a quarter second in 32."""
    errors_s = []
    for seed in range(6):
        random = np.random.default_rng(seed)
        time_s = np.arange(720_000) / (200 * (1 + random.uniform(-0.01, 0.01)))
        sample_s = 2.0 + time_s + drift * (time_s - 600 * (1 - np.exp(-time_s / 600)))
        link = BleLink(interval_s * (1 + random.uniform(-50e-6, 50e-6)), repeated_share=0.1)
        index, arrival_s = packets(sample_s, link, random)
        if stamped:
            fit = _stamped(sample_s, index, arrival_s, link, random)
        else:
            fit = fit_arrivals(index, arrival_s, rate_hz=200.0)
        errors_s.append(fit.timeline.at(np.arange(0, 720_000, 200.0)) - sample_s[::200])
    return 1e3 * float(np.ptp(errors_s, axis=0).max())


def _stamped(
    sample_s: NDArray[np.float64],
    index: NDArray[np.float64],
    arrival_s: NDArray[np.float64],
    link: BleLink,
    random: np.random.Generator,
) -> ClockFit:
    """The clock of one stream by its stamps."""
    tick_s, clock = 48 / 32768, Clock(random.uniform(0, 4000), random.uniform(-40, 40))
    starts_s = np.append(np.arange(2.5, sample_s[-1] - 5, 32.5), sample_s[-1])
    asked_s = bursts(starts_s, count=30, random=random, pause_s=0.15)
    exchanges = link.exchanges(clock, asked_s, random, tick_s=tick_s)
    by_exchanges = fit_exchanges(exchanges, tick_s=tick_s, start_ns=START_NS)
    assert by_exchanges is not None
    burst = np.append(starts_s[:-1] + 3, sample_s[-1] - 0.3)
    rows = np.concatenate([np.searchsorted(sample_s, start_s) + np.arange(50) for start_s in burst])
    counts = random.normal(0, 200, (len(sample_s), 3)).astype(np.int16)
    sent_s = link.arrival(sample_s[rows] + 0.0005, random)
    told = coding(stamp_tick_s=tick_s)
    stream = _part(counts[: int(index[-1]) + 1], index.astype(np.int64) + 1, arrival_s)
    twins = _part(counts[rows], np.arange(1, len(rows) + 1), sent_s)
    ticks = np.floor(clock.at(sample_s[rows]) / tick_s).astype(np.int64)
    segment = Segment(told, START_NS, 0, {"acc": [stream]}, [replace(twins, ticks=ticks)])
    placed = indexed(stream, segment, start_ns=START_NS, interval_s=None)
    fit = clock_by_stamps(stream, placed, segment, by_exchanges, start_ns=START_NS)
    assert fit is not None
    return fit


def _part(counts: NDArray[np.int16], end_row: NDArray[np.int64], arrival_s: NDArray[np.float64]) -> Part:
    arrival_ns = START_NS + np.round(arrival_s * 1e9).astype(np.int64)
    return Part(counts, None, 0, end_row, arrival_ns, np.zeros(len(end_row), np.int64))


def _hop_figures() -> None:
    """What three hops of 24 simulated runners say of clocks that agree."""
    late_ms, said_ms = [], []
    for seed in range(24):
        worn = felt(hopping(seed, rate_hz=(100.0, 200.0)[seed % 2]))
        for hops in find_hops(worn, reference="shank_left"):
            late_ms.append([1e3 * hops.late_s[p] for p in ("shank_right", "pelvis")])
            said_ms.append([hops.uncertainty_ms[p] for p in ("shank_right", "pelvis")])
    late, said = np.array(late_ms), np.array(said_ms)
    print(f"\nthree hops, found {len(late)} of 24 times")
    for column, name in enumerate(("right shank against left", "pelvis against left shank")):
        one = late[:, column]
        held = np.mean(np.abs(one) <= said[:, column])
        print(
            f"{name}: mean {one.mean():.1f} ms, sd {one.std():.1f} ms, worst {np.abs(one).max():.1f} ms",
            end="",
        )
        print(f"; said {np.median(said[:, column]):.0f} ms (median), held in {held:.0%}")


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
