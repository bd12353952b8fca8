"""A clinician's page of one injury: who may open it, what is decided on it, and what can be taken away."""

import csv
import json
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard import ids as addresses
from dashboard.pages.episode import gathered
from dashboard.pages.warning_acts import KINDS
from dashboard.report.sheet import ROOMS, sheet_of
from dashboard.text.rules import spoken
from imu.analysis.columns import STRIDE_COLUMNS
from imu.followup.judgement import judge
from imu.followup.plan_drafts import drafted, usual_numbers
from imu.followup.plans import content_in_force, stands_at
from imu.followup.redcap_rows import row_of
from imu.followup.run_to_export import of_history
from imu.report.unparted import as_typed
from imu.store import AthleteRecord
from imu.training.crossbody import OPPOSITE
from imu.training.history import CheckIn, Injury
from imu.training.plan_state import PlanState
from imu.training.warnings import Act
from tests.dashboard.asking import call, on_a_page, shown, signed_in, store_of, text_of, value, words
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.seeded import NOON, secrets_of
from tests.store.conftest import Clock

PAGE = "episode"
FILES = ("episode.pdf", "episode-runs.csv", "episode-check-ins.csv", "episode-fhir.json")


def record_of(app: Dash, athlete_id: str) -> AthleteRecord:
    with store_of(app).seen_by("ito") as repository:
        return repository.record(athlete_id)


def state_of(app: Dash, athlete_id: str) -> PlanState:
    state = judge(record_of(app, athlete_id), now=NOON + timedelta(hours=1)).state
    assert isinstance(state, PlanState)
    return state


def press(client: FlaskClient, name: str, of: str, key: str = "", **fields: Any) -> Any:
    """Press a button of the page as a browser does, with what stands in the fields beside it."""
    pressed = addresses.control(PAGE, name, of, key)
    content = {"id": addresses.content(PAGE, of), "property": "children"}
    output, _to_fill, inputs, state = CALLS[name](client, of, pressed, content, fields)
    to = _filled(output, of, key)
    return call(client, output, to=to, inputs=inputs, state=state, pressed=_changed(pressed))


def _filled(output: str, of: str, key: str) -> Any:
    """What a callback fills, as a browser names it."""
    several = output.startswith("..")
    declared = output[2:-2].split("...") if several else [output]
    found = []
    for one in declared:
        pattern, _dot, at = one.rpartition(".")
        own = json.loads(pattern)
        one_of_all = {"key": key} if own.get("key") == ["ALL"] else {}
        filled = {"id": {**own, "of": of, **one_of_all}, "property": at}
        found.append([filled] if one_of_all else filled)
    return found if several else found[0]


def _changed(of: dict[str, Any]) -> str:
    return f"{json.dumps(of, sort_keys=True, separators=(',', ':'))}.n_clicks"


def _output(client: FlaskClient, control: str) -> str:
    """The key of the callback that a control's presses go to."""
    callbacks = client.get("/_dash-dependencies").get_json()
    return next(
        str(one["output"])
        for one in callbacks
        if any(
            f'"name":"{control}"' in given["id"]
            and f'"control":"{PAGE}"' in given["id"]
            and given["property"] == "n_clicks"
            for given in one["inputs"]
        )
    )


def _control(name: str, of: str, at: str, what: Any, key: str = "") -> dict[str, Any]:
    return value(addresses.control(PAGE, name, of, key), at, what)


def _to(name: str, of: str, at: str) -> dict[str, Any]:
    return {"id": addresses.control(PAGE, name, of), "property": at}


def _decide(client: FlaskClient, of: str, pressed: Any, content: Any, fields: Any) -> Any:
    state = [
        _control("reason", of, "value", fields.get("reason")),
        _control("stage", of, "value", fields.get("stage")),
        _control("exercises-go-on", of, "checked", fields.get("exercises_go_on", False)),
    ]
    to = [content, _to("reason", of, "error")]
    return _output(client, "decide"), to, [[value(pressed, "n_clicks", 1)]], state


def _gate(client: FlaskClient, _of: str, pressed: Any, content: Any, _fields: Any) -> Any:
    return _output(client, "gate"), content, [[value(pressed, "n_clicks", 1)]], None


def _send(client: FlaskClient, of: str, pressed: Any, content: Any, fields: Any) -> Any:
    state = [_control("note", of, "value", fields.get("note"))]
    return (
        _output(client, "send"),
        [content, _to("note", of, "error")],
        [value(pressed, "n_clicks", 1)],
        state,
    )


def _drafted(of: str, fields: Any) -> list[Any]:
    numbers = fields.get("numbers", {})
    return [
        _control("plan", of, "value", fields["text"]),
        [_control("number", of, "value", number, place) for place, number in numbers.items()],
        [
            _control("number", of, "id", addresses.control(PAGE, "number", of, place), place)
            for place in numbers
        ],
    ]


def _end(client: FlaskClient, of: str, pressed: Any, content: Any, fields: Any) -> Any:
    state = [_control("over-since", of, "value", fields.get("day"))]
    to = [content, _to("over-since", of, "error")]
    return _output(client, "end"), to, [[value(pressed, "n_clicks", 1)]], state


def _preview(client: FlaskClient, of: str, pressed: Any, _content: Any, fields: Any) -> Any:
    to = [_to("draft", of, "children"), _to("plan", of, "error")]
    return _output(client, "preview"), to, [value(pressed, "n_clicks", 1)], _drafted(of, fields)


def _adopt(client: FlaskClient, of: str, pressed: Any, content: Any, fields: Any) -> Any:
    to = [content, _to("draft", of, "children"), _to("plan", of, "error"), _to("plan-why", of, "error")]
    state = [_control("plan-why", of, "value", fields.get("why")), *_drafted(of, fields)]
    return _output(client, "adopt"), to, [[value(pressed, "n_clicks", 1)]], state


def _overrule(client: FlaskClient, of: str, pressed: Any, content: Any, fields: Any) -> Any:
    inputs: list[Any] = [
        [value({**pressed, "name": one}, "n_clicks", 1 if one == "overruled" else None)] for one in KINDS
    ]
    key = pressed["key"]
    at = addresses.control(PAGE, "why", of, key)
    state = [
        [value(at, "value", fields["why"])],
        [value(at, "id", at)],
        value(content["id"], "id", content["id"]),
    ]
    return _output(client, "overruled"), [content, [{"id": at, "property": "error"}]], inputs, state


CALLS = {
    "overruled": _overrule,
    "decide": _decide,
    "gate": _gate,
    "send": _send,
    "end": _end,
    "preview": _preview,
    "adopt": _adopt,
}


def test_clinician_and_athlete_see_the_injury(client_of: ClientOf, ids: Ids) -> None:
    for name in ("ito", "anna"):
        answer = shown(client_of(name), PAGE, ids.anna)
        assert answer.status_code == 200
        assert "left hamstring" in words(answer)
    assert "Sign off" not in words(shown(client_of("anna"), PAGE, ids.anna))


@pytest.mark.parametrize("name", ["kim", "otto", "uma", "ben", "office"])
def test_nobody_else_learns_anything(client_of: ClientOf, ids: Ids, name: str) -> None:
    answer = shown(client_of(name), PAGE, ids.anna)
    assert answer.status_code == 404
    assert not any(secret in words(answer) for secret in secrets_of("anna"))
    for file in FILES:
        taken = client_of(name).get(f"/athlete/{ids.anna}/{file}")
        assert taken.status_code == 404
        assert "hamstring" not in taken.get_data(as_text=True)


@pytest.mark.unhurried
def test_a_decision_is_kept_and_says_what_follows(changing_app: Dash, ids: Ids, app_clock: Clock) -> None:
    client = signed_in(changing_app, "ito")
    answer = press(client, "decide", ids.anna, "hold", reason="wait for the scan")
    assert "Put on hold" in words(answer)
    assert state_of(changing_app, ids.anna).held_because == "wait for the scan"
    app_clock.forward(minutes=5)
    press(client, "decide", ids.anna, "resume", reason="scan is clear")
    assert state_of(changing_app, ids.anna).held_because is None
    with store_of(changing_app).seen_by("anna") as repository:
        told = [entry for entry in repository.sharing.audit(ids.anna) if entry.action == "decided"]
    assert {(entry.by, entry.subject) for entry in told} >= {("ito", "hold"), ("ito", "resume")}


@pytest.mark.unhurried
@pytest.mark.parametrize("before", ["nothing", "a red flag"])
def test_who_holds_running_may_let_exercises_go_on(changing_app: Dash, ids: Ids, before: str) -> None:
    client = signed_in(changing_app, "ito")
    if before == "a red flag":
        flagged = CheckIn(at=NOON - timedelta(minutes=5), moment="during", pain=4, red_flags=("limp",))
        with store_of(changing_app).changed_by("anna") as repository:
            repository.care.add_check_in(ids.anna, flagged)
    press(client, "decide", ids.anna, "hold", reason="wait for the scan", exercises_go_on=True)
    assert state_of(changing_app, ids.anna).exercises_go_on_by == "ito"
    with store_of(changing_app).seen_by("anna") as repository:
        told = [entry for entry in repository.sharing.audit(ids.anna) if entry.action == "decided"]
    assert ("ito", "hold_running") in {(entry.by, entry.subject) for entry in told}
    said = "Exercises go on: ito said so"
    assert said in words(shown(client, PAGE, ids.anna))
    for name in ("anna", "kim"):
        today = words(shown(signed_in(changing_app, name), "today", ids.anna))
        assert said in today
        assert "Exercises wait for a clinician" not in today
    assert said in words(shown(signed_in(changing_app, "kim"), "athlete", ids.anna))
    with store_of(changing_app).seen_by("ito") as repository:
        episode = gathered(repository, ids.anna)[2]
    assert episode is not None
    sheet = sheet_of(episode, ROOMS[0], made_by="ito", made_at=NOON, version="1")
    assert said in sheet.reasons
    assert any("Put on hold; exercises go on, ito: wait for the scan" in one for one in sheet.decisions)


@pytest.mark.unhurried
def test_a_hold_of_one_day_can_be_made_one_of_exercises_too(
    changing_app: Dash, ids: Ids, app_clock: Clock
) -> None:
    client = signed_in(changing_app, "ito")
    press(client, "decide", ids.anna, "hold", reason="wait for the scan", exercises_go_on=True)
    page = words(shown(client, PAGE, ids.anna))
    assert "Hold anew" in page
    assert "Resume" in page
    app_clock.forward(minutes=5)
    press(client, "decide", ids.anna, "hold", reason="not even these")
    state = state_of(changing_app, ids.anna)
    assert (state.held_because, state.exercises_go_on_by) == ("not even these", None)


def test_stepping_back_goes_where_it_was_told(changing_app: Dash, ids: Ids) -> None:
    press(signed_in(changing_app, "ito"), "decide", ids.anna, "step_back", reason="sore", stage="2")
    stage = state_of(changing_app, ids.anna).stage
    assert stage is not None
    assert stage.id == "2"


@pytest.mark.unhurried
@pytest.mark.parametrize("kind", ["sign_off", "step_back"])
def test_a_button_means_the_stage_that_it_named(changing_app: Dash, ids: Ids, kind: str) -> None:
    """A colleague steps back while the page is open: what is pressed there is not about another stage."""
    client, seen = signed_in(changing_app, "ito"), stands_at(state_of(changing_app, ids.anna))
    assert f'"key": "{kind}:{seen}"' in words(shown(client, PAGE, ids.anna))
    press(client, "decide", ids.anna, "step_back", reason="sore", stage="2")
    before = record_of(changing_app, ids.anna).history.decisions
    answer = press(client, "decide", ids.anna, f"{kind}:{seen}", reason="feels strong")
    assert "has moved since you looked" in words(answer)
    assert "feels strong" in words(answer)  # what was typed is not lost
    assert f'"key": "{kind}:2"' in words(answer)  # and the page shows where it stands
    assert record_of(changing_app, ids.anna).history.decisions == before
    press(client, "decide", ids.anna, f"{kind}:2", reason="feels strong")
    assert len(record_of(changing_app, ids.anna).history.decisions) == len(before) + 1


def test_what_cannot_be_decided_is_said_beside_the_field(changing_app: Dash, ids: Ids) -> None:
    client, before = signed_in(changing_app, "ito"), record_of(changing_app, ids.anna).history.decisions
    for key, fields, said in (
        ("hold", {"reason": "  "}, "needs a reason"),
        ("step_back", {"reason": "sore", "stage": "99"}, "none of this name"),
        ("abolish", {"reason": "why not"}, "nothing that can be decided"),
        ("hold", {"reason": "x" * 5000}, "characters"),
        ("hold", {"reason": {"not": "a text"}}, "needs a reason"),
    ):
        assert said in words(press(client, "decide", ids.anna, key, **fields))
    assert record_of(changing_app, ids.anna).history.decisions == before


def test_only_a_clinician_decides(changing_app: Dash, ids: Ids) -> None:
    before = record_of(changing_app, ids.anna).history.decisions
    for name in ("anna", "kim", "uma", "office"):
        client = signed_in(changing_app, name)
        assert press(client, "decide", ids.anna, "hold", reason="because").status_code in (403, 404)
    assert record_of(changing_app, ids.anna).history.decisions == before


def test_a_clinicians_word_lets_exercises_in(changing_app: Dash, ids: Ids) -> None:
    client = signed_in(changing_app, "ito")
    assert press(client, "gate", ids.anna, "yes:clinician_ok_exercises").status_code == 200
    answers = record_of(changing_app, ids.anna).history.gate_answers
    assert [(one.gate, one.passed, one.by) for one in answers if one.gate == "clinician_ok_exercises"] == [
        ("clinician_ok_exercises", True, "ito")
    ]
    assert press(client, "gate", ids.anna, "yes:no_such_gate").status_code == 400


@pytest.mark.unhurried
def test_what_a_plan_changes_is_shown_before_it_is_signed(changing_app: Dash, ids: Ids) -> None:
    client, record = signed_in(changing_app, "ito"), record_of(changing_app, ids.anna)
    before = content_in_force(record)
    numbers = {"rules.min_rest_days_between_runs": 2}
    fields: dict[str, Any] = {"text": json.dumps(before), "numbers": numbers}
    seen = press(client, "preview", ids.anna, **fields)
    assert "rules.min_rest_days_between_runs: 1, now 2" in words(seen)
    assert not record_of(changing_app, ids.anna).plans
    digest = drafted(before, fields["text"], numbers, places=usual_numbers("strain")).digest
    refused = press(client, "adopt", ids.anna, digest, why=" ", **fields)
    assert "Say why" in words(refused)
    stale = press(client, "adopt", ids.anna, "0123456789abcdef", why="more rest", **fields)
    assert "changed since you looked" in words(stale)
    assert not record_of(changing_app, ids.anna).plans
    press(client, "adopt", ids.anna, digest, why="more rest", **fields)
    (version,) = record_of(changing_app, ids.anna).plans
    assert (version.signed, version.by, version.reason) == (True, "ito", "more rest")
    assert isinstance(version.content, dict)
    assert version.content["rules"]["min_rest_days_between_runs"] == 2


def test_a_plan_that_is_none_says_where(client_of: ClientOf, ids: Ids) -> None:
    for text, said in (
        ("{", "not the JSON of a plan"),
        ("{}", "the new plan"),
        ("[" * 100_000, "not the JSON of a plan"),
        ("", "empty"),
    ):
        answer = press(client_of("ito"), "preview", ids.anna, text=text)
        assert answer.status_code == 200
        assert said in words(answer)


def test_a_note_reaches_the_athlete_as_it_was_written(changing_app: Dash, ids: Ids) -> None:
    text = "<script>alert(1)</script> easy week"
    press(signed_in(changing_app, "ito"), "send", ids.anna, note=text)
    with store_of(changing_app).seen_by("anna") as repository:
        assert ("ito", text) in [(note.by, note.text) for note in repository.sharing.notes(ids.anna)]


@pytest.mark.unhurried
def test_files_are_taken_away_and_the_athlete_can_see_by_whom(changing_app: Dash, ids: Ids) -> None:
    client = signed_in(changing_app, "ito")
    report = client.get(f"/athlete/{ids.anna}/episode.pdf")
    assert report.data.startswith(b"%PDF")
    assert "attachment" in report.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(client.get(f"/athlete/{ids.anna}/episode-runs.csv").text)))
    runs = {run.run_id: run for run in record_of(changing_app, ids.anna).history.runs}
    assert rows
    assert all(runs[row["run_id"]].start.isoformat() == row["start"] for row in rows)
    assert_own_numbers(changing_app, ids.anna, rows)
    answers = list(csv.DictReader(StringIO(client.get(f"/athlete/{ids.anna}/episode-check-ins.csv").text)))
    assert {row["moment"] for row in answers} <= {"during", "after", "next_morning"}
    assert answers
    with store_of(changing_app).seen_by("anna") as repository:
        looks = {(one.by, one.subject) for one in repository.sharing.audit(ids.anna) if one.action == "read"}
    assert {("ito", f"episode {what}") for what in ("report", "runs", "check-ins")} <= looks


@pytest.mark.unhurried
def test_effort_and_running_are_the_same_in_every_file(changing_app: Dash, ids: Ids, tmp_path: Path) -> None:
    with store_of(changing_app).changed_by("anna") as repository:
        felt = CheckIn(at=NOON, moment="after", pain=0, run_id=ids.recorded, effort_cr10=5.5)
        repository.care.add_check_in(ids.anna, felt)
    client = signed_in(changing_app, "ito")
    rows = csv.DictReader(StringIO(client.get(f"/athlete/{ids.anna}/episode-runs.csv").text))
    (row,) = (row for row in rows if row["run_id"] == ids.recorded)
    with store_of(changing_app).seen_by("ito") as repository:
        taken = row_of(of_history(repository, ids.recorded, scratch=tmp_path, samples=False)).values
    assert float(row["effort_cr10"]) == taken["effort_cr10"] == 5.5
    assert float(row["running_s"]) == taken["running_s"]


def assert_own_numbers(app: Dash, athlete_id: str, rows: list[dict[str, str]]) -> None:
    """A number of a run is the same in this table and on its own page; what is another has another name."""
    with store_of(app).seen_by("ito") as repository:
        listed = repository.runs.listed(athlete_id)
        injury = max(
            repository.record(athlete_id, segments=False).history.injuries, key=lambda one: one.onset
        )
    own = {one.run.run_id: one.headline for one in listed}
    legs = {"injured": injury.side, "other": OPPOSITE[injury.side]}
    for row in rows:
        for leg, side in legs.items():
            for name in ("shank_angle_ic_deg", "pelvic_drop_deg", "contact_time_s"):
                kept = own[row["run_id"]][side][name]
                assert row[f"{name}_{leg}"] == ("" if kept is None else str(kept)), (row, name)
    levels = {column for column in rows[0] if "_level_" in column}
    assert len(levels) == 4
    assert any(row[column] for row in rows for column in levels)
    sided = (re.fullmatch(r"(.+?)(_level)?_(injured|other)", name) for name in rows[0])
    assert {name[1] for name in sided if name} <= {one.name for one in STRIDE_COLUMNS}


@pytest.mark.unhurried
def test_the_report_is_in_the_language_of_the_page_whose_link_was_pressed(
    changing_app: Dash, ids: Ids
) -> None:
    """Whatever fetches it, such as a browser's downloads, may ask for no language, or another."""
    client = signed_in(changing_app, "ito")
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de-DE,de;q=0.9"
    page = words(shown(client, PAGE, ids.anna))
    (link,) = set(re.findall(rf"/athlete/{ids.anna}/episode\.pdf[^\"]*", page))
    (bundle,) = set(re.findall(rf"/athlete/{ids.anna}/episode-fhir\.json[^\"]*", page))
    for asked in (None, "en"):
        if asked is None:
            del client.environ_base["HTTP_ACCEPT_LANGUAGE"]
        else:
            client.environ_base["HTTP_ACCEPT_LANGUAGE"] = asked
        assert "Verletzung" in text_of(client.get(link).data)
    assert '"language":"de"' in client.get(bundle).text.replace(" ", "")
    bare = link.partition("?")[0]
    for strange in (bare, f"{bare}?language=", f"{bare}?language=xx"):
        assert "Injury" in text_of(client.get(strange).data)
    store = store_of(changing_app)
    account = store.profiles.by_name("ito")
    assert account is not None
    store.profiles.choose(account, language="en", units="km")
    assert "Injury" in text_of(client.get(link).data)  # what the account says comes first, as on pages


@pytest.mark.unhurried
def test_a_clinics_record_gets_the_report_and_the_measures(changing_app: Dash, ids: Ids) -> None:
    bundle = pytest.importorskip("fhir.resources.R4B.bundle").Bundle
    taken = signed_in(changing_app, "ito").get(f"/athlete/{ids.anna}/episode-fhir.json")
    found = bundle.model_validate_json(taken.data)
    (report,) = [
        one.resource for one in found.entry if one.resource.get_resource_type() == "DiagnosticReport"
    ]
    assert report.presentedForm[0].data.startswith(b"%PDF")
    assert report.status == "partial"
    (patient,) = [one.resource for one in found.entry if one.resource.get_resource_type() == "Patient"]
    assert patient.name[0].text == record_of(changing_app, ids.anna).athlete.name
    with store_of(changing_app).seen_by("anna") as repository:
        looks = {(one.by, one.subject) for one in repository.sharing.audit(ids.anna) if one.action == "read"}
    assert ("ito", "episode as fhir") in looks


def conclusion_of(app: Dash, athlete_id: str) -> str:
    """What stands in the episode's DiagnosticReport for clinician ito."""
    taken = signed_in(app, "ito").get(f"/athlete/{athlete_id}/episode-fhir.json").get_json()
    (found,) = (
        one["resource"]["conclusion"]
        for one in taken["entry"]
        if one["resource"]["resourceType"] == "DiagnosticReport"
    )
    return str(found)


@pytest.mark.unhurried
def test_its_conclusion_tells_what_was_found_and_gives_no_advice(changing_app: Dash, ids: Ids) -> None:
    pytest.importorskip("fhir.resources.R4B.bundle")
    conclusion = conclusion_of(changing_app, ids.anna)
    with store_of(changing_app).seen_by("ito") as repository:
        _record, _found, episode = gathered(repository, ids.anna)
    assert episode is not None
    still = [one for one in episode.warnings if one.resolved_at is None]
    assert still
    for warning in still:
        assert as_typed(spoken(warning.evidence.sentence)) in conclusion
        assert not (to_do := warning.evidence.to_do) or as_typed(spoken(to_do)) not in conclusion
    assert as_typed(spoken(episode.next.words)) not in conclusion
    assert "injured minus other" in conclusion
    assert not re.search(r"\byour?\b(?! baseline)", conclusion)


@pytest.mark.unhurried
def test_its_conclusion_leaves_out_what_was_overruled(changing_app: Dash, ids: Ids) -> None:
    pytest.importorskip("fhir.resources.R4B.bundle")
    with store_of(changing_app).changed_by("ito") as repository:
        _record, _found, episode = gathered(repository, ids.anna)
        assert episode is not None
        one = next(one for one in episode.warnings if one.resolved_at is None)
        at = repository.now(ids.anna)
        overruled = Act(at=at, warning=one.key, kind="overruled", by="ito", reason="the strap had turned")
        repository.care.act(ids.anna, overruled)
    assert as_typed(spoken(one.evidence.sentence)) not in conclusion_of(changing_app, ids.anna)


def test_no_word_of_an_export_becomes_a_formula(changing_app: Dash, ids: Ids) -> None:
    from imu.training.history import CheckIn

    with store_of(changing_app).changed_by("anna") as repository:
        at = NOON - timedelta(hours=1)
        told = CheckIn(at=at, moment="after", pain=1, site="thigh", note="=cmd|' /C calc'!A0")
        repository.care.add_check_in(ids.anna, told)
    taken = signed_in(changing_app, "ito").get(f"/athlete/{ids.anna}/episode-check-ins.csv")
    notes = [row["note"] for row in csv.DictReader(StringIO(taken.text))]
    assert "'=cmd|' /C calc'!A0" in notes


def test_a_warning_is_answered_with_a_reason(changing_app: Dash, ids: Ids) -> None:
    client = signed_in(changing_app, "ito")
    found = judge(record_of(changing_app, ids.anna), now=NOON)
    pressing = next(one for one in found.pressing)
    refused = press(client, "overruled", ids.anna, pressing.key, why=" ")
    assert "Say why it does not count." in words(refused)
    assert "left hamstring" not in words(refused)  # said beside the field: what was typed stays
    assert record_of(changing_app, ids.anna).acts == ()
    assert "Kept" in words(press(client, "overruled", ids.anna, pressing.key, why="a new shoe"))
    (act,) = record_of(changing_app, ids.anna).acts
    assert (act.warning, act.kind, act.by, act.reason) == (pressing.key, "overruled", "ito", "a new shoe")


@pytest.mark.unhurried
def test_an_answer_to_a_warning_that_is_gone_shows_how_it_is_now(changing_app: Dash, ids: Ids) -> None:
    client = signed_in(changing_app, "ito")
    (pressing,) = judge(record_of(changing_app, ids.anna), now=NOON).pressing
    press(client, "overruled", ids.anna, pressing.key, why="a new shoe")
    again = press(client, "overruled", ids.anna, pressing.key, why="a colleague's shoe")
    assert "a new shoe" in words(again)
    assert len(record_of(changing_app, ids.anna).acts) == 1


def open_injury(app: Dash, athlete_id: str) -> Injury:
    (injury,) = (one for one in record_of(app, athlete_id).history.injuries if one.resolved is None)
    return injury


@pytest.mark.unhurried
@pytest.mark.parametrize("who", ["ito", "anna"])
def test_who_writes_there_says_that_the_injury_is_over(changing_app: Dash, ids: Ids, who: str) -> None:
    client, injury = signed_in(changing_app, who), open_injury(changing_app, ids.anna)
    assert "The injury is over" in words(shown(client, PAGE, ids.anna))
    answer = words(press(client, "end", ids.anna, injury.injury_id, day="2026-03-01"))
    assert on_a_page("The injury is over since 2026-03-01.") in answer
    kept = {one.injury_id: one.resolved for one in record_of(changing_app, ids.anna).history.injuries}
    assert kept[injury.injury_id] == date(2026, 3, 1)
    page = words(shown(client, PAGE, ids.anna))
    assert on_a_page("2026-03-01") in page
    assert "The end of the injury" not in page
    with store_of(changing_app).seen_by("anna") as repository:
        told = [one for one in repository.sharing.audit(ids.anna) if one.action == "injury over"]
    assert (who, injury.injury_id) in [(one.by, one.subject) for one in told]


@pytest.mark.unhurried
def test_a_day_on_which_no_injury_can_be_over_changes_nothing(changing_app: Dash, ids: Ids) -> None:
    client, injury = signed_in(changing_app, "ito"), open_injury(changing_app, ids.anna)
    for day, said in (
        ((NOON + timedelta(days=2)).date().isoformat(), "in the future"),
        ((injury.onset - timedelta(days=1)).isoformat(), "before it began"),
        (None, "Say since which day."),
        ("soon", "Say since which day."),
        ({"not": "a day"}, "Say since which day."),
    ):
        answer = press(client, "end", ids.anna, injury.injury_id, day=day)
        assert answer.status_code == 200
        assert said in words(answer)
        assert "left hamstring" not in words(answer)  # said beside the field
    assert open_injury(changing_app, ids.anna) == injury
    other = press(client, "end", ids.anna, "no such injury", day="2026-03-01")
    assert "none of this name" in words(other)


def test_a_page_that_was_open_meanwhile_does_not_move_the_day(changing_app: Dash, ids: Ids) -> None:
    client, injury = signed_in(changing_app, "ito"), open_injury(changing_app, ids.anna)
    press(client, "end", ids.anna, injury.injury_id, day="2026-03-01")
    again = press(client, "end", ids.anna, injury.injury_id, day="2026-02-28")
    assert "since you looked" in words(again)
    kept = {one.injury_id: one.resolved for one in record_of(changing_app, ids.anna).history.injuries}
    assert kept[injury.injury_id] == date(2026, 3, 1)


@pytest.mark.unhurried
def test_who_may_not_write_there_is_neither_offered_the_end_nor_heard(changing_app: Dash, ids: Ids) -> None:
    """Otto coaches with a grant that reads all; the others have less, or nothing."""
    injury = open_injury(changing_app, ids.anna)
    with store_of(changing_app).changed_by("anna") as repository:
        repository.sharing.grant(ids.anna, "otto", "clinical")
    page = words(shown(signed_in(changing_app, "otto"), PAGE, ids.anna))
    assert "left hamstring" in page
    assert "The injury is over" not in page
    for name in ("otto", "kim", "uma", "ben", "office"):
        answer = press(signed_in(changing_app, name), "end", ids.anna, injury.injury_id, day="2026-03-01")
        assert answer.status_code in (403, 404)
        assert not any(secret in words(answer) for secret in secrets_of("anna"))
    assert open_injury(changing_app, ids.anna) == injury


def test_a_closed_episode_counts_from_today_and_shows_what_is_written_since(
    changing_app: Dash, ids: Ids
) -> None:
    known = record_of(changing_app, ids.anna).history.injuries
    (injury,) = (one for one in known if one.resolved is None)
    over = injury.onset + timedelta(days=30)
    with store_of(changing_app).changed_by("anna") as repository:
        repository.care.resolve_injury(ids.anna, injury.injury_id, over)
    client = signed_in(changing_app, "ito")
    press(client, "send", ids.anna, note="see you in spring")
    told = words(shown(client, PAGE, ids.anna))
    assert f"{(NOON.date() - injury.onset).days} days ago" in told
    assert "see you in spring" in told


def test_where_no_injury_is_on_record_the_way_leads_to_where_one_is_told(changing_app: Dash) -> None:
    with store_of(changing_app).changed_by("ito") as repository:
        kept = repository.sharing.add_athlete("Nils").athlete_id
    said = words(shown(signed_in(changing_app, "ito"), PAGE, kept))
    assert "The athlete can record one." not in said
    assert f'"/athlete/{kept}/today"' in said
    assert "injured-side" in words(shown(signed_in(changing_app, "ito"), "today", kept))


def test_a_table_without_a_row_names_its_columns(changing_app: Dash) -> None:
    with store_of(changing_app).changed_by("ito") as repository:
        kept = repository.sharing.add_athlete("Nils").athlete_id
        injury = Injury(injury_id="calf", side="left", site="calf", onset=NOON.date())
        repository.care.add_injury(kept, injury)
    client = signed_in(changing_app, "ito")
    for file, column in (
        ("episode-check-ins.csv", "moment"),
        ("episode-runs.csv", "peak_tibial_acc_g_other"),
    ):
        (head,) = csv.reader(StringIO(client.get(f"/athlete/{kept}/{file}").text))
        assert column in head
