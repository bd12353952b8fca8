"""How well Restride agrees with the truth: recordings with known strides in, agreement tables out.

    report = validate(Path("samples"), Path("validation"))
    print(report.text)

The pieces stand alone too: `matching` and `scoring` compare two stride tables, `agreement` does statistics,
`virtual_imu` makes sensor signals of any rigid motion, `motion_capture` and `motion_truth` read C3D trials.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imu.validation.report import ValidationReport as ValidationReport, validate as validate

__all__ = ["ValidationReport", "validate"]


def __getattr__(name: str) -> object:
    # The report needs the whole analysis and Plotly; who only wants the statistics does not.
    if name in __all__:
        return getattr(import_module("imu.validation.report"), name)
    raise AttributeError(f"module 'imu.validation' has no attribute {name!r}")
