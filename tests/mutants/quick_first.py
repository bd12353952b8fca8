"""A plugin of pytest for mutmut: what took least when it was measured is asked first."""

import json
from pathlib import Path

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    measured = Path("mutmut-stats.json")  # written by mutmut where it runs the tests
    if measured.is_file():
        took_s = json.loads(measured.read_text(encoding="utf-8"))["duration_by_test"]
        items.sort(key=lambda item: took_s.get(item.nodeid, 0.0))
