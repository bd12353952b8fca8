"""What a MetaMotion is told and tells, byte by byte and at the limits that it has."""

import json
from dataclasses import asdict, replace

import pytest

from imu.devices.decoders import decoder_for
from imu.devices.metamotion import led, log, macro, modules, processors, sampling, settings
from imu.devices.metamotion.coding import (
    Sampling,
    log_coding,
    loggers_in,
    nearest,
    processors_in,
    registers_in,
    stream_coding,
    timed_stream_coding,
)
from imu.devices.metamotion.frame import malformed
from imu.devices.metamotion.modules import Board, Module, ModuleReply, board_from, decode_module
from imu.devices.metamotion.notification import decode
from imu.devices.metamotion.sampling import AccSetting, GyrSetting
from imu.devices.metamotion.usb_frames import Deframer, frame, identity_in
from imu.devices.sensor import Coding, Settings
from imu.errors import ProtocolError
from tests.devices.metamotion.boards import board_named

BOTH = Sampling(AccSetting(200.0, 16.0), GyrSetting(200.0, 2000.0))
TICK_S = 48 / 32768


def hexed(text: str) -> bytes:
    return bytes.fromhex(text)


@pytest.mark.parametrize("stamp_processor", [None, 3])
def test_a_stream_is_read_by_its_registers(stamp_processor: int | None) -> None:
    coding = stream_coding(
        BOTH, {"acc": hexed("031c"), "gyr": hexed("1307")}, stamp_processor=stamp_processor
    )
    facts = {"acc_register": "031c", "gyr_register": "1307"}
    assert coding == Coding(
        kind="metamotion",
        mode="stream",
        rate_hz=200.0,
        acc_range_g=16.0,
        gyr_range_dps=2000.0,
        acc_lsb_per_g=2048.0,
        gyr_lsb_per_dps=16.4,
        tick_s=None,
        facts=facts if stamp_processor is None else {**facts, "stamp_processor": stamp_processor},
        stamp_tick_s=None if stamp_processor is None else TICK_S,
    )
    assert registers_in(coding) == {hexed("031c"): "acc", hexed("1307"): "gyr"}


def test_a_timed_stream_is_read_by_its_processors_and_a_log_by_its_loggers() -> None:
    timed = timed_stream_coding(BOTH, {"acc": 0, "gyr": 1})
    assert (timed.mode, timed.tick_s, timed.facts) == (
        "stream",
        TICK_S,
        {"acc_processor": 0, "gyr_processor": 1},
    )
    assert processors_in(timed) == {0: "acc", 1: "gyr"}
    kept = log_coding(BOTH, {"acc": (0, 1), "gyr": (2, 3)})
    assert (kept.mode, kept.tick_s) == ("log", TICK_S)
    assert kept.facts == {"acc_loggers": "0 1", "gyr_loggers": "2 3"}
    assert loggers_in(Coding(**json.loads(json.dumps(asdict(kept))))) == {"acc": (0, 1), "gyr": (2, 3)}


def test_without_a_gyroscope_there_is_no_range_of_it() -> None:
    alone = replace(BOTH, gyr=None)
    assert alone.signals == ("acc",)
    coding = log_coding(alone, {"acc": (4, 5)})
    assert (coding.gyr_range_dps, coding.gyr_lsb_per_dps) == (None, None)
    assert loggers_in(coding) == {"acc": (4, 5)}


@pytest.mark.parametrize(
    ("mode", "fact", "value"),
    [
        ("stream", "acc_register", "03 zz"),
        ("stream", "gyr_register", "1"),
        ("stream", "acc_processor", "one"),
        ("log", "gyr_loggers", "2 x"),
    ],
)
def test_a_fact_that_cannot_be_read_is_quoted(mode: str, fact: str, value: str) -> None:
    coding = Coding("metamotion", mode, 200, 16, None, 2048, None, None, {fact: value})  # type: ignore[arg-type]
    with pytest.raises(ProtocolError, match=f"^MetaMotion coding: {fact} {value!r} cannot be read$"):
        decoder_for(coding)


def test_a_coding_that_does_not_say_how_is_told_by_its_mode() -> None:
    bare = Coding("metamotion", "stream", 200, 16, None, 2048, None, None, {"acc_loggers": "0 1"})
    with pytest.raises(
        ProtocolError, match=r"^MetaMotion coding: nothing says how its stream is to be read$"
    ):
        decoder_for(bare)


@pytest.mark.parametrize(
    ("asked", "logged", "got"),
    [
        (Settings(rate_hz=400), True, (400.0, 400.0)),
        (Settings(rate_hz=800), True, (400.0, 400.0)),
        (Settings(rate_hz=800), False, (800.0, 800.0)),
        (Settings(rate_hz=3200), False, (1600.0, 1600.0)),
        (Settings(rate_hz=10), False, (25.0, 25.0)),
        (Settings(rate_hz=10, gyr_range_dps=None), False, (12.5, None)),
        (Settings(rate_hz=0.1, gyr_range_dps=None), False, (0.78125, None)),
        (Settings(rate_hz=141, gyr_range_dps=None), False, (100.0, None)),  # in ratio, not in difference
        (Settings(rate_hz=142, gyr_range_dps=None), False, (200.0, None)),
    ],
)
def test_the_rate_taken_is_the_nearest_in_ratio_that_all_sensors_have(
    asked: Settings, logged: bool, got: tuple[float, float | None]
) -> None:
    taken = nearest(asked, logged=logged)
    assert (taken.acc.rate_hz, None if taken.gyr is None else taken.gyr.rate_hz) == got


@pytest.mark.parametrize(
    ("wanted", "covers"), [(1.0, 2.0), (2.0, 2.0), (2.01, 4.0), (16.0, 16.0), (16.1, 16.0)]
)
def test_a_range_is_never_smaller_than_asked_for_where_there_is_a_larger(
    wanted: float, covers: float
) -> None:
    assert sampling.covering_range(wanted, sampling.ACC_RANGES_G) == covers


@pytest.mark.parametrize(
    ("chip", "rate_hz", "conf"),
    [
        (modules.Chip.BMI160, 6.25, 0x84),  # averaged below 12.5 Hz
        (modules.Chip.BMI160, 12.5, 0x25),
        (modules.Chip.BMI160, 1600.0, 0x2C),
        (modules.Chip.BMI270, 6.25, 0x24),
        (modules.Chip.BMI270, 12.5, 0xA5),
        (modules.Chip.BMI270, 0.78125, 0x21),
    ],
)
def test_an_accelerometer_is_set_by_the_codes_of_its_chip(
    chip: modules.Chip, rate_hz: float, conf: int
) -> None:
    command = sampling.configure_acc(AccSetting(rate_hz, 4.0), chip)
    assert command == bytes([0x03, 0x03, conf, 0x05 if chip is modules.Chip.BMI160 else 0x01])
    assert sampling.decode_acc_setting(b"\x03\x83" + command[2:], chip) == AccSetting(rate_hz, 4.0)


@pytest.mark.parametrize("answer", ["03 83 20 0c", "03 83 2d 0c", "03 83 28 04"])
def test_an_accelerometer_that_tells_no_setting_of_its_chip_is_not_believed(answer: str) -> None:
    with pytest.raises(
        ProtocolError, match=r"register 03 83: expected a rate and a range of the BMI160, got"
    ):
        decode(hexed(answer), board_named("MMR"))


@pytest.mark.parametrize(
    ("answer", "setting"),
    [
        ("13 83 26 00", GyrSetting(25.0, 2000.0)),
        ("13 83 2d 04", GyrSetting(3200.0, 125.0)),
        ("13 83 25 00", None),
        ("13 83 2e 00", None),
        ("13 83 29 05", None),
    ],
)
def test_a_gyroscope_tells_its_setting_or_is_not_believed(answer: str, setting: GyrSetting | None) -> None:
    if setting is not None:
        assert decode(hexed(answer), board_named("MMS")) == setting
        return
    with pytest.raises(ProtocolError, match=r"expected a rate and a range of the gyroscope"):
        decode(hexed(answer), board_named("MMS"))


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (b"", "register (none): expected more, got nothing"),
        (b"\x03", "register 03: expected more, got 03"),
        (bytes(range(32)), f"register 00 01: expected more, got {bytes(range(32)).hex(' ')}"),
        (bytes(range(33)), f"register 00 01: expected more, got {bytes(range(32)).hex(' ')} ..."),
    ],
)
def test_a_packet_that_cannot_be_is_quoted_as_far_as_it_helps(packet: bytes, words: str) -> None:
    assert str(malformed(packet, "more")) == f"MetaMotion {words}"


def test_sizes_that_a_register_can_have_are_told() -> None:
    with pytest.raises(ProtocolError, match=r"expected 9 or 18 bytes after it, got 0b 07 01"):
        decode(hexed("0b 07 01"), board_named("MMR"))
    with pytest.raises(ProtocolError, match=r"expected a module and a register, got 0b$"):
        decode(b"\x0b", board_named("MMR"))
    with pytest.raises(ProtocolError, match=r"0d: expected nothing after it"):
        decode(hexed("0b 0d 01"), board_named("MMR"))
    with pytest.raises(ProtocolError, match=r"03: expected a processor and its data"):
        decode(hexed("09 03 01"), board_named("MMR"))
    assert decode(hexed("09 03 01 07"), board_named("MMR")) == processors.Processed(1, b"\x07")


def reply(text: str) -> ModuleReply:
    return decode_module(hexed(text))


def test_a_module_tells_what_it_is_or_that_it_is_not_there() -> None:
    assert reply("03 80 04 01 aa bb") == ModuleReply(3, 4, 1, b"\xaa\xbb")
    assert reply("14 80") == ModuleReply(0x14, None, None)
    with pytest.raises(ProtocolError, match=r"expected implementation and revision, or nothing"):
        reply("14 80 01")


def board(*replies: str) -> Board:
    return board_from("8", map(reply, replies))


def test_a_board_that_lacks_a_module_says_which() -> None:
    bare = board("13 80", "03 80 02 00")
    with pytest.raises(ProtocolError, match=r"^MetaMotion S has no module 0b$"):
        bare.revision(Module.LOG)
    with pytest.raises(ProtocolError, match=r"^MetaMotion S has no module 13$"):
        bare.revision(Module.GYROSCOPE)
    assert (bare.implementation(Module.LOG), bare.implementation(Module.ACCELEROMETER)) == (None, 2)
    with pytest.raises(ProtocolError, match=r"module 13 \(gyroscope\) is none, expected one of \[0, 1\]"):
        _ = bare.gyr_chip
    with pytest.raises(
        ProtocolError, match=r"module 03 \(accelerometer\) is implementation 2, expected one of \[1, 4\]"
    ):
        _ = bare.acc_chip


@pytest.mark.parametrize(
    ("told", "loggers", "entries"),
    [
        ((), 8, None),
        (("0b 80 00 03",), 8, None),
        (("0b 80 00 03 05",), 5, None),
        (("0b 80 00 03 08 01 02 03",), 8, None),
        (("0b 80 00 03 08 01 02 03 00",), 8, 0x030201),
        (("0b 80 00 02 08 01 02 03 00",), 8, None),  # of an older log it means something else
        (("0b 80 00 04 08 01 02 03 04 ff",), 8, 0x04030201),
    ],
)
def test_the_size_of_a_log_is_told_where_it_can_be_believed(
    told: tuple[str, ...], loggers: int, entries: int | None
) -> None:
    assert (board(*told).loggers, board(*told).log_entries) == (loggers, entries)


@pytest.mark.parametrize(
    ("number", "light", "model"),
    [
        ("5", "14 80 00 00", "MetaMotion R"),
        ("5 ", "14 80", "MetaMotion RL"),
        ("6", "14 80", "MetaMotion C"),
        (" 8\n", "14 80", "MetaMotion S"),
    ],
)
def test_a_board_is_known_by_its_number_and_its_light_sensor(number: str, light: str, model: str) -> None:
    assert board_from(number, [reply(light)]).model == model


def test_a_board_of_another_make_is_refused_by_its_number() -> None:
    assert board_from("5", []).model == "MetaMotion RL"
    with pytest.raises(ProtocolError, match=r"^MetaWear model number '7' is not a MetaMotion R, RL, C or S$"):
        board_from("7", [])


@pytest.mark.parametrize("revision", [0, 1, 2, 3, 4])
def test_a_log_is_cleared_and_flushed_as_its_revision_asks(revision: int) -> None:
    one = board(f"0b 80 00 {revision:02x}")
    assert log.needs_flush(one) is (revision >= 3)
    assert log.clear_entries(one) == (
        *((log.NOTIFY_PAGES,) if revision == 2 else ()),
        hexed("0b 09 ff ff ff ff"),
    )


def test_entries_are_asked_for_with_as_many_signs_of_progress() -> None:
    assert log.read_entries(1000, notifications=100) == hexed("0b 06 e8 03 00 00 0a 00 00 00")
    assert log.read_entries(1000, notifications=0) == hexed("0b 06 e8 03 00 00 00 00 00 00")
    assert log.read_entries(99, notifications=100) == hexed("0b 06 63 00 00 00 00 00 00 00")


@pytest.mark.parametrize(
    ("tick", "ms"),
    [(0, 0), (1, 1), (2, 3), (3, 4), (128, 188), (256, 375), (2**32 - 1, 6_291_455_999)],
)
def test_a_tick_in_milliseconds_is_rounded_the_half_up(tick: int, ms: int) -> None:
    assert log.ms_of(tick) == ms
    assert log.LogTime(tick, 0).since_boot_ms == ms


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ("0b 82", None),
        ("0b 82 ff", None),
        ("0b 82 ff ff ff ff", None),
        ("0b 82 03 04 ff 60", log.Trigger(hexed("03 04"), 0, 4)),
        ("0b 82 13 05 ff 24", log.Trigger(hexed("13 05"), 4, 2)),
        ("0b 82 13 05 ff ff", log.Trigger(hexed("13 05"), 31, 8)),
    ],
)
def test_a_logger_tells_what_it_keeps_or_that_it_is_empty(found: str, kept: log.Trigger | None) -> None:
    assert decode(hexed(found), board_named("MMR")) == log.LoggerFound(kept)
    if kept is not None:
        assert log.create_logger(kept) == hexed("0b 02") + hexed(found)[2:]


def test_an_entry_is_its_logger_its_start_its_tick_and_four_bytes() -> None:
    packet = hexed("0b 07  ff 01 02 03 04 05 06 07 08  20 ff ff ff ff 00 00 00 01")
    assert decode(packet, board_named("MMS")) == log.Entries(
        (
            log.Entry(31, 7, 0x04030201, hexed("05 06 07 08")),
            log.Entry(0, 1, 0xFFFFFFFF, hexed("00 00 00 01")),
        )
    )


@pytest.mark.parametrize(("length", "is_kept"), [(1, True), (17, True), (18, False)])
def test_a_macro_keeps_commands_up_to_seventeen_bytes(length: int, is_kept: bool) -> None:
    command = bytes(range(1, length + 1))
    if is_kept:
        assert macro.record([command, b"\x09"], at_boot=False) == (
            hexed("0f 02 00"),
            hexed("0f 03") + command,
            hexed("0f 03 09"),
            hexed("0f 04"),
        )
        return
    with pytest.raises(ValueError, match=r"02 03.* 12: a macro keeps commands of 17 bytes at most$"):
        macro.record([b"\x09", command], at_boot=True)


@pytest.mark.parametrize(
    ("high", "low", "fits"),
    [(31, 0, True), (0, 31, True), (32, 0, False), (0, 32, False), (-1, 0, False), (0, -1, False)],
)
def test_a_light_has_32_levels(high: int, low: int, fits: bool) -> None:
    pattern = led.Pattern(high=high, low=low, rise_ms=1, high_ms=2, fall_ms=3, period_ms=4, delay_ms=0x0506)
    if fits:
        assert led.write(led.Colour.BLUE, pattern, repeat=7) == bytes(
            [2, 3, 2, 2, high, low, 1, 0, 2, 0, 3, 0, 4, 0, 6, 5, 7]
        )
        return
    with pytest.raises(ValueError, match=f"^brightness {high}, {low} is not within 0 to 31$"):
        led.write(led.Colour.BLUE, pattern)


@pytest.mark.parametrize("repeat", [-1, 256])
def test_a_light_is_repeated_up_to_255_times(repeat: int) -> None:
    assert (
        led.write(led.Colour.RED, led.SOLID, repeat=255)[-1]
        == 255
        == led.write(led.Colour.RED, led.SOLID)[-1]
    )
    with pytest.raises(ValueError, match=f"repeated {repeat} times does not fit"):
        led.write(led.Colour.RED, led.SOLID, repeat=repeat)


def test_names_and_levels_at_their_limits() -> None:
    assert settings.name("ABCDEFGH") == b"\x11\x01ABCDEFGH"
    assert settings.name("A") == b"\x11\x01A"
    for text in ("", "ABCDEFGHI", "Ä"):
        with pytest.raises(ValueError, match=f"^{text!r} is not a name of 1 to 8 ASCII characters$"):
            settings.name(text)
    assert settings.tx_power(-30) == hexed("11 03 e2")
    with pytest.raises(ValueError, match=r"^3 dBm is not one of"):
        settings.tx_power(3)


@pytest.mark.parametrize(
    ("revision", "command"), [(5, "11 02 70 02 1e"), (6, "11 02 70 02 1e 00"), (10, "11 02 70 02 1e 00")]
)
def test_advertising_says_its_type_where_the_firmware_asks_for_it(revision: int, command: str) -> None:
    one = board(f"11 80 00 {revision:02x}")
    assert settings.advertising(one, interval_ms=390.0, timeout_s=30) == hexed(command)


def test_a_connection_is_asked_for_in_the_units_of_the_radio() -> None:
    asked = settings.ConnectionParameters(
        min_interval_ms=15.0, max_interval_ms=30.0, latency=2, timeout_ms=4000
    )
    assert settings.connection(asked) == hexed("11 09 0c 00 18 00 02 00 90 01")


def test_a_battery_is_full_at_a_hundred_and_never_fuller() -> None:
    assert decode(hexed("11 8c 64 04 10"), board_named("MMR")) == settings.BatteryState(100, 4100)
    with pytest.raises(ProtocolError, match=r"expected 0 to 100 percent"):
        decode(hexed("11 8c 65 04 10"), board_named("MMR"))


def test_an_address_comes_with_or_without_its_type() -> None:
    for packet in ("11 8b 66 55 44 33 22 c1", "11 8b 01 66 55 44 33 22 c1"):
        assert decode(hexed(packet), board_named("MMR")) == settings.MacAddress("C1:22:33:44:55:66")


def test_processors_are_made_and_let_out_byte_by_byte() -> None:
    source = hexed("03 04")
    assert processors.accounter(source, mode="time", size=6) == hexed("09 02 03 04 ff a0 11 31 03")
    assert processors.accounter(source, mode="count", size=4) == hexed("09 02 03 04 ff 60 11 30 03")
    assert processors.packer(source, count=2, size=6) == hexed("09 02 03 04 ff a0 10 05 01")
    assert processors.notify(5, on=False) == (hexed("09 07 05 00"), hexed("09 03 00"))
    assert processors.notify(5) == (hexed("09 07 05 01"), hexed("09 03 01"))
    assert processors.mute(5) == hexed("09 07 05 00")


def test_what_a_processor_sent_is_taken_apart_by_size() -> None:
    stamped = processors.Processed(1, hexed("01 02 03 04 0a 0b"))
    assert processors.accounted(stamped, size=2) == processors.Accounted(0x04030201, hexed("0a 0b"))
    with pytest.raises(
        ProtocolError, match=r"register 09 03: expected 10 bytes of an accounter, got 09 03 01 01"
    ):
        processors.accounted(stamped)
    assert processors.unpacked(processors.Processed(1, bytes(range(12)))) == (
        bytes(range(6)),
        bytes(range(6, 12)),
    )
    with pytest.raises(ProtocolError, match=r"expected a multiple of 4 bytes of a packer"):
        processors.unpacked(stamped, size=4)


@pytest.mark.parametrize("length", [0, 1, 255])
def test_a_frame_of_the_cable_carries_up_to_255_bytes(length: int) -> None:
    payload = bytes([0x1F] * length)  # also where it looks like the beginning of another
    assert frame(payload) == bytes([0x1F, length]) + payload + b"\x0a"
    deframer = Deframer()
    assert deframer.receive(frame(payload)[:-1]) == []
    assert deframer.receive(frame(payload)[-1:] + frame(b"ab")) == [payload, b"ab"]
    assert deframer.skipped == 0


def test_a_frame_of_the_cable_that_does_not_fit_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match=r"256"):
        frame(bytes(256))


def test_a_start_byte_among_other_bytes_costs_only_itself() -> None:
    deframer = Deframer()
    assert deframer.receive(b"\x1f\x02abX" + frame(b"cd")) == [b"cd"]
    assert deframer.skipped == 5
    assert deframer.receive(b"zz") == []
    assert deframer.skipped == 7


@pytest.mark.parametrize(
    ("line", "serial", "firmware"),
    [
        (b"MbientLab,MetaMotionS,0.1,1.7.3,0541a2\r\n", "0541A2", "1.7.3"),
        (b"1.7.3 0123456789ABCDEF", "0123456789ABCDEF", "1.7.3"),
        (b"abcdef 1.7.3 000001", "000001", "1.7.3"),  # letters alone are a word
    ],
)
def test_a_line_of_the_cable_tells_serial_number_and_firmware(
    line: bytes, serial: str, firmware: str
) -> None:
    found = identity_in(line)
    assert (found.serial, found.firmware, found.line) == (serial, firmware, line.decode().strip())


@pytest.mark.parametrize("line", [b"1.7.3 12345", b"1.7.3 0123456789ABCDEF0", b"0541A2 1.7", b"\xff" * 200])
def test_a_line_without_either_is_quoted_in_part(line: bytes) -> None:
    shown = line.decode("ascii", "replace").strip()[:80]
    with pytest.raises(ProtocolError) as refused:
        identity_in(line)
    assert str(refused.value) == (f"MetaMotion over USB: no serial number and firmware version in {shown!r}")
