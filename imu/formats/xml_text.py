"""What readers of XML share: names without their namespaces, numbers, and how a file begins."""

import io
import re
from datetime import UTC, datetime
from typing import IO, cast

from imu.formats.source import Source

_LOOKED_AT = 4096


def begins_with(source: Source, root: str) -> bool:
    """Whether the first element has this name; in UTF-16, too, and behind comments."""
    text = source.head[:_LOOKED_AT].replace(b"\0", b"").decode("utf-8", "replace")
    # Comments and declarations begin otherwise, so the first tag with a letter is the root.
    first = re.search(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL))
    return first is not None and first.group(1).lower() == root.lower()


def past_blanks(file: IO[bytes]) -> IO[bytes]:
    """From the first sign on: some programs begin with blanks, which no parser of XML takes."""
    read = io.BufferedReader(cast("io.RawIOBase", file))
    while (seen := read.peek()) and (blank := len(seen) - len(seen.lstrip())):
        read.read(blank)
    return read


def local_name(tag: object) -> str:
    """`{namespace}name` without its namespace; empty for comments."""
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def as_number(text: str | None) -> float:
    """NaN for what is none."""
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")


def as_moment(text: str | None) -> datetime | None:
    """An ISO time; UTC where it names no zone. None for what is no time."""
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
