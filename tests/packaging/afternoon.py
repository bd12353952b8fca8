"""A stranger's afternoon: from the wheel to his watch and his clinic, with nothing of this checkout in reach.

    python -m tests.packaging.afternoon dist/restride-*.whl --folder /tmp/afternoon

He wore three MetaMotions and a watch on one run. Their files are made here from one simulated run, and what
he exports is read back by libraries that are not ours. Printed is what he types and what he is told; it ends
with an error where something is not as the run was.
"""

import argparse
import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fhir.resources.R4B.bundle import Bundle
from garmin_fit_sdk import Decoder, Stream

from imu.simulate import SimulationConfig, simulate
from imu.simulate.truth import Truth
from tests.benchmarks.browsing import Visitor
from tests.formats.foreign import START, metabase_pair
from tests.formats.outings import Done, as_worn
from tests.formats.watches import fit_bytes
from tests.packaging.building import Stranger

PATTERN = "stand:8,run:90@2.7,run:60@3.6,walk:30@1.4,run:90@3.0,stand:6"
WATCH_BEGAN_S = -10.0  # against the sensors, whatever both clocks say
PASSWORD = "a long afternoon"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where he types, and who listens to what he is told."""

    stranger: Stranger
    tell: Callable[[str], None]

    def __call__(self, *words: str, typed: str = "") -> str:
        self.tell(f"$ restride {' '.join(words)}")
        done = self.stranger.runs(*words, typed=typed)
        for line in (done.stderr + done.stdout).splitlines():
            self.tell(f"  {line}")
        return done.stdout


def spent(stranger: Stranger, wheel: Path, *, tell: Callable[[str], None] = lambda _line: None) -> None:
    """The whole afternoon; AssertionError where he is told or given anything else than what was run."""
    stranger.installs(wheel, "dashboard", "fhir", "formats")
    types, folder = Desk(stranger, tell), stranger.folder
    truth = _records_a_run(folder / "sensors", folder / "morning.fit")
    run_id = _imports(types)
    _sees_the_run_in_the_dashboard(types, run_id)
    types("export", run_id[:8], "--to", "fit", "--out", "for-the-watch.fit")
    types("export", run_id[:8], "--to", "fhir", "--out", "for-the-clinic.json")
    _garmins_own_library_finds_the_run(folder / "for-the-watch.fit", truth)
    _a_library_for_clinics_finds_the_run(folder / "for-the-clinic.json", truth)


def _records_a_run(sensors: Path, watch: Path) -> Truth:
    """The same run as the sensors' app and as the watch exports it."""
    outing = simulate(SimulationConfig(pattern=PATTERN, seed=3, start=START))
    sensors.mkdir()
    metabase_pair(outing.recording, sensors)
    done = Done(strides=outing.truth.strides, bouts=outing.truth.bouts)
    worn = as_worn(done, offset_s=WATCH_BEGAN_S, seconds=300, seed=1)
    watch.write_bytes(fit_bytes(replace(worn, start=START), positions=True, zone_h=1.0))
    return outing.truth


def _imports(types: Desk) -> str:
    """Sensors first, then the watch, which is laid on them; twice changes nothing."""
    types("import", "sensors", "--surface", "road")
    (run,) = json.loads(types("import", "sensors", "--json"))
    assert not run["is_new"]
    told = types("import", "morning.fit")
    found = re.search(r"Begun (\d+) s before the recording, found by cadence and speed: within (\d+) s", told)
    assert found, told
    assert abs(-float(found[1]) - WATCH_BEGAN_S) <= float(found[2]) <= 2, told
    return str(run["run_id"])


def _sees_the_run_in_the_dashboard(types: Desk, run_id: str) -> None:
    account = json.loads(types("accounts", "list", "--json"))[0]["name"]
    types("accounts", "password", account, "--stdin", typed=f"{PASSWORD}\n")
    with _served(types) as address:
        assert httpx.post(f"{address}/_dash-update-component", json={}, timeout=60).status_code == 401
        visitor = Visitor.signed_in(address, account, PASSWORD)
        with closing(visitor.browser):
            visitor.open(f"/run/{run_id}")
        assert not [one for one in visitor.answers if one.status != 200]
        shown = visitor.shows().replace("\N{NO-BREAK SPACE}", " ")
        for part in ("2 March 2026", "Shank angle at contact", "Begun 12 s before", "Heart rate"):
            assert part in shown, part
        types.tell(f"  the page of the run, {len(visitor.answers)} answers to a browser")


@contextmanager
def _served(types: Desk) -> Iterator[str]:
    """The address of `restride serve` while it runs."""
    words = ["serve", "--port", "0", "--no-worker", "--log", "serve.log"]
    types.tell(f"$ restride {' '.join(words)}")
    process = subprocess.Popen(
        [str(types.stranger.command), *words],
        env=types.stranger.environment,
        cwd=types.stranger.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        types.tell(f"  {line.strip()}")
        found = re.search(r"http://\S+(?=;)", line)
        assert found, line
        yield found[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _garmins_own_library_finds_the_run(file: Path, truth: Truth) -> None:
    messages: Any
    messages, errors = Decoder(Stream.from_file(str(file))).read()
    assert not errors
    (session,) = messages["session_mesgs"]
    assert session["sport"] == "running"
    records = messages["record_mesgs"]
    for second in (30, 90, 230):  # each in another pace
        (there,) = (one for one in records if (one["timestamp"] - START).total_seconds() == second)
        steps = 2 * (there["cadence"] + there.get("fractional_cadence", 0))
        assert _near(steps, _at(truth, second, "cadence_spm"), 0.03), second
        assert _near(there["enhanced_speed"], _at(truth, second, "speed_mps"), 0.1), second
    own = {"".join(one["field_name"]) for one in messages["field_description_mesgs"]}
    assert {"shank_angle_contact_left", "shank_angle_contact_right"} <= own
    beats = [one["heart_rate"] for one in records if "heart_rate" in one]
    assert len(beats) > 200
    assert 90 <= min(beats) < max(beats) <= 150  # as the watch told it


def _a_library_for_clinics_finds_the_run(file: Path, truth: Truth) -> None:
    bundle: Any = Bundle.model_validate_json(file.read_bytes())
    observations = [one.resource for one in bundle.entry if one.resource.get_resource_type() == "Observation"]
    found = {
        coding.code: float(one.valueQuantity.value)
        for one in observations
        if one.valueQuantity is not None
        for coding in one.code.coding
    }
    for code, column in (("cadence", "cadence_spm"), ("running-speed", "speed_mps")):
        assert _near(found[code], _while_running(truth, column), 0.05), code


def _near(told: float, true: float, share: float) -> bool:
    return abs(told - true) <= share * true


def _at(truth: Truth, second: float, column: str) -> float:
    """Over the strides that touch five seconds."""
    strides = truth.strides
    near = (strides["ic_time_s"] < second + 2.5) & (strides["next_ic_time_s"] > second - 2.5)
    return float(strides.loc[near, column].mean())


def _while_running(truth: Truth, column: str) -> float:
    running = [bout for bout in truth.bouts if bout.activity == "run"]
    begin_s = truth.strides["ic_time_s"].to_numpy(float)
    within = np.any([(one.start_s <= begin_s) & (begin_s < one.end_s) for one in running], axis=0)
    return float(truth.strides.loc[within, column].median())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path, help="what was built, as by `make dist`")
    parser.add_argument("--folder", type=Path, required=True, help="new: for his environment and his files")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True)
    spent(Stranger(arguments.folder.resolve()), arguments.wheel.resolve(), tell=print)


if __name__ == "__main__":
    main()
