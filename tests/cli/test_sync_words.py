"""What never came of a log is told in seconds of the run, with the reason where it is known."""

import pytest

from imu.cli.sync import _never_came
from imu.collect.syncing import Fetched, Why
from tests.collect.toys import a_session

REPLACED = "erased on the sensor before it was fetched"
NEVER_SENT = "counted by the sensor, but twice not sent: a last page that it had not finished"


@pytest.mark.parametrize(
    ("fetched", "said"),
    [
        # Bytes: 200 samples a second of 12.7 each.
        (Fetched(9, 25_400, Why.REPLACED), f"about 10.0 s of its log never came ({REPLACED})"),
        (Fetched(9, 250, Why.NEVER_SENT), f"less than 0.1 s of its log never came ({NEVER_SENT})"),
        (Fetched(9, 2540), "about 1.0 s of its log never came"),  # an earlier sync said why
    ],
)
def test_what_never_came_is_told_in_seconds(fetched: Fetched, said: str) -> None:
    session = a_session("pelvis", mode="log")
    assert _never_came(fetched, session.worn["pelvis"], session) == f"{said}; all else is here"
