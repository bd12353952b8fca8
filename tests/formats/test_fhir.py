"""FHIR: what a clinic reads is what the analysis found, complete in itself, and names nobody unasked."""

import base64
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given, settings, strategies as st

from imu.errors import RestrideError
from imu.formats.fhir import FhirRun, Patient, Report, Sensor, Value, fhir_bytes
from imu.formats.fhir_codes import MEASURES, OWN, PHR, UCUM, Measure

START = datetime(2026, 3, 2, 7, tzinfo=UTC)
BY_CODE = {one.code: one for one in MEASURES}
WORN = Sensor(placement="shank_left", device="MetaMotionS", serial="SN-0815")
CONTACT = Value(
    measure=BY_CODE["ground-contact-time"],
    side="left",
    median=0.27631,
    iqr=0.00939,
    n=52,
    uncertainty=None,
    sensor="shank_left",
)
RUN = FhirRun(key="r1", start=START, duration_s=1800.5, values=[CONTACT], sensors=[WORN], version="0.1.0")
ANNA = Patient(key="p1", subject="a1b2c3d4")
REPORT = Report(key="r1", begin=START, end=START + timedelta(minutes=30), sentences=["Changed: a little."])


def written(
    *values: Value, patient: Patient = ANNA, run: FhirRun = RUN, report: Report = REPORT
) -> dict[str, Any]:
    """A Bundle as plain JSON, after fhir.resources has read it too."""
    runs = [replace(run, values=values)] if values else [run]
    content = fhir_bytes(patient, runs, report, made_at=START + timedelta(days=1), software="0.1.0")
    Bundle.model_validate_json(content)
    found: dict[str, Any] = json.loads(content)
    return found


def of_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


def components(observation: dict[str, Any]) -> dict[str, Any]:
    return {one["code"]["coding"][0]["code"]: one for one in observation["component"]}


def inside(part: Any) -> Iterator[tuple[str, Any]]:
    """Every name of a JSON text, with what stands behind it."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part):
        yield str(name), value
        if isinstance(value, dict | list):
            yield from inside(value)


def test_a_value_comes_in_the_unit_that_its_code_speaks_of() -> None:
    (found,) = of_kind(written(), "Observation")
    assert {"system": PHR, "code": "runningGroundContactTime"} in found["code"]["coding"]
    assert found["valueQuantity"] == {"value": 276.31, "unit": "ms", "system": UCUM, "code": "ms"}
    told = components(found)
    assert told["median"]["valueQuantity"]["value"] == 276.31
    assert told["interquartile-range"]["valueQuantity"]["value"] == 9.39
    assert told["strides"]["valueQuantity"]["value"] == 52
    assert told["side"]["valueCodeableConcept"]["coding"][0]["code"] == "left"
    assert "dataAbsentReason" in told["uncertainty"]
    assert found["bodySite"]["coding"][0]["code"] == "22335008"
    assert found["effectivePeriod"]["end"] == "2026-03-02T07:30:00.500+00:00"


def test_a_stride_is_two_steps_and_only_the_step_has_the_code_of_a_step() -> None:
    stride, step = (
        Value(measure=BY_CODE[code], side="both", median=2.25801, iqr=0.04178, n=101)
        for code in ("stride-length", "step-length")
    )
    first, second = of_kind(written(stride, step), "Observation")
    assert [one["system"] for one in first["code"]["coding"]] == [OWN]
    assert first["valueQuantity"]["value"] == 2.25801
    assert second["code"]["coding"][1]["code"] == "runningStrideLength"
    assert second["valueQuantity"]["value"] == pytest.approx(2.25801 / 2, abs=1e-5)
    assert "bodySite" not in first


def test_what_was_not_judged_has_a_reason_and_no_value() -> None:
    absent = replace(CONTACT, median=None, iqr=None, n=None, absent="not judged: nobody stood still for 2 s")
    (found,) = of_kind(written(absent), "Observation")
    assert "valueQuantity" not in found
    assert found["dataAbsentReason"]["text"] == "not judged: nobody stood still for 2 s"
    assert list(components(found)) == ["side"]


def test_every_reference_leads_to_an_entry_and_every_own_code_is_defined() -> None:
    every = [
        Value(measure=one, side=side, median=1.5) for one in MEASURES for side in ("left", "right", "both")
    ]
    bundle = written(*every)
    there = {one["fullUrl"] for one in bundle["entry"]}
    assert len(there) == len(bundle["entry"])
    references = [value for name, value in inside(bundle) if name == "reference"]
    assert len(references) > 3 * len(every)
    assert set(references) <= there
    (system,) = of_kind(bundle, "CodeSystem")
    defined = {one["code"] for one in system["concept"]}
    assert system["count"] == len(defined) == len(system["concept"])
    used = {
        value["code"]
        for _name, value in inside(bundle)
        if isinstance(value, dict) and value.get("system") == OWN
    }
    assert used <= defined
    (report,) = of_kind(bundle, "DiagnosticReport")
    assert len(report["result"]) == len(every)
    (provenance,) = of_kind(bundle, "Provenance")
    assert provenance["target"] == report["result"]
    assert "Restride 0.1.0" in provenance["activity"]["text"]


def test_the_same_run_is_the_same_resource_and_another_is_another() -> None:
    one, again = written(), written()
    other = written(run=replace(RUN, key="r2"))
    assert one == again
    (own,), (others) = of_kind(one, "Observation"), of_kind(other, "Observation")
    assert own["id"] != others[0]["id"]
    assert of_kind(one, "Patient") == of_kind(other, "Patient")


def test_the_athlete_is_a_key_until_a_name_is_asked_for() -> None:
    (patient,) = of_kind(written(), "Patient")
    assert set(patient) == {"resourceType", "id", "meta", "identifier"}
    assert patient["meta"]["security"][0]["code"] == "PSEUDED"
    (named,) = of_kind(written(patient=replace(ANNA, name="Anna Q.", simulated=True)), "Patient")
    assert named["name"] == [{"text": "Anna Q."}]
    assert "security" not in named["meta"]
    assert named["meta"]["tag"][0]["code"] == "HTEST"


def test_the_report_is_attached_as_it_was_made() -> None:
    (found,) = of_kind(written(report=replace(REPORT, pdf=b"%PDF-1.7 x")), "DiagnosticReport")
    assert found["conclusion"] == "Changed: a little."
    assert found["status"] == "partial"  # nobody signed it
    (form,) = found["presentedForm"]
    assert form["contentType"] == "application/pdf"
    assert base64.b64decode(form["data"]) == b"%PDF-1.7 x"
    (bare,) = of_kind(written(), "DiagnosticReport")
    assert "presentedForm" not in bare


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        written(run=replace(RUN, start=START.replace(tzinfo=None)))


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources.R4B.bundle", None)
    with pytest.raises(RestrideError, match=r"needs fhir.resources; run: pip install 'restride\[fhir\]'"):
        fhir_bytes(ANNA, [RUN], REPORT, made_at=START, software="0.1.0")


NUMBERS = st.floats(-500, 500, allow_nan=False)


@settings(max_examples=10, deadline=None)
@given(measure=st.sampled_from(MEASURES), median=NUMBERS, iqr=NUMBERS, n=st.integers(1, 10**6))
def test_whatever_is_told_is_valid_and_comes_back(
    measure: Measure, median: float, iqr: float, n: int
) -> None:
    value = Value(measure=measure, side="right", median=median, iqr=iqr, n=n)
    (found,) = of_kind(written(value), "Observation")
    assert found["valueQuantity"]["value"] == pytest.approx(median * measure.factor, abs=1e-5)
    assert components(found)["strides"]["valueQuantity"]["value"] == n
