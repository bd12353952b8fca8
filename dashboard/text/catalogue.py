"""Words in the language of whoever looks: gettext catalogues beside this file."""

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import cast

from flask import g, has_request_context, request
from flask_login import current_user

from imu.store.people import Units
from imu.store.profiles import LANGUAGES

_FOLDER = Path(__file__).parent / "locales"


def language() -> str:
    """As the account says, else as the browser asks, else English."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        chosen = getattr(current_user, "account", None) and current_user.account.language
        g.language = chosen or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    return cast("str", g.language)


def units() -> Units:
    """As the account says; kilometres where nobody is signed in."""
    account = getattr(current_user, "account", None) if has_request_context() else None
    return "km" if account is None else account.units


def _(message: str, /, **values: object) -> str:
    """A message in the viewer's language, with `{name}` filled in."""
    told = _catalogue(language()).gettext(message)
    return told.format(**values) if values else told


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The same for a number of things; `{number}` is filled in."""
    return _catalogue(language()).ngettext(one, many, number).format(number=number, **values)


@cache
def _catalogue(language: str) -> NullTranslations:
    return translation("restride", _FOLDER, languages=[language], fallback=True)
