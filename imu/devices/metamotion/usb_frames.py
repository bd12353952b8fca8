"""Messages over the USB cable of a MetaMotion S: `1f length payload 0a`, and who it is, told in a line.

The line that answers `IDENTIFY` is not documented: what looks like a version is the firmware, what looks
like a serial number is one, and the model needs no telling, as only the S has a cable.
"""

import re
from dataclasses import dataclass

from imu.errors import ProtocolError

IDENTIFY = b"?\n"
LONGEST_LINE = 512
_START, _END = 0x1F, 0x0A
_FIRMWARE = re.compile(r"\b\d+\.\d+\.\d+\b")
_SERIAL = re.compile(r"\b(?=[0-9A-F]*\d)[0-9A-F]{6,16}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CableIdentity:
    """What the line says, and the line itself."""

    serial: str
    firmware: str
    line: str


def frame(payload: bytes) -> bytes:
    """Raises ValueError for more than 255 bytes."""
    return bytes([_START, len(payload)]) + payload + bytes([_END])


def identity_in(line: bytes) -> CableIdentity:
    """Raises ProtocolError where no serial number or no version is in it."""
    text = line.decode("ascii", "replace").strip()
    firmware = _FIRMWARE.search(text)
    serial = _SERIAL.search(text)
    if firmware is None or serial is None:
        raise ProtocolError(f"MetaMotion over USB: no serial number and firmware version in {text[:80]!r}")
    return CableIdentity(serial.group().upper(), firmware.group(), text)


class Deframer:
    """Bytes as they come in, payloads out. What is no frame is skipped and counted."""

    def __init__(self) -> None:
        self._held = bytearray()  # never more than one frame that is not whole yet
        self.skipped = 0

    def receive(self, data: bytes) -> list[bytes]:
        """The payloads that are whole now."""
        self._held += data
        payloads = []
        while self._held:
            if self._held[0] != _START:
                self._skip()
                continue
            if len(self._held) < 2 or len(self._held) < self._held[1] + 3:
                break
            end = self._held[1] + 2
            if self._held[end] != _END:
                self._skip()  # a start byte within other bytes: look for the next
                continue
            payloads.append(bytes(self._held[2:end]))
            del self._held[: end + 1]
        return payloads

    def _skip(self) -> None:
        start = self._held.find(_START, 1)
        cut = len(self._held) if start < 0 else start
        del self._held[:cut]
        self.skipped += cut
