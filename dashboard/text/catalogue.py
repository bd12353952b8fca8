"""Words in the language of whoever looks; `make words` brings the catalogues up to date."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import g, has_request_context, request
from flask_login import current_user

from imu.report.unparted import unparted
from imu.store.people import Units
from imu.store.profiles import LANGUAGES

_LINKED = "language"  # in the address of a file
LOCALES = Path(__file__).parent / "locales"


def language() -> str:
    """As the account says, else as the browser asks, else English."""
    try:
        kept = g.get("language")  # asked thousands of times for a long list: once is all it may cost
    except RuntimeError:  # nobody looks
        return LANGUAGES[0]
    return cast("str", kept) if kept is not None else _language_of_request()


def _language_of_request() -> str:
    if not has_request_context():
        return LANGUAGES[0]
    g.language = _chosen() or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
    return cast("str", g.language)


def _chosen() -> str | None:
    return getattr(current_user, "account", None) and current_user.account.language


def linked(address: str) -> str:
    """The address of a file that has words in it, for a link on a page: in the language of this page.

    Whatever fetches a file, such as a browser's downloads, may ask for no language or for another.
    """
    return f"{address}?{_LINKED}={language()}"


def as_linked() -> None:
    """Answer this request in the language of the page whose link was pressed, unless the account has one."""
    if not _chosen() and (asked := request.args.get(_LINKED)) in LANGUAGES:
        g.language = asked


def units() -> Units:
    """As the account says; kilometres where nobody is signed in."""
    account = getattr(current_user, "account", None) if has_request_context() else None
    return "km" if account is None else account.units


def _(message: str, /, **values: object) -> str:
    """A message in the viewer's language, with `{name}` filled in; no line parts a number from its unit."""
    told = _translated(message, language())
    return unparted(told.format(**values)) if values else told


def N_(message: str, /) -> str:  # noqa: N802 - the name that tools for catalogues know
    """A message that is said later, by `_`."""
    return message


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The same for a number of things; `{number}` is filled in."""
    return unparted(_catalogue(language()).ngettext(one, many, number).format(number=number, **values))


@cache
def _translated(message: str, language: str) -> str:
    return unparted(_catalogue(language).gettext(message))


@cache
def _catalogue(language: str) -> NullTranslations:
    """A catalogue from its text: what is kept is what people read, nothing has to be compiled before."""
    source = LOCALES / f"{language}.po"
    if not source.exists():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
