"""Many files at once: how many were read, how many of them are new, and what was left out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """Counts of an import while it goes on."""

    read: int = 0
    new: int = 0
    refused: int = 0
    passed_over: int = 0  # of no kind known here; no fault

    def kept(self, *, is_new: bool) -> None:
        """One was read, and is in the history now, or was before."""
        self.read += 1
        self.new += is_new

    def left_out(self, *, is_known: bool) -> None:
        """One could not be read or kept, or nobody knows its kind."""
        if is_known:
            self.refused += 1
        else:
            self.passed_over += 1

    @property
    def words(self) -> str:
        """`312 read, 3 refused, 290 new`."""
        files = "file" if self.passed_over == 1 else "files"
        other = f", {self.passed_over} other {files} passed over" if self.passed_over else ""
        return f"{self.read} read, {self.refused} refused, {self.new} new{other}"


@contextmanager
def counted(say: Callable[[str], None]) -> Iterator[Tally]:
    """A tally whose line is said at the end of more than one file, and also when Ctrl-C ends it.

    Each activity is kept before the next is read, and each outing of sensors before the next: what was done
    stays done, and the same command skips it.
    """
    tally = Tally()
    try:
        yield tally
    except KeyboardInterrupt:
        say(f"stopped: {tally.words}; the same command again goes on from there")
        raise
    if tally.read + tally.refused > 1:
        say(tally.words)
