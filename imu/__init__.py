"""Running gait from body-worn IMUs: `imu.analyze(imu.load(folder)).strides` is the stride table."""

from typing import TYPE_CHECKING

from imu.first_use import on_first_use

if TYPE_CHECKING:
    from imu import (
        formats as formats,
        live as live,
        report as report,
        simulate as simulate,
        training as training,
        validation as validation,
    )
    from imu.analysis import (
        LegSignals as LegSignals,
        RunAnalysis as RunAnalysis,
        analyze as analyze,
        leg_signals as leg_signals,
    )
    from imu.calibration import Calibration as Calibration, load_calibration as load_calibration
    from imu.errors import RecordingError as RecordingError, RestrideError as RestrideError
    from imu.recording import (
        Body as Body,
        Recording as Recording,
        Samples as Samples,
        SensorTrack as SensorTrack,
        load as load,
        save as save,
    )

__version__ = "0.1.0"

_HOMES = {
    "Body": "recording",
    "Calibration": "calibration",
    "LegSignals": "analysis",
    "Recording": "recording",
    "RecordingError": "errors",
    "RestrideError": "errors",
    "RunAnalysis": "analysis",
    "Samples": "recording",
    "SensorTrack": "recording",
    "analyze": "analysis",
    "leg_signals": "analysis",
    "load": "recording",
    "load_calibration": "calibration",
    "save": "recording",
}
_ROOMS = (
    "formats",
    "live",
    "report",
    "simulate",
    "training",
    "validation",
)  # offered whole: `imu.simulate.simulate(...)`, `imu.formats.load(...)`
__all__ = sorted([*_HOMES, *_ROOMS])
# `restride --help` must not wait a second for SciPy.
__getattr__, __dir__ = on_first_use(__name__, _HOMES, rooms=_ROOMS)
