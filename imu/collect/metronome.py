"""A steady tick beside a busy program."""

import threading
import time
from collections.abc import Callable
from math import floor
from types import TracebackType
from typing import Self

LATE_S = 0.1  # a tick that would come so late is left out: two in a row would break the rhythm
_WAKE_S = 0.002  # before a tick, from where on it is waited for most precisely


class Metronome:
    """Calls `tick` at the set pace, from a thread of its own. Every tick lies on the same grid of time, so
    that one that comes late does not delay the next.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._period_s: float | None = None
        self._began_s = 0.0
        self._changed = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="metronome", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended = True
        self._changed.set()
        self._thread.join()

    def beat(self, pace_spm: float | None) -> None:
        """Tick so often a minute from now on; None is silence."""
        period_s = None if pace_spm is None else 60.0 / pace_spm
        if period_s != self._period_s:
            self._began_s, self._period_s = time.perf_counter(), period_s
            self._changed.set()

    def _run(self) -> None:
        while True:
            # Cleared before it is asked: an end between both would not wake what then waits.
            self._changed.clear()
            if self._ended:
                return
            period_s, began_s = self._period_s, self._began_s
            if period_s is None:
                self._changed.wait()
                continue
            due_s = next_tick_s(time.perf_counter(), began_s=began_s, period_s=period_s)
            if self._changed.wait(max(due_s - time.perf_counter() - _WAKE_S, 0.0)):
                continue
            time.sleep(max(due_s - time.perf_counter(), 0.0))
            if time.perf_counter() - due_s < LATE_S:
                self._tick()


def next_tick_s(now_s: float, *, began_s: float, period_s: float) -> float:
    """The first moment of the grid that is still ahead."""
    return began_s + (floor((now_s - began_s) / period_s) + 1) * period_s
