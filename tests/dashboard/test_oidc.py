"""Signing in by the word of an identity provider, which runs here as a server of its own."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from dashboard.app import create_app
from dashboard.settings import Provider, Settings
from tests.dashboard.asking import store_of
from tests.store.conftest import Clock

pytestmark = pytest.mark.unhurried

BACK = "/sign-in/outside/back"


class Local:
    """A provider that says what a test tells it to."""

    def __init__(self) -> None:
        self.key, self.other = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self.claims: dict[str, Any] = {}
        self.signs_with = self.key
        self.nonce = ""
        app = Flask("provider")
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._about)
        app.add_url_rule("/keys", view_func=self._keys)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.port}"

    def _about(self) -> Any:
        places = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
        return jsonify(
            issuer=self.issuer,
            id_token_signing_alg_values_supported=["RS256"],
            **{name: f"{self.issuer}/{path}" for name, path in places.items()},
        )

    def _keys(self) -> Any:
        return jsonify(keys=[self.key.as_dict(private=False)])

    def _token(self) -> Any:
        assert request.form["code_verifier"]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "restride",
            "sub": "subject-7",
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonce,
            **self.claims,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)
        return jsonify(access_token="x", token_type="Bearer", id_token=signed)


@pytest.fixture
def local() -> Iterator[Local]:
    provider = Local()
    thread = threading.Thread(target=provider.server.serve_forever)
    thread.start()
    yield provider
    provider.server.shutdown()
    thread.join()
    provider.server.server_close()


@pytest.fixture
def client(filled_home: Path, tmp_path: Path, local: Local) -> Iterator[FlaskClient]:
    shutil.copytree(filled_home, tmp_path / "home")
    provider = Provider(issuer=local.issuer, client_id="restride", client_secret="secret", name="The clinic")
    app = create_app(
        Settings(
            home=tmp_path / "home",
            secret_key=b"k" * 32,
            secure_cookies=False,
            clock=Clock(),
            provider=provider,
        )
    )
    with closing(store_of(app)) as store:
        anna = store.profiles.by_name("anna")
        assert anna is not None
        with store.changed_by("office") as repository:
            repository.accounts.link(anna.account_id, "subject-7")
        yield app.server.test_client()


def back(client: FlaskClient, local: Local, **changed: str) -> Any:
    """Go to the provider, and come back with what it sends along."""
    away = client.get("/sign-in/outside")
    asked = {name: one[0] for name, one in parse_qs(urlsplit(away.location).query).items()}
    assert away.location.startswith(local.issuer)
    assert asked["code_challenge_method"] == "S256"
    local.nonce = asked["nonce"]
    return client.get(BACK, query_string={"code": "c", "state": asked["state"], **changed})


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/_dash-layout").status_code == 200)


def test_a_linked_identity_gets_in_as_its_account(client: FlaskClient, local: Local) -> None:
    assert "Sign in with The clinic" in client.get("/sign-in").get_data(as_text=True)
    answer = back(client, local)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


def test_an_identity_that_nobody_linked_gets_in_nowhere(client: FlaskClient, local: Local) -> None:
    local.claims = {"sub": "<b>stranger</b>"}
    answer = back(client, local)
    assert answer.status_code == 403
    assert "&lt;b&gt;stranger" in answer.get_data(as_text=True)
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"iss": "https://evil.example"},
        {"exp": 1_000_000},
        {"nonce": "of another browser"},
        {"sub": ""},
        {"sub": ["subject-7"]},
    ],
)
def test_a_word_that_does_not_fit_counts_nothing(
    client: FlaskClient, local: Local, claims: dict[str, Any]
) -> None:
    local.claims = claims
    assert back(client, local).status_code in (401, 403)
    assert not is_in(client)


def test_a_word_with_another_key_counts_nothing(client: FlaskClient, local: Local) -> None:
    local.signs_with = local.other
    assert back(client, local).status_code == 401
    assert not is_in(client)


def test_an_answer_that_was_not_asked_for_counts_nothing(client: FlaskClient, local: Local) -> None:
    assert back(client, local, state="planted").status_code == 401
    assert client.get(BACK, query_string={"code": "c", "state": "x"}).status_code == 401
    assert client.get(BACK, query_string={"error": "access_denied"}).status_code == 401
    assert not is_in(client)


def test_a_provider_that_is_away_is_said(client: FlaskClient, local: Local) -> None:
    local.server.shutdown()
    local.server.server_close()
    assert client.get("/sign-in/outside").status_code == 502
