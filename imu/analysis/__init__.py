"""The pipeline: `analyze(recording)` finds and measures every stride; `leg_signals` shows the way."""

from imu.analysis.one_leg import LegSignals, leg_signals
from imu.analysis.pipeline import analyze
from imu.analysis.result import RunAnalysis

__all__ = ["LegSignals", "RunAnalysis", "analyze", "leg_signals"]
