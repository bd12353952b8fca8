"""`make bench`: the analysis against its goals, as Markdown on standard output."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imu
from tests.benchmarks import own
from tests.benchmarks.hours import hour, repeated
from tests.benchmarks.peers import PEERS, seconds

IMPORT_S = HELP_S = 0.5
RATIO = 12.0
LIVE_UPDATE_S = 0.020
MEMORY_MB = 500.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its goal."""

    what: str
    value: str
    goal: str
    met: bool

    def __str__(self) -> str:
        return f"| {self.what} | {self.value} | {self.goal} | {'yes' if self.met else '**no**'} |"


def main() -> None:
    """Measure and print, line by line as figures come."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--keep", type=Path, default=Path("build/bench"), help="where the simulated hour is kept"
    )
    parser.add_argument("--long", action="store_true", help="also the memory that ten hours take")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    one_hour = hour(options.keep)
    with tempfile.TemporaryDirectory(dir=options.keep) as folder:
        scratch = Path(folder)
        print("| what | measured | goal | met |\n|---|---|---|---|")
        for figure in _figures(one_hour, scratch, lengths=(1, 10) if options.long else (1,)):
            print(figure, flush=True)
        for figure in _peers(hour(options.keep, "walking"), scratch):
            print(figure, flush=True)
        stages_s = own.stages_s(one_hour, scratch / "stages")
        print("\n| stage | time | share |\n|---|---|---|")
        for stage, took_s in stages_s.items():
            print(f"| {stage} | {took_s:.2f} s | {took_s / sum(stages_s.values()):.0%} |")


def _figures(one_hour: Path, scratch: Path, *, lengths: tuple[int, ...]) -> Iterator[Figure]:
    ours_s, yardstick_s = own.analysis_and_yardstick_s(one_hour, scratch / "hour")
    ratio = ours_s / yardstick_s
    yield Figure(
        "one hour, three sensors: Parquet to written strides", f"{ours_s:.2f} s", "about 2-3 s", ours_s < 3
    )
    yield Figure(
        f"the same, as a multiple of `sosfiltfilt` over the 18 channels ({yardstick_s:.2f} s)",
        f"{ratio:.1f}",
        f"≤ {RATIO:g}",
        ratio <= RATIO,
    )
    update_ms = 1000 * own.live_update_s(one_hour)
    limit_ms = 1000 * LIVE_UPDATE_S
    yield Figure(
        "one live update, 10 s of three sensors",
        f"{update_ms:.0f} ms",
        f"< {limit_ms:g} ms",
        update_ms < limit_ms,
    )
    yield from _memory(one_hour, scratch, lengths=lengths)
    for what, script, limit_s in (
        (
            "`restride --help`",
            "import sys; from imu.cli import main; sys.argv[1:] = ['--help']; main()",
            HELP_S,
        ),
        ("`import imu`", "import imu", IMPORT_S),
    ):
        took_s = own.start_s(script)
        yield Figure(what, f"{took_s:.2f} s", f"< {limit_s:g} s", took_s < limit_s)


def _memory(one_hour: Path, scratch: Path, *, lengths: tuple[int, ...]) -> Iterator[Figure]:
    recording = imu.load(one_hour)
    imu.save(imu.simulate.simulate().recording, scratch / "minute")
    for hours in lengths:
        path = scratch / f"{hours}-hours"
        imu.save(repeated(recording, times=hours), path)
        peak_mb = own.peak_memory_mb(path, scratch, warm_up=scratch / "minute")
        what = f"peak extra memory, {hours} hour{'s' if hours > 1 else ''}"
        yield Figure(what, f"{peak_mb:.0f} MB", f"< {MEMORY_MB:g} MB", peak_mb < MEMORY_MB)


def _peers(walking: Path, scratch: Path) -> Iterator[Figure]:
    tracks = imu.load(walking).tracks
    ours_s = own.analysis_s(walking, scratch / "walking") / len(tracks)
    for peer in PEERS:
        if not peer.installed:
            print(f"{peer.name}: not installed (requirements/bench.txt)", file=sys.stderr)
            continue
        theirs_s = seconds(peer, tracks[peer.placement].samples())
        ratio = theirs_s / ours_s
        yield Figure(
            f"{peer.name} ({peer.does}): one sensor-hour of walking",
            f"{theirs_s:.0f} s, {ratio:.0f} x ours ({ours_s:.2f} s)",
            f"≥ {peer.goal:g} x",
            ratio >= peer.goal,
        )


if __name__ == "__main__":
    main()
