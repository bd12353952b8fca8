"""A process that ends when the one that minds it is gone, also where that one was killed."""

import os
import threading
from collections.abc import Callable

MINDED = "RESTRIDE_MINDED"  # set by whoever holds the other end of standard input
_STANDARD_INPUT = 0


def end_with_minder(end: Callable[[], None]) -> None:
    """Call `end` once nobody holds the other end of standard input any more: the system closes it with a
    process, however that ended. Else orphans would keep the port, and the next server could not begin."""
    if os.environ.get(MINDED):
        threading.Thread(target=_wait, args=(end,), name="minded", daemon=True).start()


def _wait(end: Callable[[], None]) -> None:
    while os.read(_STANDARD_INPUT, 64):
        pass
    end()
