"""Signing in by the word of an identity provider (OpenID Connect). Needs restride[oidc].

Its word says who somebody is, not what he may do: an administrator links its identity to an account first. An
identity that is linked to none gets in nowhere, and no account is made for it.
"""

from typing import TYPE_CHECKING, Any

from flask import Flask, make_response, render_template, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from dashboard import desk
from dashboard.auth import sign_in
from dashboard.settings import Provider
from dashboard.text import _, language
from imu.errors import StoreError

if TYPE_CHECKING:
    from authlib.integrations.flask_client import FlaskOAuth2App

_TIMEOUT_S = 10


def offer(server: Flask, provider: Provider) -> None:
    """Give the sign-in page another way. StoreError where the packages for it are not installed."""
    client = _client(server, provider)
    server.config["OUTSIDE_NAME"] = provider.name

    @server.get("/sign-in/outside")
    def outside() -> AnyResponse:
        session.clear()
        try:
            answer: AnyResponse = client.authorize_redirect(url_for("outside_back", _external=True))
        except _failures():
            return _told(_("{name} does not answer. Try again later.", name=provider.name), 502)
        return answer

    @server.get("/sign-in/outside/back")
    def outside_back() -> AnyResponse:
        try:
            subject = _subject(client.authorize_access_token(), client.load_server_metadata(), provider)
        except _failures():
            return _told(_("{name} did not say who you are. Begin again.", name=provider.name), 401)
        account = desk.store().profiles.by_outside_id(subject)
        if account is None:
            session.clear()
            words = _("No account here belongs to you. Send this to your administrator: {subject}")
            return _told(words.format(subject=subject), 403)
        return sign_in.let_in(account)


def _client(server: Flask, provider: Provider) -> "FlaskOAuth2App":
    try:
        from authlib.integrations.flask_client import OAuth
    except ImportError as error:
        raise StoreError("an identity provider needs more packages; install restride[oidc]") from error
    return OAuth(server).register(
        "outside",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "timeout": _TIMEOUT_S},
    )


def _subject(token: dict[str, Any], metadata: dict[str, Any], provider: Provider) -> str:
    """Who the checked token speaks of. ValueError for one of another issuer, or of nobody."""
    who = token.get("userinfo") or {}
    subject = who.get("sub")
    if metadata.get("issuer") != provider.issuer or not isinstance(subject, str) or not subject:
        raise ValueError("not a word of this provider about anybody")
    return subject


def _failures() -> tuple[type[Exception], ...]:
    """What goes wrong between two servers: no answer, an answer that is none, a token that does not fit."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    return AuthlibBaseError, JoseError, RequestException, RuntimeError, ValueError, KeyError


def _told(words: str, status: int) -> AnyResponse:
    page = render_template("outside.html", words=words, language=language(), _=_)
    return make_response(page, status)
