"""Goals held against evidence made by hand."""

import numpy as np
import pandas as pd
import pytest

from imu.validation.evidence import Evidence
from imu.validation.experiments import ALL_SENSORS, UNCALIBRATED
from imu.validation.goals import GOALS
from imu.validation.judging import MET, MISSED, NOT_MEASURED, Verdict, judge, summary
from imu.validation.tables import (
    agreement_chapters,
    goal_chapters,
    markdown,
    missed_goals,
    number,
    text,
    unmeasured_goals,
)

RUN = {"activity": "run", "block": "0"}


def trial(name: str, variant: str = "field", sensors: str = ALL_SENSORS, **tables: pd.DataFrame) -> Evidence:
    """Evidence of one analysis of an RBDS trial."""
    labels = {
        "set": "rbds",
        "variant": variant,
        "speed": "3.5",
        "trial": name,
        "runner": name.partition("_")[0],
    }
    return Evidence.of(labels | {"sensors": sensors, "calibration": UNCALIBRATED}, **tables)


def errors(metric: str, error: list[float], truth: float = 1.0, side: str = "left") -> pd.DataFrame:
    table = pd.DataFrame({"metric": metric, "side": side, "time_s": np.arange(len(error)), "truth": truth})
    return table.assign(error=error, ours=truth + np.array(error), **RUN)


def contacts(true: int, missed: int) -> pd.DataFrame:
    counts = {"true": true, "missed": missed, "extra": 0, "side_wrong": 0, "side_unknown": 0}
    return pd.DataFrame([counts | {"strides": true, "strides_found": true - missed, "mislabelled": 0} | RUN])


def verdict_on(quantity: str, evidence: Evidence) -> Verdict:
    (verdict,) = judge(evidence, [goal for goal in GOALS if goal.quantity == quantity][:1])
    return verdict


def test_labels_leave_every_row_once_whatever_its_index() -> None:
    twice = pd.concat([errors("ic_time_s", [0.001, 0.002]), errors("to_time_s", [0.003, 0.004])])
    assert trial("RBDS001_T35", errors=twice).errors["error"].tolist() == [0.001, 0.002, 0.003, 0.004]


def test_every_goal_has_its_own_name_in_its_chapter() -> None:
    names = [(goal.chapter, goal.quantity) for goal in GOALS]
    assert len(names) == len(set(names))


def test_without_evidence_nothing_is_judged() -> None:
    verdicts = judge(Evidence.joined([]))
    assert {verdict.met for verdict in verdicts} == {None}
    assert goal_chapters(verdicts) == []
    assert summary(verdicts) == f"{len(GOALS)} goals not measured"
    assert len(unmeasured_goals(verdicts)) == len({goal.chapter for goal in GOALS})


def test_bias_is_judged_by_size_and_names_the_worst_trial() -> None:
    good = trial("RBDS001_T35", errors=errors("ic_time_s", [0.001, 0.003]))
    late = trial("RBDS002_T35", errors=errors("ic_time_s", [-0.009, -0.011]))
    verdict = verdict_on("initial contact, bias", Evidence.joined([good, late]))
    (judgement,) = verdict.judgements
    assert (verdict.word, judgement.column) == (MET, "field")
    assert judgement.measured.value == pytest.approx(-4.0)
    assert judgement.measured.worst == "RBDS002_T35 field"
    assert judgement.measured.worst_value == pytest.approx(-10.0)


def test_a_good_mean_over_a_bad_runner_is_a_missed_goal() -> None:
    evidence = Evidence.joined(
        [
            trial("RBDS001_T35", errors=errors("ic_time_s", [0.009, 0.009])),
            trial("RBDS002_T35", errors=errors("ic_time_s", [-0.009, -0.009])),
        ]
    )
    assert verdict_on("initial contact, bias", evidence).word == MET
    assert verdict_on("initial contact, worst runner", evidence).word == MISSED


def test_one_bad_variant_misses_the_goal() -> None:
    clean = trial("RBDS001_T35", "clean", contacts=contacts(1000, 0))
    field = trial("RBDS001_T35", "field", contacts=contacts(1000, 20))
    verdict = verdict_on("missed contacts", Evidence.joined([clean, field]))
    assert [judgement.met for judgement in verdict.judgements] == [True, False]
    assert missed_goals([verdict]) == [
        "missed contacts (Contacts): field 2.00; goal ≤ 0.3 %; worst 2.00 in RBDS001_T35 field"
    ]


def test_speed_is_judged_by_the_means_of_trials_not_by_strides() -> None:
    # Strides 20 % up and down: the trials' means are 1 % too fast and 3 % too slow.
    evidence = Evidence.joined(
        [
            trial("RBDS001_T25", errors=errors("speed_mps", [0.42, -0.38], truth=2.0)),
            trial("RBDS001_T45", errors=errors("speed_mps", [0.34, -0.46], truth=2.0)),
        ]
    )
    bias = verdict_on("speed uncalibrated: bias", evidence).judgements[0].measured
    rmse = verdict_on("speed uncalibrated: RMSE of trials", evidence).judgements[0].measured
    assert bias.value == pytest.approx(-1.0)
    assert rmse.value == pytest.approx(np.sqrt((1 + 9) / 2))
    assert rmse.worst == "RBDS001_T45 field"


def test_asymmetry_is_the_error_of_left_minus_right() -> None:
    both = [errors("shank_angle_ic_deg", [1.0, 1.0]), errors("shank_angle_ic_deg", [-0.5], side="right")]
    evidence = trial("RBDS001_T35", errors=pd.concat(both))
    assert verdict_on("shank angle, left - right", evidence).judgements[0].measured.value == pytest.approx(
        1.5
    )


def test_sensor_sets_are_columns_of_their_own() -> None:
    evidence = Evidence.joined(
        [
            trial("RBDS001_T35", sensors="two shanks", contacts=contacts(100, 0)),
            trial("RBDS001_T35", sensors="left shank", contacts=contacts(50, 1)),
            trial("RBDS001_T35", sensors="right shank", contacts=contacts(50, 0)),
        ]
    )
    (verdict,) = [found for found in judge(evidence) if found.goal.by_sensors and found.judgements]
    values = {judgement.column: judgement.measured.value for judgement in verdict.judgements}
    assert values == {"two shanks": 0.0, "one shank": 1.0}
    (chapter,) = goal_chapters([verdict])
    assert chapter.table.header == ("", "", "goal", "two shanks", "one shank", "worst")


def test_a_share_that_must_be_high_is_missed_when_low() -> None:
    coverage = pd.DataFrame([{"metric": "speed_mps", "true": 100, "covered": 95} | RUN])
    evidence = trial("RBDS001_T35", coverage=coverage)
    assert verdict_on("speed", evidence).word == MISSED


def test_a_refused_recording_is_a_missed_goal() -> None:
    evidence = trial("RBDS001_T35", refused=pd.DataFrame([{"reason": "too short"}]))
    assert verdict_on("analyses refused", evidence).word == MISSED


def test_a_boundary_never_found_is_infinitely_late_and_shown_as_never() -> None:
    edges = pd.DataFrame({"edge_s": [5.0, 35.0, 65.0], "error_s": [0.1, -0.2, np.inf]})
    labels = {"set": "walkrun", "variant": "field", "speed": "", "trial": "walkrun_x", "runner": "x"}
    evidence = Evidence.of(labels | {"sensors": "pelvis", "calibration": UNCALIBRATED}, edges=edges)
    verdicts = {verdict.goal.quantity: verdict for verdict in judge(evidence)}
    assert verdicts["boundaries, median"].judgements[0].measured.value == pytest.approx(0.2)
    assert verdicts["boundaries, 95 %"].word == MISSED
    assert "never" in text(goal_chapters([verdicts["boundaries, 95 %"]])[0].table)


def test_tables_line_up_and_markdown_has_a_rule() -> None:
    evidence = trial("RBDS001_T35", contacts=contacts(1000, 20))
    (chapter,) = goal_chapters([verdict_on("missed contacts", evidence)])
    header, row = text(chapter.table).splitlines()
    assert header.index("goal") == row.index("≤ 0.3 %")
    assert markdown(chapter.table).splitlines()[1] == "| --- | --- | --- | ---: | ---: | ---: | --- |"


def test_agreement_has_a_row_per_set_variant_and_speed() -> None:
    seen = pd.DataFrame([{"metric": "ic_time_s", "true": 4, "covered": 2} | RUN])
    evidence = Evidence.joined(
        [
            trial("RBDS001_T35", "clean", errors=errors("ic_time_s", [0.001, 0.003]), coverage=seen),
            trial("RBDS001_T35", "field", errors=errors("ic_time_s", [0.002, 0.004]), coverage=seen),
        ]
    )
    (chapter,) = agreement_chapters(evidence)
    assert chapter.title == "Initial contact, ms"
    # Mean 2 ms, sample standard deviation √2 ms: 2 ± 1.96 · √2.
    clean = ("rbds", "clean", "3.5", "2", "1", "2.0", "-0.8 to 4.8", "2.2", "50.0 %", "2.0 in RBDS001_T35")
    assert chapter.table.rows[0] == clean
    assert len(chapter.table.rows) == 2


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1.234, "deg", "1.23"),
        (-0.04, "ms", "0.0"),
        (np.nan, "ms", ""),
        (np.inf, "s", "never"),
        (2.0, "", "2"),
    ],
)
def test_numbers_have_the_digits_of_their_unit(value: float, unit: str, shown: str) -> None:
    assert number(value, unit) == shown


def test_words_do_not_need_colour() -> None:
    assert {MET[0], MISSED[0], NOT_MEASURED[0]} == {"✓", "✗", "–"}
