"""The way in and out."""

import hmac
import secrets
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as AnyResponse

from dashboard import desk
from dashboard.auth.passwords import fits
from dashboard.text import _, language
from imu.store import Account

BLUEPRINT = Blueprint("sign_in", __name__, template_folder="templates")
_TOKEN = "form"


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
    if current_user.is_authenticated:
        return redirect("/")
    return _form()


@BLUEPRINT.post("/sign-in")
def enter() -> AnyResponse:
    if not hmac.compare_digest(request.form.get("token", ""), session.get(_TOKEN, secrets.token_hex())):
        return _form(_("This page was open for too long. Try again."), 400)
    name, sign_ins = request.form.get("name", ""), desk.store().sign_ins
    if not fits(request.form.get("password", ""), sign_ins.password_hash(name)):
        return _form(_("Name and password do not belong together."), 401)
    secret = sign_ins.begin(name, agent=request.user_agent.string)
    session.clear()  # whoever had this cookie before has it no longer
    user = known(secret)
    assert user is not None
    login_user(user)
    session.permanent = True
    return redirect("/", 303)


@BLUEPRINT.post("/sign-out")
def leave() -> AnyResponse:
    if current_user.is_authenticated:
        desk.store().sign_ins.end(current_user.secret)
        logout_user()
    session.clear()
    return redirect("/sign-in", 303)


def _form(wrong: str | None = None, status: int = 200) -> Response:
    session[_TOKEN] = session.get(_TOKEN) or secrets.token_urlsafe(24)
    page = render_template("sign_in.html", token=session[_TOKEN], wrong=wrong, language=language(), _=_)
    return make_response(page, status)
