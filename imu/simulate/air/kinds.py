"""Which virtual board is made for which kind of sensor, and who wears it."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from imu.errors import SensorError
from imu.simulate.boards.board import Board
from imu.simulate.boards.worn import Wearer
from imu.simulate.simulation import SimulationConfig

# sensor's name (where it is worn), its options, the runner who wears it -> board
MakeBoard = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Board]


def _metamotion(name: str, options: Mapping[str, Any], runner: Mapping[str, Any]) -> Board:
    from imu.simulate.boards import metamotion

    models = {"R": metamotion.MMR, "RL": metamotion.MMRL, "S": metamotion.MMS}
    own = dict(options)
    own["faults"] = metamotion.Faults(**own.get("faults", {}))
    own["habits"] = metamotion.Habits(**own.get("habits", {}))
    return metamotion.MetaMotion(models[own.pop("model", "S")], _wearer(runner), name, **own)


def _esp32(name: str, options: Mapping[str, Any], runner: Mapping[str, Any]) -> Board:
    from imu.simulate.boards.esp32 import Esp32Board, chip_worn_by
    from imu.simulate.boards.esp32_memory import Esp32Faults

    own = dict(options)
    own["faults"] = Esp32Faults(**own.get("faults", {}))
    wearer = _wearer(runner)
    own.setdefault("skew_ppm", wearer.skew_ppm(name))
    return Esp32Board(chip_worn_by(wearer, name), hand=wearer.hand(name), **own)


def _heart_rate(_name: str, options: Mapping[str, Any], runner: Mapping[str, Any]) -> Board:
    from imu.simulate.boards.reference import heart_rate_strap

    return heart_rate_strap(_wearer(runner).pace, **options)


def _foot_pod(_name: str, options: Mapping[str, Any], runner: Mapping[str, Any]) -> Board:
    from imu.simulate.boards.reference import foot_pod

    return foot_pod(_wearer(runner).pace, **options)


_KINDS: dict[str, MakeBoard] = {
    "metamotion": _metamotion,
    "esp32": _esp32,
    "heart_rate": _heart_rate,
    "foot_pod": _foot_pod,
}


def maker(kind: str) -> MakeBoard:
    """What makes virtual boards of this kind."""
    if kind not in _KINDS:
        raise SensorError(f"virtual sensor of kind {kind!r}: unknown; there are {', '.join(sorted(_KINDS))}")
    return _KINDS[kind]


def _wearer(runner: Mapping[str, Any]) -> Wearer:
    plan: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in runner.items()
    }
    begins_s = float(plan.pop("begins_s", 0.0))
    return _worn_by(SimulationConfig(**plan), begins_s)


@lru_cache(maxsize=1)
def _worn_by(config: SimulationConfig, begins_s: float) -> Wearer:
    # One runner for all of a world's sensors: planning a run takes a second.
    return Wearer(config, begins_s=begins_s)
