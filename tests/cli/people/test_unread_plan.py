"""A version of the plan that this program cannot read: what depends on it says so, all else goes on."""

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from imu.store import Account, Store
from imu.training.plan_file import default_text
from tests.cli.people.story import Clock, keep_story
from tests.conftest import Restride

NOT_READ = "version 1 of the plan cannot be read by this program"


def damage(home: Path, content: str) -> None:
    """Change what lies in the file of the store, as a disk or a newer program would."""
    (database,) = home.glob("*.sqlite")
    with sqlite3.connect(database) as connection:
        assert connection.execute("UPDATE plan SET content = ?", (content,)).rowcount == 1
    connection.close()


LATER, DAMAGED = json.dumps({**json.loads(default_text()), "courage": 1}), default_text()[:900]


@pytest.fixture(params=[LATER, DAMAGED], ids=["later", "damaged"])
def unread(
    request: pytest.FixtureRequest, restride_home: Path, store: Store, anna: Account, clock: Clock
) -> str:
    """Anna in the middle of her return, whose plan another program wrote, or of which a part is gone."""
    keep_story(store, anna, "returning")
    with store.changed_by("Anna") as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        repository.care.adopt_plan(athlete_id, json.loads(default_text()), reason="slower")
    store.engine.dispose()
    damage(restride_home, request.param)
    clock.now += timedelta(hours=12)
    return str(request.param)


@pytest.mark.unhurried
@pytest.mark.usefixtures("unread")
def test_where_one_stands_is_not_told_and_nothing_is_suggested(restride: Restride) -> None:
    done = restride("status", "--as", "Anna")
    assert done.returncode == 0, done.stderr
    assert f"Anna (simulated): no plan is followed: {NOT_READ}" in done.stdout
    assert "\nRest today.\n" in done.stdout
    assert done.stdout.count(NOT_READ[8:]) == 1  # what cannot be read is said once
    assert "Update Restride, or ask your clinician before you run." in done.stdout
    assert "An easy run" not in done.stdout
    content: dict[str, Any] = json.loads(restride("status", "--json", "--as", "Anna").stdout)
    assert (content["plan"]["followed"], content["plan"]["unread"]) == (False, True)
    assert content["next"]["may_run"] == "rest"


@pytest.mark.usefixtures("unread")
def test_what_does_not_depend_on_it_is_there(restride: Restride) -> None:
    for verb in (
        ["status", "--runs"],
        ["warnings", "list"],
        ["baseline", "show"],
        ["injury", "list"],
        ["plan", "show", "--json"],
        ["plan", "gate"],
    ):
        done = restride(*verb, "--as", "Anna")
        assert (done.returncode, done.stderr) == (0, ""), verb
        assert done.stdout


@pytest.mark.unhurried
@pytest.mark.usefixtures("unread")
def test_everything_is_written_for_whoever_takes_it_away(restride: Restride, tmp_path: Path) -> None:
    done = restride("export-all", tmp_path / "all", "--as", "Anna")
    assert done.returncode == 0, done.stderr
    (kept,) = json.loads((tmp_path / "all" / "tables" / "plan.json").read_text("utf-8"))
    assert kept["reason"] == "slower"


@pytest.mark.unhurried
@pytest.mark.usefixtures("unread")
def test_it_is_in_a_backup_as_it_is(restride: Restride, tmp_path: Path) -> None:
    """Whoever has something damaged saves first; what was damaged is so in the copy, and the rest whole."""
    before = [restride("plan", "show", "--as", "Anna").stdout, restride("status", "--as", "Anna").stdout]
    assert restride("backup", tmp_path / "kept.tar").returncode == 0
    done = restride("restore", tmp_path / "kept.tar", "--replace")
    assert done.returncode == 0, done.stderr
    assert [
        restride("plan", "show", "--as", "Anna").stdout,
        restride("status", "--as", "Anna").stdout,
    ] == before


def test_the_plan_itself_says_where_it_is_wrong(restride: Restride, unread: str) -> None:
    shown = restride("plan", "show", "--as", "Anna").stdout
    assert shown.startswith("The plan: version 1 of 2026-06-30 by Anna, not signed by a clinician: slower.")
    where = "plan has the unknown key 'courage'" if unread == LATER else "it must be an object"
    assert where in shown
    assert NOT_READ in shown


@pytest.mark.usefixtures("unread")
def test_what_would_rest_on_it_is_refused_in_one_line(restride: Restride) -> None:
    for verb in (
        ["plan", "gate", "brisk_walk", "yes", "--as", "Anna"],
        ["plan", "hold", "--reason", "wait", "--athlete", "Anna (simulated)", "--as", "ito"],
        ["exercise", "today", "--as", "Anna"],
        ["exercise", "log", "chair_bridge", "--as", "Anna"],
    ):
        done = restride(*verb)
        assert (done.returncode, done.stdout) == (2, ""), verb
        assert done.stderr.count("\n") == 1
        assert "plan version 1 of 2026-06-30: it cannot be read by this program" in done.stderr
        assert "update restride, or ask your clinician" in done.stderr


@pytest.mark.usefixtures("unread")
def test_pain_is_judged_all_the_same(restride: Restride) -> None:
    done = restride("checkin", "--morning", "7", "--as", "Anna")
    assert f"No plan is followed: {NOT_READ}" in done.stdout
    assert "Rest, and tell how it is tomorrow morning." not in done.stdout  # first: the plan
    told = restride("warnings", "list", "--as", "Anna").stdout
    assert "red, open, since 2026-06-30" in told
    assert "7 the next morning" in told
    assert "rest until it is what it was, and tell your clinician" in told


@pytest.mark.usefixtures("unread")
def test_once_the_injury_is_over_nothing_depends_on_it(restride: Restride) -> None:
    """Running is suggested by load again; in the next injury another version may be followed."""
    assert restride("injury", "close", "--as", "Anna").returncode == 0
    status = restride("status", "--as", "Anna").stdout
    assert "no open injury is on record" in status
    assert "An easy run" in status


@pytest.mark.usefixtures("unread")
def test_another_plan_may_be_chosen(restride: Restride, tmp_path: Path) -> None:
    """What was done under the one that cannot be read stays not judged, and it says so."""
    file = tmp_path / "plan.json"
    file.write_text(default_text())
    done = restride("plan", "choose", file, "--reason", "whole again", "--as", "Anna")
    assert done.stdout.startswith("Version 2 is kept, "), done.stderr
    assert f"it is not followed yet: {NOT_READ}" in done.stdout
    assert f"No plan is followed: {NOT_READ}" in restride("plan", "show", "--as", "Anna").stdout
