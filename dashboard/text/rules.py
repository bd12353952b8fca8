"""What the rules say, in the viewer's language: by the pattern of a sentence and the values that filled it.

Dates and minus signs in it are written as everywhere on a page, and no line parts a number from its unit.
What a person wrote stays as it was written, a name or a reason within a sentence, too; and so does a sentence
without a pattern, such as one that an older version wrote down.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from babel.numbers import get_decimal_symbol

from dashboard.text.analysis_words import distrusted
from dashboard.text.catalogue import _, language
from dashboard.text.numbers import date_words
from imu.report.unparted import unparted
from imu.training.said import Phrase, Said, Several, remade

_OWN = "en"  # the language that the rules are written in
_MINUS = re.compile(r"(?<![\w.,)-])-(?=\d)")
_ASIDE = 0xE000  # letters that nobody writes: they stand in for what people wrote
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")  # as the rules write a date, also in what was kept


def spoken(sentence: str) -> str:
    """A sentence of the rules."""
    if not isinstance(sentence, Said):
        return sentence
    if language() == _OWN:
        return _as_read(sentence, sentence)
    told = _(sentence.pattern)
    values = {name: _value(one) for name, one in sentence.values.items()}
    return _as_read(told.format(**values) if values else told, sentence)


def standing_in_words(content: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A standing (`imu.followup.standing`) with every sentence in the viewer's language."""
    if content is None:
        return None
    kept = content.get("said", {})
    if language() == _OWN:  # a squad has hundreds of these: nothing is made anew that is already said
        told = {text: _as_read(text, made) for text, made in kept.items()}
    else:
        told = {text: spoken(remade(made)) for text, made in kept.items()}
    return {name: _replaced(part, told) for name, part in content.items() if name != "said"}


def _as_read(text: str, made_of: object) -> str:
    """made_of: the sentence, or what is kept of it (`plain`): whose words stay as they are is known there."""
    read = _ours_as_read(text)
    if read == text:
        return text
    stay = dict(enumerate(one for one in _written_by_people(made_of) if _ours_as_read(one) != one))
    if not stay:
        return read
    for number, words in stay.items():
        text = text.replace(words, chr(_ASIDE + number))
    read = _ours_as_read(text)
    for number, words in stay.items():
        read = read.replace(chr(_ASIDE + number), words)
    return read


def _ours_as_read(text: str) -> str:
    if "-" in text:
        text = _MINUS.sub("−", _DAY.sub(lambda found: _date_as_read(found[0]), text))
    return unparted(text)


def _written_by_people(value: object) -> Iterator[str]:
    """Of what fills a sentence, all that is no sentence, number or day."""
    match value:
        case Said():
            for one in value.values.values():
                yield from _written_by_people(one)
        case {"values": values}:
            yield from _written_by_people(list(values.values()))
        case Several() | list():
            for one in value:
                yield from _written_by_people(one)
        case str() if not _DAY.fullmatch(value):
            yield value


def _date_as_read(text: str) -> str:
    try:
        return date_words(date.fromisoformat(text))
    except ValueError:  # such as the 31st of June in a sentence that an older version wrote
        return text


def _replaced(part: Any, told: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _replaced(one, told) for name, one in part.items()}
    if isinstance(part, list):
        return [_replaced(one, told) for one in part]
    return told.get(part, part) if isinstance(part, str) else part


def _value(value: Any) -> Any:
    match value:
        case Said():
            return Phrase(spoken(value))
        case Several():  # what is no sentence of the rules among them is one of the analysis
            return Several(_value(one) if isinstance(one, Said) else distrusted(one) for one in value)
        case float():
            return _Number(value)
    return value


class _Number(float):
    """Rounded as the pattern asks, with the comma or point of the language and a true minus sign."""

    def __format__(self, spec: str) -> str:
        return super().__format__(spec).replace(".", get_decimal_symbol(language())).replace("-", "−")
