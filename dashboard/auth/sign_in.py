"""The way in and out: a name and a password, and then whatever the account needs beside."""

import hmac
import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from dashboard import desk, second_step
from dashboard.text import _, language, ngettext
from imu.errors import StoreError
from imu.store import Account
from imu.store.passwords import LONGEST, SHORTEST, fits, hashed

BLUEPRINT = Blueprint("sign_in", __name__, template_folder="templates")
PATHS = ("/sign-in", "/sign-in/next", "/sign-in/outside", "/sign-in/outside/back", "/sign-out")
Step = Literal["code", "password"]
_TOKEN = "form"
_HALF = "half"  # somebody gave the password, and has yet to do the rest
_HALF_FOR = timedelta(minutes=5)
_BACK, _FIRST = "back", "/"
_PATH = re.compile(r"/(?!/)[\w./?=&%~-]{0,500}", re.ASCII)


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """An account in one browser."""

    account: Account
    secret: str

    def get_id(self) -> str:
        return self.secret


def known(secret: str) -> SignedIn | None:
    """Whoever this cookie was given to, while he is signed in."""
    account = desk.store().sign_ins.account(secret)
    return None if account is None else SignedIn(account, secret)


@BLUEPRINT.get("/sign-in")
def show() -> AnyResponse:
    back = _local(request.args.get(_BACK))
    if current_user.is_authenticated:
        return redirect(back)
    ended = _("You were signed out meanwhile. Sign in, and you are back where you were.")
    return _form(back=back, told=ended if "ended" in request.args else None)


@BLUEPRINT.post("/sign-in")
def enter() -> AnyResponse:
    if not _is_our_form():
        return _form(_("This page was open for too long. Try again."), 400)
    name, store = request.form.get("name", "")[:200], desk.store()
    if (wait := store.sign_ins.attempt(name)) is not None:
        return _form(too_often(wait), 429)
    is_right = fits(request.form.get("password", ""), store.sign_ins.password_hash(name))
    account = store.profiles.by_name(name)
    if not is_right or account is None:
        return _form(_("Name and password do not belong together."), 401)
    return go_on(account, back=_local(request.form.get(_BACK)))


def go_on(account: Account, *done: str, back: str) -> AnyResponse:
    """The way of somebody who gave the password, and did so much since: in, or to the next step."""
    session.clear()  # whoever had this cookie before has it no longer
    if _next_step(account, done) is None:
        return let_in(account, back=back)
    until = desk.store().now() + _HALF_FOR
    session[_HALF] = {
        "name": account.name,
        "done": list(done),
        "until": until.isoformat(),
        _BACK: back,
    }
    return redirect("/sign-in/next", 303)


def let_in(account: Account, *, back: str = _FIRST) -> AnyResponse:
    """Sign this browser in, with a secret that no earlier page of it knew; `back`: a path of this server."""
    sign_ins = desk.store().sign_ins
    sign_ins.succeeded(account.name)
    session.clear()
    user = known(sign_ins.begin(account.name, agent=request.user_agent.string))
    assert user is not None
    login_user(user)
    session.permanent = True
    return redirect(back, 303)


@BLUEPRINT.get("/sign-in/next")
def show_next() -> AnyResponse:
    half = _half()
    return redirect("/sign-in") if half is None else _next_form(*half)


@BLUEPRINT.post("/sign-in/next")
def enter_next() -> AnyResponse:
    half = _half()
    if half is None:
        return redirect("/sign-in", 303)
    account, done, step = half
    if not _is_our_form():
        return _next_form(*half, _("This page was open for too long. Try again."), 400)
    wrong = _code_is_wrong(account) if step == "code" else _password_is_wrong(account)
    if wrong is not None:
        return _next_form(*half, *wrong)
    return go_on(account, *done, step, back=_local(session[_HALF][_BACK]))


@BLUEPRINT.post("/sign-out")
def leave() -> AnyResponse:
    if current_user.is_authenticated:
        desk.store().sign_ins.end(current_user.secret)
        logout_user()
    session.clear()
    return redirect("/sign-in", 303)


def _next_step(account: Account, done: Sequence[str]) -> Step | None:
    profiles = desk.store().profiles
    if "code" not in done and profiles.second_step(account) is not None:
        return "code"
    return "password" if profiles.has_one_time_password(account) else None


def _half() -> tuple[Account, Sequence[str], Step] | None:
    """Who gave the password in this browser a moment ago, what else he did, and what comes next."""
    kept = session.get(_HALF)
    if kept is None or desk.store().now() > datetime.fromisoformat(kept["until"]):
        return None
    account = desk.store().profiles.by_name(kept["name"])
    if account is None or (step := _next_step(account, kept["done"])) is None:
        return None
    return account, kept["done"], step


def _password_is_wrong(account: Account) -> tuple[str, int] | None:
    """Take a new password, or say why not."""
    password, sign_ins = request.form.get("password", ""), desk.store().sign_ins
    if password != request.form.get("again", ""):
        return _("The two are not the same. Type the password twice."), 400
    if fits(password, sign_ins.password_hash(account.name)):
        return _("This is the password that you were given. Choose another one."), 400
    try:
        sign_ins.set_password_hash(account.name, hashed(password))
    except StoreError:
        return _("A password has {least} to {most} characters.", least=SHORTEST, most=LONGEST), 400
    return None


def _code_is_wrong(account: Account) -> tuple[str, int] | None:
    """Take a code, or say why not."""
    store = desk.store()
    if (wait := store.sign_ins.attempt(account.name)) is not None:
        return too_often(wait), 429
    secret = store.profiles.second_step(account)
    step = secret and second_step.step_of(request.form.get("code", "")[:20], secret, now=store.now())
    if not step or not store.profiles.use_step(account, int(step)):
        return _("This is not the code of now. Wait for the next one."), 401
    return None


def too_often(wait: timedelta) -> str:
    """Why a name has to wait, in words."""
    minutes = math.ceil(wait / timedelta(minutes=1))
    return ngettext(
        "Too many tries. Wait for {number} minute.", "Too many tries. Wait for {number} minutes.", minutes
    )


def _is_our_form() -> bool:
    sent, known_here = request.form.get("token", ""), session.get(_TOKEN)
    return known_here is not None and hmac.compare_digest(sent.encode(), known_here.encode())


def _local(path: str | None) -> str:
    """Where somebody was before he had to sign in: a page of this server, else the first one."""
    is_path = path is not None and _PATH.fullmatch(path) and not path.startswith("/sign-")
    return path if path is not None and is_path else _FIRST


def _form(
    wrong: str | None = None, status: int = 200, *, back: str | None = None, told: str | None = None
) -> Response:
    back = back or _local(request.form.get(_BACK))
    outside = current_app.config.get("OUTSIDE_NAME")
    return _page("sign_in.html", wrong, status, outside=outside, back=back, told=told)


def _next_form(
    _account: Account, _done: Sequence[str], step: Step, wrong: str | None = None, status: int = 200
) -> Response:
    return _page("sign_in_next.html", wrong, status, step=step)


def _page(template: str, wrong: str | None, status: int, **more: str | None) -> Response:
    session[_TOKEN] = session.get(_TOKEN) or secrets.token_urlsafe(24)
    page = render_template(template, token=session[_TOKEN], wrong=wrong, language=language(), _=_, **more)
    return make_response(page, status)
