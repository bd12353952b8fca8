"""What a judgement rests on is said in the units of a screen, and only where something was compared."""

import pytest

from dashboard.text.evidence import evidence
from dashboard.text.rules import begun
from imu.training.evidence import Evidence


@pytest.mark.parametrize(
    ("value", "unit", "reference", "error", "told"),
    [
        (1596.0, "s", 1200.0, 4.0, "26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 1."),
        (1596.0, "s", 1200.0, 2.0, "26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 1."),
        (11.54, "deg", 8.0, 0.32, "11.5 ± 0.3°, compared with 8.0° (stage 3). Runs: 1."),
        (3.0, "of 10", 1.0, None, "3 of 10, compared with 1 of 10 (stage 3). Runs: 1."),
        (25.0, "min", None, None, "25 min (stage 3). Runs: 1."),
    ],
)
def test_value_error_and_comparison_share_a_unit(
    value: float, unit: str, reference: float | None, error: float | None, told: str
) -> None:
    found = made(value, unit, reference, error, against="stage 3")
    assert (evidence(found) or "").replace("\N{NO-BREAK SPACE}", " ") == told


def test_what_is_compared_with_nothing_is_not_repeated() -> None:
    assert evidence(made(1.0, "runs", None, None, against="")) is None


def made(value: float, unit: str, reference: float | None, error: float | None, *, against: str) -> Evidence:
    return Evidence(
        value=value,
        unit=unit,
        reference=reference,
        compared_with=against,
        uncertainty=error,
        n=1,
        counted="runs",
        sentence="",
        to_do="",
    )


@pytest.mark.parametrize(
    ("words", "line"), [("ein Lauf der Stufe ABC", "Ein Lauf der Stufe ABC"), ("éclair", "Éclair"), ("", "")]
)
def test_only_the_first_letter_of_a_line_changes(words: str, line: str) -> None:
    assert begun(words) == line
