"""What the user types, without holding up the event loop."""

import asyncio
import os
import sys
import threading
from contextlib import suppress

_LONGEST_LINE = 4096  # a terminal hands over no longer ones


class Keyboard:
    """Lines from standard input, where somebody can type; made inside the event loop that waits for them."""

    def __init__(self) -> None:
        self.attended = sys.stdin.isatty() and sys.stderr.isatty()
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        if self.attended:
            threading.Thread(target=self._read, daemon=True, name="keyboard").start()

    async def line(self) -> str:
        """What is typed from now on, to the next Enter. Never returns where nobody can type."""
        while not self._lines.empty():
            self._lines.get_nowait()
        return (await self._lines.get()).strip()

    def _read(self) -> None:
        # Not sys.stdin: a buffered read that never returns would hold up the interpreter's exit.
        with suppress(OSError, RuntimeError):  # the terminal is gone, or the loop has ended
            while typed := os.read(0, _LONGEST_LINE):
                self._loop.call_soon_threadsafe(self._lines.put_nowait, typed.decode(errors="replace"))
