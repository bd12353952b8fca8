"""`restride status` judges while others write."""

import json
from pathlib import Path
from typing import Any

import pytest

from imu.cli.status import status
from imu.followup.judgement import Judgement, judge as judged
from imu.store import AthleteRecord, Store
from tests.store.others import may_write


def test_nobody_waits_for_it(
    restride_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store.at(restride_home)
    with store.changed_by(store.only_account()) as repository:
        repository.sharing.athlete()
    might: list[bool] = []

    def watched(record: AthleteRecord, **more: Any) -> Judgement:
        might.append(may_write(store))
        return judged(record, **more)

    monkeypatch.setattr("imu.followup.standing.judge", watched)
    status(as_json=True)
    assert json.loads(capsys.readouterr().out)["runs"] == 0
    assert might
    assert all(might)
    might.clear()
    status(as_json=True)
    assert not might  # what was kept holds
