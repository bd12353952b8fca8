"""`restride demo`: the change that was put in is found again, and the page is there."""

import importlib.util
import json
from pathlib import Path

import pytest

from imu.store import Store
from imu.store.passwords import fits
from tests.conftest import Restride


@pytest.mark.slow
def test_without_virtual_sensors_the_demo_simulates_and_finds_the_change(
    restride: Restride, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With them: tests/thread."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "bumble" else find_spec(name)
    )
    done = restride("demo", "--out", tmp_path / "demo", "--squad", "2", "--json")
    assert done.returncode == 0
    assert "pip install 'restride[virtual]'" in done.stderr
    shown = json.loads(done.stdout)
    page = Path(shown["page"]).read_text()
    assert page.startswith("<!doctype html>")
    assert "a change in gait at minute 12" in page
    kept = sorted(path.name for path in (tmp_path / "demo").iterdir())
    assert kept == ["home", "logins.txt", "recording", "results"]
    changes = {(change["name"], change["side"]): change for change in shown["changes"]}
    assert changes["Shank angle at contact", "left"]["true_deg"] == pytest.approx(3.0, abs=0.3)
    assert changes["Pelvic drop", "right"]["true_deg"] == pytest.approx(2.0, abs=0.3)
    for change in changes.values():
        assert change["found_deg"] == pytest.approx(change["true_deg"], abs=0.5)
    assert "24 min easy running without a break" in shown["story"]["before"]
    assert "against your baseline at this speed" in shown["story"]["paragraph"]
    assert "Next, from " in shown["story"]["paragraph"]
    _everybody_may_sign_in_and_sees_what_is_theirs(tmp_path / "demo")


def _everybody_may_sign_in_and_sees_what_is_theirs(demo: Path) -> None:
    logins = [line.split() for line in (demo / "logins.txt").read_text().splitlines()]
    assert [(role, name) for role, name, _ in logins] == [
        ("runner", "alma"),
        ("coach", "cleo"),
        ("clinician", "ito"),
        ("admin", "office"),
    ]
    assert (demo / "logins.txt").stat().st_mode & 0o077 == 0
    sees = {"alma": {"Alma"}, "cleo": {"Alma", "Bruno"}, "ito": {"Alma", "Bruno"}, "office": set()}
    store = Store.at(demo / "home")
    try:
        for _, name, password in logins:
            assert fits(password, store.sign_ins.password_hash(name))
            with store.seen_by(next(one for one in store.accounts() if one.name == name)) as repository:
                athletes = repository.sharing.athletes()
                runs = [run for a in athletes for run in repository.runs.listed(a.athlete_id)]
                assert {athlete.name.split()[0] for athlete in athletes} == sees[name]
                assert all(run.run.start < repository.now() for run in runs)
    finally:
        store.close()


def test_the_demo_never_replaces_what_is_not_its_own(restride: Restride, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = restride("demo", "--out", tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"restride: {tmp_path}: exists and is no earlier demo; choose another --out\n"
    assert (tmp_path / "thesis.txt").read_text() == "mine"
