"""Nothing without a signed-in account but the sign-in page and static files: decided here, once, for all."""

from collections.abc import Sequence
from datetime import timedelta

from dash import Dash
from flask import Flask, Response, redirect, request
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response as AnyResponse

from dashboard.auth import sign_in
from dashboard.settings import Settings
from imu.errors import Forbidden, RestrideError

_STATIC = ("/assets/", "/static/", "/_dash-component-suites/", "/_favicon.ico")
_OPEN = ("/sign-in", "/healthz", *_STATIC)
_BY_DEVICES = "/api/v1/"  # asks for a device's key by itself, and never looks at a cookie


def close(app: Dash, settings: Settings) -> None:
    """Lock an application."""
    server = app.server
    assert isinstance(server, Flask)
    server.secret_key = settings.secret_key
    server.config.update(
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        MAX_CONTENT_LENGTH=2_000_000,
    )
    logins = LoginManager()
    logins.init_app(server)
    logins.user_loader(sign_in.known)
    server.register_blueprint(sign_in.BLUEPRINT)
    server.before_request(_ask_who)
    server.register_error_handler(Forbidden, _not_there)
    server.register_error_handler(RestrideError, _wrong)

    @server.after_request
    def guarded(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = _policy(app.csp_hashes())
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if not request.path.startswith(_STATIC):
            response.headers["Cache-Control"] = "no-store"
        return response


def _policy(scripts: Sequence[str]) -> str:
    """What a page may load: files of this server, and the inline scripts that Dash itself writes."""
    return (
        f"default-src 'self'; script-src 'self' {' '.join(scripts)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'; object-src 'none'"
    )


def _ask_who() -> AnyResponse | None:
    if request.path.startswith((*_OPEN, _BY_DEVICES)):
        return None
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") not in (
        "same-origin",
        "none",
    ):
        return Response("This request came from another site.", 403)
    if current_user.is_authenticated:
        return None
    if request.path.startswith(("/_dash", "/_reload", "/api/")) or request.method != "GET":
        return Response("Sign in first.", 401)
    return redirect("/sign-in")


def _not_there(_error: Forbidden) -> tuple[str, int]:
    return "There is nothing here, or it is not shared with you.", 404


def _wrong(error: RestrideError) -> tuple[str, int]:
    return str(error), 400
