"""What the analysis wrote of a run is shown in the language of whoever looks."""

import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from dashboard.text import analysis_words
from dashboard.text.analysis_words import _PATTERNS, analysed
from imu.analysis import disagreements, judged
from imu.signal import quality

SPEAKING = {
    judged: ("not_judged", "_of_all", "_of_sensor", "_without_zero"),
    disagreements: ("drop_not_judged",),
    quality: ("limited_by_rate",),
}


def test_every_reason_and_remark_that_the_analysis_may_write_has_a_pattern() -> None:
    said = [text for module, names in SPEAKING.items() for text in _texts(module, names)]
    said += _remarks()
    assert len(said) > 40
    strange = [text for text in said if not any(_made_from(text, one) for one in _PATTERNS)]
    assert not strange


def test_gaps_are_filled_with_words_and_numbers_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_words, "language", lambda: "de")
    monkeypatch.setattr(analysis_words, "decimal_sign", lambda: ",")
    monkeypatch.setattr(analysis_words, "_", lambda text, **gaps: f"<{text.format(**gaps)}>")
    assert analysed("nobody stood still for 2 s: its zero is not known") == (
        "<<nobody stood still for 2 s>: its zero is not known>"
    )
    assert analysed("12.5% of its samples are missing; strides with a gap are not judged.") == (
        "<12,5% of its samples are missing; strides with a gap are not judged.>"
    )
    assert analysed("what an older version wrote") == "what an older version wrote"


def test_in_its_own_language_a_sentence_stays_as_it_is() -> None:
    assert analysed("It recorded at 52.0 Hz; contacts need 100 Hz or more.").startswith("It recorded at 52.0")


def _made_from(text: str, pattern: str) -> bool:
    """Whether a text of the source, `\0` for its gaps, makes sentences of a pattern."""
    return re.fullmatch(re.escape(text).replace("\0", ".+"), pattern) is not None


def _texts(module: ModuleType, names: tuple[str, ...]) -> Iterator[str]:
    """Texts of several words within functions, other than their docstrings."""
    for function in ast.parse(inspect.getsource(module)).body:
        if isinstance(function, ast.FunctionDef) and function.name in names:
            parts = [
                one for step in function.body[bool(ast.get_docstring(function)) :] for one in ast.walk(step)
            ]
            within = {id(part) for one in parts if isinstance(one, ast.JoinedStr) for part in one.values}
            yield from (text for one in parts if id(one) not in within and " " in (text := _text(one)))


def _remarks() -> list[str]:
    calls = [one for one in ast.walk(ast.parse(inspect.getsource(quality))) if isinstance(one, ast.Call)]
    return [_text(one.args[1]) for one in calls if isinstance(one.func, ast.Name) and one.func.id == "Remark"]


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "\0" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
