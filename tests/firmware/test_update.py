"""New firmware: firmware/update.py and the core's own receiver, with a real Bluetooth stack between them."""

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from imu.errors import SensorError
from imu.radio.radio import Radio
from imu.simulate.air.config import AirConfig, SensorConfig
from imu.simulate.air.model import IDEAL
from imu.simulate.air.world import world
from imu.simulate.boards.board import Characteristic, Service
from tests.firmware.built import ffi
from tests.simulate.air.worlds import live

SCRIPT = Path(__file__).parents[2] / "firmware" / "update.py"
ROOM = 0x8000
TRUSTED = 0xE9
IMAGE = bytes([TRUSTED]) + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("firmware_update", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class UpdateBoard:
    """A sensor that offers nothing but a place for new firmware."""

    alive = True
    hung_up = False

    def __init__(self, core: Any, uuid: str, *, trusted: int = TRUSTED, is_open: bool = True) -> None:
        self.name = "RS-12345"
        self.services: Sequence[Service] = (
            Service("25ab0000-4174-4a94-aec4-8268f3648833", (), advertised=True),
            Service("25ab0010-4174-4a94-aec4-8268f3648833", (Characteristic(uuid, ("read", "write")),)),
        )
        self.uuid = uuid
        self.core = core
        self.slot = core.core_slot_make(ROOM, trusted)
        self.messages = 0
        if is_open:
            core.core_slot_open(self.slot, 0)

    @property
    def image(self) -> bytes:
        size = ffi.new("size_t *")
        return bytes(ffi.buffer(self.core.core_slot_image(self.slot, size), size[0]))

    def connected(self, now_s: float, *, payload: int) -> None: ...

    def disconnected(self, now_s: float) -> None: ...

    def read(self, characteristic: str, now_s: float) -> bytes:
        assert characteristic == self.uuid
        six = ffi.new("uint8_t[6]")
        self.core.core_slot_state(self.slot, six, round(now_s * 1e6))
        return bytes(six)

    def write(self, characteristic: str, data: bytes, now_s: float) -> None:
        assert characteristic == self.uuid
        self.messages += 1
        self.core.core_slot_write(self.slot, data, len(data), round(now_s * 1e6))

    def notifications(self, now_s: float, *, room: int) -> Sequence[tuple[str, bytes]]:
        assert now_s >= 0
        assert room >= 0
        return ()

    def state(self) -> Mapping[str, Any]:
        return {}

    def restore(self, state: Mapping[str, Any]) -> None: ...


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "restride_sensor.bin"
    path.write_bytes(IMAGE)
    return path


def _updated(script: Any, image: Path, board: UpdateBoard) -> None:
    async def story() -> None:
        air = AirConfig(sensors={"x": SensorConfig(kind="update", options={})}, link=IDEAL)
        async with world(air, makers=lambda _kind: lambda _name, _options, _runner: board) as made:
            await script.update(image, "RS-12345", Radio(made.transport))

    live(story)


@pytest.mark.unhurried
def test_an_image_arrives_byte_by_byte(
    script: Any, core: Any, image: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    board = UpdateBoard(core, script.UPDATE)
    _updated(script, image, board)
    assert board.image == IMAGE
    assert board.messages == -(-len(IMAGE) // 240) + 1
    assert "starts its new firmware" in capsys.readouterr().out


@pytest.mark.unhurried
@pytest.mark.parametrize(
    ("options", "said"),
    [({"is_open": False}, "hold its button for eight seconds"), ({"trusted": 0}, "not signed with its key")],
)
def test_what_a_sensor_does_not_take_is_said(
    script: Any, core: Any, image: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(SensorError, match=said):
        _updated(script, image, UpdateBoard(core, script.UPDATE, **options))


def test_a_file_that_is_no_image_is_not_sent(script: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    with pytest.raises(SensorError, match="cannot be read"):
        script.image_at(path)
    for content, said in (
        (b"", "not an app image"),
        (b"ELF", "not an app image"),
        (b"\xe9" * 983041, "has room for"),
    ):
        path.write_bytes(content)
        with pytest.raises(SensorError, match=said):
            script.image_at(path)


def test_every_byte_is_sent_once_at_any_payload(script: Any) -> None:
    for payload in (20, 23, 244):
        *parts, end = script.messages(IMAGE, payload=payload)
        assert all(len(part) <= payload for part in parts)
        assert b"".join(part[4:] for part in parts) == IMAGE
        assert [int.from_bytes(part[:4], "little") for part in parts] == list(
            range(0, len(IMAGE), payload - 4)
        )
        assert end == b"\xff\xff\xff\xff" + len(IMAGE).to_bytes(4, "little")
