"""One athlete as a coach sees him: within the scope; notes are written, warnings answered."""

import json
from typing import Any

import pytest
from dash import Dash
from werkzeug.test import TestResponse

import imu
from dashboard import ids as names
from dashboard.pages import PAGES
from dashboard.pages.warning_acts import KINDS
from dashboard.text.evidence import evidence, kept
from dashboard.text.rules import standing_in_words
from imu.followup.standing import judged_and_kept
from imu.training.warnings import ActKind
from tests.dashboard.asking import call, plain, shown, signed_in, store_of, value, words
from tests.dashboard.conftest import ClientOf, Ids
from tests.dashboard.seeded import NAMES, secrets_of


def test_a_coach_sees_stage_load_warnings_and_notes_and_no_clinical_word(
    client_of: ClientOf, ids: Ids
) -> None:
    told = words(shown(client_of("kim"), "athlete", ids.anna))
    clinical, _, note, name = secrets_of("anna")
    assert name in told
    assert note in told
    assert clinical not in told
    assert "7-day load" in told
    assert "changed from your baseline" in told
    assert "/episode" not in told


def test_a_clinician_is_shown_the_way_to_the_episode(client_of: ClientOf, ids: Ids) -> None:
    assert f"/athlete/{ids.anna}/episode" in words(shown(client_of("ito"), "athlete", ids.anna))


@pytest.mark.parametrize("name", ["ben", "otto", "uma", "office"])
def test_whoever_may_not_look_learns_nothing(client_of: ClientOf, ids: Ids, name: str) -> None:
    client = client_of(name)
    unshared, unknown = shown(client, "athlete", ids.anna), shown(client, "athlete", "0" * 32)
    assert unshared.status_code == unknown.status_code == 404
    assert unshared.data == unknown.data


def filled(output: str, at: Any, beside: Any) -> list[Any]:
    """What a browser says it will fill: the names of properties tell callbacks apart that fill the same."""
    properties = [part.rpartition(".")[2] for part in output[2:-2].split("...")]
    first, second = ({"id": of, "property": name} for of, name in zip((at, beside), properties, strict=True))
    return [first, [second] if "ALL" in output else second]


def written(app: Dash, name: str, athlete_id: str, text: Any) -> TestResponse:
    """The answer to a note that was sent."""
    at, note = names.content("athlete", athlete_id), names.control("athlete", "note", athlete_id)
    (output,) = (key for key in app.callback_map if '"name":"note"' in key and '"control":"athlete"' in key)
    return call(
        signed_in(app, name),
        output,
        to=filled(output, at, note),
        inputs=[value(names.control("athlete", "write", athlete_id), "n_clicks", 1)],
        state=[value(note, "value", text), value(at, "id", at)],
    )


def notes(app: Dash, athlete_id: str) -> list[str]:
    with store_of(app).seen_by("anna") as repository:
        return [note.text for note in repository.sharing.notes(athlete_id)]


def test_a_note_is_kept_and_shown_as_it_was_typed(changing_app: Dash, ids: Ids) -> None:
    answer = written(changing_app, "kim", ids.anna, "Easy week <b>please</b>")
    assert answer.status_code == 200
    assert "Easy week <b>please</b>" in words(answer)
    assert "Easy week <b>please</b>" in notes(changing_app, ids.anna)


@pytest.mark.parametrize("text", ["", "  \n ", None, "x" * 2001])
def test_a_note_that_is_none_is_refused_beside_its_field(changing_app: Dash, ids: Ids, text: Any) -> None:
    before = notes(changing_app, ids.anna)
    answer = written(changing_app, "kim", ids.anna, text)
    assert answer.status_code == 200
    assert "error" in words(answer)
    assert NAMES["anna"] not in words(answer)
    assert notes(changing_app, ids.anna) == before


@pytest.mark.parametrize("name", ["ben", "otto", "office"])
def test_nobody_else_writes(changing_app: Dash, ids: Ids, name: str) -> None:
    before = notes(changing_app, ids.anna)
    assert written(changing_app, name, ids.anna, "hello").status_code == 404
    assert notes(changing_app, ids.anna) == before


def answered(
    app: Dash,
    name: str,
    athlete_id: str,
    kind: ActKind,
    key: str,
    *,
    page: str = "athlete",
    reason: Any = None,
) -> TestResponse:
    """The answer to a button of a warning that was pressed."""
    at, why = names.content(page, athlete_id), names.control(page, "why", athlete_id, key)
    (output,) = (
        key
        for key, found in app.callback_map.items()
        if f'"content":"{page}"' in key and '"name":"overruled"' in str(found["inputs"])
    )
    buttons = {each: names.control(page, each, athlete_id, key) for each in KINDS}
    pressed = json.dumps(buttons[kind], sort_keys=True, separators=(",", ":"))
    return call(
        signed_in(app, name),
        output,
        to=filled(output, at, why),
        inputs=[[value(of, "n_clicks", 1 if each == kind else None)] for each, of in buttons.items()],
        state=[[value(why, "value", reason)], [value(why, "id", why)], value(at, "id", at)],
        pressed=f"{pressed}.n_clicks",
    )


def warnings(app: Dash, athlete_id: str) -> list[dict[str, Any]]:
    with store_of(app).seen_by("anna") as repository:
        kept = repository.standings.one(athlete_id, analysis_version=imu.__version__)
    assert kept.is_current
    content = standing_in_words(kept.content)
    assert content is not None
    found: list[dict[str, Any]] = content["warnings"]
    return found


@pytest.mark.parametrize("page", ["athlete", "today", "episode"])
def test_what_a_warning_rests_on_is_said_alike_on_every_page(changing_app: Dash, ids: Ids, page: str) -> None:
    (warning,) = warnings(changing_app, ids.anna)
    told = words(shown(signed_in(changing_app, "ito"), page, ids.anna))
    line = plain(evidence(kept(warning)) or "")
    assert "±" in line
    assert line in told
    assert plain(warning["to_do"]) in told


def test_an_acknowledged_warning_no_longer_asks_and_a_seen_one_says_by_whom(
    changing_app: Dash, ids: Ids
) -> None:
    (warning,) = warnings(changing_app, ids.anna)
    told = words(answered(changing_app, "kim", ids.anna, "seen", warning["key"]))
    assert "seen · kim" in told
    assert plain(warning["sentence"]) in told
    told = words(answered(changing_app, "kim", ids.anna, "acknowledged", warning["key"]))
    assert "Nothing asks for attention." in told
    assert warnings(changing_app, ids.anna) == []


def test_a_warning_that_is_not_there_is_answered_by_nobody(changing_app: Dash, ids: Ids) -> None:
    before = warnings(changing_app, ids.anna)
    assert answered(changing_app, "kim", ids.anna, "acknowledged", "load_spike:made up").status_code == 200
    assert warnings(changing_app, ids.anna) == before
    assert answered(changing_app, "otto", ids.anna, "acknowledged", before[0]["key"]).status_code == 404
    assert warnings(changing_app, ids.anna) == before


@pytest.mark.parametrize("place", ["athlete", "today"])
@pytest.mark.parametrize("reason", [None, "  ", "x" * 501])
def test_overruling_needs_a_reason_and_says_so_beside_the_field(
    changing_app: Dash, ids: Ids, place: str, reason: Any
) -> None:
    (warning,) = warnings(changing_app, ids.anna)
    told = answered(changing_app, "ito", ids.anna, "overruled", warning["key"], page=place, reason=reason)
    assert told.status_code == 200, told.text
    assert "reason has at most" in words(told) or "Say why" in words(told)
    assert "error" in words(told)
    assert warnings(changing_app, ids.anna) == [warning]


@pytest.mark.parametrize("place", ["athlete", "today"])
@pytest.mark.parametrize("kind", ["overruled", "snoozed"])
def test_an_overruled_or_snoozed_warning_is_put_aside_on_every_page(
    changing_app: Dash, ids: Ids, place: str, kind: ActKind
) -> None:
    (warning,) = warnings(changing_app, ids.anna)
    answer = answered(changing_app, "ito", ids.anna, kind, warning["key"], page=place, reason="strap slid")
    assert answer.status_code == 200, answer.text
    assert warnings(changing_app, ids.anna) == []


def test_the_help_page_explains_everything_to_everybody(client_of: ClientOf) -> None:
    for name in ("anna", "kim", "ito", "office"):
        told = words(shown(client_of(name), "help", at_once=True))
        assert "Pelvic drop" in told
        assert "How sure it is" in told
        assert "Changed from your baseline" in told


@pytest.mark.parametrize(("name", "scope"), [("kim", "training"), ("kim", "clinical"), ("ito", "clinical")])
def test_every_page_about_an_athlete_that_may_be_opened_has_a_way_to_it_and_no_other(
    changing_app: Dash, ids: Ids, name: str, scope: Any
) -> None:
    with store_of(changing_app).changed_by("anna") as repository:
        repository.sharing.revoke(ids.anna, name)
        repository.sharing.grant(ids.anna, name, scope)
    client = signed_in(changing_app, name)
    said = words(shown(client, "athlete", ids.anna))
    about = [page.path for page in PAGES if page.path.startswith("/athlete/<athlete_id>/")]
    for path in (one.replace("<athlete_id>", ids.anna) for one in about):
        assert (f'"{path}"' in said) == (client.get(path).status_code == 200), path


def test_whoever_keeps_a_record_finds_the_way_to_sharing_it(changing_app: Dash) -> None:
    with store_of(changing_app).changed_by("ito") as repository:
        kept = repository.sharing.add_athlete("Nils").athlete_id
    said = words(shown(signed_in(changing_app, "ito"), "athlete", kept))
    assert f'"/athlete/{kept}/sharing"' in said


def test_of_an_athlete_without_an_injury_it_is_said_why_no_plan_is_followed(changing_app: Dash) -> None:
    with store_of(changing_app).changed_by("ito") as repository:
        kept = repository.sharing.add_athlete("Nils").athlete_id
        judged_and_kept(repository, kept, analysis_version=imu.__version__)
    said = words(shown(signed_in(changing_app, "ito"), "athlete", kept))
    assert "No plan is followed: no open injury is on record." in said
