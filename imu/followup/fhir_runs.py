"""What of a run goes into FHIR: median, middle half, number and uncertainty of each measure, or why none."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

import pandas as pd

from imu.analysis.trust import judge
from imu.analysis.withheld import as_told, withheld
from imu.followup.run_to_export import RunToExport
from imu.formats.fhir import FhirRun, Patient, Report, Sensor, Value, fhir_bytes
from imu.formats.fhir_codes import MEASURES, Measure, Side

_IN_SUMMARY: Mapping[Side, str] = {"left": "left", "right": "right", "both": "overall"}
_UNCERTAIN = {  # columns that hold one standard deviation of others
    "shank_angle_ic_deg": "shank_angle_sd_deg",
    "stride_length_m": "stride_length_sd_m",
}


def fhir_of(run: RunToExport, *, made_at: datetime, software: str) -> bytes:
    """A run as a Bundle. RestrideError without a start or without fhir.resources."""
    made = _made(run)
    report = Report(
        key=made.key,
        begin=made.start,
        end=made.start + timedelta(seconds=made.duration_s),
        sentences=sentences(run.summary),
    )
    patient = Patient(
        # Never the label alone: another clinic's P01 is another person, and so is another folder's.
        key=run.athlete_id or f"{run.subject}/{made.key}",
        subject=run.subject,
        name=run.athlete,
        simulated=run.simulated,
    )
    return fhir_bytes(patient, [made], report, made_at=made_at, software=software)


def episode_fhir(
    runs: Sequence[RunToExport],
    *,
    athlete_id: str,
    name: str,
    simulated: bool,
    key: str,
    begin: datetime,
    end: datetime,
    said: Sequence[str],
    pdf: bytes,
    language: str,
    title: str,
    made_at: datetime,
    software: str,
) -> bytes:
    """An episode as a Bundle: its report with what it says, and the measures of the runs that are given.

    The report names the athlete, and so does the Bundle. RestrideError without fhir.resources.
    """
    patient = Patient(key=athlete_id, subject=athlete_id[:8], name=name, simulated=simulated)
    report = Report(key=key, begin=begin, end=end, sentences=said, pdf=pdf, language=language, title=title)
    return fhir_bytes(patient, [_made(run) for run in runs], report, made_at=made_at, software=software)


def _made(run: RunToExport) -> FhirRun:
    return fhir_run(
        run.summary,
        key=_key(run),
        start=run.begun(),
        strides=run.strides,
        with_serials=run.athlete is not None,
    )


def fhir_run(
    summary: Mapping[str, Any],
    *,
    key: str,
    start: datetime,
    strides: pd.DataFrame | None = None,
    measures: Sequence[Measure] = MEASURES,
    with_serials: bool = False,
) -> FhirRun:
    """A run by its summary. strides: for the uncertainties, which the summary does not hold."""
    sensors = [
        Sensor(
            placement=placement,
            device=sensor["device"],
            serial=sensor["serial"] if with_serials else None,
        )
        for placement, sensor in summary["sensors"].items()
    ]
    return FhirRun(
        key=key,
        start=start,
        duration_s=summary["duration_s"],
        values=[
            _value(measure, side, summary, strides)
            for measure in measures
            for side in _sides(measure, summary["running"])
        ],
        sensors=sensors,
        version=summary["version"],
    )


def sentences(summary: Mapping[str, Any]) -> list[str]:
    """What the analysis found in a run, and what it could not judge and why, for a record: no runner is
    told what to do. Summaries of older versions, which do not part the two, do until derived anew.
    """
    return [
        *(one.get("finding", one["sentence"]) for one in as_told(summary)["warnings"]),
        *(f"Not judged: {one['what']} ({one['why']})." for one in summary["not_judged"]),
    ]


def _key(run: RunToExport) -> str:
    return run.run_id or f"{run.name}/{run.begun().astimezone(UTC).isoformat()}"


def _sides(measure: Measure, running: Mapping[str, Any]) -> Iterator[Side]:
    """Left and right; both together where that says something, or where nobody told the feet apart."""
    yield "left"
    yield "right"
    apart = "left" in running or "right" in running
    if measure.whole or (not apart and (running.get("overall") or {}).get(measure.column)):
        yield "both"


def _value(measure: Measure, side: Side, summary: Mapping[str, Any], strides: pd.DataFrame | None) -> Value:
    found = (summary["running"].get(_IN_SUMMARY[side]) or {}).get(measure.column)
    sensor = _sensor(measure, side, summary["sensors"])
    judged = judge(summary)
    if measure.column in withheld(side, judged.unsound):
        because = judged.because_of("pelvis" if measure.site == "pelvis" else f"shank_{side}")
        return Value(measure=measure, side=side, median=None, absent=f"not judged: {because}", sensor=sensor)
    if not found or not isfinite(found["median"]):
        return Value(
            measure=measure, side=side, median=None, absent=_reason(measure, side, summary), sensor=sensor
        )
    return Value(
        measure=measure,
        side=side,
        median=found["median"],
        iqr=found["iqr"],
        n=found["n"],
        uncertainty=None if strides is None else _uncertainty(measure, side, strides),
        sensor=sensor,
    )


def _uncertainty(measure: Measure, side: Side, strides: pd.DataFrame) -> float | None:
    """The median one of the strides: it is of a trial, and does not shrink with their number."""
    column = _UNCERTAIN.get(measure.column)
    if column is None:
        return None
    ran = strides[(strides["activity"] == "run") & strides["valid"].astype(bool)]
    own = ran if side == "both" else ran[ran["side"] == side]
    known = own.loc[own[measure.column].notna(), column].dropna()
    return float(known.median()) if len(known) else None


def _sensor(measure: Measure, side: Side, worn: Mapping[str, Any]) -> str | None:
    """The placement that tells a value, where it is one alone."""
    if side == "both" and measure.site != "pelvis":
        return None
    placement = "pelvis" if measure.site == "pelvis" else f"shank_{side}"
    return placement if placement in worn else None


def _reason(measure: Measure, side: Side, summary: Mapping[str, Any]) -> str:
    """Why there is no value, as the analysis says it; of the other leg it says nothing about this one."""
    for one in summary["not_judged"]:
        of_side = side == "both" or one.get("side") in (None, side)
        if of_side and measure.column in one.get("columns", ()):  # those of older versions name none
            return f"not judged: {one['why']}"
    return "not judged"
