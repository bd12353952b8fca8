"""Words in the language of whoever looks: gettext catalogues beside this file."""

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import cast

from flask import g, has_request_context, request

LANGUAGES = ("en", "de")
_FOLDER = Path(__file__).parent / "locales"


def language() -> str:
    """As the account says, else as the browser asks, else English."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        g.language = request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    return cast("str", g.language)


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
