"""Every number and word on a screen is explained in one place."""

from typing import Any, get_args

import dash_mantine_components as dmc
import pytest
from dash.development.base_component import Component

from dashboard.components.comparison import table
from dashboard.components.episode_sides import sides_table
from dashboard.components.explained import explained
from dashboard.components.run_numbers import small
from dashboard.text.explanations import explanation, explanations
from dashboard.text.measures import MEASURES
from imu.followup.two_runs import MEASURES as COMPARED, Side
from imu.report.metrics import SHANK_ANGLE, SIDED, WHOLE, Metric
from imu.training.sides import SideBySide, Sided

MEASURED = {metric.column: metric for metric in (*SIDED, *WHOLE)}


@pytest.mark.parametrize("column", MEASURED)
def test_every_measure_of_a_run_is_explained_by_its_own_name_and_unit(column: str) -> None:
    metric, found = MEASURED[column], explanation(column)
    assert (found.term, found.unit) == (metric.name, metric.unit)
    assert found.what.lower().startswith(metric.meaning)
    assert found.how
    assert found.sure
    assert found.moves


@pytest.mark.parametrize("key", explanations())
def test_every_explanation_is_whole_sentences_that_judge_nobody(key: str) -> None:
    found = explanation(key)
    said = [one for one in (found.what, found.how, found.sign, found.sure, found.moves) if one]
    assert found.what
    assert all(one.endswith(".") for one in said)
    assert not any(word in " ".join(said).lower() for word in ("diagnos", "predict", "abnormal", " safe "))


def test_every_measure_has_a_name_in_the_catalogue() -> None:
    assert {metric.name for metric in (*SIDED, *WHOLE, *COMPARED)} <= set(MEASURES)


def test_an_explained_term_shows_its_words_and_what_it_means() -> None:
    drawn = explained("stage", "Stage 4")
    assert drawn.label == explanation("stage").what
    assert "Stage 4" in str(drawn.children)


def test_a_page_cannot_ask_for_a_word_that_nobody_explained() -> None:
    with pytest.raises(KeyError):
        explained("vibes")


def terms(part: Any) -> set[str]:
    """What the hover texts within a component say."""
    told = {part.label} if isinstance(part, dmc.Tooltip) else set()
    children = getattr(part, "children", None)
    for one in children if isinstance(children, (list, tuple)) else [children]:
        if isinstance(one, Component):
            told |= terms(one)
    return told


@pytest.mark.parametrize("metric", [*SIDED, *WHOLE], ids=lambda metric: metric.column)
def test_each_measure_of_a_run_is_explained_where_its_number_stands(metric: Metric) -> None:
    what = explanation(metric.column).what
    drawn = small(metric, {}, ("left",), injured=None, figure=None)
    assert any(what in label for label in terms(drawn))


def test_how_strides_vary_is_told_as_in_the_report_and_not_with_the_sign_of_an_error() -> None:
    """`±` is one standard error wherever it stands."""
    told = {"left": {SHANK_ANGLE.column: {"median": 8.83, "iqr": 1.84, "n": 400}}}
    drawn = str(small(SHANK_ANGLE, told, ("left",), injured=None, figure=None))
    assert "8.8°" in drawn
    assert "IQR 1.8°" in drawn
    assert "±" not in drawn


@pytest.mark.parametrize("metric", COMPARED, ids=lambda metric: metric.column)
def test_each_measure_of_two_runs_is_explained(metric: Metric) -> None:
    side = Side(metric=metric, side="both", first=1.0, second=1.0, difference=None, not_matched=None)
    what = explanation(metric.column).what
    assert any(what in label for label in terms(table([side], injured=None)))


@pytest.mark.parametrize("quantity", get_args(Sided))
def test_each_quantity_of_both_sides_is_explained(quantity: Sided) -> None:
    one = SideBySide(
        quantity=quantity,
        injured_side="left",
        runs=(),
        usual=None,
        least=2.0,
        usual_runs=0,
        usual_sd=None,
        no_reference="no run",
    )
    assert terms(sides_table((one,)))
