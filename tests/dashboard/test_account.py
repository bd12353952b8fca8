"""The account's own page: each part, as its owner uses it and as somebody else may try."""

from typing import Any

import pyotp
import pytest
from dash import Dash
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from dashboard import ids as at
from imu.store import Account
from imu.store.passwords import fits
from imu.store.sign_ins import TRIES
from tests.dashboard.asking import call, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import ClientOf
from tests.store.conftest import Clock

PARTS = ("password", "settings", "second-step", "browsers", "devices")


@pytest.fixture
def anna(changing_app: Dash) -> Account:
    found = store_of(changing_app).profiles.by_name("anna")
    assert found is not None
    return found


@pytest.fixture
def client(changing_app: Dash) -> FlaskClient:
    return signed_in(changing_app, "anna")


def press(
    app: Dash, client: FlaskClient, part: str, pressed: dict[str, Any], *typed: tuple[dict[str, Any], Any]
) -> TestResponse:
    """Press a button of a part of the page. `typed`: what stands in its fields."""
    key = next(one for one in app.callback_map if one.startswith(f'{{"content":"{part}","of":""}}.children@'))
    several = app.callback_map[key]["inputs"][0]["id"].find("ALL") > 0
    inputs: Any = value(pressed, "n_clicks", 1)
    state = [value(field, "value", what) for field, what in typed]
    if any("ALL" in one["id"] for one in app.callback_map[key]["state"]):
        state = [state]  # type: ignore[list-item]
    own = {"id": at.content(part), "property": f"children@{key.rpartition('@')[2]}"}
    return call(client, key, to=own, inputs=[[inputs] if several else inputs], state=state)


@pytest.mark.parametrize("name", ["anna", "kim", "ito", "office"])
@pytest.mark.parametrize("part", PARTS)
def test_everybody_has_an_account(client_of: ClientOf, name: str, part: str) -> None:
    assert shown(client_of(name), part, at_once=True).status_code == 200


def password(app: Dash, client: FlaskClient, old: str, new: str, again: str) -> str:
    fields = [
        (at.control("password", name), what) for name, what in (("old", old), ("new", new), ("again", again))
    ]
    return words(press(app, client, "password", at.control("password", "change"), *fields))


def test_a_password_is_changed_by_whoever_knows_it(changing_app: Dash, client: FlaskClient) -> None:
    other, store = signed_in(changing_app, "anna"), store_of(changing_app)
    assert "not your password" in password(changing_app, client, "wrong", "a new password", "a new password")
    assert "not the same" in password(changing_app, client, "anna anna anna", "a new password", "another")
    assert "10 to 200" in password(changing_app, client, "anna anna anna", "short", "short")
    assert fits("anna anna anna", store.sign_ins.password_hash("anna"))
    assert "is changed" in password(
        changing_app, client, "anna anna anna", "a new password", "a new password"
    )
    assert fits("a new password", store.sign_ins.password_hash("anna"))
    assert client.get("/_dash-layout").status_code == 200
    assert other.get("/_dash-layout").status_code == 401


def test_a_stolen_browser_cannot_try_passwords_without_end(changing_app: Dash, client: FlaskClient) -> None:
    for _ in range(TRIES):
        password(changing_app, client, "wrong", "a new password", "a new password")
    told = password(changing_app, client, "anna anna anna", "a new password", "a new password")
    assert "Too many tries" in told


def test_language_and_units_are_kept(changing_app: Dash, client: FlaskClient) -> None:
    def keep(language: Any, units: Any) -> str:
        fields = [(at.control("settings", "language"), language), (at.control("settings", "units"), units)]
        return words(press(changing_app, client, "settings", at.control("settings", "keep"), *fields))

    assert "Kept" in keep("en", "mi")
    again = store_of(changing_app).profiles.by_name("anna")
    assert again is not None
    assert (again.language, again.units) == ("en", "mi")
    for wrong in (("xx", "km"), (["en"], "km"), ("en", {"a": 1}), ("en", None)):
        assert "Choose one of each" in keep(*wrong)
    assert store_of(changing_app).profiles.by_name("anna") == again


def test_a_second_step_is_asked_for_once_a_code_proved_it(
    changing_app: Dash, client: FlaskClient, anna: Account, app_clock: Clock
) -> None:
    profiles = store_of(changing_app).profiles

    def act(key: str, typed: str = "") -> str:
        field = (at.control("second-step", "typed"), typed)
        pressed = at.control("second-step", "act", key=key)
        return words(press(changing_app, client, "second-step", pressed, field))

    assert "Set up" in act("confirm", "000000")
    assert "not your password" in act("begin", "wrong")
    with client.session_transaction() as session:
        assert "second step" not in session
    assert "data:image/svg" in act("begin", "anna anna anna")
    with client.session_transaction() as session:
        secret = session["second step"]
    assert "not the code of now" in act("confirm", "12")
    assert profiles.second_step(anna) is None
    assert "asks for a code" in act("confirm", pyotp.TOTP(secret).at(app_clock.now))
    assert profiles.second_step(anna) == secret
    assert "not your password" in act("remove", "wrong")
    assert profiles.second_step(anna) == secret
    assert "password only" in act("remove", "anna anna anna")
    assert profiles.second_step(anna) is None


def test_other_browsers_are_signed_out(changing_app: Dash, client: FlaskClient, anna: Account) -> None:
    other, third = signed_in(changing_app, "anna"), signed_in(changing_app, "anna")
    known = store_of(changing_app).sign_ins.browsers(anna)
    keys = {one.key for one in known}
    with other.session_transaction() as session:
        secret = session["_user_id"]
    his = next(one.key for one in store_of(changing_app).sign_ins.browsers(anna, this=secret) if one.is_this)
    assert his in keys
    press(changing_app, client, "browsers", at.control("browsers", "end", key=his))
    assert other.get("/_dash-layout").status_code == 401
    assert third.get("/_dash-layout").status_code == 200
    press(changing_app, client, "browsers", at.control("browsers", "end", key="others"))
    assert third.get("/_dash-layout").status_code == 401
    assert client.get("/_dash-layout").status_code == 200


def test_a_device_gets_a_key_that_is_shown_once(
    changing_app: Dash, client: FlaskClient, anna: Account
) -> None:
    sign_ins = store_of(changing_app).sign_ins
    typed = (at.control("devices", "name"), "my laptop"), (at.control("devices", "password"), "wrong")
    add = at.control("devices", "act", key="add")
    assert "not your password" in words(press(changing_app, client, "devices", add, *typed))
    assert not sign_ins.devices(anna)
    typed = typed[0], (at.control("devices", "password"), "anna anna anna")
    told = words(press(changing_app, client, "devices", add, *typed))
    token = "restride_" + told.partition("restride_")[2].partition('"')[0]
    assert sign_ins.account_of_token(token) == anna
    assert token not in words(shown(client, "devices", at_once=True))
    (device,) = sign_ins.devices(anna)
    ben = signed_in(changing_app, "ben")
    pressed = at.control("devices", "act", key=device.token_id)
    assert "no such device" in words(press(changing_app, ben, "devices", pressed, *typed))
    assert sign_ins.account_of_token(token) == anna
    assert "sends runs and pain answers, and reads what you see" in words(
        shown(client, "devices", at_once=True)
    )
    api, key = changing_app.server.test_client(), {"Authorization": f"Bearer {token}"}
    assert api.get("/api/v1/runs", headers=key).status_code == 200
    assert "It no longer opens anything." in words(press(changing_app, client, "devices", pressed, *typed))
    assert api.get("/api/v1/runs", headers=key).status_code == 401
    assert sign_ins.account_of_token(token) is None


def test_an_account_without_a_password_proves_itself_by_having_come_just_now(
    changing_app: Dash, client: FlaskClient, anna: Account, app_clock: Clock
) -> None:
    store = store_of(changing_app)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE account SET password_hash = NULL WHERE name = 'anna'"))
    typed = (at.control("devices", "name"), "my laptop"), (at.control("devices", "password"), "")
    add = at.control("devices", "act", key="add")
    app_clock.forward(minutes=11)
    assert "Sign out and in again" in words(press(changing_app, client, "devices", add, *typed))
    assert not store.sign_ins.devices(anna)
    assert "restride_" in words(press(changing_app, signed_in(changing_app, "anna"), "devices", add, *typed))
