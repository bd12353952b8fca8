"""`restride import` of a watch's files: told in words, once, and beside what sensors recorded."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fit_tool.profile.profile_type import Sport

import imu
from imu.cli.import_watch import judge
from imu.followup.judgement import Judgement, judge as judged
from imu.simulate import SimulationConfig, simulate
from imu.store import AthleteRecord, Store
from imu.training.history import CheckIn
from tests.conftest import Restride
from tests.formats.outings import Done, as_worn
from tests.formats.watches import START, Worn, an_hour, fit_bytes, gpx_text, tcx_text


@pytest.fixture
def past() -> Worn:
    return replace(an_hour(seconds=240), start=START.replace(year=2025))


@pytest.mark.unhurried
def test_a_fit_is_a_run_of_the_history(restride: Restride, tmp_path: Path, past: Worn) -> None:
    (tmp_path / "run.fit").write_bytes(fit_bytes(past, positions=True))
    told = restride("import", tmp_path / "run.fit", "--shoe", "blue")
    assert told.returncode == 0, told.stderr
    assert re.search(r"run\.fit: [0-9.]+ km, 4 min of running", told.stdout)
    assert "gait is not judged" in told.stdout
    assert re.search(r"run\.fit: Its cadence .* counts one foot; doubled", told.stderr)
    once_more = restride("import", tmp_path / "run.fit")
    assert re.fullmatch(r"\S*run\.fit: is there already, as run [0-9a-f]{8}\.\n", once_more.stdout)
    assert "already" not in once_more.stderr  # told once
    again = json.loads(restride("import", tmp_path / "run.fit", "--json").stdout)
    assert [(one["became"], one["is_new"]) for one in again] == [("known", False)]


@pytest.mark.parametrize("name", ["run.gpx", "run.tcx"])
def test_gpx_and_tcx_are_runs_too(restride: Restride, tmp_path: Path, past: Worn, name: str) -> None:
    (tmp_path / name).write_text(gpx_text(past) if name == "run.gpx" else tcx_text(past))
    (told,) = json.loads(restride("import", tmp_path / name, "--json").stdout)
    assert told["became"] == "new run"


def test_a_ride_is_left_out_and_said(restride: Restride, tmp_path: Path, past: Worn) -> None:
    (tmp_path / "ride.fit").write_bytes(fit_bytes(past, sport=Sport.CYCLING))
    told = restride("import", tmp_path / "ride.fit")
    assert told.returncode == 2
    assert "neither a run nor a walk" in told.stderr
    assert "--sport" in told.stderr
    assert restride("import", tmp_path / "ride.fit", "--sport", "run").returncode == 0
    wrong = restride("import", tmp_path / "ride.fit", "--sport", "swim")
    assert wrong.returncode == 2
    assert "neither run nor walk" in wrong.stderr


@pytest.mark.unhurried
def test_a_run_of_a_watch_alone_is_not_exported_but_told_which_one_can_be(
    restride: Restride, tmp_path: Path, past: Worn
) -> None:
    (tmp_path / "run.fit").write_bytes(fit_bytes(past))
    restride("import", tmp_path / "run.fit")
    asked = restride("export", "last", "--to", "csv", "--out", tmp_path / "out.csv")
    assert (asked.returncode, "no run has one yet" in asked.stderr) == (2, True)
    before = simulate(SimulationConfig(pattern="stand:6,run:20@3", start=past.start.replace(year=2024)))
    imu.save(before.recording, tmp_path / "before")
    restride("import", tmp_path / "before")
    asked = restride("export", "last", "--to", "csv", "--out", tmp_path / "out.csv")
    assert asked.returncode == 2
    instead = asked.stderr.strip().rsplit(" ", 1)[-1]
    done = restride("export", instead, "--to", "csv", "--out", tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr


def test_a_broken_file_ends_in_one_line(restride: Restride, tmp_path: Path, past: Worn) -> None:
    (tmp_path / "run.fit").write_bytes(fit_bytes(past)[:60])
    told = restride("import", tmp_path / "run.fit")
    assert told.returncode == 2
    assert len(told.stderr.strip().splitlines()) == 1
    assert "run.fit" in told.stderr


@pytest.mark.unhurried
def test_an_upgrade_that_makes_nothing_of_a_watchs_file_says_so_and_is_no_failure(
    restride: Restride, restride_home: Path, tmp_path: Path, past: Worn
) -> None:
    (tmp_path / "run.fit").write_bytes(fit_bytes(past))
    restride("import", tmp_path / "run.fit")
    (kept,) = restride_home.rglob("watch-*.fit")
    kept.write_bytes(b"nothing of the kind")
    for _ in range(2):
        told = restride("reprocess", "--all", "--jobs", "1", "--json")
        assert told.returncode == 0, told.stderr
        (line,) = told.stderr.splitlines()
        assert "what an older version read in it stays" in line
        assert [kept.name] == [one["file"] for one in json.loads(told.stdout)["unreadable"]]
    mended = restride("import", tmp_path / "run.fit")
    assert "run.fit: is read again, as run" in mended.stdout
    assert restride("reprocess", "--all", "--jobs", "1").stderr == ""


@pytest.mark.unhurried
def test_watch_and_sensors_of_one_outing_are_one_run(restride: Restride, tmp_path: Path) -> None:
    start = START.replace(year=2025)
    pattern = "stand:6,run:90@2.7,run:60@3.6,walk:30@1.4,run:60@3.0,stand:6"
    outing = simulate(SimulationConfig(pattern=pattern, seed=3, start=start))
    outing.save(tmp_path / "rec")
    done = Done(strides=outing.truth.strides, bouts=outing.truth.bouts)
    worn = replace(as_worn(done, offset_s=-10.0, seconds=270, seed=1), start=start)
    (tmp_path / "run.fit").write_bytes(fit_bytes(worn, positions=True))
    told = json.loads(restride("import", tmp_path / "run.fit", tmp_path / "rec", "--json").stdout)
    assert [one["is_new"] for one in told] == [True, True]
    status = json.loads(restride("status", "--json").stdout)
    assert status["runs"] == 1


def test_others_may_write_while_the_athlete_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.at(tmp_path)
    anna = store.only_account()
    with store.seen_by(anna) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    wrote: list[bool] = []

    def slow(record: AthleteRecord, **more: Any) -> Judgement:
        if not wrote:
            wrote.append(True)
            with store.changed_by(anna) as repository:
                felt = CheckIn(at=store.now(), moment="after", pain=1)
                repository.care.add_check_in(athlete_id, felt)
        return judged(record, **more)

    monkeypatch.setattr("imu.followup.standing.judge", slow)
    judge(store, anna, athlete_id, [{"became": "new run"}])
    assert wrote
    with store.seen_by(anna) as repository:
        assert repository.standings.one(athlete_id, analysis_version=imu.__version__).is_current
