"""What only a sensor told which is not to be trusted stays out of other people's records."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from imu.analysis import RunAnalysis
from imu.followup.fhir_runs import fhir_of
from imu.followup.redcap_rows import row_of
from imu.followup.run_to_export import RunToExport
from imu.followup.trust import judge
from imu.followup.withheld import sound

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.fixture
def run(walk_run_analysis: RunAnalysis) -> RunToExport:
    """Its pelvis sensor lost a third of its samples."""
    summary = deepcopy(dict(walk_run_analysis.summary))
    summary["sensors"]["pelvis"] |= {"grade": "poor", "sentences": ["33% of its samples are missing."]}
    return RunToExport(
        name="run", start=NOW, strides=walk_run_analysis.strides, summary=summary, subject="P1"
    )


def test_redcap_has_empty_fields_for_it_and_the_others_as_before(
    run: RunToExport, walk_run_analysis: RunAnalysis
) -> None:
    told = row_of(run).values
    before = row_of(replace(run, summary=walk_run_analysis.summary)).values
    left_out = {name for name in before if name not in told}
    assert left_out
    assert all(name.startswith(("pelvic_drop", "pelvic_tilt")) for name in left_out)
    assert not any(name.startswith(("pelvic_drop", "pelvic_tilt")) for name in told)


def test_fhir_says_why_of_this_sensor(run: RunToExport) -> None:
    bundle = json.loads(fhir_of(run, made_at=NOW, software="1"))
    observed = [
        one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Observation"
    ]
    absent = {
        one["code"]["text"]: json.dumps(one["dataAbsentReason"])
        for one in observed
        if "dataAbsentReason" in one
    }
    pelvic = [why for name, why in absent.items() if "elvic" in name]
    assert pelvic
    assert all("pelvis: 33% of its samples are missing" in why for why in pelvic)


def test_strides_keep_what_the_other_sensors_told(run: RunToExport) -> None:
    kept = sound(run.strides, judge(run.summary).unsound)
    sided = kept["side"].isin(["left", "right"])
    assert kept.loc[sided, "pelvic_drop_deg"].isna().all()
    np.testing.assert_array_equal(kept["shank_angle_ic_deg"], run.strides["shank_angle_ic_deg"])
