from imu.report.metrics import CADENCE, CONTACT_TIME, SHANK_ANGLE, count


def test_units_follow_numbers_as_they_are_printed() -> None:
    assert SHANK_ANGLE.text(-3.26) == "−3.3°"
    assert CONTACT_TIME.text(0.2514) == "251\N{NO-BREAK SPACE}ms"
    assert CADENCE.number(168.4) == "168"
    assert count(12345) == "12\N{NARROW NO-BREAK SPACE}345"


def test_a_rounded_zero_has_no_sign() -> None:
    assert SHANK_ANGLE.text(-0.04) == "0.0°"
