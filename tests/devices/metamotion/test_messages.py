"""Any bytes at all end in a message or in a ProtocolError; commands refuse what does not fit."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from imu.devices.decoders import decoder_for
from imu.devices.metamotion import led, macro, processors, settings
from imu.devices.metamotion.modules import decode_module
from imu.devices.metamotion.protocol import Unknown, board_from, decode
from imu.devices.sensor import Coding, Packet
from imu.errors import ProtocolError
from tests.devices.metamotion.boards import board_named

BOARDS = {name: board_named(name) for name in ("MMR", "MMRL", "MMS")}
HEADERS = [
    bytes.fromhex(text)
    for text in [
        "03 04",
        "03 05",
        "03 1c",
        "03 83",
        "13 04",
        "13 05",
        "13 07",
        "13 83",
        "09 02",
        "09 03",
        "0b 02",
        "0b 82",
        "0b 84",
        "0b 85",
        "0b 07",
        "0b 08",
        "0b 0d",
        "0f 02",
        "11 8c",
        "11 8b",
        "19 04",
        "19 07",
        "19 08",
        "19 09",
        "19 0b",
        "01 80",
        "fe 80",
        "77 12",
    ]
]
PACKETS = st.one_of(
    st.binary(max_size=64),
    st.builds(bytes.__add__, st.sampled_from(HEADERS), st.binary(max_size=20)),
)
CODINGS = [
    Coding("metamotion", "stream", 200, 16, 2000, 2048, 16.4, None, {"acc_register": "031c"}),
    Coding("metamotion", "stream", 200, 16, 2000, 2048, 16.4, 48 / 32768, {"acc_processor": 0}),
    Coding("metamotion", "log", 200, 16, 2000, 2048, 16.4, 48 / 32768, {"acc_loggers": "0 1"}),
]
PACKED_ACC = bytes.fromhex("031c 0100 0200 0300  0080 ff7f 0000  0008 00f8 0040")


@given(packet=PACKETS, board=st.sampled_from(sorted(BOARDS)))
def test_hostile_bytes_end_in_a_message_or_a_protocol_error(packet: bytes, board: str) -> None:
    with suppress(ProtocolError):
        assert decode(packet, BOARDS[board]) is not None


@given(packets=st.lists(PACKETS, max_size=20), coding=st.sampled_from(CODINGS))
def test_a_decoder_survives_hostile_packets(packets: list[bytes], coding: Coding) -> None:
    decoder = decoder_for(coding)
    for packet in packets:
        with suppress(ProtocolError):
            decoder.receive(Packet(0, packet))


@given(st.binary(max_size=20))
def test_module_replies_may_be_anything(reply: bytes) -> None:
    with suppress(ProtocolError):
        board = board_from("8", [decode_module(b"\x03\x80" + reply)])
        assert board.acc_chip


@pytest.mark.parametrize("kept_bytes", range(2, len(PACKED_ACC)))
def test_a_cut_packet_is_refused_and_quoted(kept_bytes: int) -> None:
    cut = PACKED_ACC[:kept_bytes]
    with pytest.raises(ProtocolError, match=r"register 03 1c: expected 18 bytes") as refused:
        decode(cut, BOARDS["MMR"])
    assert cut.hex(" ") in str(refused.value)


def test_a_register_means_what_its_board_says() -> None:
    assert decode(PACKED_ACC, BOARDS["MMS"]) == Unknown(PACKED_ACC)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: settings.tx_power(5),
        lambda: settings.name("much too long"),
        lambda: settings.name("Läufer"),
        lambda: led.write(led.Colour.RED, led.Pattern(high=32)),
        lambda: led.write(led.Colour.RED, led.SOLID, repeat=300),
        lambda: macro.record([bytes(18)], at_boot=True),
    ],
)
def test_a_command_that_does_not_fit_is_a_wrong_call(refused: object) -> None:
    assert callable(refused)
    with pytest.raises(ValueError, match=r"."):
        refused()


def test_a_packer_sends_whole_samples() -> None:
    with pytest.raises(ProtocolError, match="multiple of 6"):
        processors.unpacked(processors.Processed(0, bytes(7)))


def test_the_address_is_told_most_significant_byte_first() -> None:
    address = decode(bytes.fromhex("11 8b 00 66 55 44 33 22 c1"), BOARDS["MMS"])
    assert address == settings.MacAddress("C1:22:33:44:55:66")
