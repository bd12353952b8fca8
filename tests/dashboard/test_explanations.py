"""Every number and word on a screen is explained in one place."""

import pytest

from dashboard.components.explained import explained
from dashboard.text.explanations import explanation, explanations
from imu.report.metrics import SIDED, WHOLE

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


def test_an_explained_term_shows_its_words_and_what_it_means() -> None:
    drawn = explained("stage", "Stage 4")
    assert drawn.label == explanation("stage").what
    assert "Stage 4" in str(drawn.children)


def test_a_page_cannot_ask_for_a_word_that_nobody_explained() -> None:
    with pytest.raises(KeyError):
        explained("vibes")
