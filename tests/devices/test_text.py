"""What a device tells of itself is shown in one line, whoever built it."""

from hypothesis import given, strategies as st

from imu.devices.text import text_of


@given(st.binary(max_size=64))
def test_whatever_a_device_says_no_terminal_obeys_it(value: bytes) -> None:
    assert text_of(value).isprintable()


def test_a_serial_number_is_told_as_it_is_without_what_fills_its_field() -> None:
    assert text_of(b" 0541A7\0\0\r\n") == "0541A7"
    assert text_of("Größe 2".encode()) == "Größe 2"
    assert text_of(b"\x1b[2Jroot\x07") == "[2Jroot"
