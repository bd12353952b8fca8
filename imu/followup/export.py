"""Everything of one athlete in open formats, readable without this program."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet as pq

from imu.analysis.columns import STRIDE_COLUMNS
from imu.analysis.withheld import with_not_told
from imu.errors import RecordingError, StoreError, writing
from imu.followup.dictionary import TABLES, meaning
from imu.followup.watch_fit import PLACES
from imu.formats.content import ACTIVITY_CHANNELS
from imu.formats.stride_table import csv_bytes
from imu.store import Account, KeptWatch, Repository, Store
from imu.store.files import DERIVED_FILES
from imu.store.raw_files import restore_folder
from imu.training.segments import COLUMNS, Segments

Progress = Callable[[float], None]
Tables = Mapping[str, Sequence[Mapping[str, Any]]]
_OF_A_RUN = ("run_segments", "run_summary")  # these lie beside their run


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What went out. `missing`: files that were gone already, in words."""

    rows: dict[str, int]  # by table
    missing: tuple[str, ...]


def export_all(
    store: Store,
    viewer: Account | str,
    athlete_id: str,
    out: Path,
    *,
    made_by: str,
    progress: Progress = lambda _share: None,
) -> Exported:
    """Write a folder with tables, recordings, strides, the log and a README that explains them.

    The folder appears whole or not at all. `Forbidden` for who may not share the athlete's data;
    RecordingError if the folder is there already or cannot be written.
    """
    if out.exists():
        raise RecordingError(out, "is there already; give another folder")
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with writing(out):
            (beside / "tables").mkdir(parents=True)
        with store.changed_by(viewer) as repository:
            repository.belongings.exported(athlete_id)
        with store.seen_by(viewer) as repository:
            tables = dict(repository.belongings.tables(athlete_id))
            with writing(out):
                for name, rows in tables.items():
                    if name not in _OF_A_RUN:
                        _write_table(beside / "tables" / name, rows)
                missing: list[str] = []
                for number, run in enumerate(tables["run"], start=1):
                    folder = beside / "runs" / _folder_name(run)
                    missing += _write_run(repository, folder, run["run_id"])
                    progress(number / len(tables["run"]))
                (beside / "README.md").write_text(_readme(tables, missing, made_by), "utf-8")
        with writing(out):
            beside.rename(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Exported(rows={name: len(rows) for name, rows in tables.items()}, missing=tuple(missing))


def _write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same as CSV and as JSON."""
    plain = [{column: _plain(value) for column, value in row.items()} for row in rows]
    path.with_suffix(".json").write_text(json.dumps(plain, indent=1, ensure_ascii=False), "utf-8")
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows({column: _cell(value) for column, value in row.items()} for row in plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list, bool)) else value


def _folder_name(run: Mapping[str, Any]) -> str:
    return f"{run['start']:%Y-%m-%dT%H%M%S}_{run['run_id'][:8]}"


def _write_run(repository: Repository, folder: Path, run_id: str) -> Iterator[str]:
    """What there is of a run; yields what is gone."""
    folder.mkdir(parents=True)
    run = repository.runs.run(run_id)
    summary = json.dumps(with_not_told(repository.runs.summary(run_id)), indent=1, ensure_ascii=False)
    (folder / "summary.json").write_text(summary, "utf-8")
    _write_segments(folder / "segments.csv", run.segments)
    for watch in repository.watches.of_run(run_id):
        yield from _write_watch(repository, folder, run_id, watch)
    raw = repository.runs.raw(run_id)
    if raw is None:
        return
    try:
        restore_folder(list(raw.files), lambda name: repository.files.raw(run_id, name), folder / "recording")
    except StoreError as error:
        shutil.rmtree(folder / "recording")
        yield str(error)
    for name in DERIVED_FILES:
        try:
            content = repository.files.derived(run_id, name)
        except StoreError as error:
            yield str(error)
            continue
        (folder / name).write_bytes(content)
        table = pq.read_table(BytesIO(content)).to_pandas()
        (folder / name).with_suffix(".csv").write_bytes(csv_bytes(table))


def _write_watch(repository: Repository, folder: Path, run_id: str, watch: KeptWatch) -> Iterator[str]:
    """The original of a watch and its values; yields what is gone."""
    try:
        if watch.file is not None:
            (folder / watch.file).write_bytes(repository.files.raw(run_id, watch.file))
        content = repository.files.derived(run_id, watch.table)
    except StoreError as error:
        yield str(error)
        return
    pyarrow.csv.write_csv(pq.read_table(BytesIO(content)), (folder / watch.table).with_suffix(".csv"))


def _write_segments(path: Path, segments: Segments) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(astuple(segment) for segment in segments)


def _readme(tables: Tables, missing: Sequence[str], made_by: str) -> str:
    return "\n".join((*_head(tables, missing, made_by), *_told(tables), *_strides(), "", *_watches(), ""))


def _head(tables: Tables, missing: Sequence[str], made_by: str) -> Iterator[str]:
    (athlete,) = tables["athlete"]
    yield f"# Everything of {athlete['name']}"
    yield ""
    yield f"Written by {made_by}. UTF-8; times are ISO 8601 with the offset of the athlete's clock."
    yield ""
    yield "- `tables/`: every table as CSV and as JSON. In CSV, lists and objects are JSON inside a cell."
    yield "- `runs/DATE_ID/recording/`: the signals as recorded, one Parquet file a sensor in m/s2 and rad/s,"
    yield "  and `recording.json`."
    yield "- `runs/DATE_ID/strides.csv`, `.parquet`: one row per stride; `curves`: means over the gait cycle;"
    yield "  `seconds`: what was done when; `segments.csv`: medians of 25 strides; `summary.json`: results."
    yield "- `runs/DATE_ID/watch-*`: the file of a watch, and its values as CSV, in seconds since its start."
    yield ""
    if missing:
        yield "Not here, because the store had lost it:"
        yield ""
        yield from (f"- {one}" for one in missing)
        yield ""


def _told(tables: Tables) -> Iterator[str]:
    for name, what in TABLES.items():
        rows = tables[name]
        yield f"## tables/{name}: {what}"
        yield ""
        if not rows:
            yield "Nothing was written down."
        else:
            yield "| column | meaning |"
            yield "|---|---|"
            yield from (f"| {column} | {meaning(name, column)} |" for column in rows[0])
        yield ""


def _strides() -> Iterator[str]:
    yield "## runs/DATE_ID/strides"
    yield ""
    yield "| column | unit | meaning |"
    yield "|---|---|---|"
    yield from (f"| {one.name} | {one.unit} | {one.meaning} |" for one in STRIDE_COLUMNS)


def _watches() -> Iterator[str]:
    yield "## runs/DATE_ID/watch"
    yield ""
    yield "Names end in their units. `developer:NAME (unit)` is a maker's own, as its file has it."
    yield ""
    yield "| channel | meaning |"
    yield "|---|---|"
    kept = (name for name in ACTIVITY_CHANNELS if name not in PLACES)
    yield from (f"| {name} | {ACTIVITY_CHANNELS[name]} |" for name in kept)
