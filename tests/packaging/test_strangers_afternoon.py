"""What is promised to somebody who has the wheel, files of his sensors and of his watch, and an afternoon."""

from pathlib import Path

import pytest

from tests.packaging.afternoon import spent
from tests.packaging.building import Stranger


@pytest.mark.slow
def test_a_strangers_afternoon(wheel: Path, tmp_path: Path) -> None:
    spent(Stranger(tmp_path), wheel)
