"""`restride export`: whole files or none, nothing overwritten, and only what the account may see."""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import fitdecode
import pandas as pd
import pyarrow.parquet as pq
import pytest

import imu
from imu.analysis.columns import COLUMN_NAMES, STRIDE_COLUMNS
from imu.cli.export import FORMAT_NAMES
from imu.followup.exporting import FORMATS
from imu.followup.importing import import_recording
from imu.followup.run_facts import RunFacts
from imu.recording import save
from imu.simulate import SimulationConfig, simulate
from imu.store import Store
from tests.conftest import Restride
from tests.store.fresh import fresh_store

START = datetime(2026, 3, 2, 7, tzinfo=UTC)
LATER = datetime(2026, 3, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def recording() -> imu.Recording:
    run = simulate(SimulationConfig(pattern="stand:5,run:40@3,stand:3", seed=3)).recording
    return replace(run, start=START)


@pytest.fixture(scope="module")
def folder(recording: imu.Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "easy"
    save(recording, folder)
    return folder


@pytest.fixture(scope="module")
def analysis(recording: imu.Recording) -> imu.RunAnalysis:
    return imu.analyze(recording)


@pytest.fixture(scope="module")
def results(analysis: imu.RunAnalysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("results") / "easy"
    analysis.save(out)
    return out


@pytest.fixture
def history(
    restride_home: Path, recording: imu.Recording, analysis: imu.RunAnalysis
) -> Iterator[tuple[Store, str]]:
    """Anna with one run, and Kim, a coach with whom she shares nothing; the run's id."""
    store = fresh_store(restride_home, clock=lambda: LATER)
    anna = store.add_account("anna", "runner")
    store.add_account("kim", "coach")
    with store.changed_by(anna) as repository:
        athlete = repository.sharing.add_athlete("Anna", own=True)
    imported = import_recording(
        store,
        anna,
        athlete.athlete_id,
        recording,
        facts=RunFacts(surface="track"),
        analysis_version=imu.__version__,
        analysis=analysis,
    )
    yield store, imported.run_id
    store.close()


def records(path: Path) -> list[dict[str, object]]:
    with fitdecode.FitReader(BytesIO(path.read_bytes()), check_crc=fitdecode.CrcCheck.RAISE) as frames:
        return [
            {one.name: one.value for one in frame.fields if one.value is not None}
            for frame in frames
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record"
        ]


@pytest.mark.unhurried
@pytest.mark.usefixtures("history")
def test_the_last_run_becomes_a_fit_activity(restride: Restride, tmp_path: Path) -> None:
    out = tmp_path / "morning.fit"
    done = restride("export", "last", "--to", "fit", "--out", out, "--as", "anna")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(out) in done.stdout
    found = records(out)
    assert found[0]["timestamp"] == START
    assert len(found) == 48
    assert 2.5 < float(str(found[25]["enhanced_speed"])) < 3.5
    assert 70 < int(str(found[25]["cadence"])) < 110
    assert "shank_angle_contact_left" in found[25]
    assert "cadence" not in found[1]  # standing


@pytest.mark.unhurried
def test_the_same_run_from_history_folder_and_results_is_the_same_to_the_second(
    restride: Restride, history: tuple[Store, str], folder: Path, results: Path, tmp_path: Path
) -> None:
    _store, run_id = history
    given = {"a.fit": run_id[:8], "b.fit": folder, "c.fit": results}
    for name, run in given.items():
        done = restride("export", run, "--to", "fit", "--out", tmp_path / name, "--as", "anna")
        assert done.returncode == 0, done.stderr
    one, other, third = (records(tmp_path / name) for name in given)
    assert one == other == third


def test_the_stride_table_comes_with_its_dictionary(
    restride: Restride, results: Path, analysis: imu.RunAnalysis, tmp_path: Path
) -> None:
    out = tmp_path / "strides.csv"
    assert restride("export", results, "--to", "csv", "--out", out).returncode == 0
    assert out.read_bytes() == (results / "strides.csv").read_bytes(), "one form, whoever writes it"
    table = pd.read_csv(out, keep_default_na=False, na_values=[""])
    assert tuple(table.columns) == COLUMN_NAMES
    numbers = analysis.strides.select_dtypes("number")
    pd.testing.assert_frame_equal(
        table[list(numbers)], numbers.round(5), check_dtype=False, check_exact=False, atol=1e-9
    )
    assert (table["valid"] == analysis.strides["valid"]).all()
    with (tmp_path / "strides.dictionary.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert [(one["column"], one["unit"], one["meaning"]) for one in told] == [
        (one.name, one.unit, one.meaning) for one in STRIDE_COLUMNS
    ]
    assert {one["column"]: one["type"] for one in told}["valid"] == "boolean"


def test_parquet_loses_nothing_and_explains_itself(
    restride: Restride, results: Path, analysis: imu.RunAnalysis, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "strides.parquet"
    assert restride("export", results, "--to", "parquet", "--out", out).returncode == 0
    table = pq.read_table(out)
    pd.testing.assert_frame_equal(table.to_pandas(), analysis.strides)
    assert table.schema.field("contact_time_s").metadata[b"unit"] == b"s"
    assert (out.parent / "strides.dictionary.csv").exists()


@pytest.mark.parametrize("existing", ["a.csv", "a.dictionary.csv"])
def test_nothing_is_overwritten_unless_it_is_wanted(
    restride: Restride, results: Path, tmp_path: Path, existing: str
) -> None:
    (tmp_path / existing).write_text("mine")
    refused = restride("export", results, "--to", "csv", "--out", tmp_path / "a.csv")
    assert refused.returncode == 2
    assert f"{existing}: is there already; --force replaces it" in refused.stderr
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == [existing]
    assert (tmp_path / existing).read_text() == "mine"
    forced = restride("export", results, "--to", "csv", "--out", tmp_path / "a.csv", "--force")
    assert forced.returncode == 0
    assert (tmp_path / existing).read_text() != "mine"


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_nothing_behind(restride: Restride, results: Path, tmp_path: Path) -> None:
    done = restride("export", results, "--to", "csv", "--out", tmp_path / "out" / "a.csv")
    assert done.returncode == 2
    assert "a.csv: cannot be written" in done.stderr
    assert not list((tmp_path / "out").iterdir())


def test_another_account_takes_nothing_and_who_took_it_is_written_down(
    restride: Restride, history: tuple[Store, str], tmp_path: Path
) -> None:
    store, run_id = history
    out = tmp_path / "a.fit"
    done = restride("export", run_id, "--to", "fit", "--out", out, "--as", "kim", "--athlete", "Anna")
    assert done.returncode == 2
    assert not out.exists()
    with store.changed_by("anna") as repository:
        athlete = repository.sharing.athlete()
        repository.sharing.grant(athlete.athlete_id, "kim", "training")
    done = restride("export", run_id, "--to", "fit", "--out", out, "--as", "kim", "--athlete", "Anna")
    assert done.returncode == 0, done.stderr
    with store.seen_by("anna") as repository:
        looked = [(one.by, one.subject) for one in repository.sharing.audit(athlete.athlete_id)]
    assert ("kim", f"run {run_id} as fit") in looked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ffff0000", "--to", "fit"], "run ffff0000: there is none; give `last`"),
        (["las", "--to", "fit"], "run las: there is none"),
        (["last", "--to", "excel"], "'excel' is none of fit, csv"),
        (["last", "last2", "--to", "fit"], "run last2: there is none"),
    ],
)
@pytest.mark.usefixtures("history")
def test_what_is_not_there_is_said_in_a_line(
    restride: Restride, tmp_path: Path, words: list[str], said: str
) -> None:
    done = restride("export", *words, "--out", tmp_path / "a", "--as", "anna")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "a").exists()


def test_a_folder_that_is_no_run_is_refused(restride: Restride, results: Path, tmp_path: Path) -> None:
    empty, damaged, halved = (tmp_path / name for name in ("empty", "damaged", "halved"))
    for one in (empty, damaged, halved):
        one.mkdir()
    (damaged / "summary.json").write_text("[1, 2")
    (halved / "summary.json").write_bytes((results / "summary.json").read_bytes())
    (halved / "strides.parquet").write_bytes((results / "strides.parquet").read_bytes()[:500])
    for one, said in (
        (empty, "recording.json"),
        (damaged, "summary.json: is no summary"),
        (halved, "strides.parquet: cannot be read"),
    ):
        done = restride("export", one, "--to", "csv", "--out", tmp_path / "a.csv")
        assert done.returncode == 2
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_run_that_does_not_say_when_it_began_is_told_with_start(
    restride: Restride, results: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    summary = json.loads((results / "summary.json").read_text()) | {"start": None}
    (bare / "summary.json").write_text(json.dumps(summary))
    (bare / "strides.parquet").write_bytes((results / "strides.parquet").read_bytes())
    out = tmp_path / "a.fit"
    done = restride("export", bare, "--to", "fit", "--out", out)
    assert done.returncode == 2
    assert "give --start" in done.stderr
    assert not out.exists()
    done = restride("export", bare, "--to", "fit", "--out", out, "--start", "2026-03-02T07:00:00")
    assert done.returncode == 0
    local = datetime(2026, 3, 2, 7).astimezone()
    assert records(out)[0]["timestamp"] == local


def test_nothing_is_written_into_a_recording(restride: Restride, folder: Path) -> None:
    before = sorted(folder.iterdir())
    done = restride("export", folder, "--to", "csv", "--out", folder / "strides.csv")
    assert done.returncode == 2
    assert "never changed" in done.stderr
    assert sorted(folder.iterdir()) == before


def test_without_fit_tool_it_says_how_to_get_it(
    restride: Restride, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "fit_tool"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "fit_tool", None)
    done = restride("export", results, "--to", "fit", "--out", tmp_path / "a.fit")
    assert done.returncode == 2
    assert done.stderr == "restride: needs fit-tool; run: pip install 'restride[formats]'\n"
    assert not (tmp_path / "a.fit").exists()


@pytest.mark.unhurried
def test_a_recording_becomes_a_motion_bids_dataset(
    restride: Restride, folder: Path, history: tuple[Store, str], tmp_path: Path
) -> None:
    out = tmp_path / "dataset"
    done = restride("export", "last", "--to", "bids", "--out", out, "--as", "anna", "--subject", "r01")
    assert done.returncode == 0, done.stderr
    samples = [pd.read_csv(one, sep="\t", header=None) for one in sorted(out.rglob("*pelvis*_motion.tsv"))]
    track = imu.load(folder).tracks["pelvis"]
    assert [one.shape for one in samples] == [(track.n_samples, 7)]
    (events,) = (pd.read_csv(one, sep="\t") for one in out.glob("sub-r01/motion/*_events.tsv"))
    assert set(events["trial_type"]) == {"stand", "run", "initial_contact", "toe_off"}
    _store, run_id = history
    again = restride("export", run_id, "--to", "bids", "--out", out, "--as", "anna")
    assert again.returncode == 2
    assert "is there already" in again.stderr


@pytest.mark.usefixtures("history")
def test_a_run_of_the_history_becomes_a_fhir_bundle_that_names_nobody_unasked(
    restride: Restride, analysis: imu.RunAnalysis, tmp_path: Path
) -> None:
    out = tmp_path / "run.json"
    done = restride("export", "last", "--to", "fhir", "--out", out, "--as", "anna")
    assert done.returncode == 0, done.stderr
    text = out.read_text(encoding="utf-8")
    assert "Anna" not in text
    values = {
        (one["code"]["coding"][0]["code"], side["valueCodeableConcept"]["coding"][0]["code"]): one
        for one in (entry["resource"] for entry in json.loads(text)["entry"])
        if one["resourceType"] == "Observation"
        for side in one["component"][:1]
    }
    for code, column, factor in (
        ("ground-contact-time", "contact_time_s", 1000),
        ("shank-angle-at-contact", "shank_angle_ic_deg", 1),
        ("pelvic-drop", "pelvic_drop_deg", 1),
    ):
        for side in ("left", "right"):
            told = values[code, side]["valueQuantity"]["value"]
            median = analysis.summary["running"][side][column]["median"]
            assert told == pytest.approx(median * factor, abs=1e-4)
    strides = analysis.strides.query("activity == 'run' and valid and side == 'left'")
    uncertainty = values["shank-angle-at-contact", "left"]["component"][-1]["valueQuantity"]["value"]
    assert uncertainty == pytest.approx(strides["shank_angle_sd_deg"].median(), abs=1e-4)
    named = tmp_path / "named.json"
    done = restride("export", "last", "--to", "fhir", "--out", named, "--as", "anna", "--with-name")
    assert done.returncode == 0, done.stderr
    assert '"name": [{"text": "Anna"}]' in named.read_text(encoding="utf-8")


def test_runs_become_rows_for_redcap(
    restride: Restride, results: Path, analysis: imu.RunAnalysis, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    analysis.save(other)
    out = tmp_path / "redcap"
    done = restride("export", results, other, "--to", "redcap", "--out", out, "--subject", "r01")
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(out / "data.csv")
    assert list(table["record_id"]) == ["r01", "r01"]
    assert list(table["redcap_repeat_instance"]) == [1, 2]
    left = analysis.summary["running"]["left"]["contact_time_s"]
    assert table["contact_time_s_l"].iloc[0] == left["median"]
    assert table["contact_time_s_l_n"].iloc[0] == left["n"]
    assert table["distance_m"].iloc[0] == analysis.summary["distance_m"]


def test_a_run_of_the_history_has_its_place_and_its_facts_in_redcap(
    restride: Restride, history: tuple[Store, str], tmp_path: Path
) -> None:
    _store, run_id = history
    done = restride("export", "last", "--to", "redcap", "--out", tmp_path / "out", "--as", "anna")
    assert done.returncode == 0, done.stderr
    (row,) = pd.read_csv(tmp_path / "out" / "data.csv").to_dict("records")
    assert row["run_key"] == run_id
    assert row["surface"] == "track"
    assert "Anna" not in (tmp_path / "out" / "data.csv").read_text()


def test_shank_angles_become_a_motion_of_opensim(restride: Restride, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run.mot"
    assert restride("export", folder, "--to", "mot", "--out", out).returncode == 0
    head = out.read_text().split("endheader")[0]
    assert "inDegrees=yes" in head
    assert "nColumns=3" in head


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "bids"], "needs the recording itself"),
        (["--to", "mot"], "needs the recording itself"),
        (["--to", "csv", "--subject", "a b"], "letters and digits only"),
        (["--to", "csv", "--with-name"], "never tells a name; leave out --with-name"),
    ],
)
def test_results_alone_hold_no_samples(
    restride: Restride, results: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    done = restride("export", results, *words, "--out", tmp_path / "a")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "a").exists()


def test_one_run_at_a_time_where_the_format_holds_one(
    restride: Restride, results: Path, tmp_path: Path
) -> None:
    for given, said in (
        ([results, results], "takes one run at a time, not 2"),
        ([results, "last"], "not both at once"),
    ):
        done = restride("export", *given, "--to", "csv", "--out", tmp_path / "a.csv")
        assert done.returncode == 2
        assert said in done.stderr


def test_the_help_names_every_format() -> None:
    assert set(FORMAT_NAMES) == set(FORMATS)
