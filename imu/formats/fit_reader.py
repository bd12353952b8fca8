"""fitdecode, reading all numbers of a message at once: an hour takes a third of the time.

Imported only by whoever reads a FIT, since it needs the optional fitdecode.
"""

import struct
from typing import Any

import fitdecode
from fitdecode.types import BASE_TYPE_BYTE

FitEOFError = fitdecode.FitEOFError
# Damaged bytes make nonsense of definitions, and the library stumbles over nonsense in many ways.
DAMAGED = (
    fitdecode.FitError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class FitReader(fitdecode.FitReader):  # type: ignore[misc]  # has no types
    """Yields what `fitdecode.FitReader` yields; definitions of which its own way is needed go that way.

    It overrides a method that is not public, so pyproject.toml names the versions that have it, and a test
    holds both against each other.
    """

    def __init__(self, content: Any, *, keep_raw_chunks: bool = False) -> None:
        super().__init__(
            content,
            processor=None,
            check_crc=fitdecode.CrcCheck.DISABLED,
            error_handling=fitdecode.ErrorHandling.IGNORE,
            keep_raw_chunks=keep_raw_chunks,
        )
        # The definition is kept beside, so that no other one gets its identity.
        self._layouts: dict[int, tuple[Any, struct.Struct | None]] = {}

    def _read_data_message_raw_values(self, definition: Any) -> tuple[list[bytes], list[Any]]:
        if id(definition) not in self._layouts:
            self._layouts[id(definition)] = definition, _layout(definition)
        layout = self._layouts[id(definition)][1]
        if layout is None:
            values: tuple[list[bytes], list[Any]] = super()._read_data_message_raw_values(definition)
            return values
        chunk = self._read_bytes(layout.size)
        told = zip(definition.all_field_defs, layout.unpack(chunk), strict=True)
        return [chunk], [one.base_type.parse(value) for one, value in told]


def _layout(definition: Any) -> struct.Struct | None:
    """All fields in a row, each of one value; None where one has several, or none at all."""
    words = [definition.endian]
    for one in definition.all_field_defs:
        kind = one.base_type
        if one.size == 0 or kind is BASE_TYPE_BYTE or (kind.fmt != "s" and one.size != kind.size):
            return None
        words.append(f"{one.size}s" if kind.fmt == "s" else kind.fmt)
    return struct.Struct("".join(words)) if len(words) > 1 else None
