"""Sensors stay known by their serial numbers, each worn in one place."""

from pathlib import Path

import pytest

from imu.collect.registry import Registry
from imu.devices.calibration import ChipCalibration
from imu.devices.sensor import Identity
from imu.devices.standard.reference import ReferenceIdentity
from imu.errors import RestrideError

LEFT = Identity("metamotion", "MetaMotion S", "05A1", "1.7.3")
SPARE = Identity("metamotion", "MetaMotion S", "05B2", "1.7.3")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "home")


def test_nothing_is_known_at_first(registry: Registry) -> None:
    assert registry.sensors() == ()
    assert registry.worn() == {}


def test_a_paired_sensor_is_known_to_the_next_process(registry: Registry, tmp_path: Path) -> None:
    registry.pair(LEFT, "shank_left")
    assert Registry(tmp_path / "home").worn()["shank_left"].serial == "05A1"


def test_a_placement_is_worn_by_one_sensor(registry: Registry) -> None:
    registry.pair(LEFT, "shank_left")
    registry.pair(SPARE, "shank_left")
    assert registry.worn()["shank_left"].serial == "05B2"
    assert [s.serial for s in registry.sensors() if s.retired] == ["05A1"]


def test_a_sensor_has_one_placement(registry: Registry) -> None:
    registry.pair(LEFT, "shank_left")
    registry.pair(LEFT, "pelvis")
    assert list(registry.worn()) == ["pelvis"]
    assert len(registry.sensors()) == 1


@pytest.mark.parametrize("wanted", ["05A1", "shank_left", "shank left"])
def test_a_sensor_is_found_by_serial_placement_or_name(registry: Registry, wanted: str) -> None:
    registry.pair(LEFT, "shank_left")
    assert registry.change(wanted, name="the old one").name == "the old one"
    assert registry.worn()["shank_left"].name == "the old one"


def test_mount_height_is_kept_while_the_placement_is(registry: Registry) -> None:
    registry.pair(LEFT, "shank_left")
    registry.change("05A1", mount_height_m=0.14)
    assert registry.pair(LEFT, "shank_left").mount_height_m == 0.14
    assert registry.pair(LEFT, "shank_right").mount_height_m is None


def test_a_calibration_is_the_sensors_own_wherever_it_is_worn(registry: Registry, tmp_path: Path) -> None:
    registry.pair(LEFT, "shank_left")
    known = ChipCalibration(acc_bias_g=(0.01, 0.0, -0.02), gyr_scale=(1.0, 0.99, 1.0), date="2026-11-26")
    registry.change("05A1", calibration=known)
    registry.pair(SPARE, "shank_left")
    assert registry.pair(LEFT, "shank_right").calibration == known
    assert Registry(tmp_path / "home").sensor("05A1").calibration == known
    assert registry.sensor("05B2").calibration is None


def test_a_retired_sensor_cannot_take_a_placement_that_is_worn(registry: Registry) -> None:
    registry.pair(LEFT, "shank_left")
    registry.pair(SPARE, "shank_left")
    with pytest.raises(RestrideError, match="worn by 05B2"):
        registry.change("05A1", retired=False)


def test_an_unknown_sensor_is_named_with_those_that_are_known(registry: Registry) -> None:
    registry.pair(LEFT, "shank_left")
    with pytest.raises(RestrideError, match=r"'05XX' is no sensor of yours; known are 05A1 \(shank left\)"):
        registry.change("05XX", name="?")


@pytest.mark.parametrize("content", ["", "[]", '{"format": "restride-sensors/1"}', '{"format": "other"}'])
def test_a_broken_file_is_one_line_and_left_as_it_is(
    registry: Registry, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "home" / "sensors.json"
    file.parent.mkdir()
    file.write_text(content)
    with pytest.raises(RestrideError, match=r"sensors\.json"):
        registry.sensors()
    assert file.read_text() == content


def test_a_strap_is_known_beside_the_sensors_and_worn_as_nothing_else(registry: Registry) -> None:
    registry.pair(LEFT, "shank_left")
    strap = ReferenceIdentity("heart_rate", "H10 1234", "1234")
    registry.pair(strap, "heart_rate", address="C4:12")
    assert list(registry.worn()) == ["shank_left"]
    assert registry.references()["heart_rate"].address == "C4:12"
    with pytest.raises(RestrideError, match="unknown placement 'pelvis'"):
        registry.pair(strap, "pelvis")
    with pytest.raises(RestrideError, match="unknown placement 'heart_rate'"):
        registry.pair(SPARE, "heart_rate")
    registry.change("heart_rate", retired=True)
    assert registry.references() == {}
