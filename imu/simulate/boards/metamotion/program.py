"""Macros of a virtual MetaMotion: commands that it remembers, and gives itself when it starts."""

from collections.abc import Mapping, Sequence
from typing import Any

_MODULE = 0x0F
_MOST = 8


class Program:
    """Kept over restarts. Erasing is done when the connection ends, or by a reset that collects garbage."""

    def __init__(self) -> None:
        self.macros: list[tuple[bool, list[str]]] = []  # at start?, commands as hex
        self.erasing = False
        self._recording = False
        self._begun = b""  # the first part of a long command

    def command(self, register: int, body: bytes) -> Sequence[bytes]:
        """Nothing in answer to what is not known or not whole."""
        if register == 0x02 and body and len(self.macros) < _MOST:
            self._recording, self._begun = True, b""
            self.macros.append((body[0] == 1, []))
            return (bytes([_MODULE, 0x02, len(self.macros) - 1]),)
        if register == 0x03 and self._recording:
            self.macros[-1][1].append((self._begun + body).hex())
            self._begun = b""
        elif register == 0x09 and self._recording:
            self._begun = body
        elif register == 0x04:
            self._recording = False
        elif register == 0x08:
            self.erasing = True
        return ()

    def commands(self, number: int) -> list[bytes]:
        """Of one macro; none if there is no such."""
        known = self.macros[number][1] if number < len(self.macros) else []
        return [bytes.fromhex(command) for command in known]

    def at_start(self) -> list[bytes]:
        numbers = (number for number, (starts, _) in enumerate(self.macros) if starts)
        return [command for number in numbers for command in self.commands(number)]

    def collect(self) -> None:
        """Do what was put off."""
        if self.erasing:
            self.macros.clear()
        self.erasing = self._recording = False

    def state(self) -> dict[str, Any]:
        return {"macros": [list(macro) for macro in self.macros], "erasing": self.erasing}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.macros = [(starts, list(commands)) for starts, commands in state["macros"]]
        self.erasing = state["erasing"]
        self._recording = False
