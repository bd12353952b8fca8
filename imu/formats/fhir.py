"""Runs as an HL7 FHIR R4B Bundle: an Observation for each measure and side, for a clinic's record.

A `collection`, complete in itself: every reference is to an entry of the same Bundle, and our own code
system is one of them. Ids follow from the runs, so the same run exported twice is the same resource. Who the
athlete is stands in it only where a name is given.

Source: HL7 FHIR R4B (4.3.0); checked by fhir.resources before it is handed out.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from imu.formats import fhir_codes as codes
from imu.formats.extras import needed

_IDS = UUID("5c1c6f0e-5f2b-5d3a-8a77-72657374726f")
_LABELS = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_PROVENANCE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_DIGITS = 5  # as summaries tell them, after the factor of a unit

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A measure of one side in one run, in the units of the stride table; `absent` says why there is none."""

    measure: codes.Measure
    side: codes.Side
    median: float | None
    iqr: float | None = None
    n: int | None = None
    uncertainty: float | None = None
    absent: str | None = None
    sensor: str | None = None  # placement of the sensor that tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A sensor by where it was worn. `serial` only where it may be told: it leads to its owner."""

    placement: str
    device: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirRun:
    """A run. version: of the analysis."""

    key: str  # tells it from all others
    start: datetime  # aware
    duration_s: float
    values: Sequence[Value]
    sensors: Sequence[Sensor] = ()
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whose runs they are. key: tells the athlete from all others, anywhere; subject: the label, which names
    nobody and which others may give to somebody else, so its namespace follows from the key.
    """

    key: str
    subject: str
    name: str | None = None  # only where it is wanted
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What goes with the values, for somebody to read. Sentences of this program, never a diagnosis."""

    key: str
    begin: datetime
    end: datetime
    sentences: Sequence[str]
    pdf: bytes | None = None
    language: str = "en"
    title: str = "Report, one page"  # of the PDF, in that language


def fhir_bytes(
    patient: Patient, runs: Sequence[FhirRun], report: Report, *, made_at: datetime, software: str
) -> bytes:
    """The whole file. RestrideError without fhir.resources; ValueError for a time without a zone."""
    library = needed("fhir.resources.R4B.bundle", package="fhir.resources", extra="fhir")
    for at in (made_at, report.begin, report.end, *(run.start for run in runs)):
        if at.tzinfo is None:
            raise ValueError(f"{at} has no time zone")
    made = _bundle(patient, runs, report, made_at=made_at, software=software)
    library.Bundle.model_validate(made)
    return json.dumps(made, ensure_ascii=False, allow_nan=False).encode()


def _bundle(
    patient: Patient, runs: Sequence[FhirRun], report: Report, *, made_at: datetime, software: str
) -> Json:
    whose, by = _id("patient", patient.key), _id("software", software)
    entries = [
        _entry(whose, _patient(patient)),
        _entry(by, _software(software)),
        _entry(_id("codes", software), codes.code_system(software)),
    ]
    results = []
    for run in runs:
        entries += [_entry(_id(run.key, one.placement), _device(one, whose)) for one in run.sensors]
        found = [
            (_id(run.key, one.measure.code, one.side), _observation(one, run, whose)) for one in run.values
        ]
        entries += [_entry(one, resource) for one, resource in found]
        ids = [one for one, _resource in found]
        if ids:
            entries.append(_entry(_id(run.key, "provenance"), _provenance(run, ids, by, made_at)))
        results += ids
    told = _report(report, whose, results, made_at)
    entries.append(_entry(_id("report", report.key), told))
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(made_at),
        "entry": entries,
    }


def _id(*parts: str) -> str:
    return str(uuid5(_IDS, "/".join(parts)))


def _entry(of: str, resource: Json) -> Json:
    kind = resource.pop("resourceType")
    return {"fullUrl": f"urn:uuid:{of}", "resource": {"resourceType": kind, "id": of, **resource}}


def _reference(of: str) -> Json:
    return {"reference": f"urn:uuid:{of}"}


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def _period(begin: datetime, end: datetime) -> Json:
    return {"start": _instant(begin), "end": _instant(end)}


def _patient(patient: Patient) -> Json:
    meta: Json = {}
    if patient.name is None:
        meta["security"] = [{"system": _LABELS, "code": "PSEUDED", "display": "pseudonymized"}]
    if patient.simulated:
        meta["tag"] = [{"system": _REASONS, "code": "HTEST", "display": "test health data"}]
    return {
        "resourceType": "Patient",
        **({"meta": meta} if meta else {}),
        "identifier": [{"system": f"urn:uuid:{_id('labels', patient.key)}", "value": patient.subject}],
        **({"name": [{"text": patient.name}]} if patient.name is not None else {}),
    }


def _software(version: str) -> Json:
    return {
        "resourceType": "Device",
        "deviceName": [{"name": "Restride", "type": "user-friendly-name"}],
        "type": {"text": "software that analyses running gait"},
        "version": [{"value": version}],
    }


def _device(sensor: Sensor, whose: str) -> Json:
    where = sensor.placement.replace("_", " ")
    name = f"{sensor.device or 'inertial sensor'}, {where}"
    return {
        "resourceType": "Device",
        "deviceName": [{"name": name, "type": "user-friendly-name"}],
        "type": {"text": "inertial sensor"},
        **({"serialNumber": sensor.serial} if sensor.serial else {}),
        "patient": _reference(whose),
    }


def _observation(value: Value, run: FhirRun, whose: str) -> Json:
    """One measure of one side. What was not judged has no value, and says why."""
    measure = value.measure
    made: Json = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": codes.CATEGORY, "code": "activity", "display": "Activity"}]}],
        "code": codes.concept_of(measure),
        "subject": _reference(whose),
        "effectivePeriod": _period(run.start, run.start + timedelta(seconds=run.duration_s)),
    }
    if (site := codes.body_site(measure, value.side)) is not None:
        made["bodySite"] = site
    if value.sensor is not None:
        made["device"] = _reference(_id(run.key, value.sensor))
    side = {"code": codes.own("side"), "valueCodeableConcept": codes.own(value.side)}
    if value.median is None:
        return {**made, "dataAbsentReason": _absent(value.absent or "not judged"), "component": [side]}
    own = (measure.unit, measure.factor)
    return {
        **made,
        "valueQuantity": _quantity(value.median, *own),
        "component": [
            side,
            _component("median", value.median, *own),
            _component("interquartile-range", value.iqr, *own),
            _component("strides", value.n, "{strides}", 1),
            _component("uncertainty", value.uncertainty, *own),
        ],
    }


def _component(code: str, value: float | None, unit: str, factor: float) -> Json:
    if value is None:
        return {"code": codes.own(code), "dataAbsentReason": _absent("not told by the analysis of this run")}
    return {"code": codes.own(code), "valueQuantity": _quantity(value, unit, factor)}


def _quantity(value: float, unit: str, factor: float) -> Json:
    scaled = value * factor
    told = scaled if isinstance(scaled, int) else round(scaled, _DIGITS)
    return {"value": told, "unit": unit, "system": codes.UCUM, "code": unit}


def _absent(why: str) -> Json:
    return {
        "coding": [{"system": codes.ABSENT, "code": "unknown", "display": "Unknown"}],
        "text": why,
    }


def _provenance(run: FhirRun, targets: Sequence[str], by: str, made_at: datetime) -> Json:
    """Which version found the values: it is what they hang on, not the one that writes them down."""
    assembler = {"system": _PROVENANCE, "code": "assembler", "display": "Assembler"}
    return {
        "resourceType": "Provenance",
        "target": [_reference(one) for one in targets],
        "recorded": _instant(made_at),
        "activity": {"text": f"analysis of a recorded run, Restride {run.version}"},
        "agent": [{"type": {"coding": [assembler]}, "who": _reference(by)}],
        **({"entity": _sources(run)} if run.sensors else {}),
    }


def _sources(run: FhirRun) -> list[Json]:
    return [{"role": "source", "what": _reference(_id(run.key, sensor.placement))} for sensor in run.sensors]


def _report(report: Report, whose: str, results: Sequence[str], made_at: datetime) -> Json:
    """`partial`: nobody has signed it."""
    made: Json = {
        "resourceType": "DiagnosticReport",
        "status": "partial",
        "code": codes.own("running-gait-report"),
        "subject": _reference(whose),
        "effectivePeriod": _period(report.begin, report.end),
        "issued": _instant(made_at),
    }
    if results:
        made["result"] = [_reference(one) for one in results]
    if report.sentences:
        made["conclusion"] = "\n".join(report.sentences)
    if report.pdf is not None:
        made["presentedForm"] = [
            {
                "contentType": "application/pdf",
                "language": report.language,
                "data": b64encode(report.pdf).decode(),
                "title": report.title,
                "creation": _instant(made_at),
            }
        ]
    return made
