"""`restride import` of a whole account: each activity kept at once, counted, and skipped the next time."""

import gzip
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import Restride
from tests.formats.watches import START, an_hour, fit_bytes, gpx_text
from tests.formats.zips import strava_zip


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """Two runs, a file that broke off, and a photograph."""
    first = replace(an_hour(seconds=240), start=START.replace(year=2025))
    second = replace(first, start=first.start + timedelta(days=1))
    content = strava_zip(
        {
            "activities/1.fit.gz": ("Morning", "Run", gzip.compress(fit_bytes(first))),
            "activities/2.gpx": ("Evening", "Lauf", gpx_text(second).encode()),
            "activities/3.fit": ("Broken", "Run", fit_bytes(first)[:60]),
        },
        more={"media/1.jpg": b"\xff\xd8\xff"},
    )
    path = tmp_path / "export.zip"
    path.write_bytes(content)
    return path


@pytest.mark.unhurried
def test_an_account_is_imported_once(restride: Restride, account: Path) -> None:
    told = restride("import", account)
    assert told.returncode == 2, told.stderr  # one of its files could not be read
    assert "2 read, 1 refused, 2 new, 1 other file passed over" in told.stderr
    assert "3.fit" in told.stderr
    again = restride("import", account, "--json")
    assert "2 read, 1 refused, 0 new" in again.stderr
    results = json.loads(again.stdout)
    assert [one.get("became") for one in results] == ["known", "known", None]
