"""A plan that this program cannot read: every page opens, and says so where it depends on it."""

import json
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from dash import Dash

import imu
from imu.followup.standing import judged_anew
from imu.training.history import Injury
from imu.training.plan_file import default_text
from tests.dashboard.asking import shown, signed_in, store_of, words
from tests.dashboard.conftest import Ids
from tests.dashboard.seeded import NOON
from tests.dashboard.test_today import ticked_off
from tests.store.conftest import Clock

pytestmark = pytest.mark.unhurried

NOT_READ = "ersion 1 of the plan cannot be read by this program"


@pytest.fixture
def unread(changing_app: Dash, app_clock: Clock, ids: Ids) -> Dash:
    """Anna is injured, and of her plan only the first part is still on the disk."""
    store = store_of(changing_app)
    injury = Injury(injury_id="calf", side="left", site="calf", onset=(NOON - timedelta(days=9)).date())
    with store.changed_by("anna") as repository:
        repository.care.add_injury(ids.anna, injury)
        repository.care.adopt_plan(ids.anna, {**_default(), "version": "1a"}, reason="slower")
    with store.engine.connect() as connection:
        there = connection.connection.driver_connection
        assert isinstance(there, sqlite3.Connection)
        there.execute("UPDATE plan SET content = ? WHERE athlete_id = ?", (default_text()[:900], ids.anna))
        there.commit()
    app_clock.now += timedelta(hours=2)
    judged_anew(
        store,
        next(one for one in store.accounts() if one.name == "anna"),
        ids.anna,
        analysis_version=imu.__version__,
    )
    return changing_app


def _default() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(default_text())
    return content


def test_the_first_page_says_what_to_do_and_asks_for_no_other_injury(unread: Dash) -> None:
    said = words(shown(signed_in(unread, "anna"), "today"))
    assert NOT_READ in said
    assert "Update Restride, or ask your clinician before you run." in said
    assert "An easy run" not in said
    assert "injured-side" not in said
    assert "A clinician has cleared me" not in said
    assert "Last run" in said


@pytest.mark.parametrize("name", ["anna", "ito"])
def test_every_page_opens(unread: Dash, ids: Ids, name: str) -> None:
    client = signed_in(unread, name)
    for page, of in (
        ("progress", ids.anna),
        ("athlete", ids.anna),
        ("episode", ids.anna),
        ("runs", ids.anna),
        ("run", ids.recorded),
    ):
        assert shown(client, page, of).status_code == 200, page
    for page in ("progress", "athlete", "episode"):
        assert NOT_READ in words(shown(client, page, ids.anna)), page
    for file in ("episode.pdf", "episode-runs.csv", "episode-fhir.json"):
        assert client.get(f"/athlete/{ids.anna}/{file}").status_code == 200, file


def test_a_clinician_sees_which_version_it_is_and_may_write_another(unread: Dash, ids: Ids) -> None:
    said = words(shown(signed_in(unread, "ito"), "episode", ids.anna))
    assert "Version 1 of" in said
    assert "Follow another version" in said
    assert "Sign off" not in said


def test_whoever_acts_on_it_is_refused(unread: Dash) -> None:
    answer = ticked_off(unread, "anna", "chair_bridge")
    assert answer.status_code == 400
    assert "it cannot be read by this program" in answer.text
