"""What runs in the process of a virtual world."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

from imu.simulate.air.config import AirConfig
from imu.simulate.air.control import controlled
from imu.simulate.air.kinds import MakeBoard, maker
from imu.simulate.air.world import world


async def run(config: AirConfig, *, makers: Callable[[str], MakeBoard] = maker) -> None:
    """Be the world until standard input closes, a signal comes or the control channel says so."""
    ended = asyncio.Event()
    async with world(config, makers=makers) as made, controlled(made, stop=ended.set) as port:
        _when_told_to_end(ended)
        print(json.dumps({"transport": made.transport, "control": f"127.0.0.1:{port}"}), flush=True)
        await ended.wait()


def _when_told_to_end(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        with suppress(NotImplementedError):  # Windows: its parent closes standard input instead
            loop.add_signal_handler(getattr(signal, name), ended.set)

    def watch_parent() -> None:
        # Not sys.stdin: a buffered read that never returns would hold up the interpreter's exit.
        with suppress(OSError):  # there is none: nobody to live for
            while os.read(0, 4096):
                pass
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch_parent, daemon=True, name="parent").start()
