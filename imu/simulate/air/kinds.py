"""Which function makes which kind of virtual board."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from imu.errors import SensorError
from imu.simulate.boards.board import Board

# sensor's name, its options, the runner who wears it -> board
MakeBoard = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Board]

_KINDS = {"metamotion": "imu.simulate.boards.metamotion", "esp32": "imu.simulate.boards.esp32"}


def maker(kind: str) -> MakeBoard:
    """The `make_board` of the module for this kind, loaded when it is wanted."""
    if kind not in _KINDS:
        raise SensorError(f"virtual sensor of kind {kind!r}: unknown; there are {', '.join(sorted(_KINDS))}")
    make: MakeBoard = import_module(_KINDS[kind]).make_board
    return make
