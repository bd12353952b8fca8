"""The worker does what waits; whatever becomes of an analysis, the worker goes on."""

import os
import subprocess
import sys
import tempfile
import threading
from multiprocessing.util import get_temp_dir
from pathlib import Path

import psutil
import pytest

import imu
from dashboard import worker
from dashboard.worker import Place, judge_again, work
from imu.store import HeldJob, Job, Store
from imu.store.erase import erase
from imu.store.work import TRIES


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(home=tmp_path / "home")


def asked(store: Store, kind: str = "arrival") -> Job:
    account = store.only_account()
    with store.changed_by(account) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        return repository.jobs.ask(athlete_id, kind, subject="it", detail={"upload_id": "gone"})


def now(store: Store, job: Job) -> Job:
    with store.seen_by(store.only_account()) as repository:
        return repository.jobs.one(job.job_id)


def crashes(_place: Place, _held: HeldJob, scratch: str) -> None:
    Path(scratch, "unpacked.parquet").write_bytes(b"of a run")
    os._exit(139)


def sleeps(_place: Place, _held: HeldJob, _scratch: str) -> None:
    threading.Event().wait(60)


@pytest.mark.slow
def test_a_crash_fails_the_job_and_nothing_else(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What was unpacked of a run does not stay either."""
    get_temp_dir()  # of sockets, whose paths have 107 characters at most
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(worker, "_in_child", crashes)
    store = place.opened()
    first, second = asked(store), asked(store, "unknown")
    work(place, threading.Event(), until_idle=True)
    failed = now(store, first)
    assert (failed.state, failed.tries) == ("failed", TRIES)
    assert "code 139" in (failed.message or "")
    assert list((tmp_path / "temporary").glob("restride-job-*")) == []
    assert list((tmp_path / "temporary").rglob("*.parquet")) == []
    assert "knows no job" in (now(store, second).message or "")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows copies no processes")
def test_it_goes_on_after_the_system_ended_the_process_that_it_copies(place: Place) -> None:
    store = place.opened()
    for _ in range(2):
        job = asked(store)
        work(place, threading.Event(), until_idle=True)
        assert "there is none" in (now(store, job).message or "")
        (copied,) = (one for one in psutil.Process().children() if "forkserver" in " ".join(one.cmdline()))
        copied.kill()


@pytest.mark.unhurried
def test_told_to_stop_it_puts_its_job_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_in_child", sleeps)
    store = place.opened()
    job = asked(store)
    stop = threading.Event()
    at_work = threading.Thread(target=work, args=(place, stop))
    at_work.start()
    while now(store, job).state == "waiting":
        at_work.join(0.05)
    stop.set()
    at_work.join(30)
    assert not at_work.is_alive()
    assert (now(store, job).state, now(store, job).tries) == ("waiting", 0)


def test_it_writes_the_files_anew_after_somebody_was_erased(place: Place) -> None:
    store = place.opened()
    account = store.only_account()
    with store.seen_by(account) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    erase(store, account, athlete_id, compacts=False)
    assert len(store.jobs.erased()) == 1
    work(place, threading.Event(), until_idle=True)
    assert store.jobs.erased() == ()


@pytest.mark.slow
def test_as_a_process_it_does_what_waits_and_judges_everybody(place: Place) -> None:
    store = place.opened()
    job = asked(store)
    command = [sys.executable, "-m", "dashboard.worker", "--until-idle", "--home", str(place.home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert now(store, job).state == "failed"
    assert "there is none" in (now(store, job).message or "")
    assert not judge_again(store, threading.Event())
    with store.seen_by(store.only_account()) as repository:
        (standing,) = repository.standings.squad(analysis_version=imu.__version__)
    assert standing.is_current
