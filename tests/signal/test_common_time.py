"""A watch and strides of one outing are laid on each other where they can be, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from imu.signal.common_time import CLOCKS_SD_S, CommonTime, Rhythm, common_time
from tests.formats.outings import LAG_S, Done, as_worn, done, rhythm_of

PATTERNS = {
    "warm-up": "stand:20,walk:240@1.4,run:600@3.0,walk:60@1.4,stand:10",
    "intervals": "stand:6,run:200@2.8,4x(run:120@4.2,run:60@2.6),run:100@2.8,stand:6",
    "walk and run": "stand:6,walk:60@1.4,6x(run:60@2.6,walk:60@1.4),stand:6",
    "pauses": "stand:6,run:300@3.0,stand:50,run:300@3.1,stand:20,run:150@2.9,stand:6",
}


def laid(what: Done, other: Done, *, seed: int, inside: bool) -> tuple[float, CommonTime]:
    """The true offset, and what is found; the watch ran all along, or only while the run lasted."""
    rng = np.random.default_rng(seed)
    if inside:
        offset_s = float(rng.uniform(30, 90))
        seconds = int(other.duration_s - offset_s - rng.uniform(30, 90))
    else:
        offset_s = float(rng.uniform(-60, 30))
        seconds = int(other.duration_s - offset_s + rng.uniform(-20, 60))
    worn = as_worn(
        other, offset_s=offset_s, seconds=seconds, seed=seed, drift_ppm=float(rng.uniform(-50, 50))
    )
    clocks_s = offset_s + float(rng.choice([rng.normal(0, 3), rng.uniform(-250, 250)]))
    return offset_s, common_time(what.rhythm(), rhythm_of(worn), clocks_offset_s=clocks_s)


@pytest.mark.unhurried
@pytest.mark.parametrize("name", PATTERNS)
def test_the_offset_is_found_within_a_second_of_what_the_watch_shows(name: str) -> None:
    what = done(PATTERNS[name], seed=1)
    for inside in (False, True):
        for chance in (10, 11, 12):
            true_s, found = laid(what, what, seed=chance, inside=inside)
            assert found.by == "movement"
            assert found.offset_s == pytest.approx(true_s - LAG_S, abs=0.7)
            assert abs(found.offset_s - true_s) < 2 * found.sd_s < 5


@pytest.mark.slow
def test_other_peoples_runs_seldom_fit(capsys: pytest.CaptureFixture[str]) -> None:
    outings = {(name, seed): done(text, seed=seed) for name, text in PATTERNS.items() for seed in (1, 2)}
    pairs = [(a, b) for a in outings for b in outings if a[0] != b[0] and a[1] != b[1]]
    found = [
        laid(outings[a], outings[b], seed=chance, inside=inside)[1]
        for chance, (a, b) in enumerate(pairs)
        for inside in (False, True)
    ]
    wrong = sum(one.by == "movement" for one in found)
    with capsys.disabled():
        print(f"\nfalse alignments: {wrong} of {len(found)} pairs of different runs")
    assert wrong <= 0.1 * len(found)


def test_an_even_run_has_only_the_clocks() -> None:
    even = np.arange(1200.0)
    flat = Rhythm(time_s=even, cadence_spm=np.full(1200, 170.0), speed_mps=np.full(1200, 3.0))
    noise = np.random.default_rng(3)
    noisy = replace(flat, cadence_spm=170 + noise.standard_normal(1200))
    for ours in (flat, noisy):
        found = common_time(ours, flat, clocks_offset_s=12.5)
        assert (found.by, found.offset_s, found.sd_s) == ("clocks", 12.5, CLOCKS_SD_S)
        assert "too even" in found.because


def test_one_start_fits_any_other_so_it_proves_nothing() -> None:
    def started(at_s: float) -> Rhythm:
        time_s = np.arange(900.0)
        ran = time_s >= at_s
        return Rhythm(time_s=time_s, cadence_spm=np.where(ran, 170.0, 0.0), speed_mps=np.where(ran, 3.0, 0.0))

    found = common_time(started(300), started(450), clocks_offset_s=0.0)
    assert found.by == "clocks"


def test_even_intervals_fit_at_more_than_one_moment() -> None:
    time_s = np.arange(1800.0)
    speed = 3.0 + 0.7 * (np.floor(time_s / 60) % 2)
    rng = np.random.default_rng(8)
    lines = [
        Rhythm(
            time_s=time_s,
            cadence_spm=150 + 7 * speed + rng.standard_normal(1800),
            speed_mps=speed + 0.05 * rng.standard_normal(1800),
        )
        for _ in range(2)
    ]
    found = common_time(lines[0], lines[1], clocks_offset_s=40.0)
    assert (found.by, found.offset_s) == ("clocks", 40.0)
    assert "more than one moment" in found.because


@pytest.mark.unhurried
def test_too_little_in_common_is_said() -> None:
    what = done(PATTERNS["intervals"], seed=1)
    far = replace(what.rhythm(), time_s=what.rhythm().time_s)
    found = common_time(far, what.rhythm(), clocks_offset_s=what.duration_s + 400)
    assert found.by == "clocks"
    assert "less than two minutes" in found.because


@pytest.mark.unhurried
def test_holes_are_not_bridged() -> None:
    what = done(PATTERNS["pauses"], seed=2)
    worn = as_worn(what, offset_s=0.0, seconds=int(what.duration_s), seed=4)
    line = rhythm_of(worn)
    kept = (line.time_s < 250) | (line.time_s > 420)
    holed = Rhythm(
        time_s=line.time_s[kept], cadence_spm=line.cadence_spm[kept], speed_mps=line.speed_mps[kept]
    )
    found = common_time(what.rhythm(), holed, clocks_offset_s=5.0)
    assert found.offset_s == pytest.approx(-LAG_S, abs=0.7)
