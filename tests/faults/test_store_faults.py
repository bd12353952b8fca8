"""A handful of kills of each kind; `python -m tests.faults --kills 200 --only store` is all of them."""

import sys
from pathlib import Path

import pytest

from tests.faults.store import KILLED

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX has them")


@pytest.mark.slow
@pytest.mark.parametrize("what", KILLED)
def test_what_is_killed_leaves_a_whole_store_and_finishes_on_the_next_try(what: str, tmp_path: Path) -> None:
    print(KILLED[what](tmp_path, kills=3))
