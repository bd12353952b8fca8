"""How the door is set up, and each step of the way in: what it answers, and in what words."""

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.auth.forged import LARGEST_BODY
from dashboard.settings import Settings
from imu.errors import Forbidden, RestrideError, StoreTroubleError
from imu.store.passwords import hashed
from imu.store.sign_ins import LONGEST, TRIES
from tests.dashboard.asking import shown, signed_in, store_of
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.test_sign_in import enter, is_in, secret_of, token_of
from tests.store.conftest import Clock

AppWith = Callable[..., Dash]


@pytest.fixture
def app_with(filled_home: Path, tmp_path: Path) -> Iterator[AppWith]:
    """`app_with(proxies=1)`: a dashboard of other settings over a store of its own."""
    home = tmp_path / "other"
    shutil.copytree(filled_home, home)
    made: list[Dash] = []

    def build(**settings: Any) -> Dash:
        given = {"secure_cookies": False, "clock": Clock(), **settings}
        made.append(create_app(Settings(home=home, secret_key=b"k" * 32, **given)))
        return made[-1]

    yield build
    for app in made:
        store_of(app).close()


def said(answer: Any) -> str:
    text: str = answer.get_data(as_text=True)
    return text


@pytest.mark.parametrize("secure_cookies", [True, False])
def test_over_https_cookies_and_pages_are_for_https_alone(app_with: AppWith, secure_cookies: bool) -> None:
    stranger = app_with(secure_cookies=secure_cookies).server.test_client()
    answer = stranger.get("/sign-in", base_url="https://localhost")
    parts = answer.headers["Set-Cookie"].split("; ")
    assert parts[0].startswith("restride=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert ("Secure" in parts) is secure_cookies
    assert ("Strict-Transport-Security" in answer.headers) is secure_cookies


def test_a_browser_stays_signed_in_for_two_weeks_at_most_and_its_cookie_is_written_once(
    own_app: Dash,
) -> None:
    stranger = own_app.server.test_client()
    cookie = enter(stranger, "anna", "anna anna anna").headers["Set-Cookie"]
    expires = next(part for part in cookie.split("; ") if part.startswith("Expires="))
    until = parsedate_to_datetime(expires.removeprefix("Expires="))
    assert abs(until - datetime.now(UTC) - LONGEST) < timedelta(minutes=5)
    assert "Set-Cookie" not in stranger.get("/_dash-layout").headers


@pytest.mark.parametrize(("proxies", "is_believed"), [(0, False), (1, True)])
def test_what_a_proxy_says_is_believed_where_there_is_one(
    app_with: AppWith, proxies: int, is_believed: bool
) -> None:
    stranger = app_with(proxies=proxies).server.test_client()
    told = {"X-Forwarded-Host": "clinic.example", "Origin": "https://clinic.example"}
    assert (stranger.post("/sign-out", headers=told).status_code == 303) is is_believed
    answers = [
        stranger.post("/sign-in", headers={"X-Forwarded-For": f"10.0.0.{n % 2}"}).status_code
        for n in range(62)
    ]
    assert (429 not in answers) is is_believed  # as two machines, or as one


def test_sixty_tries_a_minute_are_taken_and_looking_is_no_try(own_app: Dash) -> None:
    stranger = own_app.server.test_client()
    assert {stranger.get("/sign-in").status_code for _ in range(70)} == {200}
    answers = [stranger.post("/sign-in", data={}).status_code for _ in range(62)]
    assert answers == [400] * 60 + [429] * 2


@pytest.mark.parametrize(("size", "code"), [(LARGEST_BODY, 400), (LARGEST_BODY + 1, 413)])
def test_a_body_is_read_up_to_its_limit(app_with: AppWith, size: int, code: int) -> None:
    answer = signed_in(app_with(), "anna").post(
        "/_dash-update-component", data=b" " * size, content_type="application/json"
    )
    assert answer.status_code == code


@pytest.mark.parametrize(("size", "code"), [(99_000, 400), (100_001, 413)])
def test_a_form_in_parts_is_small(app_with: AppWith, size: int, code: int) -> None:
    form = {"name": "x" * size}
    answer = app_with().server.test_client().post("/sign-in", data=form, content_type="multipart/form-data")
    assert answer.status_code == code


@pytest.mark.parametrize(("parts", "code"), [(50, 400), (51, 413)])
def test_a_form_has_few_parts(app_with: AppWith, parts: int, code: int) -> None:
    form = {f"part{n}": "x" for n in range(parts)}
    answer = app_with().server.test_client().post("/sign-in", data=form, content_type="multipart/form-data")
    assert answer.status_code == code


FAILURES = {
    "forbidden": Forbidden("athlete 7 is not yours"),
    "wrong": RestrideError("the plan has no stage 99"),
    "trouble": StoreTroubleError("/srv/secret/store.sqlite is locked"),
}


@pytest.mark.parametrize(
    ("path", "method", "code", "words"),
    [
        ("/assets/forbidden", "GET", 404, "There is nothing here, or it is not shared with you."),
        ("/assets/none.css", "GET", 404, "There is nothing here, or it is not shared with you."),
        ("/_dash-component-suites/dash/none.js", "GET", 404, "There is nothing here, or it is not shared"),
        ("/assets/wrong", "GET", 400, "the plan has no stage 99"),
        (
            "/assets/trouble",
            "GET",
            400,
            "Something that is kept here cannot be reached. Tell whoever keeps this server.",
        ),
    ],
)
def test_what_goes_wrong_is_told_in_a_line_without_what_is_not_for_all(
    own_app: Dash, caplog: pytest.LogCaptureFixture, path: str, method: str, code: int, words: str
) -> None:
    for name, error in FAILURES.items():

        def fail(error: Exception = error) -> str:
            raise error

        own_app.server.add_url_rule(f"/assets/{name}", endpoint=name, view_func=fail)
    with caplog.at_level(logging.ERROR):
        answer = own_app.server.test_client().open(path, method=method)
    told = answer.get_data(as_text=True)
    assert answer.status_code == code
    assert "<html" not in told
    assert told.startswith(words)
    if code == 400:
        assert told == words
        assert answer.content_type == "text/plain; charset=utf-8"
    noted = [one for one in caplog.records if one.getMessage() == "the store is not as it should be"]
    assert bool(noted) == path.endswith("trouble")
    assert all(one.exc_info and one.exc_info[1] is FAILURES["trouble"] for one in noted)


def test_nothing_is_a_page_for_people_and_a_line_for_programs(client_of: ClientOf, ids: Ids) -> None:
    anna = client_of("anna")
    for method in ("GET", "HEAD"):
        page = anna.open("/nowhere", method=method)
        assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "<html" in said(anna.get("/nowhere"))
    called = shown(anna, "runs", ids.ben)
    assert (called.status_code, said(called)) == (404, "There is nothing here, or it is not shared with you.")
    assert anna.get("/api/v1/nowhere").status_code == 401


def test_a_stranger_is_told_to_sign_in_and_a_forged_call_what_to_do(
    client_of: ClientOf, dash_app: Dash
) -> None:
    stranger = dash_app.server.test_client()
    assert stranger.post("/_dash-update-component", json={}).get_data(as_text=True) == "Sign in first."
    assert stranger.put("/today").status_code == 401
    assert stranger.head("/today").location == "/sign-in?back=/today"
    assert stranger.get("/a b").location == "/sign-in?back=/a%20b"
    assert stranger.get("/_reload-hash").status_code == 401
    anna = client_of("anna")
    forged = anna.post("/_dash-update-component", json={})
    assert (forged.status_code, forged.get_data(as_text=True)) == (
        400,
        "This is nothing that a page here asks for. Load it again.",
    )
    text = anna.post("/_dash-update-component", data="{}", content_type="text/plain")
    assert (text.status_code, text.get_data(as_text=True)) == (415, "Send JSON.")
    foreign = anna.post("/sign-out", headers={"Origin": "https://evil.example"})
    assert foreign.get_data(as_text=True) == "This request came from another site."


@pytest.fixture
def stranger(own_app: Dash) -> FlaskClient:
    found: FlaskClient = own_app.server.test_client()
    return found


def test_the_sign_in_page_says_why_it_is_shown_again(stranger: FlaskClient) -> None:
    first = said(stranger.get("/sign-in"))
    assert "alert" not in first
    assert "status" not in first
    assert "Sign in with" not in first  # nobody else's word is taken here
    late = stranger.post("/sign-in", data={"name": "anna", "password": "anna anna anna"})
    assert late.status_code == 400
    assert "This page was open for too long. Try again." in said(late)
    wrong = enter(stranger, "anna", "wrong")
    assert "Name and password do not belong together." in said(wrong)
    assert is_in(stranger) is False


def test_a_name_counts_its_first_two_hundred_letters(stranger: FlaskClient) -> None:
    for n in range(TRIES):
        assert enter(stranger, "n" * 200 + str(n), "x").status_code == 401
    assert enter(stranger, "n" * 200 + "other", "x").status_code == 429
    assert enter(stranger, "n" * 199, "x").status_code == 401


def test_signing_out_needs_nobody_to_be_in_and_forgets_the_form(stranger: FlaskClient) -> None:
    token = token_of(stranger)
    answer = stranger.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert token_of(stranger) != token


def test_signing_in_notes_the_browser_and_ends_with_it(stranger: FlaskClient, own_app: Dash) -> None:
    form = {"token": token_of(stranger), "name": "anna", "password": "anna anna anna"}
    stranger.post("/sign-in", data=form, headers={"User-Agent": "Firefox of anna"})
    store = store_of(own_app)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    assert "Firefox of anna" in [one.agent for one in store.sign_ins.browsers(anna)]
    assert secret_of(stranger) is not None
    stranger.post("/sign-out")
    assert secret_of(stranger) is None
    assert "Firefox of anna" not in [one.agent for one in store.sign_ins.browsers(anna)]


@pytest.mark.parametrize("back", ["/runs", None])
def test_whoever_is_in_is_led_on_at_once(own_app: Dash, back: str | None) -> None:
    anna = signed_in(own_app, "anna")
    answer = anna.get("/sign-in", query_string={} if back is None else {"back": back})
    assert (answer.status_code, answer.location) == (302, back or "/")


def newcomer(app: Dash, *, code: bool) -> str | None:
    """An account with a password for one time, and a second step if asked for: its secret."""
    store = store_of(app)
    with store.changed_by("office") as repository:
        repository.accounts.add("newcomer", "runner", password_hash=hashed("given by office"))
    if not code:
        return None
    secret, account = pyotp.random_base32(), store.profiles.by_name("newcomer")
    assert account is not None
    store.profiles.set_second_step(account, secret)
    return secret


def test_a_password_of_ones_own_is_asked_for_in_words_that_help(stranger: FlaskClient, own_app: Dash) -> None:
    newcomer(own_app, code=False)
    enter(stranger, "newcomer", "given by office")
    page = stranger.get("/sign-in/next")
    assert page.status_code == 200
    assert "A password of your own" in said(page)
    assert "alert" not in said(page)
    token = token_of(stranger, "/sign-in/next")

    def chosen(password: str, again: str | None = None, *, sent: str | None = token) -> Any:
        form = {"token": sent, "password": password, "again": password if again is None else again}
        return stranger.post(
            "/sign-in/next", data={name: value for name, value in form.items() if value is not None}
        )

    for answer, words in (
        (chosen("one long enough", "another one"), "The two are not the same. Type the password twice."),
        (chosen("one long enough", ""), "The two are not the same. Type the password twice."),
        (chosen("given by office"), "This is the password that you were given. Choose another one."),
        (chosen("nineish !"), "A password has 10 to 200 characters."),
        (chosen("x" * 201), "A password has 10 to 200 characters."),
        (stranger.post("/sign-in/next", data={"token": token}), "A password has 10 to 200 characters."),
        (chosen("one long enough", sent=None), "This page was open for too long. Try again."),
    ):
        assert answer.status_code == 400
        assert words in said(answer)
        assert "A password of your own" in said(answer)
        assert not is_in(stranger)
    answer = chosen("ten letter")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(stranger)


def test_a_code_and_then_a_password_of_ones_own(
    stranger: FlaskClient, own_app: Dash, app_clock: Clock
) -> None:
    secret = newcomer(own_app, code=True)
    assert secret is not None
    form = {"token": token_of(stranger), "name": "newcomer", "password": "given by office", "back": "/runs"}
    stranger.post("/sign-in", data=form)
    page = stranger.get("/sign-in/next")
    assert "type the six digits" in said(page)
    token = token_of(stranger, "/sign-in/next")
    wrong = stranger.post("/sign-in/next", data={"token": token, "code": "12345"})
    assert wrong.status_code == 401
    assert "This is not the code of now. Wait for the next one." in said(wrong)
    assert "type the six digits" in said(wrong)
    code = pyotp.TOTP(secret).at(app_clock.now)
    answer = stranger.post("/sign-in/next", data={"token": token, "code": code})
    assert (answer.status_code, answer.location) == (303, "/sign-in/next")
    assert not is_in(stranger)
    app_clock.forward(minutes=4, seconds=59)  # each step has five minutes of its own
    assert "A password of your own" in said(stranger.get("/sign-in/next"))
    own = {"token": token_of(stranger, "/sign-in/next"), "password": "chosen by myself"}
    answer = stranger.post("/sign-in/next", data={**own, "again": "chosen by myself"})
    assert (answer.status_code, answer.location) == (303, "/runs")
    assert is_in(stranger)


def test_the_next_step_without_a_first_leads_back_to_it(stranger: FlaskClient, own_app: Dash) -> None:
    for answer, code in ((stranger.get("/sign-in/next"), 302), (stranger.post("/sign-in/next"), 303)):
        assert (answer.status_code, answer.location) == (code, "/sign-in")
    newcomer(own_app, code=False)
    enter(stranger, "newcomer", "given by office")
    store = store_of(own_app)
    account = store.profiles.by_name("newcomer")
    assert account is not None
    with store.changed_by("office") as repository:
        repository.accounts.close(account.account_id)
    assert stranger.get("/sign-in/next").location == "/sign-in"


def test_half_way_in_what_a_browser_was_before_is_forgotten(own_app: Dash) -> None:
    """Somebody who begins to sign in as another is not the first one any more."""
    anna = signed_in(own_app, "anna")
    newcomer(own_app, code=False)
    assert is_in(anna)
    with anna.session_transaction() as session:
        session["form"] = "known"
    form = {"token": "known", "name": "newcomer", "password": "given by office"}
    assert anna.post("/sign-in", data=form).location == "/sign-in/next"
    assert not is_in(anna)
