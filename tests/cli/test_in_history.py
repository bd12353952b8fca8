"""A run that was just synced goes into the history: of virtual sensors into one of their own."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import imu
from imu.cli.in_history import taken_in
from imu.followup.run_facts import RunFacts
from imu.simulate import SimulationConfig, simulate
from imu.store import Store

pytestmark = pytest.mark.unhurried


def test_a_virtual_run_that_was_skipped_to_its_end_is_over(
    restride_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its world's day is later than ours, and a real database elsewhere is none of its business."""
    real = tmp_path / "real.sqlite"
    monkeypatch.setenv("RESTRIDE_DATABASE", f"sqlite:///{real}")
    home = restride_home / "virtual"
    home.mkdir(parents=True)
    (home / "virtual.json").write_text(json.dumps({"ahead_s": 3600.0}), encoding="utf-8")
    begins = datetime.now().astimezone() + timedelta(minutes=30)
    run = simulate(SimulationConfig(pattern="stand:6,run:30@3", seed=3)).recording
    imu.save(replace(run, start=begins), home / "recording")
    facts = RunFacts(surface="track", shoe="blue")
    told = taken_in(home, home / "recording", imu.analyze(run), facts=facts)
    said = capsys.readouterr().err
    assert (
        said == f"The history of virtual sensors is apart from yours: RESTRIDE_HOME={home} restride status\n"
    )
    assert told
    monkeypatch.delenv("RESTRIDE_DATABASE")
    store = Store.at(home)
    with store.seen_by(store.only_account()) as repository:
        (kept,) = repository.record(repository.sharing.athlete().athlete_id).history.runs
    assert (kept.start, kept.surface, kept.shoe) == (begins, "track", "blue")
    assert not real.exists()
    store.close()


def test_with_a_coach_at_the_same_store_a_run_of_the_sensors_goes_to_the_only_runner(
    restride_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store.at(restride_home)
    anna = store.only_account()
    store.add_account("cleo", "coach")
    run = simulate(SimulationConfig(pattern="stand:6,run:30@3", seed=3)).recording
    imu.save(replace(run, start=datetime.now().astimezone() - timedelta(hours=1)), tmp_path / "recording")
    monkeypatch.setenv("RESTRIDE_AS", "celo")
    assert taken_in(restride_home, tmp_path / "recording", imu.analyze(run)) is None
    assert "account celo: there is none, or it is closed" in capsys.readouterr().err
    monkeypatch.delenv("RESTRIDE_AS")
    assert taken_in(restride_home, tmp_path / "recording", imu.analyze(run))
    with store.seen_by(anna) as repository:
        assert len(repository.runs.listed(repository.sharing.athlete().athlete_id)) == 1
    store.close()
