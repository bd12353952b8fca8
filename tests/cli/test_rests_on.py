"""A terminal says what a judgement rests on in the very words of a page, and in the units of a page."""

import pytest

from dashboard.text.evidence import evidence
from imu.cli.rests_on import rests_on
from imu.training.evidence import Evidence


def made(value: float, unit: str, reference: float | None, error: float | None, against: str) -> Evidence:
    return Evidence(
        value=value,
        unit=unit,
        reference=reference,
        compared_with=against,
        uncertainty=error,
        n=3,
        counted="runs",
        sentence="",
        to_do="",
    )


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            made(1596.0, "s", 1200.0, 2.0, "stage 3"),
            "26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 3.",
        ),
        (  # an error is never nothing
            made(1596.0, "s", 1200.0, 4.0, "stage 3"),
            "26.6 ± 0.1 min, compared with 20.0 min (stage 3). Runs: 3.",
        ),
        (made(11.54, "deg", 8.0, 0.32, "usual"), "11.5 ± 0.3°, compared with 8.0° (usual). Runs: 3."),
        (made(16.06, "deg", 11.4, 1.1, "usual"), "16.1 ± 1.1°, compared with 11.4° (usual). Runs: 3."),
        (made(7.0, "of 10", 5.0, None, "at rest"), "7 of 10, compared with 5 of 10 (at rest). Runs: 3."),
        (made(25.0, "min", None, None, "stage 3"), "25 min (stage 3). Runs: 3."),
    ],
)
def test_a_terminal_and_a_page_say_the_same(found: Evidence, told: str) -> None:
    assert plain(rests_on(found)) == plain(evidence(found)) == told


def test_what_was_compared_with_nothing_is_not_told_twice() -> None:
    alone = made(1.0, "runs", None, None, "")
    assert rests_on(alone) is evidence(alone) is None


def plain(line: str | None) -> str:
    return (line or "").replace("\N{NO-BREAK SPACE}", " ")
