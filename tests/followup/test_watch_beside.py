"""What a watch told beside what the strides have: the same quantity, of the same movement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from imu.followup.importing import import_recording
from imu.followup.one_run import one_run
from imu.followup.run_facts import RunFacts
from imu.followup.watch_beside import SHOWN, beside
from imu.followup.watches import take_in_watch
from imu.formats import Activity, Answers, Source
from imu.formats.reading import read_source
from imu.simulate import SimulationConfig, simulate
from imu.store import Store
from tests.formats.watches import an_hour, fit_bytes

START = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)


@pytest.mark.unhurried
def test_form_is_compared_in_running_and_a_step_with_a_step(tmp_path: Path) -> None:
    store = Store.at(tmp_path, clock=lambda: START + timedelta(hours=4))
    anna = store.only_account()
    with store.seen_by(anna) as repository:
        athlete_id = repository.sharing.athlete().athlete_id
    walked = simulate(SimulationConfig(pattern="stand:4,walk:20@1.3,run:50@3.0", seed=3, start=START))
    run_id = import_recording(
        store, anna, athlete_id, walked.recording, facts=RunFacts(), analysis_version="test"
    ).run_id
    content = fit_bytes(replace(an_hour(seconds=74), start=START))
    (told,) = read_source(Source.of_bytes("run.fit", content), Answers())
    assert isinstance(told, Activity)
    take_in_watch(store, anna, athlete_id, told, facts=RunFacts(), analysis_version="test")
    with store.seen_by(anna) as repository:
        found = one_run(repository, run_id)
        lines = {one.channel: one for one in beside(repository, found, found.watches[0])}
    assert tuple(lines) == SHOWN
    assert np.nanmedian(lines["contact_time_s"].watch.value) == pytest.approx(0.25, abs=0.02)
    sensors = {name: one.strides for name, one in lines.items() if one.strides is not None}
    contact, step, cadence = (sensors[name] for name in ("contact_time_s", "step_length_m", "cadence_spm"))
    assert np.nanmax(contact.value) < 0.4  # a walk's is 0.6 s and more
    assert contact.minute[0] * 60 > 20
    assert np.nanmedian(step.value) == pytest.approx(3.0 * 60 / np.nanmedian(cadence.value), rel=0.1)
    assert np.nanmin(cadence.value) < 130  # the walk, that a watch tells too
