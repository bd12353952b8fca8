"""A long record is judged as fast, run by run, as a short one."""

import sys
from dataclasses import replace
from types import FrameType

import pytest

from imu.followup.judgement import judge
from imu.simulate.season import SeasonOptions, live
from imu.training.history import History
from tests.benchmarks.judging import record_of


def lines_run(history: History) -> int:
    """Lines of the rules' own code that one judgement takes: a count, which no busy machine changes."""
    lines = 0

    def traced(_frame: FrameType, event: str, _: object) -> object:
        nonlocal lines
        lines += event == "line"
        return traced

    def called(frame: FrameType, *_: object) -> object:
        return traced if "/imu/training/" in frame.f_code.co_filename.replace("\\", "/") else None

    before = sys.gettrace()
    sys.settrace(called)  # type: ignore[arg-type]
    try:
        judge(record_of(replace(history)), now=history.runs[-1].end)
    finally:
        sys.settrace(before)
    return lines


@pytest.fixture(scope="module")
def four_years() -> History:
    return live(SeasonOptions(days=4 * 365, seed=3, keep_every=10)).history


def first_year(history: History) -> History:
    end = history.runs[0].start.replace(year=history.runs[0].start.year + 1)
    return replace(
        history,
        runs=tuple(run for run in history.runs if run.end < end),
        check_ins=tuple(answer for answer in history.check_ins if answer.at < end),
    )


@pytest.mark.unhurried
def test_four_years_take_no_more_for_each_run_than_one(four_years: History) -> None:
    one_year = first_year(four_years)
    times_longer = len(four_years.runs) / len(one_year.runs)
    assert 3.5 < times_longer < 4.5
    assert lines_run(four_years) < 1.2 * times_longer * lines_run(one_year)
