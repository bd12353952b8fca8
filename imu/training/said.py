"""Sentences that still know what they were made of, so that a screen can say them in another language."""

from collections.abc import Mapping
from datetime import date
from typing import Any


class Phrase(str):
    """Text that fills a gap of a pattern; `{name:C}` begins it with a capital letter."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return self[:1].upper() + self[1:] if spec == "C" else super().__format__(spec)


class Several(tuple[str, ...]):
    """Texts that fill one gap; what stands as its format parts them: `{reasons:; }`."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return spec.join(self)


class Said(Phrase):
    """A text like any other, with the pattern that names it and the values that filled its gaps."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, Any]

    def __new__(cls, pattern: str, values: Mapping[str, Any]) -> "Said":
        made = super().__new__(cls, pattern.format(**values) if values else pattern)
        made.pattern, made.values = pattern, values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Said, (self.pattern, self.values)

    def __deepcopy__(self, _memo: object) -> "Said":
        return self


def said(pattern: str, /, **values: Any) -> Said:
    """A pattern with its gaps filled. The catalogues of the dashboard are made from the calls of it."""
    return Said(pattern, values)


def pattern(text: str, /) -> str:
    """A pattern that `said` fills later."""
    return text


def plain(value: Any) -> Any:
    """What a value of a sentence is made of, as JSON keeps it."""
    if isinstance(value, Said):
        return {"pattern": value.pattern, "values": {name: plain(one) for name, one in value.values.items()}}
    if isinstance(value, Several):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


# What sentences are made of that were kept before a word of theirs changed: they are said as today.
_RENAMED = {
    "largest late-swing shank angle": "largest shank angle",
    (
        "your baseline of {runs} runs until {day}, at the "
        "same speed, slope, surface, shoe and minute of the run"
    ): (
        "your baseline of {runs} runs until {day}, at the same speed, surface, shoe and minute of the run, "
        "and at its slope where a watch told it"
    ),
    "{jogs} x ({walk} walk, {jog} jog)": "{jogs} × ({walk} walk, {jog} jog)",
    "{reps} x {rep_s:g} s at {percent:g} % of your top speed in an easy run": (
        "{reps} × {rep_s:g} s at {percent:g} % of your top speed in an easy run"
    ),
}


def remade(kept: Any) -> Any:
    """The value again."""
    if isinstance(kept, dict):
        made_of: str = kept["pattern"]
        values = {name: remade(one) for name, one in kept["values"].items()}
        return Said(_RENAMED.get(made_of, made_of), values)
    return Several(map(remade, kept)) if isinstance(kept, list) else kept
