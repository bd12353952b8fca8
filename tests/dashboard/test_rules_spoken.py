"""A German runner reads in German what the rules say; numbers, dates and names in it are the same."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import get_args

import pytest
from flask import Flask, g

from dashboard.text.rules import spoken, standing_in_words
from imu.followup.plans import known_gates, question_of
from imu.followup.standing import patterns
from imu.simulate.season import tell
from imu.training.chart import charts
from imu.training.engine import plan_state
from imu.training.gates import QUESTIONS, Gate, entry_gates, stage_gates
from imu.training.history import History, Injury
from imu.training.metrics import METRICS
from imu.training.next_session import NextSession, next_session
from imu.training.plan_file import default_plan
from imu.training.plan_state import PlanState
from imu.training.rehab import dose_name, dose_words
from imu.training.said import Said, Several, plain, remade, said
from imu.training.stages import stages
from imu.training.warnings import Code, RaisedWarning, warnings
from tests.training.histories import run

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLAN = default_plan()


@pytest.fixture
def german() -> Iterator[None]:
    with Flask(__name__).test_request_context():
        g.language = "de"
        yield


@cache
def season(story: str) -> History:
    return tell(story, until=date(2026, 3, 1)).history


def raised(history: History, *, now: datetime = NOW) -> tuple[RaisedWarning, ...]:
    state = plan_state(history, PLAN, now=now)
    alarms = [alarm for chart in charts(history, now=now) for alarm in chart.alarms]
    return warnings(history, now=now, state=state if isinstance(state, PlanState) else None, alarms=alarms)


def sinking() -> History:
    """Twelve usual runs, then eight in which the pelvis sinks more on the left."""
    usual = [run(at) for at in range(12)]
    return History(runs=(*usual, *(run(at, drop_deg={"left": 5.0}) for at in range(12, 20))))


@cache
def every_warning() -> tuple[RaisedWarning, ...]:
    told = [one for story in ("overstride", "relapse") for one in raised(season(story))]
    history = sinking()
    return (*told, *raised(history, now=history.runs[-1].end + timedelta(hours=1)))


def assert_german(text: str) -> None:
    assert isinstance(text, Said), f"{text}: has no pattern, so it stays English"
    assert spoken(text) != text


@pytest.mark.unhurried
@pytest.mark.parametrize("code", get_args(Code))
@pytest.mark.usefixtures("german")
def test_every_kind_of_warning_is_told_in_german(code: Code) -> None:
    found = [one.evidence for one in every_warning() if one.code == code]
    assert found
    for evidence in found:
        assert_german(evidence.sentence)
        assert_german(evidence.counted)
        assert not evidence.to_do or spoken(evidence.to_do) != evidence.to_do
        assert not evidence.compared_with or spoken(evidence.compared_with) != evidence.compared_with


@pytest.mark.parametrize("key", sorted({*known_gates(PLAN), *QUESTIONS}))
@pytest.mark.usefixtures("german")
def test_every_gate_asks_in_german(key: str) -> None:
    if key != "brisk_walk":  # walked or not: sensors tell
        assert_german(question_of(key))


def every_gate() -> list[Gate]:
    injury = Injury(injury_id="i", side="left", site="proximal hamstring", onset=date(2026, 1, 2), grade="2c")
    history, row = season("returning"), stages(PLAN, profile="tendon")
    return [
        *entry_gates(history, PLAN, injury, at=NOW),
        *entry_gates(History(), PLAN, injury, at=NOW),
        *(gate for stage in row for gate in stage_gates(history, injury, stage, at=NOW)),
    ]


@pytest.mark.usefixtures("german")
def test_every_gate_is_told_in_german() -> None:
    assert {gate.met for gate in every_gate()} == {True, False}
    for gate in every_gate():
        assert_german(gate.sentence)
        assert not gate.to_do or spoken(gate.to_do) != gate.to_do


def followed() -> Iterator[NextSession]:
    """What comes next on every third day of seasons with and without an injury."""
    for story in ("returning", "relapse", "new"):
        history = season(story)
        for back in range(0, 150, 3):
            yield next_session(history, PLAN, now=NOW - timedelta(days=back))


@pytest.mark.unhurried
@pytest.mark.usefixtures("german")
def test_the_next_session_and_its_reasons_are_told_in_german() -> None:
    told = list(followed())
    assert {one.kind for one in told} >= {"none", "walk_run", "easy_run"}
    for one in told:
        for text in (one.words, *one.reasons, *one.to_do, *(gate.sentence for gate in one.gates)):
            assert_german(text)


@pytest.mark.unhurried
@pytest.mark.usefixtures("german")
def test_numbers_have_the_comma_of_the_language_and_all_parts_are_translated() -> None:
    evidence = next(one.evidence for one in every_warning() if one.code == "load_spike")
    value = f"{evidence.value:.1f}".replace(".", ",")
    assert f"{value}\N{NO-BREAK SPACE}{evidence.unit}" in spoken(evidence.sentence)
    flags = said("a red flag was told: {flags:, }", flags=Several([said("a pop"), said("a limp")]))
    assert not {"pop", "limp", "told"} & set(spoken(flags).replace(",", "").split())


@pytest.mark.usefixtures("german")
def test_why_a_sensor_is_not_believed_is_german_within_a_sentence_too() -> None:
    reason = "left shank: 29.7 % of its samples are missing; strides with a gap are not judged"
    sentence = said("Counted as load only: {because:; }.", because=Several([reason, "Made by hand"]))
    told = as_in_a_terminal(spoken(remade(json.loads(json.dumps(plain(sentence))))))
    assert "linker Unterschenkel: 29,7 % " in told
    assert not {"samples", "missing", "judged", "load"} & set(re.findall(r"\w+", told))
    assert told.endswith("; Made by hand.")


@pytest.mark.usefixtures("german")
def test_a_sentence_without_a_pattern_stays_as_it_is() -> None:
    assert spoken("Words of an older version.") == "Words of an older version."
    gone = said("A pattern {that} no catalogue knows.", that="which")
    assert spoken(gone) == gone


def as_in_a_terminal(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_in_english_the_rules_speak_for_themselves() -> None:
    told = [text for one in every_warning() for text in (one.evidence.sentence, one.evidence.to_do)]
    dateless = [one for one in told if isinstance(one, Said) and not re.search(r"\d{4}-", one)]
    assert dateless
    assert all(as_in_a_terminal(spoken(one)) == one for one in dateless)


@pytest.mark.parametrize(("language", "told"), [("en", "30 Jun 2026"), ("de", "30. Juni 2026")])
def test_a_date_in_a_sentence_is_written_as_everywhere_and_never_parted(language: str, told: str) -> None:
    sentence = said("How much did it hurt in the run of {day}, and after it?", day=date(2026, 6, 30))
    kept = {"sentence": str(sentence), "said": patterns({"sentence": sentence})}
    with Flask(__name__).test_request_context():
        g.language = language
        held = told.replace(" ", "\N{NO-BREAK SPACE}")
        assert held in spoken(sentence)
        again = standing_in_words(json.loads(json.dumps(kept)))
        assert again is not None
        assert held in again["sentence"]


def test_what_only_looks_like_a_date_stays() -> None:
    assert spoken(said("the plan is on hold: {why}", why="code 2026-19-99")).endswith("code 2026-19-99")


def test_a_sentence_is_the_same_after_it_was_kept() -> None:
    for one in every_warning():
        text = one.evidence.sentence
        again = remade(json.loads(json.dumps(plain(text))))
        assert (again, again.pattern) == (text, text.pattern)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("german")
def test_a_kept_standing_is_read_in_german() -> None:
    sentence = every_warning()[0].evidence.sentence
    content = {"warnings": [{"sentence": sentence, "level": "amber"}], "runs": 3}
    kept = json.loads(json.dumps({**content, "said": patterns(content)}))
    told = standing_in_words(kept)
    assert told == {"warnings": [{"sentence": spoken(sentence), "level": "amber"}], "runs": 3}
    assert spoken(sentence) != sentence


@pytest.mark.usefixtures("german")
def test_exercises_of_the_plan_that_comes_with_it_have_german_names_and_a_clinicians_own_keeps_hers() -> None:
    known = {dose.name: spoken(dose_name(dose)) for dose in PLAN.exercises}
    assert known["Chair bridge"] == "Brücke am Stuhl"
    own = replace(PLAN.exercises[0], name="Bridge {on one leg}, slowly")
    assert spoken(dose_name(own)) == own.name
    assert spoken(dose_words(own)).startswith(own.name)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_a_person_wrote_within_a_sentence_stays_as_it_was_written(language: str) -> None:
    """Whoever looks for a reference finds it, and copies it as it is."""
    typed = "see scan 1998-11-20.pdf, room -2, 5 m"
    sentence = said("{by} set stage {stage}: {reason}", by="Dr 2001-01-01", stage="3", reason=typed)
    around = said("{day}: {what:; }", day=date(2026, 3, 2), what=Several([sentence, typed]))
    with Flask("test").test_request_context():
        g.language = language
        shown = spoken(around)
        kept = {"words": str(around), "said": {str(around): plain(around)}}
        again = standing_in_words(kept)
    assert again is not None
    assert shown == again["words"]
    assert (shown.count(typed), "Dr 2001-01-01" in shown) == (2, True)
    assert shown.replace("\N{NO-BREAK SPACE}", " ").startswith(
        "2 Mar 2026" if language == "en" else "2. März"
    )


def test_what_was_kept_before_a_word_changed_is_said_as_today() -> None:
    walks = {"jogs": 4, "walk": "3 min", "jog": "2 min"}
    assert remade({"pattern": "{jogs} x ({walk} walk, {jog} jog)", "values": walks}) == (
        "4 × (3 min walk, 2 min jog)"
    )
    kept = {"pattern": "largest late-swing shank angle", "values": {}}
    assert remade(kept) == METRICS["shank_angle_max_deg"].quantity
