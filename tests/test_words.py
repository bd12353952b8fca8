"""No sentence that a runner may read diagnoses: every text in the code that makes them is looked at."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SPOKEN = ("analysis", "signal", "report", "live", "cli")  # rooms whose texts reach a runner
JUDGING = ("injur", "weak", "danger", "risk", "unhealth", "abnormal", "patholog", "disease", "diagnos")
# The verb by which people write down an injury, and who names it.
ON_RECORD = ("app.py", "exercise.py", "injury.py", "status_text.py")
DISCLAIMED = ("not a diagnosis", "does not diagnose")


def judging(text: str) -> list[str]:
    """The words of a text that judge health; parts of longer words count too."""
    plain = text.lower()
    for disclaimer in DISCLAIMED:
        plain = plain.replace(disclaimer, "")
    return [word for word in JUDGING if word in plain]


def texts(source: str) -> list[str]:
    """Every text of a module, the parts around the values of an f-string too, but no docstring."""
    tree = ast.parse(source)
    silent = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
    ]


@pytest.mark.parametrize("room", SPOKEN)
def test_no_text_diagnoses(room: str) -> None:
    files = sorted((ROOT / "imu" / room).rglob("*.py"))
    assert files
    found = {
        (file.name, text): words
        for file in files
        for text in texts(file.read_text(encoding="utf-8"))
        if (words := [word for word in judging(text) if word != "injur" or file.name not in ON_RECORD])
    }
    assert found == {}


@pytest.mark.parametrize("room", ["training", "followup"])
def test_rules_speak_of_a_recorded_injury_and_judge_nothing_else(room: str) -> None:
    files = sorted((ROOT / "imu" / room).rglob("*.py"))
    assert files
    said = {text for file in files for text in texts(file.read_text(encoding="utf-8"))}
    assert {text for text in said if set(judging(text.replace("brisk", ""))) - {"injur"}} == set()


@pytest.mark.parametrize("kind", ["svg", "js"])
def test_no_drawing_or_script_of_the_page_diagnoses(kind: str) -> None:
    files = sorted((ROOT / "imu" / "report").glob(f"*.{kind}"))
    assert files
    assert {file.name: judging(file.read_text(encoding="utf-8")) for file in files} == {
        file.name: [] for file in files
    }


@pytest.mark.parametrize(
    "line",
    [
        'x = "A sign of weakness."',
        'x = f"The {side} hip is at risk of injury."',
        'x = ("Your glutes are " "weakened.")',
        "x = {'sentence': 'Dangerous.'}",
    ],
)
def test_a_text_that_diagnoses_is_found(line: str) -> None:
    assert [words for text in texts(line) if (words := judging(text))]


def test_saying_that_it_is_no_diagnosis_is_allowed() -> None:
    assert judging("It is not a diagnosis and does not clear you to run.") == []
    assert judging("A diagnosis.") == ["diagnos"]
