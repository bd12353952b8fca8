"""What the analysis wrote of a run is shown in the language of whoever looks."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.text import analysis_words
from dashboard.text.analysis_words import _PATTERNS, analysed, distrusted, stride_flag
from imu.analysis import disagreements, judged
from imu.analysis.clocks import Clocks
from imu.analysis.consistency import Consistency
from imu.analysis.findings import findings
from imu.analysis.flags import Flag
from imu.analysis.straps import Strap
from imu.followup.watch_run import BECAUSE
from imu.signal import quality
from imu.signal.quality import judge_sensor
from imu.signal.sensor_statistics import SensorStatistics

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
    assert BECAUSE in _PATTERNS  # of a run that a watch told alone


def test_gaps_are_filled_with_words_and_numbers_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis_words, "language", lambda: "de")
    monkeypatch.setattr(analysis_words, "decimal_sign", lambda: ",")
    monkeypatch.setattr(analysis_words, "_", lambda text, **gaps: f"<{text.format(**gaps)}>")
    assert analysed("nobody stood still for 2 s: its zero is not known") == (
        "<<nobody stood still for 2\N{NO-BREAK SPACE}s>: its zero is not known>"
    )
    told = "<12,5\N{NO-BREAK SPACE}% of its samples are missing; strides with a gap are not judged.>"
    assert analysed("12.5 % of its samples are missing; strides with a gap are not judged.") == told
    # as it lies in summaries that were kept before a share had its space
    assert analysed("12.5% of its samples are missing; strides with a gap are not judged.") == told
    assert analysed("what an older version wrote") == "what an older version wrote"


def test_why_a_run_is_not_trusted_is_told_in_the_language_of_whoever_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reason = "left shank: 41.8% of its samples are missing; strides with a gap are not judged"
    kept = "the clocks of the pelvis and the left shank do not agree: when it stood is not known"
    assert distrusted(reason) == reason.replace("%", "\N{NO-BREAK SPACE}%")
    monkeypatch.setattr(analysis_words, "language", lambda: "de")
    monkeypatch.setattr(analysis_words, "decimal_sign", lambda: ",")
    monkeypatch.setattr(analysis_words, "_", lambda text, **gaps: f"<{text.format(**gaps)}>")
    share = "41,8\N{NO-BREAK SPACE}%"
    assert distrusted(reason) == (
        f"<left shank>: <{share} of its samples are missing; strides with a gap are not judged.>"
    )
    assert distrusted("Pelvic drop is not judged") == "<Pelvic drop is not judged.>"
    assert distrusted(kept) == f"<{kept}>"
    assert distrusted("what an older version wrote") == "what an older version wrote"


def test_every_warning_of_a_run_is_told_in_the_language_of_whoever_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = [one["sentence"] for one in _warnings()]
    assert len({sentence[:80] for sentence in said}) > 10
    monkeypatch.setattr(analysis_words, "language", lambda: "de")
    monkeypatch.setattr(analysis_words, "decimal_sign", lambda: ",")
    monkeypatch.setattr(analysis_words, "_", lambda _text, **gaps: f"<{' '.join(gaps.values())}>")
    for sentence in said:
        assert not re.search("[a-z]{2}", analysed(sentence)), sentence  # units are no words


def test_every_doubt_of_a_stride_has_words_of_its_own() -> None:
    words = [stride_flag(flag.word) for flag in Flag]
    assert len(set(words)) == len(words)
    assert not any("_" in one for one in words)
    assert stride_flag("of_a_newer_version") == "of_a_newer_version"


def test_in_its_own_language_a_sentence_stays_as_it_is() -> None:
    assert analysed("It recorded at 52.0 Hz; contacts need 100 Hz or more.").startswith("It recorded at 52.0")


def _warnings() -> Iterator[dict[str, Any]]:
    """Warnings of every kind and side, as the analysis makes them."""
    agreed = Consistency({}, ())
    for side, change in product(("left", "right"), (4.0, -4.0)):
        for column in ("shank_angle_change_deg", "pelvic_drop_deg"):
            yield from findings(_run(side, column, change), {}, agreed)
    run = _run("left", "shank_angle_change_deg", 4.0)
    seconds = np.arange(0.0, 1300.0)
    turned = np.column_stack([np.ones(1300), np.where(seconds < 600, 0.0, 0.2)])
    yield from findings(run, {}, agreed, worn={"left": Strap(seconds, turned, ())})
    for share, late_s, drift_s in ((0.9, 0.1, 0.1), (None, 0.1, -0.1), (None, -0.1, 0.0)):
        for out in ({-1}, {1}, {-1, 1}):
            late, drift = dict.fromkeys(out, late_s), dict.fromkeys(out, drift_s)
            clocks = Clocks(late, drift, frozenset(out))
            yield from findings(run[:0], {}, replace(agreed, swapped_share=share, clocks=clocks, phase=0.2))
    lost = SensorStatistics(3000, 0.0, 60.0, 0.01, 6000, 2999, 29.99, 0.5, 3, 20.0, 500, acc_step_mps2=1.0)
    slow = replace(lost, periods=3000)
    for statistics, declared_hz in ((lost, 200.0), (slow, 50.0)):
        judged_poor = judge_sensor(
            statistics, declared_rate_hz=declared_hz, alignment_confidence=0.1, relative=True, mount_shifts=9
        )
        yield from findings(run[:0], {"pelvis": judged_poor, "shank_left": judged_poor}, agreed)


def _run(side: str, column: str, change: float) -> pd.DataFrame:
    """Twenty minutes in which a value changes after ten."""
    time_s = 0.7 * np.arange(1714)
    run = {"side": side, "ic_time_s": time_s, "stride_time_s": 0.7, "speed_mps": 3.0}
    still = {"shank_angle_change_deg": 0.0, "pelvic_drop_deg": 0.0}
    wander = 0.01 * np.sin(time_s)
    return pd.DataFrame(run | still | {column: wander + change * (time_s > 600)})


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
