"""Whatever the store writes into its log of changes, an athlete reads in words."""

import re

import pytest

from dashboard.text.deeds import deed
from tests.conftest import REPOSITORY

_WRITTEN = re.compile(r'\.changed\(\s*[\w.]+, "([^"]+)"')
ACTIONS = sorted(
    {
        found
        for path in (REPOSITORY / "imu" / "store").glob("*.py")
        for found in _WRITTEN.findall(path.read_text())
    }
)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_change_has_words(action: str) -> None:
    assert len(ACTIONS) > 15
    assert deed(action, "abc") not in (action, "")
