"""The pace of the next session, in the words that every screen shares."""

from imu.training.pace import pace_limit


def written(speed_mps: float) -> str:
    return f"{1000 / speed_mps:.0f}"


def test_running_has_a_limit_and_repetitions_go_from_one_pace_to_another() -> None:
    easy = pace_limit("walk_run", None, 4.0, written=written, unit="s/km")
    assert easy == ("pace", "not faster than 250 s/km")
    fast = pace_limit("speed", 4.0, 5.0, written=written, unit="s/km")
    assert fast == ("pace of the repetitions", "250 – 200 s/km")


def test_what_goes_by_effort_has_none() -> None:
    assert pace_limit("walk_run", None, None, written=written, unit="s/km") is None
