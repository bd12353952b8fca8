"""The treadmill view shows a runner's own session of this moment, and nobody else's."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.components.treadmill import treadmill
from dashboard.settings import Settings
from imu.collect.coach import SideNow
from imu.collect.ongoing import Ongoing, OngoingFile, SensorNow
from tests.dashboard.asking import call, signed_in, value
from tests.store.fresh import fresh_store

PANEL = {"control": "live", "name": "panel", "of": "", "key": ""}
NOW = Ongoing(
    verb="live",
    virtual=False,
    limit_deg=12.0,
    elapsed_s=192.4,
    activity="run",
    cadence_spm=172.4,
    cues=3,
    sides={"left": SideNow(12.44, 0.6, True), "right": SideNow(9.0, -1.1, False)},
    sensors=(
        SensorNow(placement="shank_left", connected=True),
        SensorNow(placement="shank_right", connected=True),
    ),
)


@pytest.fixture
def treadmill_app(tmp_path: Path) -> Iterator[Dash]:
    store = fresh_store(tmp_path)
    for name, role in (("anna", "runner"), ("cleo", "coach")):
        store.add_account(name, role)  # type: ignore[arg-type]
    with store.changed_by("anna") as repository:
        repository.sharing.add_athlete("Anna", own=True)
    app = create_app(Settings(home=tmp_path, secret_key=b"k" * 32, secure_cookies=False))
    yield app
    app.server.extensions["restride.store"].close()
    store.close()


def shown(browser: FlaskClient, **panel: Any) -> dict[str, Any]:
    """What the panel gets at a tick of its clock."""
    at = PANEL | panel
    out = _text(PANEL | {"key": ["MATCH"]})
    answer = call(
        browser,
        f"..{out}.children...{out}.data-cues..",
        to=[{"id": at, "property": "children"}, {"id": at, "property": "data-cues"}],
        inputs=[value(at | {"name": "tick"}, "n_intervals", 1)],
        state=[value(at, "id", at)],
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = json.loads(answer.text)["response"][_text(at)]
    return told


def _text(at: dict[str, Any]) -> str:
    return json.dumps(at, sort_keys=True, separators=(",", ":"))


def words(component: Any) -> str:
    return json.dumps(component, ensure_ascii=False, default=lambda one: one.to_plotly_json())


def test_without_a_session_it_says_how_to_start_one(treadmill_app: Dash) -> None:
    told = shown(signed_in(treadmill_app, "anna"))
    assert "restride live --cue --limit 12 --virtual" in words(told["children"])
    assert told["data-cues"] == ""


@pytest.mark.parametrize("folder", [".", "virtual"])
def test_a_session_is_shown_with_its_numbers(treadmill_app: Dash, tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(exist_ok=True)
    OngoingFile(tmp_path / folder).write(NOW)
    told = shown(signed_in(treadmill_app, "anna"))
    text = words(told["children"])
    for part in ("12.4°", "9.0°", "limit 12.0°", "172", "3:12", "above your limit", "within your limit"):
        assert part in text
    assert told["data-cues"] == "3"


def test_nobody_else_sees_it(treadmill_app: Dash, tmp_path: Path) -> None:
    OngoingFile(tmp_path).write(NOW)
    assert "12.4°" not in words(shown(signed_in(treadmill_app, "cleo"))["children"])
    store = treadmill_app.server.extensions["restride.store"]
    store.add_account("ben", "runner")
    assert "12.4°" not in words(shown(signed_in(treadmill_app, "ben"))["children"])
    assert "RESTRIDE_AS=" in words(shown(signed_in(treadmill_app, "anna"))["children"])
    OngoingFile(tmp_path).write(replace(NOW, account="anna"))
    assert "12.4°" not in words(shown(signed_in(treadmill_app, "ben"))["children"])
    assert "12.4°" in words(shown(signed_in(treadmill_app, "anna"))["children"])


def test_who_is_not_signed_in_is_told_nothing(treadmill_app: Dash) -> None:
    browser = treadmill_app.server.test_client()
    assert browser.post("/_dash-update-component", json={}).status_code == 401


def test_a_forged_look_changes_nothing_but_the_look(treadmill_app: Dash, tmp_path: Path) -> None:
    OngoingFile(tmp_path).write(NOW)
    browser = signed_in(treadmill_app, "anna")
    assert "injured side" in words(shown(browser, key="left")["children"])
    assert "injured side" not in words(shown(browser, key="<script>")["children"])


def test_a_lost_sensor_is_told_in_words() -> None:
    lost = replace(
        NOW,
        sensors=(SensorNow(placement="shank_left", connected=False),),
        sides={"right": NOW.sides["right"]},
    )
    text = words(treadmill(lost, injured=None))
    assert "Left shank: lost" in text
    assert "no running stride yet" in text


def test_before_the_run_it_says_what_to_do() -> None:
    waiting = replace(NOW, elapsed_s=None, said="Stand still for 5 s ...")
    assert "Stand still for 5 s" in words(treadmill(waiting, injured=None))


def test_the_marker_stays_on_its_gauge() -> None:
    for angle_deg in (-40.0, 80.0):
        far = replace(NOW, sides={"left": SideNow(angle_deg, 0.0, False)})
        text = words(treadmill(far, injured="left"))
        assert ("100.00%" if angle_deg > 0 else "0.00%") in text


def test_a_name_with_an_apostrophe_makes_a_command_that_a_shell_reads(treadmill_app: Dash) -> None:
    store = treadmill_app.server.extensions["restride.store"]
    store.add_account("O'Brien", "runner")
    said = words(shown(signed_in(treadmill_app, "O'Brien"))["children"])
    command = re.search(r"RESTRIDE_AS=.*?--virtual", said)
    assert command is not None
    assert shlex.split(command[0].replace('\\"', '"'))[0] == "RESTRIDE_AS=O'Brien"
