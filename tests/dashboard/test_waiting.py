"""Nobody who writes waits for the judging that follows what somebody else pressed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash
from werkzeug.test import TestResponse

import imu
from imu.followup.judgement import Judgement, judge
from imu.followup.plan_drafts import drafted, usual_numbers
from imu.followup.plans import content_in_force
from imu.store import AthleteRecord
from tests.dashboard.asking import signed_in, store_of
from tests.dashboard.conftest import Ids
from tests.dashboard.test_athlete import answered, warnings
from tests.dashboard.test_episode import press, record_of
from tests.store.others import may_write

Act = Callable[[Dash, Ids], TestResponse]


def answers_on(page: str) -> Act:
    """A warning is acknowledged on a page."""

    def act(app: Dash, ids: Ids) -> TestResponse:
        (warning,) = warnings(app, ids.anna)
        return answered(app, "ito", ids.anna, "acknowledged", warning["key"], page=page)

    return act


def presses(name: str, key: str, **fields: Any) -> Act:
    """A clinician presses a button of the episode."""
    return lambda app, ids: press(signed_in(app, "ito"), name, ids.anna, key, **fields)


def adopts(app: Dash, ids: Ids) -> TestResponse:
    """A clinician adopts another plan."""
    before = content_in_force(record_of(app, ids.anna))
    numbers = {"rules.min_rest_days_between_runs": 2}
    text = json.dumps(before)
    digest = drafted(before, text, numbers, places=usual_numbers("strain")).digest
    return press(signed_in(app, "ito"), "adopt", ids.anna, digest, why="rest", text=text, numbers=numbers)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(answers_on("athlete"), id="a warning on the athlete's page"),
        pytest.param(answers_on("today"), id="a warning on Today"),
        pytest.param(answers_on("episode"), id="a warning of the episode"),
        pytest.param(presses("decide", "hold", reason="wait"), id="a decision"),
        pytest.param(presses("gate", "yes:clinician_ok_exercises"), id="a gate"),
        pytest.param(adopts, id="a plan"),
    ],
)
def test_others_may_write_while_an_act_is_judged(
    changing_app: Dash, ids: Ids, monkeypatch: pytest.MonkeyPatch, act: Act
) -> None:
    waited: list[bool] = []

    def watched(record: AthleteRecord, **given: Any) -> Judgement:
        waited.append(not may_write(store_of(changing_app)))
        return judge(record, **given)

    monkeypatch.setattr("imu.followup.standing.judge", watched)
    assert act(changing_app, ids).status_code == 200
    assert waited
    assert not any(waited)
    with store_of(changing_app).seen_by("anna") as repository:
        assert repository.standings.one(ids.anna, analysis_version=imu.__version__).is_current
