"""A download from a virtual MetaMotion: packets of entries, pages that wait to be confirmed, progress."""

from dataclasses import dataclass

import numpy as np

from imu.simulate.boards.metamotion.conditions import Habits
from imu.simulate.boards.metamotion.log import ENTRY_BYTES, ChipFor, Log, Rows
from imu.simulate.boards.metamotion.models import PAGE_ENTRIES

_AHEAD = 16 * PAGE_ENTRIES  # entries made at a time

_PAGE_COMPLETED = bytes([0x0B, 0x0D])
ENTRIES = bytes([0x0B, 0x07])
_PROGRESS = bytes([0x0B, 0x08])


@dataclass(slots=True)
class Position:
    """How far a log was read out: the next entry to send, and the first that was not confirmed."""

    sent: int = 0
    confirmed: int = 0
    pages: int = 0  # confirmed ones


class Readout:
    """One download after the other. Nothing comes while a page waits for its confirmation."""

    def __init__(self, log: Log, position: Position, chip_for: ChipFor, *, pages_unasked: bool) -> None:
        self._log = log
        self.position = position
        self._chip_for = chip_for
        self._left = self._every = self._on_page = 0
        self._waiting = False
        self._next: list[bytes] = []  # what follows the entries just sent
        self._ahead: Rows = np.empty((0, ENTRY_BYTES), np.uint8)
        self._ahead_from = 0
        self.listening = False  # entries are wanted
        self.tells_progress = False
        self._pages_unasked = pages_unasked
        self.announces_pages = pages_unasked

    @property
    def length(self) -> int:
        """Entries that can be read out."""
        self._skip_forgotten()
        return max(self._log.written - self.position.sent, 0)

    def begin(self, entries: int, every: int) -> None:
        """Read so many; none at all for an empty log."""
        self._left, self._every, self._on_page = min(entries, self.length), every, 0
        self._waiting = False
        self._next.clear()

    def confirm(self) -> None:
        if self._waiting:
            self._waiting = False
            self.position.confirmed = self.position.sent
            self.position.pages += 1
            if not self._left:
                self._progress()

    def stop(self, habits: Habits) -> None:
        """The connection is gone."""
        self.begin(0, 0)
        resumed = habits.resume == "at_unconfirmed_page"
        self.position.confirmed = self.position.confirmed if resumed else self._log.begin
        self.position.sent = self.position.confirmed
        self.listening = self.tells_progress = False
        self.announces_pages = self._pages_unasked

    def packet(self) -> bytes | None:
        """The next notification, or None while there is nothing to send."""
        if self._next:
            return self._next.pop(0)
        if self._waiting or not self._left or not self.listening:
            return None
        n = min(2, self._left, PAGE_ENTRIES - self._on_page)
        self._skip_forgotten()
        rows = self._rows(n)
        self.position.sent += n
        self._on_page += n
        before, self._left = self._left, self._left - n
        if self._on_page == PAGE_ENTRIES or not self._left:
            self._turn_page()
        if self._every and self._left and before // self._every != self._left // self._every:
            self._progress()
        return ENTRIES + rows

    def _turn_page(self) -> None:
        self._on_page = 0
        if self.announces_pages:
            # Assumed: the last page is announced too, however short, and the end told once it is confirmed.
            self._waiting = True
            self._next.append(_PAGE_COMPLETED)
            return
        self.position.confirmed = self.position.sent
        if not self._left:
            self._progress()

    def _progress(self) -> None:
        if self.tells_progress:
            self._next.append(_PROGRESS + self._left.to_bytes(4, "little"))

    def _skip_forgotten(self) -> None:
        """A log that overwrites itself may have passed the reader."""
        position = self.position
        position.sent = max(position.sent, self._log.begin)
        position.confirmed = max(position.confirmed, self._log.begin)

    def _rows(self, n: int) -> bytes:
        first = self.position.sent
        at = first - self._ahead_from
        if not 0 <= at <= len(self._ahead) - n:
            self._ahead = self._log.rows(first, min(first + _AHEAD, first + self._left), self._chip_for)
            self._ahead_from, at = first, 0
        return self._ahead[at : at + n].tobytes()
