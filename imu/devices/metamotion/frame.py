"""What every message has in common: `[module][register][payload]`, 20 bytes at most, little endian."""

from dataclasses import dataclass

from imu.errors import ProtocolError

READ = 0x80  # added to a register to ask for it; the answer carries it too


@dataclass(frozen=True, slots=True)
class Unknown:
    """A notification of a register that nothing here reads."""

    packet: bytes


def malformed(packet: bytes, expected: str) -> ProtocolError:
    """The error for a packet that its register cannot carry."""
    quoted = packet[:32].hex(" ") + (" ..." if len(packet) > 32 else "")
    register = packet[:2].hex(" ") or "(none)"
    return ProtocolError(f"MetaMotion register {register}: expected {expected}, got {quoted or 'nothing'}")


def payload(packet: bytes, *sizes: int) -> bytes:
    """What follows the register. Raises ProtocolError unless it is one of `sizes` long."""
    body = packet[2:]
    if len(body) not in sizes:
        raise malformed(packet, f"{' or '.join(map(str, sizes))} bytes after it")
    return body
