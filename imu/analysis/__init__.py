"""The pipeline: `analyze(recording)` finds and measures every stride; `leg_signals` shows the way."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imu.analysis.one_leg import LegSignals as LegSignals, leg_signals as leg_signals
    from imu.analysis.pipeline import analyze as analyze
    from imu.analysis.result import RunAnalysis as RunAnalysis

_HOMES = {
    "LegSignals": "one_leg",
    "RunAnalysis": "result",
    "analyze": "pipeline",
    "leg_signals": "one_leg",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    # On first use: whoever shows a run that is analysed must not wait for SciPy.
    if name in _HOMES:
        return getattr(import_module(f"imu.analysis.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'imu.analysis' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
