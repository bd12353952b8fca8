"""A way to a server that can be cut, in the middle of what is sent too."""

import socket
import threading
from contextlib import suppress
from types import TracebackType


class Relay:
    """Listens at one address and passes everything on to another, while it is open."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._left: int | None = None
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listening: socket.socket | None = None
        with socket.create_server(("127.0.0.1", 0)) as chosen:
            self.port = int(chosen.getsockname()[1])

    def __enter__(self) -> "Relay":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.cut()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self, *, after_bytes: int | None = None) -> None:
        """Let everything through; with `after_bytes` until so much was sent, and then nothing any more."""
        self._left = after_bytes
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def cut(self) -> None:
        """End every connection; a new one is refused."""
        with self._lock:
            listening, self._listening = self._listening, None
            ends, self._ends = self._ends, set()
        for one in (listening, *ends):
            if one is not None:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = socket.create_connection(self._target)
                with self._lock:
                    self._ends |= {near, far}
                threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, is_sent: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                if is_sent and self._left is not None:
                    self._left -= len(chunk)
                    if self._left < 0:
                        self.cut()
                        return
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)
