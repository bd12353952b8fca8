"""How a line of a page begins."""

import pytest

from imu.report.begun import begun


@pytest.mark.parametrize(
    ("words", "line"), [("ein Lauf der Stufe ABC", "Ein Lauf der Stufe ABC"), ("éclair", "Éclair"), ("", "")]
)
def test_only_the_first_letter_of_a_line_changes(words: str, line: str) -> None:
    assert begun(words) == line
