"""The whole: a simulated run and a few samples from folder to report."""

import json
from pathlib import Path

import pandas as pd
import pytest

from imu.errors import RestrideError
from imu.simulate import SimulationConfig, simulate
from imu.validation import ValidationReport, validate
from imu.validation.truth import read_samples

pytestmark = pytest.mark.unhurried


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    pattern = "stand:6,walk:20@1.4,run:30@3,stand:6"
    simulate(SimulationConfig(pattern=pattern, seed=5)).save(folder / "easy")
    return folder


@pytest.fixture(scope="module")
def result(simulated: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ValidationReport, Path]:
    out = tmp_path_factory.mktemp("report")
    shares: list[float] = []
    report = validate(simulated, out, progress=shares.append, workers=1)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return report, out


def test_every_stride_of_a_simulated_run_is_compared(result: tuple[ValidationReport, Path]) -> None:
    report, _ = result
    contacts = report.evidence.contacts
    assert set(contacts["activity"]) == {"walk", "run"}
    assert contacts.query("sensors == 'all'")["true"].sum() > 100
    assert {"all", "two shanks", "left shank", "right shank", "pelvis"} == set(contacts["sensors"])


def test_no_stride_is_counted_twice(result: tuple[ValidationReport, Path]) -> None:
    evidence = result[0].evidence
    keys = ["sensors", "activity", "block", "metric"]
    counted = evidence.errors[evidence.errors["metric"] != "pelvic_roll_deg"].groupby(keys).size()
    covered = evidence.coverage.set_index(keys)["covered"]
    assert covered.index.is_unique
    assert (counted == covered[covered > 0].reindex(counted.index)).all()
    assert not evidence.contacts.duplicated(["sensors", "activity", "block"]).any()


def test_the_document_names_metrics_and_needs_no_reader_of_code(
    result: tuple[ValidationReport, Path],
) -> None:
    _, out = result
    document = (out / "validation.md").read_text(encoding="utf-8")
    assert document.startswith("# Validation\n")
    assert "### Shank angle at contact, deg" in document
    assert "easy" in document


def test_the_page_asks_for_nothing_outside_itself(result: tuple[ValidationReport, Path]) -> None:
    _, out = result
    page = (out / "validation.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert page.count("Plotly.newPlot(") >= 1
    assert 'src="http' not in page
    assert page.count('class="plot"') == page.count('<script type="application/json">') > 5


def test_figures_are_plain_data_and_evidence_is_on_disk(result: tuple[ValidationReport, Path]) -> None:
    report, out = result
    json.dumps(report.rows(), allow_nan=False)
    errors = pd.read_parquet(out / "evidence" / "errors.parquet")
    assert len(errors) == len(report.evidence.errors)
    assert not list(out.rglob("*.part"))


def test_a_folder_without_truth_says_what_it_looks_for(tmp_path: Path) -> None:
    with pytest.raises(RestrideError, match=r"neither an index\.csv nor a C3D trial"):
        validate(tmp_path, tmp_path / "out", workers=1)


def test_an_unknown_set_names_those_there_are(simulated: Path, tmp_path: Path) -> None:
    with pytest.raises(RestrideError, match=r"no recording of the sets moon; there are simulated"):
        validate(simulated, tmp_path, sets=["moon"], workers=1)


def test_an_index_without_its_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.csv").write_text("name,set\na,b\n")
    with pytest.raises(RestrideError, match=r"index\.csv: column variant is missing"):
        read_samples(tmp_path)


def test_samples_know_whose_body_it_was(shared_samples: Path) -> None:
    cases = {case.name: case for case in read_samples(shared_samples)}
    assert cases["RBDS011_T35"].runner == cases["walkrun_011_week1"].runner == "RBDS011"
    assert cases["alcantara_03"].runner == "alcantara"
    assert (cases["RBDS011_T35"].speed, cases["welk007_natural2"].speed) == ("3.5", "")
    assert cases["mr_pp01"].variant == "real"
    assert not cases["adept_first10"].has_strides
