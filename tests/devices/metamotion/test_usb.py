"""The cable of a MetaMotion S: its frames, and the whole driver over a pair of pseudo terminals."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.host_clock import HostClock
from imu.devices.metamotion import gatt, usb
from imu.devices.metamotion.device import opened
from imu.devices.metamotion.usb_frames import Deframer, frame, identity_in
from imu.devices.sensor import Packet, Settings
from imu.errors import LinkLostError, ProtocolError, SensorError
from tests.devices.metamotion.scripted import ScriptedLink

PAYLOADS = st.lists(st.binary(min_size=2, max_size=20), max_size=10)
CLOCK = HostClock.start()


@given(PAYLOADS)
def test_frames_come_out_whole_at_once_and_byte_by_byte(payloads: list[bytes]) -> None:
    sent = b"".join(frame(payload) for payload in payloads)
    assert Deframer().receive(sent) == payloads
    bytewise = Deframer()
    assert [found for byte in sent for found in bytewise.receive(bytes([byte]))] == payloads
    assert bytewise.skipped == 0


@given(st.binary(max_size=30).filter(lambda noise: 0x1F not in noise), PAYLOADS)
def test_noise_before_frames_is_skipped_and_counted(noise: bytes, payloads: list[bytes]) -> None:
    deframer = Deframer()
    assert deframer.receive(noise + b"".join(frame(payload) for payload in payloads)) == payloads
    assert deframer.skipped == len(noise)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_hostile_bytes_are_never_held_beyond_one_frame(chunks: list[bytes]) -> None:
    deframer = Deframer()
    for chunk in chunks:
        found = deframer.receive(chunk)
        assert all(len(payload) <= 255 for payload in found)
    taken = deframer.receive(bytes(258))
    assert sum(map(len, taken)) + deframer.skipped >= 258 - 3


@pytest.mark.parametrize("line", [b"MbientLab,MetaMotionS,8,1.7.3,0541A2\n", b"0541a2 0.1 fw 1.7.3\r\n"])
def test_the_line_of_identity_is_read_by_what_its_words_look_like(line: bytes) -> None:
    identity = identity_in(line)
    assert (identity.serial, identity.firmware) == ("0541A2", "1.7.3")


@given(st.binary(max_size=100))
def test_any_line_is_an_identity_or_refused(line: bytes) -> None:
    with suppress(ProtocolError):
        assert identity_in(line).serial


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(SensorError, match=r"restride\[serial\]"):
        usb.ports()


def test_a_port_that_is_not_there_is_named() -> None:
    async def session() -> None:
        async with usb.opened_link("/dev/no-such-port", clock=CLOCK):
            pytest.fail("it must not open")

    with pytest.raises(SensorError, match="/dev/no-such-port: cannot be opened"):
        asyncio.run(session())


class Peer(threading.Thread):
    """The scripted board at the other end of a pseudo terminal."""

    def __init__(self, fd: int, board: ScriptedLink) -> None:
        super().__init__(daemon=True)
        self._fd = fd
        self._board = board
        self._deframer = Deframer()

    def run(self) -> None:
        asyncio.run(self._board.subscribe(gatt.NOTIFICATION, self._send))
        while data := self._read():
            if data == b"?\n":
                os.write(self._fd, b"MbientLab,MetaMotionS,0.1,1.7.3,0541A2\n")
                continue
            for command in self._deframer.receive(data):
                asyncio.run(self._board.write(gatt.COMMAND, command, response=True))

    def _read(self) -> bytes:
        try:
            return os.read(self._fd, 4096)
        except OSError:  # the other end was closed
            return b""

    def _send(self, _arrival_ns: int, data: bytes) -> None:
        os.write(self._fd, frame(data))


@contextmanager
def plugged_in(board: ScriptedLink) -> Iterator[tuple[str, int]]:
    """The port of a board, and the descriptor of its own end."""
    import pty
    import tty

    own, theirs = pty.openpty()
    tty.setraw(theirs)
    peer = Peer(own, board)
    peer.start()
    port = os.ttyname(theirs)
    try:
        yield port, own
    finally:
        os.close(theirs)
        peer.join(timeout=5)
        os.close(own)


@pytest.mark.unhurried
@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")
def test_the_driver_arms_stops_and_downloads_over_a_cable() -> None:
    entries = [bytes([0xA0 | half, tick, 0, 0, 0, 0, 0, 0, 0]) for tick in range(8) for half in (0, 1)]
    board = ScriptedLink("MMS")

    async def session(port: str) -> None:
        async with usb.opened_link(port, clock=CLOCK) as link, opened(link, clock=CLOCK) as sensor:
            assert sensor.identity.model == "MetaMotion S"
            assert sensor.identity.serial == "0541A2"
            before_ns = CLOCK.now_ns()
            exchange = await sensor.exchange()
            assert before_ns <= exchange.before_ns <= exchange.after_ns <= CLOCK.now_ns()
            await sensor.start_log(Settings())
            await sensor.stop_log()
            board.entries += entries
            packets: list[Packet] = []
            async for part in sensor.download(held=0):
                packets += part.packets
                await sensor.confirm(part)
            assert b"".join(packet.data[2:] for packet in packets) == b"".join(entries)

    with plugged_in(board) as (port, _):
        asyncio.run(session(port))


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")
def test_a_port_where_nothing_answers_is_no_metamotion(monkeypatch: pytest.MonkeyPatch) -> None:
    import pty

    monkeypatch.setattr(usb, "_IDENTITY_S", 0.05)
    own, theirs = pty.openpty()

    async def session() -> None:
        async with usb.opened_link(os.ttyname(theirs), clock=CLOCK):
            pytest.fail("it must not open")

    with pytest.raises(SensorError, match=r"no MetaMotion said who it is within 0\.05 s"):
        asyncio.run(session())
    os.close(own)
    os.close(theirs)


@pytest.mark.skipif(sys.platform == "win32", reason="needs pseudo terminals")
def test_pulling_the_plug_is_a_lost_link() -> None:
    import pty
    import tty

    own, theirs = pty.openpty()
    tty.setraw(theirs)

    def answer() -> None:
        assert os.read(own, 16) == b"?\n"
        os.write(own, frame(b"\x03\x1c") + b"1.7.3 0541A2\n")  # behind what an older program sends

    async def session() -> None:
        answering = asyncio.create_task(asyncio.to_thread(answer))
        async with usb.opened_link(os.ttyname(theirs), clock=CLOCK) as link:
            await answering
            gone = asyncio.Event()
            link.when_lost(gone.set)
            os.close(own)
            async with asyncio.timeout(5):
                await gone.wait()
            with pytest.raises(LinkLostError, match="unplugged"):
                await link.write(gatt.COMMAND, b"\x0b\x84", response=True)

    asyncio.run(session())
    os.close(theirs)
