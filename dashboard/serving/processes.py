"""The processes of a server: one that answers browsers, one that analyses, and this one that minds them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import FrameType
from typing import IO

from dashboard.minded import MINDED
from imu.errors import RestrideError, ServerError

_WORKER = "dashboard.worker"
_STARTS_WITHIN_S = 60.0
# gunicorn gives its requests 2 seconds; after that each may be killed, as at any other time: nothing is lost.
_ENDS_WITHIN_S = 2.6
_LOOKS_EVERY_S = 0.2
_LONGEST_PAUSE_S = 60.0


def listening(host: str, port: int) -> socket.socket:
    """The server's socket. RestrideError if the port is taken or the address is not this computer's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    if sys.platform != "win32":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(128)
    except OSError as error:
        found.close()
        why = os.strerror(error.errno) if error.errno else str(error)
        raise RestrideError(f"{host}:{port}: {why.lower()}; choose another --port or --host") from error
    return found


def address_of(bound: socket.socket) -> str:
    """Where a browser on this computer finds it."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(slots=True)
class Processes:
    """What was started and is ended together."""

    environment: Mapping[str, str]
    log: IO[bytes] | None = None
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, command: Sequence[str], *, keep_open: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """In a group of its own: Ctrl-C reaches only the one who minds it, which ends it in order.

        Its standard input is a pipe that says nothing and closes with this process.
        """
        begun = subprocess.Popen(
            command,
            env={**os.environ, **self.environment, MINDED: "1"},
            stdin=subprocess.PIPE,
            stdout=self.log,
            stderr=self.log,
            pass_fds=keep_open,
            start_new_session=True,
        )
        self._started.append(begun)
        return begun

    def end(self) -> None:
        for one in self._started:
            with suppress(ProcessLookupError):
                one.terminate()
        deadline = time.monotonic() + _ENDS_WITHIN_S
        for one in self._started:
            try:
                one.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _kill_with_children(one)
                one.wait()


def _kill_with_children(one: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        one.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)


def run(
    processes: Processes, bound: socket.socket, *, workers: int, analyses: bool, ready: Callable[[], None]
) -> None:
    """Serve until this process is asked to end; `ready` is called when pages can be opened.

    ServerError if the server ends by itself.
    """
    before = signal.signal(signal.SIGTERM, _asked_to_end)
    try:
        address = address_of(bound)
        server = processes.start(_command(bound, workers), keep_open=_inherited(bound))
        bound.close()
        _wait_until_healthy(server, address)
        ready()
        _mind(processes, server, analyses=analyses and find_spec(_WORKER) is not None)
    finally:
        processes.end()
        signal.signal(signal.SIGTERM, before)


def _command(bound: socket.socket, workers: int) -> list[str]:
    host, port = bound.getsockname()[:2]
    if sys.platform == "win32":  # gunicorn runs on Unix only
        return [sys.executable, "-m", "dashboard.serving.wsgi", host, str(port)]
    return [
        *(sys.executable, "-m", "gunicorn", "--config", "python:dashboard.serving.gunicorn_settings"),
        *("--bind", f"fd://{bound.fileno()}", "--workers", str(workers)),
        "dashboard.serving.wsgi:from_environment()",
    ]


def _inherited(bound: socket.socket) -> tuple[int, ...]:
    return () if sys.platform == "win32" else (bound.fileno(),)


def _wait_until_healthy(server: subprocess.Popen[bytes], address: str) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < deadline:
        _check(server)
        try:
            with direct.open(f"{address}/healthz", timeout=10):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(_LOOKS_EVERY_S)
    raise ServerError(f"{address}: does not answer after {_STARTS_WITHIN_S:.0f} s; its log says why")


def _mind(processes: Processes, server: subprocess.Popen[bytes], *, analyses: bool) -> None:
    """Look after both until a signal comes; the worker is started again, ever later if it keeps ending."""
    worker, pause_s, again_s = None, 1.0, 0.0
    while True:
        _check(server)
        if analyses and (worker is None or worker.poll() is not None) and time.monotonic() >= again_s:
            worker = processes.start([sys.executable, "-m", _WORKER])
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            again_s = time.monotonic() + pause_s
        time.sleep(_LOOKS_EVERY_S)


def _check(server: subprocess.Popen[bytes]) -> None:
    if (code := server.poll()) is not None:
        raise ServerError(f"the dashboard ended by itself with code {code}; its log says why")


def _asked_to_end(_number: int, _frame: FrameType | None) -> None:
    """By a system that stops its services: nothing went wrong."""
    raise SystemExit(0)
