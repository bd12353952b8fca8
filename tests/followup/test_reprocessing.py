"""After an upgrade everything is derived again, wherever that is done, and nothing is lost on the way."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from imu.errors import RestrideError, ServerError
from imu.followup.importing import import_recording
from imu.followup.rederive import Derive, NotDerived, Outcome, Task, derived_again
from imu.followup.reprocessing import Reprocessed, reprocess
from imu.followup.run_facts import RunFacts
from imu.followup.workplaces import here, in_processes, on_cluster
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, Store
from imu.training.baseline import fitted
from imu.training.metrics import METRICS
from tests.conftest import COMMAND, Restride
from tests.store.others import may_write

pytestmark = pytest.mark.unhurried

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
NOW = START + timedelta(days=10)
FACTS = RunFacts(surface="trail", shoe="blue", effort_cr10=4.0)
RUNS = 4  # enough for two processes


class Home:
    """A store of one runner, as a test looks at it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.at(folder, clock=lambda: NOW)
        self.anna: Account = self.store.only_account()
        with self.store.seen_by(self.anna) as repository:
            self.athlete_id = repository.sharing.athlete().athlete_id
            self.run_ids = list(repository.runs.derived_otherwise(self.athlete_id, than=None))

    def again(self, derive: Derive = here, **options: Any) -> Reprocessed:
        options = {"analysis_version": "new", **options}
        return reprocess(self.store, self.anna, [self.athlete_id], derive=derive, **options)

    def versions(self) -> list[str]:
        with self.store.seen_by(self.anna) as repository:
            return [one.analysis_version for one in repository.runs.listed(self.athlete_id)]

    def derived(self) -> list[Any]:
        """All that is derived, to the last bit."""
        with self.store.seen_by(self.anna) as repository:
            runs, files = repository.runs, repository.files
            return [
                (
                    runs.run(run_id),
                    runs.run(run_id).segments.packed(),
                    runs.summary(run_id),
                    [files.derived(run_id, f"{name}.parquet") for name in ("strides", "curves", "seconds")],
                )
                for run_id in self.run_ids
            ]

    def raw_file(self, run: int) -> str:
        return f"recordings/{self.athlete_id}/{self.run_ids[run]}/shank_left.parquet"


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose runs another version derived, with a table that shows it."""
    folder = tmp_path_factory.mktemp("upgraded")
    home = Home(folder)
    for day in range(RUNS):
        pattern = SimulationConfig(pattern="stand:4,run:50@3,stand:3", seed=day)
        recording = replace(simulate(pattern).recording, start=START + timedelta(days=day))
        found = import_recording(
            home.store, home.anna, home.athlete_id, recording, facts=FACTS, analysis_version="old"
        )
        with home.store.changed_by(home.anna) as repository:
            repository.files.write_derived(home.athlete_id, found.run_id, "strides.parquet", b"old")
    home.store.close()
    return folder


@pytest.fixture
def home(restride_home: Path, upgraded: Path) -> Iterator[Home]:
    shutil.copytree(upgraded, restride_home)
    made = Home(restride_home)
    yield made
    made.store.close()


def test_everything_is_derived_again_and_what_was_told_stays(home: Home) -> None:
    before = home.derived()
    shares: list[float] = []
    found = home.again(progress=shares.append)
    assert sorted(found.runs) == sorted(home.run_ids)
    assert found.not_derived == []
    assert home.versions() == ["new"] * RUNS
    assert shares == pytest.approx([0.25, 0.5, 0.75, 1])
    for old, new in zip(before, home.derived(), strict=True):
        assert new[0] == old[0]  # the same analysis: surface, shoe and effort too
        assert new[1:3] == old[1:3]
        assert new[3][0][:4] == b"PAR1"
    with home.store.seen_by(home.anna) as repository:
        assert repository.standings.one(home.athlete_id, analysis_version="new").is_current


def test_a_second_time_nothing_is_left_to_do_unless_all_is_asked_for(home: Home) -> None:
    home.again()
    assert home.again() == Reprocessed()
    assert len(home.again(everything=True).runs) == RUNS


@pytest.mark.parametrize("everything", [False, True])
def test_an_interruption_keeps_what_is_done_and_the_next_call_goes_on(home: Home, everything: bool) -> None:
    if everything:
        home.again()

    def interrupted(tasks: Iterator[Task]) -> Iterator[Outcome]:
        yield derived_again(next(tasks))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        home.again(interrupted, everything=everything)
    assert home.versions().count("new") == 1
    assert len(home.again().runs) == RUNS - 1
    assert home.versions() == ["new"] * RUNS


def test_a_damaged_run_is_told_and_stays_and_the_others_go_on(home: Home) -> None:
    content = bytearray(home.store.blobs.read(home.raw_file(0)))
    content[len(content) // 3] ^= 0x10
    home.store.blobs.write(home.raw_file(0), bytes(content))
    home.store.blobs.remove(home.raw_file(1))
    told: list[NotDerived] = []
    found = home.again(failed=told.append)
    assert found.runs == home.run_ids[2:]
    assert {one.run_id for one in told} == set(home.run_ids[:2])
    assert all("restore a backup" in one.because and "\n" not in one.because for one in told)
    assert home.versions() == ["old", "old", "new", "new"]


def test_samples_that_are_not_those_that_were_recorded_are_not_believed(
    home: Home,
) -> None:
    home.store.blobs.write(home.raw_file(0), home.store.blobs.read(home.raw_file(1)))
    (told,) = home.again().not_derived
    assert "not what was recorded" in told.because


def test_a_run_that_is_removed_meanwhile_stays_removed(home: Home) -> None:
    def removing(tasks: Iterator[Task]) -> Iterator[Outcome]:
        for task in tasks:
            if task.run_id == home.run_ids[0]:
                with home.store.changed_by(home.anna) as repository:
                    repository.runs.remove(task.run_id)
                    repository.files.remove(home.athlete_id, task.run_id)
            yield derived_again(task)

    assert home.again(removing).runs == home.run_ids[1:]
    assert not any(home.run_ids[0] in key for key in home.store.blobs.sizes())


def test_what_is_told_meanwhile_is_not_overwritten(home: Home) -> None:
    (outcome, *_) = (found for found in [derived_again(task) for task in tasks_of(home)])
    assert not isinstance(outcome, NotDerived)
    assert outcome.derived.run.shoe is None  # a worker knows nothing of shoes
    home.again(lambda _tasks: iter([outcome]))
    with home.store.seen_by(home.anna) as repository:
        assert repository.runs.run(outcome.run_id).shoe == "blue"


def tasks_of(home: Home) -> list[Task]:
    seen: list[Task] = []

    def noted(tasks: Iterator[Task]) -> Iterator[Outcome]:
        seen.extend(tasks)
        return iter(())

    home.again(noted)
    return seen


def test_a_worker_of_another_version_derives_nothing(home: Home) -> None:
    (task, *_) = tasks_of(home)
    outcome = derived_again(replace(task, program="0.0.1"))
    assert isinstance(outcome, NotDerived)
    assert "install the same one" in outcome.because


def test_baselines_stay_with_their_runs_and_are_fitted_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[bool] = []

    def watched(*given: Any, **options: Any) -> Any:
        waited.append(not may_write(home.store))
        return fitted(*given, **options)

    monkeypatch.setattr("imu.followup.reprocessing.fitted", watched)
    metric = METRICS["shank_angle_ic_deg"]
    with home.store.changed_by(home.anna) as repository:
        runs = [repository.runs.run(run_id) for run_id in home.run_ids[:2]]
        frozen = fitted(runs, metric, "left", frozen_at=runs[-1].end)
        wrong = replace(frozen, sd_run_deg=frozen.sd_run_deg + 1)  # as another analysis had it
        repository.care.keep_baseline(
            home.athlete_id,
            "chart",
            wrong,
            on_purpose=False,
            reason="the first runs",
            analysis_version="old",
        )
    assert home.again().baselines == ["chart"]
    assert waited
    assert not any(waited)
    with home.store.seen_by(home.anna) as repository:
        first, last = [one for one in repository.record(home.athlete_id).baselines if one.chart == "chart"]
    assert (first.baseline, first.reason) == (wrong, "the first runs")
    assert first.replaced_at is not None
    assert (last.baseline, last.reason) == (frozen, "the analysis changed")
    assert (last.analysis_version, last.replaced_at) == ("new", None)
    assert home.again().baselines == []


@pytest.mark.slow
def test_two_processes_derive_exactly_the_same(home: Home) -> None:
    home.again()
    alone = home.derived()
    assert len(home.again(in_processes(2), everything=True).runs) == RUNS
    assert home.derived() == alone


def test_a_cluster_without_the_package_or_that_nobody_runs_is_one_line(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RestrideError, match="such as tcp"):
        home.again(on_cluster("nonsense://x"))
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RestrideError, match=r"restride\[cluster\]"):
        home.again(on_cluster("tcp://127.0.0.1:1"))
    assert home.versions() == ["old"] * RUNS


@pytest.mark.slow
def test_a_cluster_of_two_workers_derives_exactly_the_same(home: Home) -> None:
    distributed = pytest.importorskip("distributed")
    home.again()
    alone = home.derived()
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as cluster:
        assert len(home.again(on_cluster(cluster.scheduler_address), everything=True).runs) == RUNS
    assert home.derived() == alone
    with pytest.raises(ServerError, match="no scheduler"):
        home.again(on_cluster("tcp://127.0.0.1:1"), everything=True)


@pytest.mark.slow
def test_the_verb_says_what_it_did_and_what_it_could_not(home: Home, restride: Restride) -> None:
    done = restride("reprocess", "--jobs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "4 runs derived again, 0 baselines fitted again\n"
    again = restride("reprocess")
    assert again.returncode == 0
    assert "already" in again.stdout
    home.store.blobs.remove(home.raw_file(0))
    failed = restride("reprocess", "--all", "--jobs", "1", "--json")
    assert failed.returncode == 2
    assert f"run {home.run_ids[0][:8]}" in failed.stderr
    assert "1 of 4 runs" in failed.stderr
    assert restride("reprocess", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1").returncode == 2
    assert restride("reprocess", "--athlete", "nobody").returncode == 2
    assert restride("reprocess", "--scheduler", "tcp://127.0.0.1:1").returncode == 3


@pytest.mark.slow
def test_killed_anywhere_it_goes_on_at_the_next_call(home: Home, restride: Restride) -> None:
    for runs_first in range(RUNS):
        killed = subprocess.Popen([*COMMAND, "reprocess", "--jobs", "1"])
        while home.versions().count("old") > RUNS - runs_first and killed.poll() is None:
            time.sleep(0.05)
        time.sleep(0.2 * runs_first)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert restride("reprocess", "--jobs", "1").returncode == 0
    assert "old" not in home.versions()
    assert all(tables[3][0][:4] == b"PAR1" for tables in home.derived())
    assert home.store.blobs.half_written() == () or restride("doctor", "--repair").returncode == 0
