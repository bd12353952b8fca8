"""A store in which every table has rows and every kind of file is there."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from imu import simulate
from imu.followup.identity import run_id_of
from imu.recording import Recording
from imu.recording.manifest import written_manifest
from imu.store import Account, Derived, KeptWatch, RawRecord, Repository, Store
from imu.store.files import DERIVED_FILES
from imu.store.raw_files import content_hash, packed_files
from imu.store.rows import DeviceTokenRow, FailedSignInRow, JobRow, SignInRow, UploadRow
from imu.store.sign_ins import hash_of
from imu.training.baseline import Baseline
from imu.training.history import (
    Bout,
    CheckIn,
    Decision,
    Exercise,
    Exposure,
    ImpactLoad,
    Injury,
    Run,
)
from imu.training.segments import COLUMNS, Segments
from imu.training.warnings import Act

SECRET = "a stabbing behind the knee, where nobody knows"
HEADLINE = {"left": {"shank_angle_ic_deg": 5.5}, "right": {"shank_angle_ic_deg": None}}


def run(run_id: str, start: datetime, *, seed: int = 0) -> Run:
    """Half an hour with a break, and a few segments."""
    table = np.random.default_rng(seed).normal(3.0, 1.0, (6, len(COLUMNS))).astype(np.float32)
    table[:, 0] = np.arange(6) % 2
    table[:, 4] = np.nan
    return Run(
        run_id=run_id,
        start=start,
        duration_s=1800.0,
        bouts=(
            Bout(activity="run", start_s=0.0, end_s=1000.0, speed_mps=2.7),
            Bout(activity="stand", start_s=1000.0, end_s=1800.0),
        ),
        distance_m=2700.5,
        segments=Segments(table),
        exposure=(
            Exposure(from_mps=0.0, to_mps=3.0, seconds=900.0, metres=2400.0),
            Exposure(from_mps=3.0, to_mps=float("inf"), seconds=100.0, metres=300.5),
        ),
        accelerations=2,
        top_speed_mps=3.4,
        impact=(
            ImpactLoad(side="left", contacts=1300, cumulative_g=9000.5, damage_index=1.25, complete=True),
        ),
        surface="track",
        shoe="the old ones, ½ size up",
        trust="usable",
        untrusted_because=("pelvis: it sat loosely",),
        effort_cr10=4.5,
    )


@cache
def _recording() -> Recording:
    return simulate.simulate(simulate.SimulationConfig(pattern="stand:2,run:4@3,stand:2")).recording


def fill(store: Store, viewer: Account, athlete_id: str, scratch: Path) -> tuple[str, ...]:
    """Runs with and without a recording, and everything that is told around them. Run ids, in order."""
    now = store.now()
    recording = _recording()
    packed = dict(packed_files(recording, scratch))
    name = content_hash(recording)
    ids = (run_id_of(athlete_id, name), run_id_of(athlete_id, "without a recording"))
    raw = RawRecord(
        content_hash=name,
        manifest=_with_serials(json.loads(written_manifest(recording))),
        files=tuple(packed),
        bytes=sum(map(len, packed.values())),
    )
    with store.changed_by(viewer) as repository:
        for key, content in packed.items():
            repository.files.write_raw(athlete_id, ids[0], key, content)
        for number, key in enumerate(DERIVED_FILES):
            table = pd.DataFrame({"time_s": [0.5, 1.0 + number], "side": ["left", "right"]})
            out = BytesIO()
            table.to_parquet(out)
            repository.files.write_derived(athlete_id, ids[0], key, out.getvalue())
        for days, run_id in zip((3, 1), ids, strict=True):
            repository.runs.add(
                athlete_id,
                Derived(
                    run=run(run_id, now - timedelta(days=days), seed=days),
                    headline=HEADLINE,
                    summary={"duration_s": 1800.0, "words": ["größer", None, True, 1e-9]},
                    analysis_version="1",
                ),
                raw if run_id == ids[0] else None,
            )
        _watch(repository, athlete_id, ids[1])
    _tell(store, viewer, athlete_id, ids)
    _serve(store, viewer, athlete_id)
    return ids


def _watch(repository: Repository, athlete_id: str, run_id: str) -> None:
    """What a watch alone tells of the run without a recording."""
    watch = KeptWatch(
        run_id=run_id,
        content_hash="c0" * 32,
        alone=True,
        file="watch-c0.gpx",
        facts={"start": "2026-03-01T12:00:00+00:00", "device": "größer", "notes": [None, 1e-9]},
        fit={"offset_s": 0.0, "sd_s": 0.0, "by": "start"},
    )
    repository.files.write_raw(athlete_id, run_id, "watch-c0.gpx", b"<gpx/>")
    out = BytesIO()
    pd.DataFrame({"time_s": [0.0, 1.0], "channel": "heart_rate_bpm", "value": [90.0, 91.0]}).to_parquet(out)
    repository.files.write_derived(athlete_id, run_id, watch.table, out.getvalue())
    repository.watches.keep(athlete_id, watch)


def _serve(store: Store, viewer: Account, athlete_id: str) -> None:
    """What a server keeps."""
    now = store.now()
    of_both: dict[str, Any] = {"athlete_id": athlete_id, "account_id": viewer.account_id, "made_at": now}
    key = sha256(f"{athlete_id} {now}".encode()).hexdigest()
    with Session(store.engine) as session, session.begin():
        session.add_all(
            [
                SignInRow(secret_hash=key, account_id=viewer.account_id, made_at=now, seen_at=now),
                FailedSignInRow(name_hash=hash_of(viewer.name), at=now),
                DeviceTokenRow(
                    token_id=key[:32],
                    token_hash=key,
                    account_id=viewer.account_id,
                    name="laptop",
                    made_at=now,
                ),
                UploadRow(
                    upload_id=key[:32],
                    content_hash=key,
                    bytes=9,
                    received=4,
                    facts={"shoe": "old"},
                    **of_both,
                ),
                JobRow(
                    job_id=key[:32],
                    kind="analyse",
                    subject=key[:32],
                    detail={"format": "folder"},
                    state="waiting",
                    share_done=0.25,
                    tries=0,
                    **of_both,
                ),
            ]
        )


def _with_serials(manifest: dict[str, Any]) -> dict[str, Any]:
    for placement, facts in manifest["sensors"].items():
        facts["serial"] = f"SN-{placement}"
    return manifest


def _tell(store: Store, viewer: Account, athlete_id: str, ids: Sequence[str]) -> None:
    now = store.now()
    plan = resources.files("imu.training.plans")
    plan_text = next(one for one in plan.iterdir() if one.name.endswith(".json")).read_text("utf-8")
    with store.changed_by(viewer) as repository:
        care = repository.care
        care.add_injury(
            athlete_id,
            Injury(
                injury_id=sha256(athlete_id.encode()).hexdigest()[:32],
                side="left",
                site="hamstring",
                onset=(now - timedelta(days=60)).date(),
                grade="2b",
            ),
        )
        care.add_check_in(
            athlete_id,
            CheckIn(
                at=now - timedelta(days=3),
                moment="after",
                pain=2,
                run_id=ids[0],
                site="hamstring",
                red_flags=("limp",),
                note=SECRET,
            ),
        )
        care.add_exercise(
            athlete_id, Exercise(at=now - timedelta(days=2), exercise="chair_bridge", sets=3, hold_s=20.0)
        )
        care.adopt_plan(athlete_id, json.loads(plan_text), reason="the usual one")
        care.answer_gate(athlete_id, "painless_walk", passed=True, at=now - timedelta(days=20))
        care.act(athlete_id, Act(at=now, warning="load-spike/1", kind="acknowledged", by=viewer.name))
        care.keep_baseline(
            athlete_id,
            "overstride_left",
            baseline(now),
            on_purpose=True,
            reason="ten runs",
            analysis_version="1",
        )
        repository.standings.keep(
            athlete_id,
            {"stage": "2"},
            without_words={"stage": "2"},
            holds_until=now + timedelta(hours=1),
            analysis_version="1",
        )
    clinician = store.add_account(f"clinician of {athlete_id[:4]}", "clinician")
    with store.changed_by(viewer) as repository:
        repository.sharing.grant(athlete_id, clinician.name, "clinical")
    with store.changed_by(clinician) as repository:
        hold = Decision(at=now, kind="hold", by=clinician.name, reason="wait for the scan")
        repository.care.decide(athlete_id, hold)
        repository.sharing.add_note(athlete_id, f"you wrote: {SECRET}")


def baseline(now: datetime) -> Baseline:
    return Baseline(
        metric="overstride",
        side="left",
        frozen_at=now,
        run_ids=("1", "2"),
        segments=30,
        center_mps=3.0,
        slowest_mps=2.5,
        fastest_mps=3.5,
        settings=(),
        usual=("road",),
        mean=(5.0, 0.1),
        covariance=((0.1, 0.0), (0.0, 0.1)),
        sd_run_deg=0.5,
        sd_segment_deg=0.8,
        lag_1=0.3,
    )


def everything(store: Store) -> dict[str, Any]:
    """Every row of every table and every file, but the log's last word."""
    from imu.store.plain_rows import batches, tables_of

    with store.engine.connect() as connection:
        rows = {
            name: [row for part in batches(connection, table) for row in part.to_pylist()]
            for name, table in tables_of(connection).items()
        }
    for found in rows.values():
        for row in found:
            for name, value in row.items():
                if isinstance(value, str) and value[:1] in ("{", "["):
                    row[name] = json.loads(value)
    return {**rows, "files": {key: store.blobs.read(key) for key in store.blobs.sizes()}}
