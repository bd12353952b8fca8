"""`restride pair`: each sensor gets its placement, once."""

import json

import pytest

from imu.cli.placements import checked, listed, spoken
from imu.errors import RestrideError
from tests.conftest import Restride


@pytest.mark.parametrize("typed", ["shank_left", "left shank", "Left-Shank", "SHANK LEFT"])
def test_a_placement_is_understood_however_it_is_typed(typed: str) -> None:
    assert checked(typed) == "shank_left"
    assert checked(spoken("shank_left")) == "shank_left"


def test_an_unknown_placement_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(RestrideError, match="unknown placement 'shin'; known are shank_left, "):
        listed("pelvis,shin")
    assert listed("pelvis, left shank,pelvis") == ["pelvis", "shank_left"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sensor", "05A1"], "--sensor and --as belong together"),
        (["--as", "pelvis"], "--sensor and --as belong together"),
        (["--sensor", "05A1", "--as", "shin"], "unknown placement 'shin'"),
        (["--mount-height", "15"], "15 cm are 0.15"),
        (["--sensor", "05A1", "--as", "pelvis", "--mount-height", "0.15"], "leave it out"),
        (["--virtual", "--radio", "usb:0"], "leave out --radio"),
    ],
)
def test_wrong_use_is_one_line_before_any_radio_is_opened(
    restride: Restride, arguments: list[str], said: str
) -> None:
    done = restride("pair", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line


@pytest.mark.slow
def test_the_virtual_runner_shakes_what_is_asked_for(restride: Restride) -> None:
    done = restride("pair", "--virtual", "--placements", "shank_right,pelvis", "--mount-height", "0.14")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "shank_right: MetaMotion S VM0002, 0.14 m above the ankle",
        "pelvis: MetaMotion S VM0003",
    ]
    assert "the virtual runner shakes the right shank sensor" in done.stderr

    one = restride("pair", "--virtual", "--sensor", "vm0001", "--as", "right shank")
    assert one.returncode == 0, one.stderr
    assert "VM0002, worn there before, is retired" in one.stderr

    known = json.loads(restride("sensors", "--virtual", "--json").stdout)
    assert {(s["serial"], s["placement"], s["retired"]) for s in known} == {
        ("VM0001", "shank_right", False),
        ("VM0002", "shank_right", True),
        ("VM0003", "pelvis", False),
    }
    assert all(sensor["address"] for sensor in known)
    assert restride("sensors").stdout.startswith("No sensor is paired yet")  # virtual ones are kept apart

    unknown = restride("pair", "--virtual", "--sensor", "05A1", "--as", "pelvis")
    assert unknown.returncode == 3
    assert "05A1: not found" in unknown.stderr
    assert "MetaMotion S VM0002" in unknown.stderr
