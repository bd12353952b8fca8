"""`restride sensors`: who is worn where, and changing it."""

import json
from pathlib import Path

import pytest

from imu.collect.registry import Registry
from imu.devices.sensor import Identity
from tests.conftest import Restride

LEFT = Identity("metamotion", "MetaMotion S", "05A1", "1.7.3")
SPARE = Identity("metamotion", "MetaMotion S", "05B2", "1.7.3")


@pytest.fixture
def registry(restride_home: Path) -> Registry:
    registry = Registry(restride_home)
    registry.pair(LEFT, "shank_left")
    return registry


def test_without_sensors_it_says_how_to_begin(restride: Restride) -> None:
    done = restride("sensors")
    assert (done.returncode, done.stderr) == (0, "")
    assert "restride pair" in done.stdout
    assert json.loads(restride("sensors", "--json").stdout) == []


@pytest.mark.usefixtures("registry")
def test_the_list_names_serial_and_placement(restride: Restride) -> None:
    head, row = restride("sensors").stdout.splitlines()
    assert head.startswith("name")
    assert {"shank_left", "05A1"} <= set(row.split())
    (listed,) = json.loads(restride("sensors", "--json").stdout)
    assert (listed["serial"], listed["placement"], listed["retired"]) == ("05A1", "shank_left", False)


@pytest.mark.usefixtures("registry")
def test_list_is_the_same_as_no_command(restride: Restride) -> None:
    assert restride("sensors", "list").stdout == restride("sensors").stdout
    whole = restride("sensors", "--json").stdout
    assert (
        whole == restride("sensors", "list", "--json").stdout == restride("sensors", "--json", "list").stdout
    )
    virtual = restride("sensors", "--virtual").stdout
    assert "restride pair" in virtual
    assert virtual == restride("sensors", "list", "--virtual").stdout


def test_a_sensor_is_renamed_measured_retired_and_used_again(restride: Restride, registry: Registry) -> None:
    assert restride("sensors", "rename", "05a1", "the old one").returncode == 0
    assert restride("sensors", "mount-height", "the old one", "0.14").returncode == 0
    (sensor,) = registry.sensors()
    assert (sensor.name, sensor.mount_height_m) == ("the old one", 0.14)
    done = restride("sensors", "retire", "shank_left")
    assert done.stdout == "the old one: MetaMotion S 05A1, retired, 0.14 m above the ankle\n"
    assert registry.worn() == {}
    assert restride("sensors", "use", "the old one").returncode == 0
    assert list(registry.worn()) == ["shank_left"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rename", "05XX", "x"], "'05XX' is no sensor of yours; known are 05A1 (shank left)"),
        (["rename", "05A1", " "], "a name is 1 to 40 printable characters"),
        (["rename", "05A1", "x" * 41], "a name is 1 to 40 printable characters"),
        (["mount-height", "05A1", "15"], "use metres above 0, up to 0.6; 15 cm are 0.15"),
        (["mount-height", "05A1", "0"], "use metres above 0"),
        (["mount-height", "05A1", "nan"], "use metres above 0"),
        (["mount-height", "05B2", "0.1"], "worn as pelvis"),
        (["throw-away", "05A1"], "see restride sensors --help"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(
    restride: Restride, registry: Registry, words: list[str], said: str
) -> None:
    registry.pair(SPARE, "pelvis")
    before = registry.sensors()
    done = restride("sensors", *words)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert said in line
    assert registry.sensors() == before
