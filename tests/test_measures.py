"""One measure, one word and one unit: in the stride table, on screens, in reports, exports and documents."""

from pathlib import Path

import pytest

from dashboard.text.explanations import explanations
from imu.analysis.columns import STRIDE_COLUMNS, SUMMARY_METRICS, Column
from imu.followup.redcap_rows import variables
from imu.formats.fhir_codes import MEASURES, Measure
from imu.formats.fit_fields import NATIVE, OWN
from imu.report import metrics as shown
from imu.report.metrics import Metric

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = {column.name: column for column in STRIDE_COLUMNS}
BY_ENDING = {
    "deg": "deg",
    "dps": "deg/s",
    "g": "g",
    "m": "m",
    "mps": "m/s",
    "s": "s",
    "spm": "steps/min",
}
WRITTEN = {"°": "deg", "[g]": "g", "{steps}/min": "steps/min"}  # as screens and UCUM write it
IN_ONE = {("s", "ms"): 1000.0, ("m", "cm"): 100.0, ("m", "mm"): 1000.0}
SHOWN = [one for one in vars(shown).values() if isinstance(one, Metric)]


def times(unit: str, other: str) -> float:
    """How often the other unit goes into one of these."""
    other = WRITTEN.get(other, other)
    return 1.0 if unit == other else IN_ONE[unit, other]


@pytest.mark.parametrize("column", STRIDE_COLUMNS, ids=lambda column: str(column.name))
def test_the_name_of_a_column_ends_in_its_unit(column: Column) -> None:
    assert column.unit == BY_ENDING.get(column.name.rsplit("_", 1)[-1], "")


def test_everything_that_is_reported_has_a_word_of_its_own() -> None:
    terms = [COLUMNS[name].term for name in SUMMARY_METRICS]
    assert all(terms)
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("metric", SHOWN, ids=lambda metric: str(metric.column))
def test_reports_and_screens_call_and_scale_it_so(metric: Metric) -> None:
    column = COLUMNS[metric.column]
    assert metric.name == column.term or metric is shown.SHANK_CHANGE
    assert metric.scale == times(column.unit, metric.unit)


@pytest.mark.parametrize("metric", [*shown.SIDED, *shown.WHOLE], ids=lambda metric: str(metric.column))
def test_the_help_page_and_the_glossary_explain_what_is_shown(metric: Metric) -> None:
    explained = explanations()[metric.column]
    assert (explained.term, explained.unit) == (metric.name, metric.unit)
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert f"**{metric.name}**<br>`{metric.column}` | {metric.unit} |" in glossary


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: str(measure.code))
def test_a_record_of_a_clinic_gets_the_same_word_and_value(measure: Measure) -> None:
    column = COLUMNS[measure.column]
    if measure.display == "Step length":  # the one that is made of another: half a stride
        assert (measure.column, measure.factor) == ("stride_length_m", 0.5)
    else:
        assert (measure.display, measure.factor) == (column.term, times(column.unit, measure.unit))


def test_a_record_of_a_clinic_gets_everything_that_is_reported() -> None:
    assert {one.column for one in MEASURES} == set(SUMMARY_METRICS)


def test_redcap_fields_say_which_measure_in_which_unit() -> None:
    told = {field.name: field for field in variables()}
    for name, term in (
        ("contact_time_s_l", "Contact time"),
        ("tibial_peak_g_r_iqr", "Peak tibial acceleration"),
    ):
        assert told[name].label.startswith(f"{term}, ")
    for field in told.values():
        column = next((COLUMNS[name] for name in SUMMARY_METRICS if field.name.startswith(f"{name}_")), None)
        if column is not None and not field.name.endswith("_n"):
            assert (field.label.split(",")[0], field.unit) == (column.term, column.unit)


def test_fit_fields_scale_by_their_units() -> None:
    of_profile = {"stance_time": "ms", "step_length": "mm", "vertical_oscillation": "mm"}
    scaled = {name: native for name, native in NATIVE.items() if native.factor != 1.0}
    assert scaled.pop("contact_time_left_share").factor == 100  # percent
    assert {native.name for native in scaled.values()} == set(of_profile)
    for name, native in scaled.items():
        assert native.factor == times(BY_ENDING[name.rsplit("_", 1)[-1]], of_profile[native.name])
    for name, own in OWN.items():
        assert own.factor == times(BY_ENDING[name.rsplit("_", 1)[-1]], own.unit)
