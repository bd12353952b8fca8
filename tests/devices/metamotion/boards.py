"""Boards as they describe themselves."""

from collections.abc import Mapping

from imu.devices.metamotion.modules import decode_module
from imu.devices.metamotion.protocol import Board, board_from

_ALL = """
01 80 00 00|04 80 01 00 00 03 01 02|05 80 00 01 03 03 03 03 01|07 80 00 00|08 80 00 00
09 80 00 00 1c|0a 80 00 00 1c|0c 80 00 00 08|0d 80 00 01|0f 80 00 01 08|16 80
"""
_R = """
02 80 00 00|03 80 01 02|0b 80 00 02 08 80 2b 00 00|11 80 00 03|13 80 00 01|15 80 00 01
19 80 00 00 03 00 06 00 02 00 01 00|fe 80 00 02
"""
_S = """
02 80 00 01 03 00|03 80 04 00|0b 80 00 03 08 00 00 fb 03 00 02|11 80 00 0a 07 00|12 80 00 00
13 80 01 00|14 80|15 80 00 02|19 80 00 03 03 00 06 00 02 00 01 00|fe 80 00 05
"""
MODEL_NUMBERS: Mapping[str, str] = {"MMR": "5", "MMRL": "5", "MMS": "8"}
MODELS: Mapping[str, str] = {"MMR": "MetaMotion R", "MMRL": "MetaMotion RL", "MMS": "MetaMotion S"}


def _replies(text: str) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(reply) for reply in text.replace("\n", "|").split("|") if reply)


MODULE_REPLIES: Mapping[str, tuple[bytes, ...]] = {
    "MMR": _replies(_ALL + _R + "12 80 00 00|14 80 00 00"),
    "MMRL": _replies(_ALL + _R + "12 80|14 80"),
    "MMS": _replies(_ALL + _S),
}


def board_named(name: str) -> Board:
    return board_from(MODEL_NUMBERS[name], map(decode_module, MODULE_REPLIES[name]))
