"""A run's page: what its reader is promised, asked as a browser asks."""

from typing import Any

import numpy as np
import pytest
from dash import Dash

from dashboard.components.explained import explained
from dashboard.components.run_angles import beside_usual, onset
from dashboard.components.run_head import tile
from imu.followup.one_run import shank_changes
from imu.report.metrics import CURVES
from imu.training.history import CheckIn
from imu.training.usual_range import UsualRange
from tests.dashboard.asking import call, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.seeded import NOON

PARTS = ("run", "run-story", "run-strides", "run-curves", "run-quality")


@pytest.fixture(scope="module")
def season_run(dash_app: Dash, ids: Ids) -> str:
    """The latest run of anna's season: her baselines were frozen long before it."""
    with store_of(dash_app).seen_by("anna") as repository:
        return repository.runs.listed(ids.anna)[-2].run.run_id


def graphs(answer: Any) -> list[dict[str, Any]]:
    """The figures in an answer."""
    found = []
    if isinstance(answer, dict):
        if answer.get("type") == "Graph":
            found.append(answer["props"]["figure"])
        found += [one for part in answer.values() for one in graphs(part)]
    elif isinstance(answer, list):
        found += [one for part in answer for one in graphs(part)]
    return found


def raw(client: Any, run_id: str, *, sensor: Any = "shank_left", start: Any = 20, zoom: Any = None) -> Any:
    """Ask for a window of the raw signal."""
    ids = {
        name: {"control": "run-raw", "key": "", "name": name, "of": run_id}
        for name in ("graph", "sensor", "signal", "length", "start")
    }
    matched = '{"control":"run-raw","key":"","name":"graph","of":["MATCH"]}.figure'
    inputs = [
        value(ids["sensor"], "value", sensor),
        value(ids["signal"], "value", "acc"),
        value(ids["length"], "value", "10"),
        value(ids["start"], "value", start),
        value(ids["graph"], "relayoutData", zoom),
    ]
    changed = None
    if zoom is not None:
        changed = f'{{"control":"run-raw","key":"","name":"graph","of":"{run_id}"}}.relayoutData'
    return call(
        client,
        matched,
        to={"id": ids["graph"], "property": "figure"},
        inputs=inputs,
        state=[value(ids["graph"], "id", ids["graph"])],
        pressed=changed,
    )


def figure(answer: Any) -> dict[str, Any]:
    (filled,) = answer.json["response"].values()
    found: dict[str, Any] = filled["figure"]
    return found


def test_a_run_of_which_nothing_is_to_be_told_has_no_paragraph_and_no_room_for_one(
    client_of: ClientOf, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.run.looked_back", lambda _run, _found: iter(()))
    answer: Any = shown(client_of("anna"), "run-story", ids.recorded).json
    assert list(answer["response"].values()) == [{"children": None}]


def test_each_average_stride_says_how_its_sign_reads(client_of: ClientOf, ids: Ids) -> None:
    answer = shown(client_of("anna"), "run-curves", ids.recorded)
    told = words(answer)
    for curve in CURVES:
        assert told.count(curve.name) >= 1
        assert curve.up in told
    assert "side to side" not in told


def test_a_recorded_run_shows_all_its_parts(client_of: ClientOf, ids: Ids) -> None:
    for part in PARTS:
        answer = shown(client_of("anna"), part, ids.recorded)
        assert answer.status_code == 200, part
    told = words(shown(client_of("anna"), "run", ids.recorded))
    assert "Monday 2 March 2026" in told
    assert "Good recording" in told
    assert "Injured side (left)" in told
    assert "your usual range" in told


@pytest.mark.parametrize(("effort", "shown_as"), [(4.0, "4"), (2.5, "2.5")])
def test_an_effort_that_a_check_in_told_is_the_runs(
    changing_app: Dash, ids: Ids, effort: float, shown_as: str
) -> None:
    assert '"not told"' in words(shown(signed_in(changing_app, "anna"), "run", ids.recorded))
    with store_of(changing_app).changed_by("anna") as repository:
        felt = CheckIn(at=NOON, moment="after", pain=0, run_id=ids.recorded, effort_cr10=effort)
        repository.care.add_check_in(ids.anna, felt)
    for who in ("anna", "kim"):
        told = words(shown(signed_in(changing_app, who), "run", ids.recorded))
        assert '"not told"' not in told
        assert f'"{shown_as}"' in told


def test_a_run_of_a_season_says_kindly_that_it_has_no_recording(client_of: ClientOf, ids: Ids) -> None:
    told = words(shown(client_of("anna"), "run", ids.run_of_anna))
    assert "simulated seasons have no recordings" in told
    assert "run-raw" not in told
    measures = words(shown(client_of("anna"), "run-strides", ids.run_of_anna))
    assert "Cadence" in measures
    assert "Contact time" not in measures  # its segments hold none


def test_nobody_sees_the_run_of_another(client_of: ClientOf, ids: Ids) -> None:
    for part in PARTS:
        for run_id in (ids.run_of_ben, "0" * 32, "../..", ""):
            answer = shown(client_of("anna"), part, run_id)
            assert answer.status_code == 404, (part, run_id)
    assert raw(client_of("ben"), ids.recorded).status_code == 404


def test_a_coach_with_a_grant_sees_it(client_of: ClientOf, ids: Ids) -> None:
    for part in PARTS:
        assert shown(client_of("kim"), part, ids.recorded).status_code == 200, part
    without = shown(client_of("kim"), "run", ids.run_of_anna)
    assert "simulated seasons have no recordings" in words(without)


def test_both_legs_are_drawn_over_the_runners_own_range(client_of: ClientOf, season_run: str) -> None:
    drawn = graphs(shown(client_of("anna"), "run", season_run).json)
    legs = [one for one in drawn if any(trace.get("marker", {}).get("symbol") for trace in one["data"])]
    assert len(legs) == 3  # two legs, and how far the drop of the pelvis differs
    for one in legs:
        band, usual, own = one["data"]
        assert band["fill"] == "toself"
        assert len(band["x"]) > len(own["x"])
        assert usual["hovertemplate"].startswith("usual")
    symbols = {one["data"][2]["marker"]["symbol"] for one in legs[:2]}
    assert len(symbols) == 2  # sides are never told by colour alone


def test_ten_seconds_of_raw_signal_are_shown_first(client_of: ClientOf, ids: Ids) -> None:
    found = figure(raw(client_of("anna"), ids.recorded))
    assert found["layout"]["xaxis"]["range"] == [20.0, 30.0]
    assert [trace["name"] for trace in found["data"]] == ["x", "y", "z", "foot lands"]
    for trace in found["data"]:
        assert 0 < len(trace["x"]) <= 2000
        assert min(trace["x"]) >= 20.0
        assert max(trace["x"]) < 30.0


def test_zooming_fetches_the_window_that_was_drawn(client_of: ClientOf, ids: Ids) -> None:
    zoom = {"xaxis.range[0]": 31.25, "xaxis.range[1]": 33.5}
    found = figure(raw(client_of("anna"), ids.recorded, zoom=zoom))
    assert found["layout"]["xaxis"]["range"] == [31.25, 33.5]
    first = figure(raw(client_of("anna"), ids.recorded))
    assert found["layout"]["uirevision"] == first["layout"]["uirevision"]  # the reader's zoom is kept


@pytest.mark.parametrize(
    "zoom",
    [
        {"xaxis.autorange": True},
        {"xaxis.range[0]": "a", "xaxis.range[1]": None},
        {"xaxis.range[0]": 40.0, "xaxis.range[1]": 40.0},
        [1, 2],
        "nonsense",
    ],
)
def test_a_zoom_that_says_nothing_goes_back_to_the_window(client_of: ClientOf, ids: Ids, zoom: Any) -> None:
    found = figure(raw(client_of("anna"), ids.recorded, zoom=zoom))
    assert found["layout"]["xaxis"]["range"] == [20.0, 30.0]


@pytest.mark.parametrize("start", [None, "x", -5, 1e12, {"a": 1}])
def test_a_start_out_of_the_run_stays_in_it(client_of: ClientOf, ids: Ids, start: Any) -> None:
    low, high = figure(raw(client_of("anna"), ids.recorded, start=start))["layout"]["xaxis"]["range"]
    assert low >= 0
    assert high - low == pytest.approx(10)


@pytest.mark.parametrize("sensor", ["../../store", "recording", "shank_left.parquet", "", None, ["pelvis"]])
def test_only_sensors_of_the_recording_can_be_asked_for(client_of: ClientOf, ids: Ids, sensor: Any) -> None:
    assert raw(client_of("anna"), ids.recorded, sensor=sensor).status_code == 404


def test_a_run_is_taken_away_as_a_table_and_as_an_activity(
    dash_app: Dash, ids: Ids, client_of: ClientOf
) -> None:
    client = client_of("kim")
    said = words(shown(client, "run", ids.recorded))
    for file in ("strides.csv", "run.fit"):
        assert f"/run/{ids.recorded}/{file}" in said
    table = client.get(f"/run/{ids.recorded}/strides.csv")
    assert table.status_code == 200
    assert table.text.startswith("side,ic_time_s,")
    activity = client.get(f"/run/{ids.recorded}/run.fit")
    assert activity.data[8:12] == b".FIT"
    assert 'filename="run-2026-03-02.fit"' in activity.headers["Content-Disposition"]
    with store_of(dash_app).seen_by("anna") as repository:
        looked = {(one.by, one.subject) for one in repository.sharing.audit(ids.anna)}
    assert {("kim", f"run {ids.recorded} as {what}") for what in ("strides as csv", "fit")} <= looked


@pytest.mark.parametrize("file", ["strides.csv", "run.fit"])
@pytest.mark.parametrize("who", ["otto", "ben", "office"])
def test_nobody_else_takes_it_away(ids: Ids, client_of: ClientOf, who: str, file: str) -> None:
    assert client_of(who).get(f"/run/{ids.recorded}/{file}").status_code == 404


def test_a_run_without_a_recording_offers_no_files(client_of: ClientOf, season_run: str) -> None:
    client = client_of("anna")
    assert "strides.csv" not in words(shown(client, "run", season_run))
    answer = client.get(f"/run/{season_run}/run.fit")
    assert 400 <= answer.status_code < 500
    assert "without a recording" in answer.text


def test_without_the_library_the_page_says_what_is_missing(
    ids: Ids, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.run_files.find_spec", lambda _name: None)
    said = words(shown(client_of("anna"), "run", ids.recorded))
    assert "restride[formats]" in said
    assert "run.fit" not in said


def test_the_name_of_a_tile_is_as_high_whether_it_is_explained_or_not() -> None:
    plain, told = (
        tile(name, "5:44", "min/km").children[0] for name in ("Pace", explained("speed_mps", "Pace"))
    )
    assert (type(plain), plain.size) == (type(told), told.size)
    # What is explained takes its type from the line: one of its own would stand in a line of another height.
    assert told.children.children.children.inherit


def test_the_angle_of_a_leg_is_the_number_that_lists_and_reports_tell() -> None:
    """Not the median of its segments, which differs in the last digit."""
    known = np.array([13.4, 13.5, 13.6])
    seen = UsualRange(
        minute=known,
        speed_mps=known,
        value_deg=known,
        expected_deg=known + 0.4,
        half_deg=np.full(3, 2.0),
        runs=10,
        unknown=(),
        not_judged=None,
    )
    drawn = str(beside_usual(seen, 13.64))
    assert "13.6°" in drawn
    assert "−0.4° against your usual, which is 11.9 to 15.9° at this speed" in drawn
    assert "13.5" not in drawn
    assert "not measured" in str(beside_usual(seen, None))
    assert "not judged" in str(beside_usual(seen, None, is_sound=False))


def test_without_an_increase_it_still_tells_what_the_analysis_noticed_of_this_leg() -> None:
    less = "From about minute 7 of running, the left shank met the ground 2.4° less far ahead (± 0.4°)"
    found = [
        {"code": "shank_angle_changed", "side": "left", "sentence": less},
        {"code": "pelvic_drop_changed", "side": "left", "sentence": "the drop"},
    ]
    summary = {"sensors": {}, "running": {}, "warnings": found, "not_judged": []}
    assert shank_changes(summary, "left") == (less,)
    assert shank_changes(summary, "right") == shank_changes({}, "left") == ()
    told = [line.children.replace("\N{NO-BREAK SPACE}", " ") for line in onset(None, None, (less,))]
    assert told == ["No increase since minutes 5 to 8 of running, at matched speed.", less]
