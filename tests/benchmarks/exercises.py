"""`python -m tests.benchmarks.exercises`: exercises counted by the sensors against what simulated people did.

Takes minutes; the same command gives the same figures. Movement is simulated, so the figures tell what noise,
mounting and the differences put into the simulated people do, and nothing of what real people do otherwise.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

import imu
from imu.analysis import RunAnalysis
from imu.signal.exercises import ExerciseSet
from imu.simulate import SimulationConfig, simulate
from imu.simulate.exercise import DoneSet

_TO_THE_MAT = "stand:6,walk:10@1.2,stand:4"
PROGRAMME = (
    f"{_TO_THE_MAT},chair_bridge:50,lie:16,chair_bridge:48:left,bridge_walkout:80,stand:4,"
    "power_position_hold:52:right,stand:4,2x(march_skip_drill:14,stand:12),run:15@3,stand:4"
)
OTHER = {
    "running and walking": "stand:6,walk:40@1.4,run:60@2.8,walk:30@1.2,turn,walk:30@0.8,stand:8",
    "floor bridges, sit-ups, leg raises": f"{_TO_THE_MAT},floor_bridge:45,sit_up:35,leg_raise:35,stand:4",
    "planks": f"{_TO_THE_MAT},plank_pike:45,stand:4,side_plank:45,stand:4",
    "squats, sitting down": f"{_TO_THE_MAT},squat:35,stand:4,sit:40,stand:4",
    "on one leg": (
        f"{_TO_THE_MAT},single_leg_stand:40,stand:4,knee_hug:45:left,stand:4,quad_stretch:45,"
        "stand:4,heel_on_chair:45,stand:4"
    ),
}
UNWALKED = "stand:8,chair_bridge:55,stand:4"
_NOBODY_WALKED = "chair bridge, nobody walked"
_HEIGHTS_M = (1.55, 1.95)


@dataclass(frozen=True, slots=True)
class OneSet:
    """A set that somebody did, and what was found of it."""

    kind: str
    found: bool  # with the right name, over half of its time
    side_wrong: bool = False
    reps_off: int = 0
    hold_errors_s: tuple[float, ...] = ()  # of each repetition, where their number was right
    walking_s: float = 0.0  # of it that was taken for walking


@dataclass(frozen=True, slots=True)
class Counted:
    """One recording."""

    kind: str
    sets: tuple[OneSet, ...]
    false: tuple[str, ...]  # names of sets that nobody did
    hours: float


def count(job: tuple[str, str, int]) -> Counted:
    """Simulate one recording of one person, analyse it, compare."""
    kind, pattern, seed = job
    height_m = float(np.random.default_rng(seed).uniform(*_HEIGHTS_M))
    simulation = simulate(SimulationConfig(pattern=pattern, seed=seed, height_m=height_m))
    analysis = imu.analyze(simulation.recording)
    left, sets = list(analysis.exercises), []
    for true in simulation.truth.exercises:
        fit = next((one for one in left if _same(one, true)), None)
        if fit is not None:
            left.remove(fit)
        named = kind if kind == _NOBODY_WALKED else true.exercise + (", one leg" if true.side else "")
        sets.append(_compared(named, true, fit, analysis))
    return Counted(
        kind, tuple(sets), tuple(one.exercise for one in left), analysis.summary["duration_s"] / 3600
    )


def _same(one: ExerciseSet, true: DoneSet) -> bool:
    shared_s = min(one.end_s, true.end_s) - max(one.start_s, true.start_s)
    return one.exercise == true.exercise and shared_s > 0.5 * (true.end_s - true.start_s)


def _compared(kind: str, true: DoneSet, fit: ExerciseSet | None, analysis: RunAnalysis) -> OneSet:
    walking_s = sum(
        max(0.0, min(bout["end_s"], true.end_s) - max(bout["start_s"], true.start_s))
        for bout in analysis.summary["bouts"]
        if bout["activity"] == "walk"
    )
    if fit is None:
        return OneSet(kind, found=False, walking_s=walking_s)
    errors_s = fit.hold_s - np.array(true.hold_s) if fit.reps == true.reps and true.hold_s else np.empty(0)
    return OneSet(kind, True, fit.side != true.side, fit.reps - true.reps, tuple(errors_s), walking_s)


def main() -> None:
    """Write the tables to standard output."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exercises", description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    people = parser.parse_args().people
    recordings = {"the programme": PROGRAMME, _NOBODY_WALKED: UNWALKED} | OTHER
    jobs = [(kind, plan, seed) for seed in range(1, people + 1) for kind, plan in recordings.items()]
    with ProcessPoolExecutor() as pool:
        counted = list(pool.map(count, jobs, chunksize=7))
    print(page(counted, people), end="")


def page(counted: Sequence[Counted], people: int) -> str:
    """Both tables, Markdown."""
    sets: dict[str, list[OneSet]] = {}
    for recording in counted:
        for one in recording.sets:
            sets.setdefault(one.kind, []).append(one)
    lines = [
        f"{people} simulated people, sensors with field errors.",
        "",
        "| exercise | sets | found | count right | off by | leg wrong | hold: bias, sd, worst | as walking |",
        "|---|---|---|---|---|---|---|---|",
        *(_set_line(kind, done) for kind, done in sets.items()),
        "",
        "| what was done | hours | sets that nobody did | an hour |",
        "|---|---|---|---|",
        *(
            _false_line(kind, [one for one in counted if one.kind == kind])
            for kind in dict.fromkeys(one.kind for one in counted)
        ),
    ]
    return "\n".join(lines) + "\n"


def _set_line(kind: str, done: Sequence[OneSet]) -> str:
    found = [one for one in done if one.found]
    off = np.array([one.reps_off for one in found] or [0])
    errors = np.array([e for one in found for e in one.hold_errors_s])
    hold = "–"
    if len(errors):
        hold = f"{errors.mean():+.2f}, {errors.std():.2f}, {np.abs(errors).max():.2f} s"
    right = sum(one.reps_off == 0 for one in found) / max(len(found), 1)
    share = len(found) / len(done)
    return (
        f"| {kind} | {len(done)} | {share:.1%} | {right:.1%} | {off.min():+d} to {off.max():+d} "
        f"| {sum(one.side_wrong for one in found)} | {hold} | {sum(one.walking_s for one in done):.0f} s |"
    )


def _false_line(kind: str, recordings: Iterable[Counted]) -> str:
    own = list(recordings)
    hours = sum(one.hours for one in own)
    false = Counter(name for one in own for name in one.false)
    names = ", ".join(f"{times} {name}" for name, times in sorted(false.items())) or "0"
    return f"| {kind} | {hours:.1f} | {names} | {false.total() / hours:.2f} |"


if __name__ == "__main__":
    main()
