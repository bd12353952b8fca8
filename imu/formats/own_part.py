"""The own part of one outing of a file that holds many, cut out byte for byte.

A history of years in one file is kept with each of its runs: not as so many copies of all of it, and so that
whoever erases a run need not look for its places in the files of others.
"""

import xml.parsers.expat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from imu.formats.source import Source


@dataclass(slots=True, eq=False)
class _Element:
    """Where an element lies in the file; None for what never came, since the file broke off."""

    name: str
    around: "_Element | None"
    begins: int
    inside_begins: int | None = None
    newest_inside: "_Element | None" = None
    closes: int | None = None  # where its end tag begins
    ends: int | None = None  # where the next one beside it begins, or what is around it closes


def own_parts(source: Source, name: str, *, count: int, within: str | None = None) -> Callable[[int], bytes]:
    """Gives the part of an element of this name by its number; all are cut when the first is wanted.

    count: how many a reader found. within: the name of what is around it. The file has no document type.
    RecordingError where the elements are not those of the reader.
    """

    @cache
    def parts() -> list[bytes]:
        content = source.content().lstrip()
        found = [_part(content, one) for one in _outermost(content, name, within)]
        if len(found) != count:
            raise source.refused(f"has a {name} where none belongs, so its outings cannot be kept apart")
        return found

    return lambda number: parts()[number]


def _outermost(content: bytes, name: str, within: str | None) -> list[_Element]:
    parser = xml.parsers.expat.ParserCreate()
    found: list[_Element] = []
    opened = [_Element(name="", around=None, begins=0)]
    deep = 0  # elements that are open from one that was found on

    def start(tag: str, _attributes: object) -> None:
        nonlocal deep
        if deep:
            deep += 1
            return
        around, at = opened[-1], parser.CurrentByteIndex
        if around.newest_inside is None:
            around.inside_begins = at
        else:
            around.newest_inside.ends = at
        one = _Element(name=tag.rsplit(":", 1)[-1], around=around, begins=at)
        around.newest_inside = one
        opened.append(one)
        if one.name == name and within in (None, around.name):
            found.append(one)
            deep = 1

    def end(_tag: str) -> None:
        nonlocal deep
        if deep > 1:
            deep -= 1
            return
        deep = 0
        closed = opened.pop()
        closed.closes = parser.CurrentByteIndex
        if closed.newest_inside is not None:
            closed.newest_inside.ends = closed.closes

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(xml.parsers.expat.ExpatError):  # it breaks off there, and so does the last part
        parser.Parse(content, True)
    return found


def _part(content: bytes, one: _Element) -> bytes:
    """An element, and of all around it no more than their tags: the same wherever it stands among others."""
    ends = one.ends
    if one.closes is not None and b"\0" not in content[:8]:  # in UTF-16 blanks behind it stay
        ends = content.index(b">", one.closes) + 1
    part, around = content[one.begins : ends], one.around
    while around is not None:
        after = b"" if around.closes is None else content[around.closes : around.ends]
        part = content[around.begins : around.inside_begins] + part + after
        around = around.around
    return part
