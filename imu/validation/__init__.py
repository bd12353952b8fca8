"""How well Restride agrees with the truth: recordings with known strides in, agreement tables out.

    report = validate(Path("samples"), Path("validation"))
    print(report.text)

The pieces stand alone too: `matching` and `scoring` compare two stride tables, `agreement` holds the
statistics, `virtual_imu` makes sensor signals of any rigid motion, `motion_capture` and `motion_truth` read C3D
running trials.
"""

from imu.validation.report import ValidationReport as ValidationReport, validate as validate

__all__ = ["ValidationReport", "validate"]
