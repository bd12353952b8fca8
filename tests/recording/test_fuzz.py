"""Whatever bytes stand in the files: a recording or one line, nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import imu
from imu.errors import RecordingError
from tests.bad_input.corpus import sound_run

pytestmark = pytest.mark.unhurried

FUZZED = settings(
    max_examples=100, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def parquet_run(tmp_path: Path) -> Path:
    return _pelvis_alone(tmp_path, "parquet")


@pytest.fixture
def csv_run(tmp_path: Path) -> Path:
    return _pelvis_alone(tmp_path, "csv")


def _pelvis_alone(folder: Path, file_format: str) -> Path:
    draft = sound_run()
    draft.keep("pelvis")
    draft.sensors["pelvis"] = {name: column[:600] for name, column in draft.pelvis.items()}
    draft.file_format = file_format
    return draft.write(folder / "run")


def loads_or_says_why(folder: Path) -> None:
    outcome = _loaded(folder)
    if isinstance(outcome, RecordingError):
        assert str(outcome).isprintable()
        assert len(outcome.reason) < 300
    else:
        assert all(len(track.samples()) == track.n_samples for track in outcome.tracks.values())


def _loaded(folder: Path) -> imu.Recording | RecordingError:
    try:
        return imu.load(folder)
    except RecordingError as refusal:
        return refusal


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
KEYS = ("format", "start", "athlete", "sensors", "body", "reference_speed_mps", "notes")
SENSOR_KEYS = ("device", "serial", "rate_hz", "acc_range_g", "gyr_range_dps", "mount_height_m")
BODY_KEYS = ("height_m", "mass_kg", "shank_length_m")


@FUZZED
@given(content=st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_as_recording_json(parquet_run: Path, content: bytes) -> None:
    (parquet_run / "recording.json").write_bytes(content)
    loads_or_says_why(parquet_run)


@FUZZED
@given(data=st.data())
def test_any_value_under_any_known_key(parquet_run: Path, data: st.DataObject) -> None:
    manifest = sound_run().manifest
    manifest["sensors"] = {"pelvis": {}}
    for held, keys in (
        (manifest, KEYS),
        (manifest["body"], BODY_KEYS),
        (manifest["sensors"]["pelvis"], SENSOR_KEYS),
    ):
        held.update(data.draw(st.dictionaries(st.sampled_from(keys), json_values, max_size=2)))
    (parquet_run / "recording.json").write_text(json.dumps(manifest))
    loads_or_says_why(parquet_run)


@FUZZED
@given(data=st.data())
def test_a_parquet_file_with_changed_bytes(parquet_run: Path, data: st.DataObject) -> None:
    file = parquet_run / "pelvis.parquet"
    original = file.read_bytes()
    content = bytearray(original)
    footer = range(len(content) - int.from_bytes(content[-8:-4], "little") - 8, len(content))
    places = st.integers(0, len(content) - 1) | st.sampled_from(footer)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        content[place] = value
    try:
        file.write_bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))])
        loads_or_says_why(parquet_run)
    finally:
        file.write_bytes(original)


@FUZZED
@given(text=st.text(max_size=300) | st.text("time,acc_xyz0123456789.-+eE\"' \n\r\t;", max_size=300))
def test_any_text_as_csv(csv_run: Path, text: str) -> None:
    (csv_run / "pelvis.csv").write_bytes(text.encode("utf-8", "surrogatepass"))
    loads_or_says_why(csv_run)


@FUZZED
@given(rows=st.lists(st.text('0123456789.,-+eEnaif"\r\x00é', max_size=30), max_size=20))
def test_any_rows_below_a_sound_header(csv_run: Path, rows: list[str]) -> None:
    header = "time,acc_x,acc_y,acc_z\n"
    (csv_run / "pelvis.csv").write_text(header + "\n".join(rows), encoding="utf-8")
    loads_or_says_why(csv_run)
