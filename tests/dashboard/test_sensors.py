"""Sensors: what this computer knows of the runner's own, and what runs tell whoever may see them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dash import Dash

from dashboard.app import create_app
from dashboard.settings import Settings
from imu.collect.registry import FILE_NAME, Registry
from imu.collect.session import Session, Worn, create_session
from imu.devices.sensor import Identity, Settings as Asked
from imu.store import Store
from imu.store.rows import SensorRow
from tests.dashboard.asking import shown, signed_in, words
from tests.store.fresh import fresh_store

LEFT, RIGHT, OLD = (Identity("metamotion", "MMS", serial, "1.7") for serial in ("05A1B2", "05A1B3", "05A1B0"))


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[Dash, str]]:
    """A dashboard, and an athlete who shares with a coach and wore a sensor that is not paired here."""
    store = fresh_store(tmp_path)
    for name, role in (("anna", "runner"), ("cleo", "coach"), ("otto", "coach")):
        store.add_account(name, role)  # type: ignore[arg-type]
    with store.changed_by("anna") as repository:
        athlete_id = repository.sharing.add_athlete("Anna", own=True).athlete_id
        repository.sharing.grant(athlete_id, "cleo", "training")
    with store._transaction() as session:
        session.add(
            SensorRow(
                athlete_id=athlete_id,
                serial="BORROWED1",
                device="ESP32",
                placement="pelvis",
                last_worn_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
            )
        )
    app = create_app(Settings(home=tmp_path, secret_key=b"k" * 32, secure_cookies=False))
    yield app, athlete_id
    app.server.extensions["restride.store"].close()
    store.close()


def asked(app: Dash, name: str, of: str = "") -> tuple[int, str]:
    """Status and words of the page's content, for somebody."""
    answer = shown(signed_in(app, name), "sensors", of)
    return answer.status_code, words(answer)


def test_a_runner_sees_the_sensors_of_this_computer_and_of_the_runs(
    told: tuple[Dash, str], tmp_path: Path
) -> None:
    registry = Registry(tmp_path)
    registry.pair(OLD, "shank_left")
    registry.pair(LEFT, "shank_left")
    registry.pair(RIGHT, "shank_right")
    registry.change("05A1B2", mount_height_m=0.14, battery_percent=12.0, seen="2026-03-02T08:00:00+00:00")
    status, text = asked(told[0], "anna")
    assert status == 200
    for part in ("05A1B2", "05A1B3", "BORROWED1", "14 cm", "Battery 12 %: charge it", "not calibrated"):
        assert part in text
    assert "restride sensors mount-height shank_right" in text
    assert "restride sensors mount-height shank_left" not in text
    assert text.index("No longer in use") < text.index("05A1B0")


def test_a_sensor_that_may_hold_a_run_says_so(told: tuple[Dash, str], tmp_path: Path) -> None:
    Registry(tmp_path).pair(LEFT, "shank_left")
    session = Session(
        start=datetime(2026, 3, 2, 7, tzinfo=UTC),
        start_ns=1,
        mode="log",
        worn={"shank_left": Worn(LEFT)},
        settings=Asked(),
        host="test",
        version="1",
    )
    create_session(tmp_path / "sessions" / "one", session)
    assert "It may hold that run: restride sync" in asked(told[0], "anna")[1]


def test_without_any_it_says_how_to_pair(told: tuple[Dash, str], tmp_path: Path) -> None:
    with Store.at(tmp_path)._transaction() as session:
        session.query(SensorRow).delete()
    text = asked(told[0], "anna")[1]
    assert "restride pair" in text
    assert "How to strap them on" in text


def test_a_list_that_cannot_be_read_is_told_and_the_rest_is_there(
    told: tuple[Dash, str], tmp_path: Path
) -> None:
    (tmp_path / FILE_NAME).write_text("{", encoding="utf-8")
    text = asked(told[0], "anna")[1]
    assert "cannot be read" in text
    assert "BORROWED1" in text
    assert str(tmp_path) not in text


def test_whom_it_is_shared_with_sees_what_runs_tell_and_nothing_of_this_computer(
    told: tuple[Dash, str], tmp_path: Path
) -> None:
    Registry(tmp_path).pair(LEFT, "shank_left")
    app, athlete_id = told
    status, text = asked(app, "cleo", athlete_id)
    assert status == 200
    assert "BORROWED1" in text
    assert "05A1B2" not in text


@pytest.mark.parametrize("name", ["otto"])
def test_nobody_else_sees_any(told: tuple[Dash, str], name: str) -> None:
    app, athlete_id = told
    known, unknown = asked(app, name, athlete_id), asked(app, name, "0" * 32)
    assert known == unknown
    assert known[0] == 404
