"""What only a sensor told which is not to be trusted stays out of other people's records."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from garmin_fit_sdk import Decoder, Stream

from imu.analysis import RunAnalysis, analyze
from imu.analysis.trust import judge
from imu.analysis.withheld import sound, sound_numbers
from imu.errors import RestrideError
from imu.followup.exporting import export, fit_of, left_out
from imu.followup.fhir_runs import fhir_of
from imu.followup.importing import headline_of
from imu.followup.one_run import StrideCurve, sound_curves
from imu.followup.redcap_rows import row_of
from imu.followup.run_to_export import RunToExport
from imu.simulate import SimulationConfig, simulate

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.fixture
def run(walk_run_analysis: RunAnalysis) -> RunToExport:
    """Its pelvis sensor lost a third of its samples."""
    summary = deepcopy(dict(walk_run_analysis.summary))
    summary["sensors"]["pelvis"] |= {"grade": "poor", "sentences": ["33 % of its samples are missing."]}
    return RunToExport(
        name="run", start=NOW, strides=walk_run_analysis.strides, summary=summary, subject="P1"
    )


@pytest.fixture(scope="module")
def slipped() -> RunToExport:
    """Its left shank's strap did not hold."""
    simulated = simulate(SimulationConfig(pattern="stand:5,run:30@3,stand:4", seed=5)).recording
    analysis = analyze(simulated)
    summary = deepcopy(dict(analysis.summary))
    summary["sensors"]["shank_left"] |= {"grade": "poor", "sentences": ["It shifted 5 times."]}
    return RunToExport(
        name="run",
        start=NOW,
        strides=analysis.strides,
        summary=summary,
        subject="P1",
        recording=simulated,
    )


def test_lists_do_not_tell_the_angle_of_a_shank_whose_sensor_is_not_trusted(slipped: RunToExport) -> None:
    told = headline_of(slipped.summary)
    assert told["left"]["shank_angle_ic_deg"] is None
    assert (
        told["right"]["shank_angle_ic_deg"]
        == slipped.summary["running"]["right"]["shank_angle_ic_deg"]["median"]
    )
    assert told["overall"]["cadence_spm"] is not None
    numbers = sound_numbers(slipped.summary)
    assert "peak_tibial_acc_g" not in numbers["left"]
    assert {"contact_time_s", "cadence_spm"} <= set(numbers["left"])


def test_curves_of_a_sensor_that_is_not_trusted_are_not_drawn() -> None:
    curves = {
        signal: tuple(StrideCurve(side, np.zeros(101), np.zeros(101)) for side in ("left", "right"))
        for signal in ("shank_angle_deg", "pelvic_obliquity_deg")
    }
    left = sound_curves(curves, {"shank_left"})
    assert [one.side for one in left["shank_angle_deg"]] == ["right"]
    assert len(left["pelvic_obliquity_deg"]) == 2
    assert not sound_curves(curves, {"pelvis"})["pelvic_obliquity_deg"]


def absent_of(bundle: bytes) -> dict[str, str]:
    """Why there is no value, by measure and side."""
    observed = [
        one["resource"]
        for one in json.loads(bundle)["entry"]
        if one["resource"]["resourceType"] == "Observation"
    ]
    return {
        f"{one['code']['text']} {one.get('bodySite', {}).get('text', at)}": json.dumps(
            one["dataAbsentReason"]
        )
        for at, one in enumerate(observed)
        if "dataAbsentReason" in one
    }


def sound_summary(run: RunToExport) -> dict[str, Any]:
    """As if all its sensors were good."""
    summary = deepcopy(dict(run.summary))
    for sensor in summary["sensors"].values():
        sensor |= {"grade": "good", "sentences": []}
    return summary


@pytest.mark.unhurried
def test_redcap_has_empty_fields_for_it_and_the_others_as_before(
    run: RunToExport, walk_run_analysis: RunAnalysis
) -> None:
    told = row_of(run).values
    before = row_of(replace(run, summary=walk_run_analysis.summary)).values
    left_out = {name for name in before if name not in told}
    assert left_out
    of_pelvis = ("pelvic_drop", "pelvic_tilt", "vert_oscillation")
    assert all(name.startswith(of_pelvis) for name in left_out)
    assert not any(name.startswith(of_pelvis) for name in told)


def test_fhir_says_why_of_this_sensor(run: RunToExport) -> None:
    absent = absent_of(fhir_of(run, made_at=NOW, software="1"))
    of_pelvis = {name: why for name, why in absent.items() if "elvic" in name or "scillation" in name}
    assert len(of_pelvis) == 8  # left and right
    assert all("pelvis: 33 % of its samples are missing" in why for why in of_pelvis.values())


def test_the_impact_that_a_slipping_strap_felt_leaves_as_little_as_its_angle_and_times_stay(
    slipped: RunToExport,
) -> None:
    told = row_of(slipped).values
    lost = set(row_of(replace(slipped, summary=sound_summary(slipped))).values) - set(told)
    assert {name.rsplit("_l")[0] for name in lost} == {
        "shank_angle_ic_deg",
        "shank_angle_max_deg",
        "tibial_peak_g",
        "tibial_axial_g",
    }
    assert {"contact_time_s_l", "cadence_spm_l", "speed_mps_l", "tibial_peak_g_r"} <= set(told)
    absent = absent_of(fhir_of(slipped, made_at=NOW, software="1"))
    assert sum("left shank: it shifted 5 times" in why for why in absent.values()) == 4
    assert not any("contact" in name.lower() and "time" in name.lower() for name in absent)


def test_a_watch_reads_no_oscillation_of_a_doubted_pelvis(run: RunToExport) -> None:
    messages, errors = Decoder(Stream.from_byte_array(bytearray(fit_of(run)))).read()
    assert not errors
    assert any("stance_time" in one for one in messages["record_mesgs"])
    assert not any("vertical_oscillation" in one for one in messages["record_mesgs"])
    assert "avg_vertical_oscillation" not in messages["session_mesgs"][0]


def test_opensim_gets_the_shank_that_is_sound_and_a_line_says_why_not_the_other(
    slipped: RunToExport, tmp_path: Path
) -> None:
    export([slipped], "mot", tmp_path / "run.mot")
    labels = (tmp_path / "run.mot").read_text().split("endheader\n")[1].splitlines()[0]
    assert labels.split("\t") == ["time", "shank_right_inclination"]
    assert list(left_out([slipped], "mot")) == [
        "run: left shank: it shifted 5 times; the inclination of the left shank is left out"
    ]
    assert list(left_out([slipped], "fit")) == [
        "run: left shank: it shifted 5 times; angles and impact of the left shank are left out"
    ]
    assert list(left_out([slipped], "csv")) == []


def test_without_any_sound_shank_there_is_no_motion(slipped: RunToExport, tmp_path: Path) -> None:
    summary = deepcopy(dict(slipped.summary))
    summary["sensors"]["shank_right"] |= summary["sensors"]["shank_left"]
    with pytest.raises(RestrideError, match=r"whose angles can be trusted .*left shank: it shifted 5 times"):
        export([replace(slipped, summary=summary)], "mot", tmp_path / "run.mot")
    assert list(tmp_path.iterdir()) == []


def test_strides_keep_what_the_other_sensors_told(run: RunToExport) -> None:
    kept = sound(run.strides, judge(run.summary).unsound)
    sided = kept["side"].isin(["left", "right"])
    assert kept.loc[sided, "pelvic_drop_deg"].isna().all()
    np.testing.assert_array_equal(kept["shank_angle_ic_deg"], run.strides["shank_angle_ic_deg"])
