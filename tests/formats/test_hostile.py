"""Files that mean harm, or were harmed: every reader answers with something sound or with one line."""

import gzip
import re
from collections.abc import Callable, Mapping

import pytest

from imu.formats import READERS
from imu.formats.source import Source
from tests.formats.golden import GENERATORS, golden
from tests.formats.mutate import mutated
from tests.formats.soundness import outcome
from tests.formats.zips import flat_bomb, gz_bomb, nested, overlapping, zipped

LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
    )
    + b"]>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
REMOTE = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'


def with_entities(content: bytes, declared: bytes) -> bytes:
    """The grammar in place of the file's own, and its entity in the text and in every fifth attribute."""
    content = re.sub(rb"<!DOCTYPE.*?\]>|(?<=\?>)", declared, content, count=1, flags=re.DOTALL)
    return content.replace(b">\n", b">&j;\n", 5).replace(b'="', b'="&j;', 2)


def in_the_middle(content: bytes, what: bytes) -> bytes:
    middle = content.find(b">\n", len(content) // 2) + 1 or content.find(b"\n", len(content) // 2) + 1
    return content[:middle] + what + content[middle:]


def utf_16(content: bytes) -> bytes:
    return content.decode("utf-8", errors="replace").encode("utf-16")


def with_numbers(number: bytes) -> Callable[[bytes], bytes]:
    return lambda content: re.sub(rb'(?<=[",;\t>])-?\d+(\.\d+)?(?=[",;\t<\n])', number, content)


def with_year(year: bytes) -> Callable[[bytes], bytes]:
    return lambda content: re.sub(rb"\b20\d\d(?=-)", year, content)


HARM: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda _content: b"",
    "one byte": lambda content: content[:1],
    "half": lambda content: content[: len(content) // 2],
    "without its last byte": lambda content: content[:-1],
    "twice": lambda content: content * 2,
    "backwards": lambda content: content[::-1],
    "UTF-16": utf_16,
    "a mark before": lambda content: b"\xef\xbb\xbf" + content,
    "Latin 1 inside": lambda content: in_the_middle(content, b"caf\xe9\xff\xfe"),
    "NULs inside": lambda content: in_the_middle(content, b"\0" * 5000),
    "NULs only": lambda content: b"\0" * len(content),
    "a huge line": lambda content: in_the_middle(content, b"x" * (10 << 20)),
    "a huge quoted cell": lambda content: in_the_middle(content, b'"' + b"x," * (2 << 20)),
    "10,000 columns": lambda content: b"\n".join(line + b",1" * 10_000 for line in content.split(b"\n")[:50]),
    "10,000 names": lambda content: b",".join(b"x%d" % one for one in range(10_000)) + b"\n" + content,
    "deep": lambda content: in_the_middle(content, b"<a>" * 200_000),
    "deep and closed": lambda content: in_the_middle(content, b"<a>" * 50_000 + b"</a>" * 50_000),
    "many attributes": lambda content: in_the_middle(
        content, b"<a " + b" ".join(b'b%d="1"' % one for one in range(50_000)) + b"/>"
    ),
    "a billion laughs": lambda content: with_entities(content, LAUGHS),
    "a file of the reader": lambda content: with_entities(content, OUTSIDE),
    "a file of the net": lambda content: with_entities(content, REMOTE),
    "NaN": with_numbers(b"nan"),
    "infinity": with_numbers(b"inf"),
    "beyond all numbers": with_numbers(b"1e999"),
    "negative": with_numbers(b"-17"),
    "many digits": with_numbers(b"9" * 5000),
    "year 0": with_year(b"0000"),
    "year 1": with_year(b"0001"),
    "year 9999": with_year(b"9999"),
    "ones": lambda content: b"\xff" * len(content),
}


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("kind", GENERATORS)
def test_a_harmed_file_is_read_soundly_or_refused_in_one_line(kind: str, harm: str) -> None:
    content = HARM[harm](golden(kind))

    assert outcome(kind, content) in ("read", "in part", "refused")


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
def test_looking_at_the_first_bytes_never_fails(reader: object, harm: str) -> None:
    for kind in GENERATORS:
        source = Source.of_bytes(kind, HARM[harm](golden(kind)))

        assert reader.sniff(source) in (True, False)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", GENERATORS)
def test_every_good_file_is_read(kind: str) -> None:
    assert outcome(kind, golden(kind)) == "read"


@pytest.mark.parametrize(
    "bomb",
    [
        lambda: flat_bomb(16),
        lambda: overlapping(5000),
        lambda: nested(50, golden("export.xml")),
        lambda: zipped({f"{number}.zip": flat_bomb(4) for number in range(4)}),
        lambda: gzip.compress(gz_bomb(16, b"<HealthData>")),
        lambda: gzip.compress(gzip.compress(gz_bomb(16, b"epoc (ms),"))),
    ],
    ids=["flat", "overlapping", "deep as one that holds itself", "wide", "gz in gz", "gz in gz in gz"],
)
def test_no_bomb_goes_off(bomb: Callable[[], bytes]) -> None:
    assert outcome("bomb", bomb()) in ("in part", "refused")


@pytest.mark.parametrize("kind", GENERATORS)
def test_mutants_are_read_soundly_or_refused_in_one_line(kind: str) -> None:
    for number in range(1 + 300 // len(GENERATORS)):
        assert outcome(kind, mutated(golden(kind), number)) in ("read", "in part", "refused"), number
