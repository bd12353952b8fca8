"""`restride scan`: what is in reach, or what to do about nothing."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from imu.cli.scan import rows
from imu.collect.reach import SERVICES
from imu.collect.registry import PairedSensor
from imu.collect.roll_call import Present
from imu.devices.sensor import Battery, Identity, LogStatus
from imu.radio.scan import Found
from tests.conftest import Restride

FOUND = Found("C4:12", "MetaWear", -60, SERVICES[:1], {}, cast(Any, SimpleNamespace()))
WHO = Identity("metamotion", "MetaMotion S", "05A1B2", "1.7.3")


@pytest.mark.parametrize(
    ("running", "used", "state"),
    [(False, 0, "ready"), (False, 9, "holds a run"), (True, 9, "logging a run"), (True, 0, "logging a run")],
)
def test_the_state_says_what_lies_on_a_sensor(running: bool, used: int, state: str) -> None:
    log = LogStatus(running, used, None, "entries", None)
    (row,) = rows([Present(FOUND, WHO, Battery(84.0), log)], {})
    assert (row.serial, row.battery_percent, row.state, row.placement) == ("05A1B2", 84.0, state, None)


def test_a_paired_sensor_is_shown_where_it_is_worn() -> None:
    worn = PairedSensor(
        serial="05A1B2",
        kind="metamotion",
        model="MetaMotion S",
        placement="pelvis",
        name="x",
        since="2026-11-22",
    )
    (row,) = rows([Present(FOUND, WHO)], {"pelvis": worn})
    assert (row.placement, row.state) == ("pelvis", None)


def test_a_busy_sensor_is_shown_with_the_reason() -> None:
    (row,) = rows([Present(FOUND, problem="MetaWear: seen, but it accepts no connection")], {})
    assert (row.address, row.serial, row.state) == ("C4:12", None, None)
    assert row.problem == "MetaWear: seen, but it accepts no connection"


def test_a_radio_that_is_not_there_ends_in_one_line_and_code_3(restride: Restride) -> None:
    done = restride("scan", "--radio", "tcp-client:127.0.0.1:9")
    assert (done.returncode, done.stdout) == (3, "")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("restride: ")]
    assert "tcp-client:127.0.0.1:9" in line


def test_an_unknown_radio_is_answered_with_those_that_are_known(restride: Restride) -> None:
    done = restride("scan", "--radio", "wifi")
    assert (done.returncode, done.stdout) == (3, "")
    assert "use 'system' or one of" in done.stderr


@pytest.mark.slow
def test_virtual_sensors_are_listed(restride: Restride) -> None:
    beside = ("--virtual-sensors", "heart_rate", "--virtual-sensors", "foot_pod")
    done = restride("scan", "--virtual", *beside, "--json", "--seconds", "6")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {row["serial"] for row in found} == {"VM0001", "VM0002", "VM0003", "VH0001", "VF0001"}
    worn = [row for row in found if row["serial"].startswith("VM")]
    assert {(row["state"], row["model"], row["problem"]) for row in worn} == {("ready", "MetaMotion S", None)}
    quick = restride("scan", "--virtual", "--quick", "--seconds", "2")  # those beside are still there
    assert quick.returncode == 0, quick.stderr
    assert len(quick.stdout.splitlines()) == 6
    assert "\x1b" not in quick.stdout + quick.stderr
