"""The pipeline: `analyze(recording)` finds and measures every stride; `leg_signals` shows the way."""

from typing import TYPE_CHECKING

from imu.first_use import on_first_use

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
# Whoever shows a run that is analysed must not wait for SciPy.
__getattr__, __dir__ = on_first_use(__name__, _HOMES)
