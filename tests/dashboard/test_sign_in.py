"""The way in: what gets somebody in, and what does not."""

import re

import pyotp
import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from imu.store.passwords import hashed
from imu.store.sign_ins import TRIES
from tests.dashboard.asking import signed_in, store_of
from tests.store.conftest import Clock

HERE = "http://localhost"


def token_of(client: FlaskClient, path: str = "/sign-in") -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found is not None
    return found[1]


def enter(client: FlaskClient, name: str, password: str) -> TestResponse:
    form = {"token": token_of(client), "name": name, "password": password}
    return client.post("/sign-in", data=form)


def is_in(client: FlaskClient) -> bool:
    return client.get("/_dash-layout").status_code == 200


def secret_of(client: FlaskClient) -> str | None:
    with client.session_transaction() as session:
        found: str | None = session.get("_user_id")
    return found


@pytest.fixture
def stranger(own_app: Dash) -> FlaskClient:
    found: FlaskClient = own_app.server.test_client()
    return found


def test_name_and_password_get_somebody_in_and_out_again(stranger: FlaskClient) -> None:
    answer = enter(stranger, "anna", "anna anna anna")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(stranger)
    assert stranger.post("/sign-out").status_code == 303
    assert not is_in(stranger)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("anna", "anna anna ann"),
        ("anna", ""),
        ("nobody", "anna anna anna"),
        ("", ""),
        ("anna' OR '1'='1", "x"),
        ("anna", "x" * 100_000),
    ],
)
def test_anything_else_is_answered_alike(stranger: FlaskClient, name: str, password: str) -> None:
    answer = enter(stranger, name, password[:90_000])
    assert answer.status_code == 401
    assert "do not belong together" in answer.get_data(as_text=True)
    assert not is_in(stranger)


def test_a_name_waits_after_many_tries_and_the_right_password_too(
    stranger: FlaskClient, app_clock: Clock
) -> None:
    for _ in range(TRIES):
        assert enter(stranger, "anna", "wrong").status_code == 401
    answer = enter(stranger, "anna", "anna anna anna")
    assert answer.status_code == 429
    assert "Wait for 15 minutes" in answer.get_data(as_text=True)
    assert enter(stranger, "ben", "ben ben ben").status_code == 303
    stranger.post("/sign-out")
    app_clock.forward(minutes=16)
    assert enter(stranger, "anna", "anna anna anna").status_code == 303


def test_one_address_is_slowed_down_whatever_names_it_tries(stranger: FlaskClient) -> None:
    answers = [stranger.post("/sign-in", data={"name": f"name {number}"}) for number in range(61)]
    assert [one.status_code for one in answers].count(429) == 1


def test_a_form_of_another_browser_is_not_taken(stranger: FlaskClient, own_app: Dash) -> None:
    token = token_of(own_app.server.test_client())
    token_of(stranger)
    for sent in (token, "", None):
        form = {"token": sent, "name": "anna", "password": "anna anna anna"}
        answer = stranger.post(
            "/sign-in", data={key: value for key, value in form.items() if value is not None}
        )
        assert answer.status_code == 400
    assert not is_in(stranger)


def test_a_cookie_that_was_planted_before_is_worth_nothing_after(
    stranger: FlaskClient, own_app: Dash
) -> None:
    token_of(stranger)
    planted = stranger.get_cookie("restride")
    assert planted is not None
    assert enter(stranger, "anna", "anna anna anna").status_code == 303
    attacker = own_app.server.test_client()
    attacker.set_cookie("restride", planted.value)
    assert not is_in(attacker)
    own = stranger.get_cookie("restride")
    assert own is not None
    assert own.value != planted.value


def test_signing_in_again_gives_another_secret(stranger: FlaskClient) -> None:
    enter(stranger, "anna", "anna anna anna")
    first = secret_of(stranger)
    stranger.post("/sign-out")
    enter(stranger, "anna", "anna anna anna")
    assert secret_of(stranger) not in (None, first)


def test_a_cookie_that_was_copied_ends_with_sign_out(stranger: FlaskClient, own_app: Dash) -> None:
    enter(stranger, "anna", "anna anna anna")
    cookie = stranger.get_cookie("restride")
    assert cookie is not None
    thief = own_app.server.test_client()
    thief.set_cookie("restride", cookie.value)
    assert is_in(thief)
    stranger.post("/sign-out")
    assert not is_in(thief)


def test_the_cookie_is_for_this_server_alone(stranger: FlaskClient) -> None:
    cookie = enter(stranger, "anna", "anna anna anna").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_idle_and_old_browsers_are_signed_out(own_app: Dash, app_clock: Clock) -> None:
    client = signed_in(own_app, "anna")
    assert is_in(client)
    app_clock.forward(hours=13)
    assert not is_in(client)


def test_a_one_time_password_must_be_changed_before_anything_is_seen(
    stranger: FlaskClient, own_app: Dash
) -> None:
    store = store_of(own_app)
    with store.changed_by("office") as repository:
        repository.accounts.add("newcomer", "runner", password_hash=hashed("given by office"))
    answer = enter(stranger, "newcomer", "given by office")
    assert (answer.status_code, answer.location) == (303, "/sign-in/next")
    assert not is_in(stranger)
    token = token_of(stranger, "/sign-in/next")
    for password, again in (("short", "short"), ("one long enough", "another one"), ("given by office",) * 2):
        form = {"token": token, "password": password, "again": again}
        assert stranger.post("/sign-in/next", data=form).status_code == 400
        assert not is_in(stranger)
    form = {"token": token, "password": "chosen by myself", "again": "chosen by myself"}
    assert stranger.post("/sign-in/next", data=form).location == "/"
    assert is_in(stranger)
    again = own_app.server.test_client()
    assert enter(again, "newcomer", "given by office").status_code == 401
    assert enter(again, "newcomer", "chosen by myself").location == "/"


def test_a_second_step_asks_for_a_code_and_takes_it_once(
    stranger: FlaskClient, own_app: Dash, app_clock: Clock
) -> None:
    store, secret = store_of(own_app), pyotp.random_base32()
    anna = store.profiles.by_name("anna")
    assert anna is not None
    store.profiles.set_second_step(anna, secret)
    code = pyotp.TOTP(secret).at(app_clock.now)
    assert enter(stranger, "anna", "anna anna anna").location == "/sign-in/next"
    assert not is_in(stranger)
    token = token_of(stranger, "/sign-in/next")
    wrong = "000000" if code != "000000" else "111111"
    for sent in (wrong, "", "abc", pyotp.TOTP(secret).at(app_clock.now.timestamp() - 300)):
        answer = stranger.post("/sign-in/next", data={"token": token, "code": sent})
        assert answer.status_code == 401
    assert (
        stranger.post("/sign-in/next", data={"token": token, "code": f"{code[:3]} {code[3:]}"}).location
        == "/"
    )
    assert is_in(stranger)

    thief = own_app.server.test_client()
    enter(thief, "anna", "anna anna anna")
    token = token_of(thief, "/sign-in/next")
    assert thief.post("/sign-in/next", data={"token": token, "code": code}).status_code == 401
    assert not is_in(thief)


def test_codes_cannot_be_tried_without_end(stranger: FlaskClient, own_app: Dash) -> None:
    store = store_of(own_app)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    store.profiles.set_second_step(anna, pyotp.random_base32())
    enter(stranger, "anna", "anna anna anna")
    token = token_of(stranger, "/sign-in/next")
    for _ in range(TRIES + 1):
        answer = stranger.post("/sign-in/next", data={"token": token, "code": "000000"})
    assert answer.status_code == 429
    assert "Too many tries. Wait for 15 minutes." in answer.text


def test_half_way_in_is_over_after_five_minutes(
    stranger: FlaskClient, own_app: Dash, app_clock: Clock
) -> None:
    store = store_of(own_app)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    store.profiles.set_second_step(anna, pyotp.random_base32())
    enter(stranger, "anna", "anna anna anna")
    app_clock.forward(minutes=6)
    answer = stranger.get("/sign-in/next")
    assert (answer.status_code, answer.location) == (302, "/sign-in")


def test_somebody_who_was_signed_out_comes_back_to_his_page(stranger: FlaskClient) -> None:
    assert stranger.get("/runs").location == "/sign-in?back=/runs"
    page = stranger.get("/sign-in?ended&back=/athlete/1f/runs%3Fperiod%3D30").get_data(as_text=True)
    assert "You were signed out meanwhile." in page
    assert 'name="back" value="/athlete/1f/runs?period=30"' in page
    assert "signed out" not in stranger.get("/sign-in?back=/runs").get_data(as_text=True)
    form = {"token": token_of(stranger), "name": "anna", "back": "/runs?period=30"}
    wrong = stranger.post("/sign-in", data={**form, "password": "no"})
    assert 'name="back" value="/runs?period=30"' in wrong.get_data(as_text=True)
    answer = stranger.post("/sign-in", data={**form, "password": "anna anna anna"})
    assert (answer.status_code, answer.location) == (303, "/runs?period=30")


def test_he_comes_back_after_the_second_step_too(
    stranger: FlaskClient, own_app: Dash, app_clock: Clock
) -> None:
    store = store_of(own_app)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    secret = pyotp.random_base32()
    store.profiles.set_second_step(anna, secret)
    form = {"token": token_of(stranger), "name": "anna", "password": "anna anna anna", "back": "/progress"}
    assert stranger.post("/sign-in", data=form).location == "/sign-in/next"
    code = pyotp.TOTP(secret).at(app_clock())
    answer = stranger.post("/sign-in/next", data={"token": token_of(stranger, "/sign-in/next"), "code": code})
    assert (answer.status_code, answer.location) == (303, "/progress")


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/%0d%0aSet-Cookie: x",
        "/\r\nX: y",
        "javascript:alert(1)",
        "runs",
        "/sign-out",
        "/" + "x" * 600,
        '/runs" onfocus="x',
        "",
    ],
)
def test_nobody_is_led_away_from_here(stranger: FlaskClient, back: str) -> None:
    page = stranger.get("/sign-in", query_string={"ended": "", "back": back}).get_data(as_text=True)
    assert 'name="back" value="/"' in page
    form = {"token": token_of(stranger), "name": "anna", "password": "anna anna anna", "back": back}
    assert stranger.post("/sign-in", data=form).location == "/"
