"""The door exactly at the limits that docs/security.md promises."""

from datetime import timedelta
from io import RawIOBase
from typing import Any, Literal

import pyotp
import pytest
from dash import Dash
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from dashboard.auth import headers
from dashboard.auth.addresses import Addresses
from dashboard.auth.door import LARGEST_FORM
from dashboard.auth.forged import DEEPEST, LONGEST_KEY, MOST_INPUTS, is_declared
from dashboard.auth.oidc import _subject
from dashboard.auth.origin import is_from_here
from dashboard.auth.sign_in import _local, too_often
from dashboard.settings import Provider
from imu.store.sign_ins import TRIES
from tests.dashboard.asking import signed_in, store_of, value
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.test_door import CALLBACKS, GOOD
from tests.dashboard.test_sign_in import enter, is_in, token_of
from tests.store.conftest import Clock


def nested(deep: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(deep - 1):
        made = [made]
    return made


@pytest.mark.parametrize(
    ("change", "is_taken"),
    [
        ({"more": nested(DEEPEST - 1)}, True),  # with the body itself so deep as is taken
        ({"more": nested(DEEPEST)}, False),
        ({"more": {"in": nested(DEEPEST - 1)}}, False),
        ({"state": [[value({"box": 1}, "value", "y")] * MOST_INPUTS]}, True),
        ({"state": [[value({"box": 1}, "value", "y")] * (MOST_INPUTS + 1)]}, False),
        ({"state": [[]]}, True),
        (
            {"state": [[value({"box": 1.5}, "value", "y"), value({"box": "k" * LONGEST_KEY}, "value", 1)]]},
            True,
        ),
        ({"state": [[value({"box": "k" * (LONGEST_KEY + 1)}, "value", "y")]]}, False),
        ({"state": [[value({"box": None}, "value", "y")]]}, False),
        ({"state": [[value({"box": 1}, "value", "y"), value({"box": 1}, "style", "y")]]}, False),
        ({"state": ["y"]}, False),
        ({"outputs": None}, False),
        ({"outputs": [GOOD["outputs"], GOOD["outputs"]]}, False),
        ({"changedPropIds": []}, True),
        ({"changedPropIds": "box"}, False),
        ({"output": None}, False),
    ],
)
def test_what_a_browser_posts_is_taken_up_to_the_limit(change: dict[str, object], is_taken: bool) -> None:
    assert is_declared({**GOOD, **change}, CALLBACKS) is is_taken


def test_a_callback_of_several_outputs_is_asked_for_all_of_them_in_order() -> None:
    callbacks = {
        "..a.children...b\\.c.style..": {
            "inputs": [{"id": "a", "property": "id"}],
            "state": [],
            "callback": 1,
        },
        "nothing": {"inputs": [{"id": "a", "property": "id"}], "state": [], "callback": 1},
    }
    both = [{"id": "a", "property": "children"}, {"id": "b.c", "property": "style"}]
    body = {"output": "..a.children...b\\.c.style..", "outputs": both, "inputs": [value("a", "id", "a")]}
    assert is_declared(body, callbacks)
    for outputs in (both[:1], both[::-1], [*both, both[0]], None, both[0]):
        assert not is_declared({**body, "outputs": outputs}, callbacks)
    of_nothing = {"output": "nothing", "inputs": [value("a", "id", "a")]}
    assert is_declared(of_nothing, callbacks)
    assert not is_declared([of_nothing], callbacks)


@pytest.mark.parametrize(
    ("sent", "is_ours"),
    [
        ({}, True),  # a program, which carries no cookie
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://here:8050"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "http://here:8050"}, True),
        ({"Origin": "http://here:8051"}, False),
        ({"Origin": "http://here"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://there:8050"}, False),
    ],
)
def test_only_a_page_of_this_very_server_may_act(sent: dict[str, str], is_ours: bool) -> None:
    request = Request(EnvironBuilder(base_url="http://here:8050", headers=list(sent.items())).get_environ())
    assert is_from_here(request) is is_ours  # type: ignore[arg-type]


@pytest.mark.parametrize("is_secure", [True, False])
@pytest.mark.parametrize("is_static", [True, False])
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_headers_go_out_as_promised(is_secure: bool, is_static: bool, kind: str) -> None:
    with Flask(__name__).app_context():
        answer = headers.send(
            Response("x", mimetype=kind),
            scripts=["'sha-1'", "'sha-2'"],
            is_secure=is_secure,
            is_static=is_static,
        )
    sent = answer.headers
    assert {name: sent[name] for name in headers.ALWAYS} == headers.ALWAYS
    assert sent.get("Strict-Transport-Security") == ("max-age=31536000" if is_secure else None)
    assert sent.get("Cache-Control") == (None if is_static else "no-store")
    if kind == "text/html":
        parts = sent["Content-Security-Policy"].split("; ")
        assert "script-src 'self' 'sha-1' 'sha-2'" in parts
        assert {"default-src 'self'", "base-uri 'none'", "object-src 'none'", "form-action 'self'"} <= set(
            parts
        )
    else:
        assert "Content-Security-Policy" not in sent


@pytest.mark.parametrize(
    ("path", "led_to"),
    [
        ("/" + "x" * 500, "/" + "x" * 500),
        ("/" + "x" * 501, "/"),
        ("/signed", "/signed"),
        ("/sign-in", "/"),
        ("/a/b?c=d&e=f%20g~.-", "/a/b?c=d&e=f%20g~.-"),
        ("/é", "/"),
        ("x/runs", "/"),
        (None, "/"),
    ],
)
def test_somebody_is_led_back_to_a_page_of_this_server_only(path: str | None, led_to: str) -> None:
    assert _local(path) == led_to


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(seconds=1), "Wait for 1 minute."),
        (timedelta(minutes=1), "Wait for 1 minute."),
        (timedelta(seconds=61), "Wait for 2 minutes."),
        (timedelta(minutes=15), "Wait for 15 minutes."),
    ],
)
def test_a_wait_is_told_in_whole_minutes_that_are_enough(dash_app: Dash, wait: timedelta, words: str) -> None:
    with dash_app.server.test_request_context("/"):
        assert too_often(wait).endswith(words)


@pytest.mark.parametrize(
    ("later", "is_there"), [(timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False)]
)
def test_half_way_in_lasts_five_minutes(
    own_app: Dash, app_clock: Clock, later: timedelta, is_there: bool
) -> None:
    stranger, store = own_app.server.test_client(), store_of(own_app)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    store.profiles.set_second_step(anna, pyotp.random_base32())
    enter(stranger, "anna", "anna anna anna")
    app_clock.now += later
    assert (stranger.get("/sign-in/next").status_code == 200) is is_there
    assert (stranger.post("/sign-in/next", data={}).status_code == 400) is is_there  # not our form
    assert not is_in(stranger)


def test_the_tenth_try_is_taken_and_coming_in_takes_the_count_back(own_app: Dash) -> None:
    stranger: FlaskClient = own_app.server.test_client()
    for _ in range(2):
        for _ in range(TRIES - 1):
            assert enter(stranger, "anna", "wrong").status_code == 401
        assert enter(stranger, "anna", "anna anna anna").status_code == 303
        assert stranger.get("/sign-in?back=/runs").location == "/runs"  # whoever is in needs no form
        stranger.post("/sign-out")


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n%s\r\n--x--\r\n'


@pytest.mark.parametrize(("kind", "part"), [(FORM, b"name=%s"), (PARTS, PART)], ids=["plain", "in parts"])
@pytest.mark.parametrize(("more", "code"), [(0, 400), (1, 413)])
def test_a_form_is_taken_up_to_its_limit_whatever_its_kind(
    own_app: Dash, kind: str, part: bytes, more: int, code: int
) -> None:
    """The one that is taken is none of ours, for it has no token."""
    body = part % (b"n" * (LARGEST_FORM + more - len(part % b"")))
    assert len(body) == LARGEST_FORM + more
    answer = own_app.server.test_client().post("/sign-in", data=body, content_type=kind)
    assert answer.status_code == code


class Endless(RawIOBase):
    """A body in chunks that does not end."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b"n" * len(buffer)
        self.taken += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("kind", [FORM, PARTS])
def test_of_a_form_that_does_not_say_its_length_no_more_is_read(own_app: Dash, kind: str) -> None:
    body = Endless()
    answer = own_app.server.test_client().post(
        "/sign-in",
        content_type=kind,
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert answer.status_code in (400, 413)
    assert body.taken <= LARGEST_FORM


def test_a_token_of_a_form_stays_while_the_page_is_open(own_app: Dash) -> None:
    stranger: FlaskClient = own_app.server.test_client()
    first = token_of(stranger)
    assert len(first) >= 32
    assert token_of(stranger) == first


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("Bearer KEY", 200),
        ("bearer  KEY ", 200),
        ("Basic KEY", 401),
        ("KEY", 401),
        ("Bearer", 401),
        ("Bearer KEYS", 401),
        (None, 401),
    ],
)
def test_a_device_comes_with_its_key_and_nothing_else(own_app: Dash, sent: str | None, code: int) -> None:
    store = store_of(own_app)
    anna = store.profiles.by_name("anna")
    assert anna is not None
    key = store.sign_ins.make_token(anna, "laptop")
    browser = signed_in(own_app, "anna")  # whose cookie counts nothing there
    told = {} if sent is None else {"Authorization": sent.replace("KEY", key)}
    answer = browser.get("/api/v1/athletes", headers=told)
    assert (answer.status_code == 401) is (code == 401)
    if code == 401:
        assert answer.get_json()["error"]["code"] == "unauthorized"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert browser.get("/api/v1/openapi.json").status_code == 200


class OnlyPage:
    """A page that knows no more than the door asks."""

    in_navigation = True

    def __init__(self, path: str, *roles: Any, right: Literal["decide", "read"] = "decide") -> None:
        self.path, self.roles, self.right = path, roles, right


def test_a_page_opens_for_its_roles_and_for_who_has_its_right(dash_app: Dash, ids: Ids) -> None:
    addresses = Addresses(
        [
            OnlyPage("/desk", "clinician"),
            OnlyPage("/own", "runner"),
            OnlyPage("/a.b/<athlete_id>/d", "runner", "coach"),
            OnlyPage("/c.d/<athlete_id>/e.f", "runner", right="read"),
        ]
    )
    assert (addresses.first("clinician"), addresses.first("runner")) == ("/desk", "/own")
    with store_of(dash_app).seen_by("anna") as repository:
        assert addresses.may_open("/own", repository)
        assert addresses.may_open("own/", repository)
        assert not addresses.may_open("/own/more", repository)
        assert not addresses.may_open("/desk", repository)
        assert not addresses.may_open(f"/a.b/{ids.anna}/d", repository)  # hers, but no clinician's word
        assert addresses.may_open(f"/c.d/{ids.anna}/e.f", repository)
        for path in (
            "/cXd/{anna}/e.f",
            "/c.d/{anna}/eXf",
            "/c.d/{ben}/e.f",
            "/c.d//e.f",
            "/c.d/{anna}/x/e.f",
        ):
            assert not addresses.may_open(path.format(anna=ids.anna, ben=ids.ben), repository)


PROVIDER = Provider(issuer="https://id.example", client_id="c", client_secret="s")


@pytest.mark.parametrize(
    ("token", "issuer"),
    [
        ({"userinfo": {"sub": "x"}}, "https://other.example"),
        ({"userinfo": {"sub": "x"}}, None),
        ({"userinfo": {"sub": ""}}, PROVIDER.issuer),
        ({"userinfo": {"sub": 7}}, PROVIDER.issuer),
        ({"userinfo": None}, PROVIDER.issuer),
        ({}, PROVIDER.issuer),
    ],
)
def test_a_word_of_another_or_about_nobody_names_nobody(token: dict[str, Any], issuer: str | None) -> None:
    assert _subject({"userinfo": {"sub": "x"}}, {"issuer": PROVIDER.issuer}, PROVIDER) == "x"
    with pytest.raises(ValueError, match="not a word of this provider"):
        _subject(token, {"issuer": issuer}, PROVIDER)


def test_a_browser_is_answered_with_a_page_and_led_to_the_sign_in(client_of: ClientOf) -> None:
    anna, stranger = client_of("anna"), client_of("anna").application.test_client()
    page = anna.get("/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert b"<html" in page.data
    assert stranger.get("/").location == "/sign-in"
    assert stranger.get("/progress").location == "/sign-in?back=/progress"
    assert stranger.post("/progress").status_code == 401
    assert stranger.get("/_dash-layout").get_data(as_text=True) == "Sign in first."
    assert anna.get("/").status_code == 302
