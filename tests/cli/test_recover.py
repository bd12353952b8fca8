"""`restride recover`: what was interrupted becomes a run, with what was told of it before or now."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from imu.collect import recover
from imu.collect.session import load_session, write_session
from imu.store import Store
from imu.training.history import Run
from tests.collect.test_recover import a_run
from tests.collect.toys import session_folder, toy_decoder_for
from tests.conftest import Restride


@pytest.fixture
def interrupted(restride_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The session of a recording that was given its surface when it began."""
    monkeypatch.setattr(recover, "finish", partial(recover.finish, decoder_for=toy_decoder_for))
    folder = restride_home / "sessions" / "one"
    session_folder(folder, {"pelvis": a_run(9.0)})
    write_session(folder, replace(load_session(folder), surface="track"))
    return folder


def the_run(home: Path) -> Run:
    store = Store.at(home)
    with store.seen_by(store.only_account()) as repository:
        (run,) = repository.record(repository.sharing.athlete().athlete_id).history.runs
    store.close()
    return run


@pytest.mark.unhurried
@pytest.mark.usefixtures("interrupted")
def test_what_was_told_when_it_began_stays_with_it_and_more_is_told_now(
    restride: Restride, restride_home: Path
) -> None:
    done = restride("recover", "--shoe", "blue")
    assert done.returncode == 0, done.stderr
    run = the_run(restride_home)
    assert (run.surface, run.shoe) == ("track", "blue")


@pytest.mark.usefixtures("interrupted")
def test_of_two_recordings_it_says_how_each_is_told(restride: Restride, restride_home: Path) -> None:
    session_folder(restride_home / "sessions" / "two", {"pelvis": a_run(9.0)})
    done = restride("recover", "--surface", "road")
    assert done.returncode == 2
    assert "2 recordings wait, and --surface and --shoe are of one" in done.stderr
    assert "restride import RECORDING" in done.stderr
