"""Killed while a recording is sent, and while it is analysed: nothing is lost, nothing is doubled."""

import multiprocessing
import random
import shutil
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from imu.followup.parcels import pack
from imu.simulate import SimulationConfig, simulate
from imu.store import Store
from imu.store.check import check
from imu.store.raw_files import packed_files
from tests.faults.arriving import at_work_named
from tests.faults.store_work import BEGIN

NEVER = 1_000_000
ENDS_WITHIN_S = 900  # a few seconds where a machine has nothing else to do


def done(name: str, home: Path, *, dies_at: int = NEVER) -> int | None:
    """How many points there were, where the process was killed; None if it was."""
    # Forked from a server that has everything imported and nothing open: imports are most of the time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.arriving", "imu.analysis", "alembic.command"])
    hears, tells = context.Pipe(duplex=False)
    process = context.Process(target=at_work_named, args=(name, home, dies_at, tells))
    process.start()
    tells.close()
    process.join(ENDS_WITHIN_S)
    if process.exitcode is None:
        process.kill()
        pytest.fail(f"{name} did not end within {ENDS_WITHIN_S} s")
    assert process.exitcode in (0, -9), process.exitcode
    return int(hears.recv()) if process.exitcode == 0 else None


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, and a run as it is sent."""
    folder = tmp_path_factory.mktemp("arriving")
    run = simulate(SimulationConfig(pattern="stand:5,run:20@3,stand:5", seed=5)).recording
    files = dict(packed_files(replace(run, start=BEGIN), folder))
    pack(files, files.__getitem__, folder / "parcel.zip")
    (folder / "parcel.sha256").write_text(sha256((folder / "parcel.zip").read_bytes()).hexdigest())
    store = Store.at(folder / "home")
    store.only_account()
    store.close()
    return folder


def killed_and_gone_on(prepared: Path, folder: Path, name: str, share: float) -> None:
    """Kill one of both after a share of its points, go on, and count what there is."""
    shutil.copytree(prepared, folder)
    home = folder / "home"
    if name == "analyse":
        assert done("upload", home) is not None
    points = POINTS.get(name)
    if points is None:
        counted = folder / "counted"
        shutil.copytree(folder, counted, ignore=shutil.ignore_patterns("counted"))
        found = done(name, counted / "home")
        assert found is not None
        points = POINTS[name] = found
        shutil.rmtree(counted)
    assert done(name, home, dies_at=1 + int(share * points)) is None, "it was not killed"
    assert done("upload", home) is not None
    assert done("analyse", home) is not None
    store = Store.at(home)
    account = store.only_account()
    with store.seen_by(account) as repository:
        (run,) = repository.runs.listed(repository.sharing.athlete().athlete_id)
        (job,) = repository.jobs.listed()
    assert (job.state, job.detail["run_id"]) == ("done", run.run.run_id)
    store.jobs.sweep()
    found_left = check(store, in_work=timedelta(0))
    assert found_left.is_whole
    assert [key for key in found_left.orphans if not key.startswith("uploads/")] == []
    store.close()


POINTS: dict[str, int] = {}  # of each, counted once


@pytest.mark.slow
@pytest.mark.parametrize(("name", "share"), [("upload", 0.5), ("analyse", 0.9)])
def test_killed_once(prepared: Path, tmp_path: Path, name: str, share: float) -> None:
    killed_and_gone_on(prepared, tmp_path / "run", name, share)


@pytest.mark.long
@pytest.mark.parametrize("name", ["upload", "analyse"])
def test_killed_fifty_times(prepared: Path, tmp_path: Path, name: str) -> None:
    for number in range(50):
        killed_and_gone_on(prepared, tmp_path / str(number), name, (number + random.random()) / 51)
        shutil.rmtree(tmp_path / str(number))
        print(f"{name}: {number + 1} of 50 killed of {POINTS[name]} points")
