"""Every word on a screen is there in every language, with the same gaps to fill."""

import string
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dashboard.text import catalogue
from imu.store.profiles import LANGUAGES

DASHBOARD = Path(catalogue.__file__).parents[1]
ROOMS = (DASHBOARD, *(DASHBOARD.parent / "imu" / room for room in ("training", "followup")))
METHODS = [("**.py", "dashboard.text.collecting:words_of"), ("**.html", "jinja2")]


def messages() -> set[str | tuple[str, ...]]:
    keywords: dict[str, Any] = {"_": None, "N_": None, "ngettext": (1, 2)}
    keywords |= {"said": None, "pattern": None}  # sentences of the rules
    found = [one for room in ROOMS for one in extract_from_dir(room, method_map=METHODS, keywords=keywords)]
    return {message for _file, _line, message, _comments, _context in found}


def gaps(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.unhurried
@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_message_is_translated(language: str) -> None:
    with (catalogue.LOCALES / f"{language}.po").open("rb") as file:
        kept: Any = read_po(file, locale=language)
    told = {entry.id: entry for entry in kept if entry.id}
    asked = messages()
    assert len(asked) > 5
    missing = [message for message in asked if message not in told]
    assert not missing, f"run make words, then translate: {missing[:5]} and {len(missing)} in all"
    for entry in told.values():
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        words = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        assert all(words), f"{entry.id}: has no words in {language}"
        assert not entry.fuzzy, f"{entry.id}: is to be looked at in {language}"
        # A singular may say "one" in place of the number.
        assert all(gaps(word) <= gaps(ids[-1]) for word in words), f"{entry.id}: other gaps in {language}"
        assert gaps(words[-1]) == gaps(ids[-1]), f"{entry.id}: other gaps in {language}"
    assert set(told) == asked, "make words takes out what is no longer said"
