"""The whole server killed while runs arrive at it: the next one goes on, and every run is there once."""

import os
import random
import socket
import subprocess
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import imu
from imu.followup.importing import import_recording
from imu.followup.run_facts import RunFacts
from imu.simulate import SimulationConfig, simulate
from imu.store import Account, Store
from imu.store.check import check
from imu.store.passwords import hashed
from imu.store.rows import UploadRow
from tests.conftest import COMMAND
from tests.faults.store_work import BEGIN
from tests.served import served

KILLS = 50
LATEST_S = 12.0  # after it began to serve; sending a run and analysing it take about half as long
WITHIN_S = 600


def added(laptop: Path, number: int) -> None:
    """One more run in the history of the laptop."""
    pattern = "stand:5,run:60@3,stand:5"
    recording = simulate(SimulationConfig(pattern=pattern, seed=number)).recording
    store = Store.at(laptop)
    account = store.only_account()
    with store.seen_by(account) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    start = BEGIN + timedelta(hours=number)
    import_recording(
        store,
        account,
        athlete_id,
        replace(recording, start=start),
        facts=RunFacts(),
        analysis_version=imu.__version__,
    )
    store.close()


def kill_with_children(process: int) -> None:
    """At once and without a word, as when the power goes."""
    family = [psutil.Process(process), *psutil.Process(process).children(recursive=True)]
    for one in family:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(family, timeout=WITHIN_S)


def doing(store: Store, account: Account) -> str:
    """What the server has in hand: the state of the job that is not done, or a file that came in part."""
    with store.seen_by(account) as repository:
        states = {one.state for one in repository.jobs.listed()} - {"done"}
    with Session(store.engine) as session:
        in_part = session.scalar(select(UploadRow.upload_id).where(UploadRow.received < UploadRow.bytes))
    return " and ".join(sorted(states | ({"sending"} if in_part else set()))) or "nothing"


@pytest.mark.long
def test_killed_fifty_times_while_runs_arrive(tmp_path: Path) -> None:
    clinic, laptop = tmp_path / "clinic", tmp_path / "laptop"
    store = Store.at(clinic)
    account = store.add_account("anna", "runner")
    with store.changed_by(account) as repository:
        athlete_id = repository.sharing.add_athlete("anna", own=True).athlete_id
    store.sign_ins.set_password_hash("anna", hashed("anna anna anna"))
    token = store.sign_ins.make_token(account, "laptop")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "RESTRIDE_HOME": str(laptop), "RESTRIDE_TOKEN": token}
    push = [*COMMAND, "push", "--server", address]
    killed_at: Counter[str] = Counter()
    for number in range(KILLS):
        added(laptop, number)
        with served(clinic, "--port", str(port), "--workers", "1") as here:
            sending = subprocess.Popen(
                push, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(random.uniform(0.5, LATEST_S))
            killed_at[doing(store, account)] += 1
            kill_with_children(here.process.pid)
            sending.wait(WITHIN_S)
        print(f"killed {number + 1} of {KILLS}: {dict(killed_at)}", flush=True)
    with served(clinic, "--port", str(port), "--workers", "1"):
        subprocess.run(push, env=environment, stdin=subprocess.DEVNULL, check=True, timeout=WITHIN_S)
        with store.changed_by(account) as repository:
            for job in repository.jobs.listed():
                if job.state == "failed":  # killed too often at the same work: whoever sent it may ask again
                    repository.jobs.again(job.job_id)
        until = time.monotonic() + WITHIN_S
        while (left := doing(store, account)) != "nothing":
            assert time.monotonic() < until, left
            time.sleep(0.5)
    with store.seen_by(account) as repository:
        assert len(repository.runs.listed(athlete_id)) == KILLS
        assert {one.state for one in repository.jobs.listed()} == {"done"}
    store.jobs.sweep()
    found = check(store, in_work=timedelta(0))
    assert found.is_whole
    assert [key for key in found.orphans if not key.startswith("uploads/")] == []
    assert len(killed_at) > 1, "never killed at work"
    store.close()
