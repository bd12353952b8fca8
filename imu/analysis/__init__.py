"""The pipeline: `analyze(recording)` finds and measures every stride."""

from imu.analysis.pipeline import analyze
from imu.analysis.result import RunAnalysis

__all__ = ["RunAnalysis", "analyze"]
