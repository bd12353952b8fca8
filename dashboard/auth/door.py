"""Nothing without a signed-in account but the sign-in page and static files: decided here, once, for all."""

from collections.abc import Iterable
from urllib.parse import quote

from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, current_user
from werkzeug.exceptions import NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from dashboard import desk
from dashboard.auth import device, headers, oidc, sign_in
from dashboard.auth.addresses import Addresses, AnyPage
from dashboard.auth.forged import LARGEST_BODY, is_declared
from dashboard.auth.origin import SAFE, is_from_here
from dashboard.settings import Settings
from dashboard.text import _, language
from imu.errors import Forbidden, RestrideError, StoreTroubleError
from imu.store.sign_ins import LONGEST

_STATIC = ("/assets/", "/static/", "/_dash-component-suites/")
_OPEN = ("/healthz", "/_favicon.ico", *sign_in.PATHS)
_OF_DASH = ("/_dash", "/_reload")
_CALLBACKS = "/_dash-update-component"
# Coarse, against one machine that tries many names: the memory of each worker counts for itself. What guards
# one name is kept in the store (`SignIns.attempt`), for all workers.
_TRIES_OF_AN_ADDRESS = "60 per minute; 600 per hour"
LARGEST_FORM = 100_000  # a name, a password, a code


def close(app: Dash, settings: Settings, pages: Iterable[AnyPage]) -> None:
    """Lock an application."""
    server = app.server
    assert isinstance(server, Flask)
    server.secret_key = settings.secret_key
    server.config.update(
        SESSION_COOKIE_NAME="restride",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # The store ends idle and old browsers; a cookie that is written anew with every answer would lose
        # what another answer, a moment earlier, put into it.
        PERMANENT_SESSION_LIFETIME=LONGEST,
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=50,
    )
    if settings.proxies:
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            server.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    logins = LoginManager()
    logins.init_app(server)
    logins.user_loader(sign_in.known)
    limiter = Limiter(get_remote_address, app=server, storage_uri="memory://")
    limiter.limit(_TRIES_OF_AN_ADDRESS, methods=["POST"])(sign_in.BLUEPRINT)
    server.register_blueprint(sign_in.BLUEPRINT)
    if settings.provider is not None:
        oidc.offer(server, settings.provider)
    addresses = Addresses(pages)
    server.before_request(lambda: _ask_who(app, addresses))
    server.register_error_handler(Forbidden, _not_there)
    server.register_error_handler(NotFound, _not_there)
    server.register_error_handler(DependencyException, _not_there)  # a bundle that there is not
    server.register_error_handler(RestrideError, _wrong)
    server.register_error_handler(StoreTroubleError, _troubled)

    @server.after_request
    def guarded(response: Response) -> Response:
        return headers.send(
            response,
            scripts=app.csp_hashes(),
            is_secure=settings.secure_cookies,
            is_static=request.path.startswith(_STATIC),
        )


def _ask_who(app: Dash, addresses: Addresses) -> AnyResponse | None:
    """None lets a request through."""
    path = request.path
    if path.startswith(device.PATH):
        return device.ask()
    if not path.startswith(_OF_DASH):  # a form, of whatever kind
        request.max_content_length = LARGEST_FORM
    if request.method not in SAFE and not is_from_here(request):
        return Response(_("This request came from another site."), 403)
    if path.startswith(_STATIC):
        return None if _is_known() else _nothing_here()
    if path in _OPEN:
        return None
    if not current_user.is_authenticated:
        if path.startswith(_OF_DASH) or request.method not in SAFE:
            return Response(_("Sign in first."), 401)
        return redirect("/sign-in" if path == "/" else f"/sign-in?back={quote(path)}")
    if path.startswith(_OF_DASH):
        return _ask_dash(app) if _is_known() else _nothing_here()
    if path == "/":
        return redirect(addresses.first(desk.viewer().role))
    if not _is_known():
        with desk.looking() as repository:
            if not addresses.may_open(path, repository):
                return _nothing_here()
    return None


def _is_known() -> bool:
    """Whether somebody answers at this very address; else Dash would, with the frame of a page."""
    return request.url_rule is None or request.url_rule.rule != "/<path:path>"


def _ask_dash(app: Dash) -> AnyResponse | None:
    """Dash's own addresses take JSON, and of that only what a page of this application sends."""
    if request.method in SAFE:
        return None
    if request.mimetype != "application/json":
        return Response("Send JSON.", 415)
    if request.path == _CALLBACKS and not is_declared(_sent(), app.callback_map):
        return Response(_("This is nothing that a page here asks for. Load it again."), 400)
    return None


def _sent() -> object:
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets within brackets
        return None


def _not_there(_error: Exception) -> AnyResponse:
    return _nothing_here()


def _nothing_here() -> AnyResponse:
    """The same for what is not there and for what is not shared."""
    if request.method in SAFE and not request.path.startswith((*_OF_DASH, device.PATH, *_STATIC)):
        return make_response(render_template("not_here.html", language=language(), _=_), 404)
    return Response(_("There is nothing here, or it is not shared with you."), 404)


def _wrong(error: RestrideError) -> tuple[str, int, dict[str, str]]:
    return str(error), 400, {"Content-Type": "text/plain; charset=utf-8"}


def _troubled(error: StoreTroubleError) -> tuple[str, int, dict[str, str]]:
    """The error's own text names folders, ids and the database: not for whoever asks."""
    current_app.logger.error("the store is not as it should be", exc_info=error)
    told = _("Something that is kept here cannot be reached. Tell whoever keeps this server.")
    return told, 400, {"Content-Type": "text/plain; charset=utf-8"}
