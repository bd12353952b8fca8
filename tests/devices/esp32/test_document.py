"""The worked examples of docs/esp32-protocol.md are what the code makes of them."""

import re
from pathlib import Path

import numpy as np

from imu.devices.esp32 import control, gatt
from imu.devices.esp32.control import Command, Field, Refusal, State, encode_request
from imu.devices.esp32.firmware import encode_answer, encode_frame, encode_sector_head
from imu.devices.esp32.frames import Frame, FrameFlag, SectorHead
from imu.devices.esp32.log_bytes import Chunk, encode_allowance, encode_chunk
from imu.devices.esp32.setting import Setting
from imu.devices.esp32.sync import SyncReply, encode_sync_reply, encode_sync_request

DOCUMENT = (Path(__file__).resolve().parents[3] / "docs" / "esp32-protocol.md").read_text()
SETTING = Setting(200, 16, 2000)
ALONE = Setting(800, 32, None)


def examples() -> list[str]:
    """Every kind of message once, as lines of the document."""
    counts = np.array([[0, 2048, -16, 164, 0, -164], [1, 2050, -15, 170, -1, -160]], np.int16)
    samples = Frame(FrameFlag.GAP, 0, 0x0098_9680, SETTING, counts)
    clipped = Frame(FrameFlag.CLIPPED, 0xFFFF, 0xFFFF_FFFF, ALONE, counts[:1, :3] | np.int16(32767))
    head = SectorHead(3, 0, 17, 10_000_000, SETTING)
    wanted = {Field.RATE_HZ: 200, Field.ACC_RANGE_G: 16, Field.GYR_RANGE_DPS: 2000}
    taken = {
        Field.SETTING: SETTING.code,
        Field.RATE_MHZ: 200_000,
        Field.ACC_SCALE: 20_480_000,
        Field.GYR_SCALE: 164_000,
        Field.BOOT_ID: 17,
        Field.TIME_US: 9_990_000,
    }
    range_ = {Field.OFFSET: 32_768, Field.LENGTH: 32_768}
    return [
        _line("DATA   two samples, first of a stream", encode_frame(samples)),
        _line("DATA   one clipped sample, accelerometer alone", encode_frame(clipped)),
        _line("flash  head of a log's first sector", encode_sector_head(head)),
        _line("write  hello", encode_request(1, Command.HELLO, {})),
        _line(
            "answer battery", *encode_answer(2, 2, {Field.PERCENT: 87, Field.MILLIVOLTS: 4012}, payload=20)
        ),
        _line("write  configure", encode_request(3, Command.CONFIGURE, wanted)),
        _line("answer configure, 20 bytes each", *encode_answer(3, 0x10, taken, payload=20)),
        _line("answer refused", *encode_answer(4, 0x21, {}, refusal=Refusal.LOG_PRESENT, payload=20)),
        _line(
            "write  read of the log", encode_request(5, Command.LOG_READ, range_ | {Field.ALLOWED: 40_960})
        ),
        _line(
            "write  confirmation", encode_request(6, Command.LOG_CONFIRM, range_ | {Field.CRC32: 0xCBF43926})
        ),
        _line("LOG    three bytes at 32768", encode_chunk(Chunk(5, 32_768, b"\xa5\x20\x07"))),
        _line("LOG    allowance up to 45056", encode_allowance(45_056)),
        _line("SYNC   token", encode_sync_request(9)),
        _line("SYNC   reply", encode_sync_reply(SyncReply(9, 17, 10_000_000, 1250))),
    ]


def _line(name: str, *messages: bytes) -> str:
    return "\n".join([name, *(f"    {message.hex(' ')}" for message in messages)])


def test_the_examples_are_fresh() -> None:
    block = DOCUMENT.partition("## Worked examples")[2].partition("```text\n")[2].partition("\n```")[0]
    assert block == "\n".join(examples())


def test_every_number_of_the_protocol_is_in_its_tables() -> None:
    rows = {
        (row[0].strip("` "), row[1].strip("` "))
        for row in re.findall(r"^\|([^|]+)\|([^|]+)\|", DOCUMENT, re.M)
    }
    for enum in (Command, Field):
        assert {(f"{member:02x}", member.name) for member in enum} <= rows
    assert {(str(int(member)), member.name) for member in [*Refusal, *State]} <= rows
    for uuid in (gatt.SERVICE, gatt.CONTROL, gatt.DATA, gatt.SYNC, gatt.LOG):
        assert uuid in DOCUMENT
    assert f"protocol {control.PROTOCOL}" in DOCUMENT


if __name__ == "__main__":
    print("\n".join(examples()))
