"""Standard output and error whose reader may go away, as in `restride record 2>&1 | head`.

What is only told to somebody must never end what is recorded: once nobody reads standard error, it is silent.
Results that nobody reads end the verb.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class ReaderGoneError(Exception):
    """Nobody reads the results any more."""


@contextmanager
def pipes_that_may_close() -> Iterator[None]:
    """Inside, the streams of this process are such; those that somebody put in their place are left alone."""
    results: TextIO = sys.stdout
    beside: TextIO = sys.stderr
    if _is_file(results, sys.__stdout__) and _is_file(beside, sys.__stderr__):
        results.flush()
        beside.flush()
        sys.stdout = _Stream(results, is_result=True)
        sys.stderr = _Stream(beside, is_result=False)
    try:
        yield
    finally:
        # Not closed: whoever kept one of them, as a logger does, may still write.
        sys.stdout, sys.stderr = results, beside


class _Stream(io.TextIOWrapper):
    """When its reader is gone it leads nowhere, and so does the interpreter's own stream.

    The file below it is left as it is: a signal that came between its write and its return, as it may in
    Python, would have the same bytes written twice.
    """

    def __init__(self, stream: TextIO, *, is_result: bool) -> None:
        file = io.FileIO(stream.fileno(), "w", closefd=False)
        is_seen = not is_result or stream.isatty()
        super().__init__(
            io.BufferedWriter(file), encoding=stream.encoding, errors=stream.errors, line_buffering=is_seen
        )
        self._is_result = is_result

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            self._lead_nowhere()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            self._lead_nowhere()

    def _lead_nowhere(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        if self._is_result:
            raise ReaderGoneError from None


def _is_file(stream: TextIO | None, first: TextIO | None) -> bool:
    """Whether it is the one that the process began with, and a file: without a console there is none."""
    try:
        return stream is not None and stream is first and stream.fileno() >= 0
    except OSError:
        return False
