"""Two lines of one outing, made by hand: the offset between their clocks, and when it cannot be told."""

import numpy as np
import pytest
from numpy.typing import NDArray

from imu.signal.common_time import CLOCKS_SD_S, LAG_SD_S, CommonTime, Rhythm, common_time

Floats = NDArray[np.float64]


def outing(seconds: int, *, seed: int = 5, begin_s: float = 0.0) -> Rhythm:
    """Stands, walks and runs of uneven length, with paces of their own, once a second."""
    random = np.random.default_rng(seed)
    cadence, speed = np.zeros(seconds), np.zeros(seconds)
    at = 0
    while at < seconds:
        lasts = int(random.integers(30, 150))
        usual_spm, usual_mps = [(0.0, 0.0), (110.0, 1.4), (168.0, 2.9)][int(random.integers(3))]
        part = slice(at, at + lasts)
        n = len(cadence[part])
        sway = 4 * np.sin(np.arange(n) / random.uniform(4, 15)) if usual_spm else np.zeros(n)
        cadence[part] = usual_spm + sway
        speed[part] = np.maximum(usual_mps + 0.05 * sway, 0) if usual_spm else 0.0
        at += lasts
    return Rhythm(time_s=begin_s + np.arange(float(seconds)), cadence_spm=cadence, speed_mps=speed)


def shown_by(watch_s: float, line: Rhythm, *, first: int = 0, last: int | None = None) -> Rhythm:
    """What a watch shows whose clock is so much behind: a time of it and `watch_s` are one of ours."""
    here = slice(first, last)
    return Rhythm(
        time_s=line.time_s[here] - watch_s,
        cadence_spm=line.cadence_spm[here],
        speed_mps=line.speed_mps[here],
    )


@pytest.mark.parametrize("offset_s", [0.0, 7.5, -42.0, 180.0])
@pytest.mark.parametrize("begin_s", [0.0, 1000.4])
def test_the_same_line_is_found_where_it_was_put(offset_s: float, begin_s: float) -> None:
    ours = outing(1500, begin_s=begin_s)
    found = common_time(ours, shown_by(offset_s, ours), clocks_offset_s=0.0)
    assert (found.by, found.because) == ("movement", "")
    assert found.offset_s == pytest.approx(offset_s, abs=0.3)
    assert LAG_SD_S < found.sd_s < 2.5
    assert found.gain > 100
    assert found.second_share is not None
    assert found.second_share < 0.5


def test_a_part_of_an_outing_is_enough() -> None:
    ours = outing(1500)
    found = common_time(ours, shown_by(20.0, ours, first=300, last=1100), clocks_offset_s=0.0)
    assert found.by == "movement"
    assert found.offset_s == pytest.approx(20.0, abs=0.3)


def by_clocks(found: CommonTime, offset_s: float, words: str) -> None:
    assert (found.by, found.offset_s, found.sd_s) == ("clocks", offset_s, CLOCKS_SD_S)
    assert found.because == words


@pytest.mark.parametrize(("seconds", "by"), [(100, "clocks"), (400, "movement")])
def test_less_than_two_minutes_in_common_tell_nothing(seconds: int, by: str) -> None:
    ours = outing(1500, seed=9)
    theirs = shown_by(3.0, ours, first=200, last=200 + seconds)
    found = common_time(ours, theirs, clocks_offset_s=2.0)
    assert found.by == by
    if by == "clocks":
        by_clocks(found, 2.0, "they have less than two minutes in common")
        assert (found.gain, found.second_share) == (0.0, None)


def test_an_even_run_and_somebody_elses_tell_nothing() -> None:
    even = Rhythm(time_s=np.arange(900.0), cadence_spm=np.full(900, 165.0), speed_mps=np.full(900, 3.0))
    by_clocks(
        common_time(even, shown_by(5.0, even), clocks_offset_s=1.5),
        1.5,
        "cadence and speed were too even to compare",
    )
    assert common_time(outing(900, seed=1), outing(900, seed=2), clocks_offset_s=0.0).by == "clocks"


def test_what_repeats_fits_at_more_than_one_moment() -> None:
    once = outing(300, seed=3)
    line = Rhythm(
        time_s=np.arange(1500.0),
        cadence_spm=np.tile(once.cadence_spm, 5),
        speed_mps=np.tile(once.speed_mps, 5),
    )
    found = common_time(
        line, shown_by(0.0, line, first=300, last=1200), clocks_offset_s=4.0, searched_s=400.0
    )
    by_clocks(found, 4.0, "cadence and speed fit at more than one moment")
    assert found.second_share is not None
    assert found.second_share > 0.75
    near = common_time(line, shown_by(0.0, line, first=300, last=1200), clocks_offset_s=4.0, searched_s=100.0)
    assert near.by == "movement"
    assert near.offset_s == pytest.approx(0.0, abs=0.3)


def test_nothing_is_believed_that_fits_best_at_the_end_of_the_search() -> None:
    ours = outing(1500)
    found = common_time(ours, shown_by(60.0, ours), clocks_offset_s=0.0, searched_s=60.0)
    by_clocks(found, 0.0, "they fit best further apart than was searched")
    inside = common_time(ours, shown_by(60.0, ours), clocks_offset_s=0.0, searched_s=61.0)
    assert inside.by == "movement"


def test_what_neither_knows_does_not_count() -> None:
    ours = outing(1500)
    cadence, speed = ours.cadence_spm.copy(), ours.speed_mps.copy()
    cadence[200:240] = speed[700:760] = np.nan
    theirs = Rhythm(time_s=ours.time_s - 30.0, cadence_spm=cadence, speed_mps=speed)
    found = common_time(ours, theirs, clocks_offset_s=0.0)
    assert found.offset_s == pytest.approx(30.0, abs=0.3)
    silent = Rhythm(time_s=ours.time_s, cadence_spm=np.full(1500, np.nan), speed_mps=np.full(1500, np.nan))
    by_clocks(
        common_time(ours, silent, clocks_offset_s=0.0), 0.0, "they have less than two minutes in common"
    )
