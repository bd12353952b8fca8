"""A run's page with a watch: how its clock lies, how sure that is, and what it told beside the sensors."""

from dataclasses import replace
from datetime import timedelta

import pytest
from dash import Dash

import imu
from imu.followup.run_facts import RunFacts
from imu.followup.watches import take_in_watch
from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source
from tests.dashboard import seeded
from tests.dashboard.asking import shown, signed_in, store_of, words
from tests.dashboard.conftest import Ids
from tests.dashboard.test_run_page import graphs
from tests.formats.watches import an_hour, fit_bytes

SHOWN = {  # and what may stand there, in its unit
    "Heart rate (bpm)": (60, 160),
    "Speed (m/s)": (2, 5),
    "Cadence (/min)": (150, 200),
    "Power (W)": (180, 350),
    "Contact time (ms)": (200, 300),
    "Left foot's share of contact (%)": (48, 51),
    "Step length (m)": (0.8, 1.6),
    "Vertical oscillation (cm)": (7, 10),
}
NO_SENSOR = ["Heart rate (bpm)", "Power (W)", "Left foot's share of contact (%)"]


def brought(app: Dash, ids: Ids, *, hours: float) -> str:
    """Anna imports her watch's file of so many hours ago; the run that it belongs to."""
    worn = replace(an_hour(seconds=70), start=seeded.NOON - timedelta(hours=hours))
    (activity,) = read_source(Source.of_bytes("run.fit", fit_bytes(worn, positions=True)), Answers())
    assert isinstance(activity, Activity)
    store = store_of(app)
    (anna,) = [one for one in store.accounts() if one.name == "anna"]
    kept = take_in_watch(store, anna, ids.anna, activity, facts=RunFacts(), analysis_version=imu.__version__)
    return kept.run_ids[0]


def test_a_watch_beside_sensors_shows_offset_confidence_and_lines(changing_app: Dash, ids: Ids) -> None:
    assert brought(changing_app, ids, hours=2) == ids.recorded
    anna = signed_in(changing_app, "anna")
    assert "run-watch" in words(shown(anna, "run", ids.recorded)) + str(shown(anna, "run", ids.recorded).json)
    answer = shown(anna, "run-watch", ids.recorded)
    told = words(answer)
    assert "garmin" in told
    assert "Begun 0 s after the recording by both clocks: within 10 s" in told
    pages = graphs(answer.json)
    beside = [len(one["data"]) == 2 for one in pages]
    for at, name in enumerate(SHOWN):
        assert name in told
        assert {line["name"] for line in pages[at]["data"]} <= {"watch", "sensors"}
        values = [value for value in pages[at]["data"][-1]["y"] if value is not None]
        low, high = SHOWN[name]
        assert values, name
        assert all(low <= value <= high for value in values), name
    assert len(pages) == len(SHOWN)
    assert [name for name, both in zip(SHOWN, beside, strict=True) if not both] == NO_SENSOR


def test_a_run_of_a_watch_alone_says_so(changing_app: Dash, ids: Ids) -> None:
    run_id = brought(changing_app, ids, hours=5)
    anna = signed_in(changing_app, "anna")
    told = words(shown(anna, "run", run_id))
    assert "told by a watch" in told
    assert "This run was told by a watch." in told
    assert "Usable recording" not in told
    assert "its gait is not judged" in words(shown(anna, "run-watch", run_id))


@pytest.mark.parametrize("name", ["ben", "otto", "uma"])
def test_nobody_else_sees_it(changing_app: Dash, ids: Ids, name: str) -> None:
    brought(changing_app, ids, hours=2)
    assert "garmin" not in words(shown(signed_in(changing_app, name), "run-watch", ids.recorded))
