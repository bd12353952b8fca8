"""Runs for others: whose they are is kept apart, under labels that name nobody."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from imu.followup.fhir_runs import fhir_of, fhir_run
from imu.followup.redcap_rows import row_of, variables
from imu.followup.run_to_export import RunToExport, labelled

START = datetime(2026, 3, 2, 7, tzinfo=UTC)
NOTHING: dict[str, Any] = {
    "athlete": None,
    "duration_s": 60.0,
    "distance_m": None,
    "grade": "good",
    "version": "0.1.0",
    "bouts": [],
    "load": {"running_s": 0.0},
    "sensors": {},
    "running": {},
    "warnings": [],
    "not_judged": [],
}


def of(athlete: str | None = None, **told: Any) -> RunToExport:
    """A run in which nothing was measured."""
    given: dict[str, Any] = {"name": "easy", "start": START, "strides": pd.DataFrame()} | told
    return RunToExport(summary={**NOTHING, "athlete": athlete}, **given)


def patient(run: RunToExport) -> dict[str, Any]:
    bundle = json.loads(fhir_of(run, made_at=START, software="0.1.0"))
    (found,) = (one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient")
    assert isinstance(found, dict)
    return found


def test_folders_of_two_athletes_are_two_people() -> None:
    found = labelled([of("anna"), of("ben"), of("anna"), of("ben"), of("ben")])
    assert [(run.subject, run.number) for run in found] == [
        ("01", 1),
        ("02", 1),
        ("01", 2),
        ("02", 2),
        ("02", 3),
    ]
    assert [row_of(run).record for run in found[:2]] == ["01", "02"]


def test_a_label_that_somebody_gave_stays() -> None:
    given = [of("anna", subject="P01", number=1), of("ben", subject="P01", number=2)]
    assert labelled(given) == given


def test_one_label_for_two_athletes_makes_two_patients() -> None:
    here, there = (patient(of(subject="P01", run_id=one, athlete_id=one * 32)) for one in "ab")
    assert here["id"] != there["id"]
    assert here["identifier"][0]["value"] == there["identifier"][0]["value"] == "P01"
    assert here["identifier"] != there["identifier"]


@pytest.mark.parametrize("athlete_id", ["a" * 32, None])
def test_the_same_run_is_of_the_same_patient_whenever_it_is_exported(athlete_id: str | None) -> None:
    run = of(subject="P01", athlete_id=athlete_id)
    assert patient(run) == patient(run)


def test_what_leads_to_a_person_is_marked_in_redcap() -> None:
    assert {one.name for one in variables() if one.identifies} == {"run_key", "run_start"}


def test_running_in_redcap_is_the_sum_of_the_bouts() -> None:
    """As in every list; of a run of the history with what a watch told beside them."""
    bouts = [("run", 5.0, 64.56), ("walk", 64.56, 80.0), ("run", 80.0, 100.0)]
    told = [{"activity": activity, "start_s": start, "end_s": end} for activity, start, end in bouts]
    summary = {**NOTHING, "bouts": told, "load": {"running_s": 81.0}}
    folder = replace(of(subject="01"), summary=summary)
    assert row_of(folder).values["running_s"] == 79.6
    assert row_of(replace(folder, running_s=142.04)).values["running_s"] == 142.0


def test_a_measure_without_a_value_says_why_of_its_own_leg() -> None:
    lost = {"what": "left shank angle", "why": "samples are missing", "columns": ["shank_angle_ic_deg"]}
    summary = {**NOTHING, "running": {"left": {}, "right": {}}, "not_judged": [{**lost, "side": "left"}]}
    found = fhir_run(summary, key="easy", start=START).values
    why = {(one.measure.column, one.side): one.absent for one in found}
    assert why["shank_angle_ic_deg", "left"] == "not judged: samples are missing"
    assert why["shank_angle_ic_deg", "right"] == "not judged"
    assert why["contact_time_s", "left"] == "not judged"
