"""The shapes other people's scripts read, word for word as promised."""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.api.types import is_bool_dtype, is_float_dtype

from imu.analysis import RunAnalysis
from imu.analysis.columns import STRIDE_COLUMNS
from imu.analysis.flags import MEANINGS, Flag

TEXT_COLUMNS = ("side", "activity", "flags")
NUMBER_COLUMNS = (
    "ic_time_s",
    "to_time_s",
    "next_ic_time_s",
    "stride_time_s",
    "contact_time_s",
    "cadence_spm",
    "speed_mps",
    "stride_length_m",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "peak_tibial_acc_g",
    "pelvic_drop_deg",
    "pelvic_drop_abs_deg",
    "vertical_oscillation_m",
)
UNCERTAINTIES = ("shank_angle_sd_deg", "stride_length_sd_m")
RUNNING_METRICS = (
    "cadence_spm",
    "speed_mps",
    "stride_length_m",
    "contact_time_s",
    "shank_angle_ic_deg",
    "shank_angle_max_deg",
    "pelvic_drop_deg",
    "peak_tibial_acc_g",
    "vertical_oscillation_m",
)


@pytest.fixture(scope="session", params=["in memory", "from csv", "from parquet"])
def strides(
    request: pytest.FixtureRequest, walk_run_run: RunAnalysis, tmp_path_factory: pytest.TempPathFactory
) -> pd.DataFrame:
    if request.param == "in memory":
        return walk_run_run.strides
    out = tmp_path_factory.mktemp("contract") / "out"
    walk_run_run.save(out)
    if request.param == "from csv":
        return pd.read_csv(out / "strides.csv").fillna({"flags": ""})
    return pd.read_parquet(out / "strides.parquet")


def test_every_promised_column_is_there_with_its_type(strides: pd.DataFrame) -> None:
    for name in (*NUMBER_COLUMNS, *UNCERTAINTIES):
        assert is_float_dtype(strides[name]), name
    for name in TEXT_COLUMNS:
        assert strides[name].map(lambda value: isinstance(value, str)).all(), name
    assert is_bool_dtype(strides["valid"])


def test_every_column_of_the_table_is_explained(easy_run: RunAnalysis) -> None:
    assert list(easy_run.strides.columns) == [column.name for column in STRIDE_COLUMNS]
    assert all(column.meaning for column in STRIDE_COLUMNS)


def test_rows_ascend_and_are_one_per_stride_and_side(strides: pd.DataFrame) -> None:
    assert strides["ic_time_s"].is_monotonic_increasing
    assert set(strides["side"]) == {"left", "right"}
    assert set(strides["activity"]) == {"run", "walk"}
    for _, own in strides.groupby("side"):
        overlap_s = own["next_ic_time_s"].shift() - own["ic_time_s"]
        assert overlap_s.max() < 0.002  # a stride begins where the last one of the same foot ended, or later


def test_times_and_lengths_belong_together(strides: pd.DataFrame) -> None:
    assert (strides["next_ic_time_s"] > strides["to_time_s"]).where(strides["to_time_s"].notna(), True).all()
    assert (strides["to_time_s"] > strides["ic_time_s"]).where(strides["to_time_s"].notna(), True).all()
    rows = strides.dropna(subset=["contact_time_s", "speed_mps"])
    stride_s, contact_s = (rows[name] - rows["ic_time_s"] for name in ("next_ic_time_s", "to_time_s"))
    np.testing.assert_allclose(stride_s, rows["stride_time_s"], atol=2e-4, rtol=0)
    np.testing.assert_allclose(contact_s, rows["contact_time_s"], atol=2e-4, rtol=0)
    np.testing.assert_allclose(120 / rows["stride_time_s"], rows["cadence_spm"], rtol=1e-3)


def test_flags_are_words_of_the_documented_list(strides: pd.DataFrame) -> None:
    words = {word for text in strides["flags"] for word in text.split()}
    assert words <= {flag.word for flag in Flag}
    assert set(MEANINGS) == set(Flag)


def test_summary_holds_what_is_promised(easy_run: RunAnalysis) -> None:
    summary = easy_run.summary
    promised = {
        "format",
        "duration_s",
        "sensors",
        "bouts",
        "running",
        "distance_m",
        "load",
        "warnings",
        "not_judged",
    }
    assert promised <= set(summary)
    for sensor in summary["sensors"].values():
        assert {"rate_hz", "missing_share", "clipped_share", "alignment", "grade"} <= set(sensor)
    for bout in summary["bouts"]:
        assert bout["start_s"] < bout["end_s"]
        assert bout["activity"] in ("stand", "walk", "run")
    for side in ("left", "right", "overall"):
        assert summary["running"][side]["strides"] > 0
        for metric in RUNNING_METRICS:
            assert set(summary["running"][side][metric]) == {"median", "iqr", "n"}


def test_summary_file_is_json_that_every_reader_takes(walk_run_run: RunAnalysis, tmp_path: Path) -> None:
    walk_run_run.save(tmp_path / "out")

    def refuse(word: str) -> Any:
        raise AssertionError(f"{word} is no JSON")

    read = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"), parse_constant=refuse)
    assert read == walk_run_run.summary
    assert all(isfinite(number) for number in numbers_in(read))


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float):
        yield value
