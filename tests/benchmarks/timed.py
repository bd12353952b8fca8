"""The dashboard as gunicorn loads it, and with every answer what it took: for benchmarks only.

gunicorn --config python:dashboard.serving.gunicorn_settings "tests.benchmarks.timed:from_environment()"
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from dashboard.serving import wsgi

Start = Callable[..., Any]


def from_environment() -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """Of one request: `wall`, and `cpu` of the thread that answers it, in ms."""
    server = wsgi.from_environment()

    def timed(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        wall_s, cpu_s = time.perf_counter(), time.thread_time()

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            wall_ms, cpu_ms = (
                1000 * (time.perf_counter() - wall_s),
                1000 * (time.thread_time() - cpu_s),
            )
            told = f"wall;dur={wall_ms:.1f}, cpu;dur={cpu_ms:.1f}"
            return start(status, [*headers, ("Server-Timing", told)], *more)

        return server.wsgi_app(environ, started)

    return timed
