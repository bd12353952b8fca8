"""The few lines printed after an analysis."""

from pathlib import Path
from typing import Any

from imu.cli.summary import aligned, run_text, runs_table, several


def value(median: float) -> dict[str, float]:
    return {"median": median, "iqr": 0.5, "n": 40}


def summary(**changes: Any) -> dict[str, Any]:
    side = {"strides": 40, "contact_time_s": value(0.25)}
    return {
        "duration_s": 600.0,
        "bouts": [
            {"start_s": 0.0, "end_s": 300.0, "activity": "walk"},
            {"start_s": 300.0, "end_s": 600.0, "activity": "run"},
        ],
        "running": {
            "left": side | {"shank_angle_ic_deg": value(6.04)},
            "right": side | {"shank_angle_ic_deg": value(-0.01)},
            "overall": {"strides": 80, "cadence_spm": value(170.2), "speed_mps": value(3.0)},
        },
        "distance_m": 900.0,
        "warnings": [],
        "sensors": {},
        "not_judged": [{"what": "pelvic_drop_deg", "why": "no pelvis sensor"}],
    } | changes


def test_one_run_says_how_much_was_run_each_side_and_what_is_absent() -> None:
    text = run_text(summary(), out=Path("report"))
    assert text.startswith("5.0 min of running in 10.0 min recorded, 0.90 km, 80 strides.\n")
    (angle,) = [line for line in text.splitlines() if line.startswith("Shank angle at contact")]
    assert angle.split()[-2:] == ["6.0°", "0.0°"]
    (drop,) = [line for line in text.splitlines() if line.startswith("Pelvic drop")]
    assert drop.split()[-2:] == ["-", "-"]
    assert "Warnings: none." in text
    assert "Not judged:\n  - pelvic_drop_deg: no pelvis sensor" in text
    assert text.endswith("Results: report")


def test_a_walk_has_no_running_numbers() -> None:
    walk = [{"start_s": 0.0, "end_s": 600.0, "activity": "walk"}]
    text = run_text(summary(bouts=walk, running={}, distance_m=0.0), out=Path("report"))
    assert text.startswith("No running in 10.0 min recorded.\n")
    assert "Cadence" not in text


def test_several_runs_are_a_line_each_and_a_failed_one_says_so() -> None:
    results: list[dict[str, Any]] = [
        {"name": "monday", "summary": summary()},
        {"name": "friday", "error": "no"},
    ]
    head, monday, friday = runs_table(results).splitlines()
    assert head.split()[:3] == ["recording", "strides", "running"]
    assert monday.split()[:4] == ["monday", "80", "5.0", "min"]
    assert friday.split() == ["friday", "not", "analysed"]


def test_columns_stand_under_each_other() -> None:
    assert aligned([["a", "1"], ["long", "22"], ["b"]]) == "a      1\nlong  22\nb"


def test_one_of_a_thing_is_not_several() -> None:
    assert [several(number, "run") for number in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]
