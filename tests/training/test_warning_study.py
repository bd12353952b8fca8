"""The study behind docs/warnings.md, small: the page is there, says what the code does, and the goals
hold."""

from pathlib import Path

import pytest

from imu.training.chart import CHARTS
from tests.benchmarks.warning_rules import Operating, Population, cusum, operating, ours, textbook_ewma

PAGE = Path(__file__).resolve().parents[2] / "docs" / "warnings.md"
SMALL = Population(runners=4000)


@pytest.fixture(scope="module")
def shank() -> Operating:
    return operating(ours(CHARTS[0].rule), SMALL)


def test_false_overstride_warnings_are_rare_and_changes_are_found(shank: Operating) -> None:
    assert shank.false_a_year <= 0.6
    assert shank.median_delay <= 8
    assert shank.missed <= 0.1


def test_all_three_charts_together_stay_under_their_limit(shank: Operating) -> None:
    each_way = operating(ours(CHARTS[-1].rule), SMALL).false_a_year
    assert 2 * shank.false_a_year + 2 * each_way <= 1.5


def test_textbook_charts_warn_far_more_often(shank: Operating) -> None:
    assert operating(textbook_ewma(2.7), SMALL).false_a_year > 3 * shank.false_a_year
    assert operating(cusum(5.0), SMALL).false_a_year > 3 * shank.false_a_year


def test_the_page_gives_the_widths_of_the_code() -> None:
    text = PAGE.read_text()
    assert f"The limit is {CHARTS[0].rule.width} (shank) or {CHARTS[-1].rule.width} (drop" in text
