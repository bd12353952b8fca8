"""`restride sync` where a log becomes no recording: it is kept, others are fetched, and scripts can tell."""

from pathlib import Path

import pytest

from imu.cli import sync
from imu.collect.assemble import NoRecordingError
from tests.collect.test_recover import a_run
from tests.collect.toys import session_folder
from tests.conftest import Restride


def test_a_log_that_no_clock_places_is_kept_and_the_exit_code_says_so(
    restride: Restride, restride_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        session_folder(restride_home / "sessions" / name, {"pelvis": a_run(9.0)}, mode="log")

    def fetched(_here: object, folder: Path, **_options: object) -> tuple[None, str]:
        if folder.name == "one":
            raise NoRecordingError(folder, "holds no samples that could be placed in time")
        return None, ""

    monkeypatch.setattr(sync, "fetch_and_free", fetched)
    done = restride("sync", "--json")
    assert (done.returncode, done.stdout) == (2, "[]\n")
    assert "restride: " in done.stderr
    assert "placed in time; what came stays there, and nothing waits for it any more" in done.stderr
    assert "two: nothing of this run lies on its sensors." in done.stderr
    assert (restride_home / "sessions" / "one" / "pelvis.journal").exists()
    assert not (restride_home / "sessions" / "two").exists()
