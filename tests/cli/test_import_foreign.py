"""`restride import` with files of other programs, as typed by a user."""

import gc
import gzip
import io
import json
import os
import pty
import select
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import imu
from imu.cli import import_runs
from imu.cli.column_wizard import column_map
from imu.followup.arrival import Arrival, take_in
from imu.formats import SensorFile
from imu.formats.column_file import load_columns
from imu.recording import Recording
from imu.simulate import SimulationConfig, simulate
from tests.conftest import COMMAND, Restride
from tests.formats.foreign import START, G, dot, metabase_pair, plain
from tests.formats.zips import zipped


@pytest.fixture(scope="module")
def run() -> Recording:
    return simulate(SimulationConfig(pattern="stand:6,run:20@3,stand:3", start=START)).recording


@pytest.mark.unhurried
def test_a_metabase_pair_becomes_a_run_and_twice_changes_nothing(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    exported = tmp_path / "exported"
    exported.mkdir()
    first = restride("import", *metabase_pair(run, exported), "--json")
    assert first.returncode == 0, first.stderr
    (result,) = json.loads(first.stdout)
    assert result["is_new"]
    coming = json.loads(restride("status", "--json").stdout)["next"]
    assert (result["next"], result["earliest"]) == (coming["words"], coming["earliest"])
    assert "clock of the telephone" in " ".join(result["doubts"])
    again = restride("import", exported)  # the folder of them, in another order
    assert again.returncode == 0
    assert "already there as run" in again.stderr


@pytest.mark.unhurried
def test_of_many_outings_one_is_in_memory_and_a_stop_keeps_those_before_it(
    run: Recording, restride: Restride, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: dict[str, bytes] = {}
    for day in (2, 3, 4):
        samples = run.tracks["pelvis"].samples()
        table = dot(samples, tag="Pelvis", start=START.replace(day=day)).encode()
        packed = {"a.csv": table} if day == 2 else {"a.csv.gz": gzip.compress(table)}
        files |= packed if day < 4 else {"in.zip": zipped(packed)}
    export = tmp_path / "export.zip"
    export.write_bytes(zipped(files))
    monkeypatch.setattr(import_runs, "_HELD_BYTES", 1)
    in_memory: list[int] = []

    def watched(*arguments: Any, **more: Any) -> Arrival:
        gc.collect()
        alive = [one for one in gc.get_objects() if type(one) is SensorFile]
        in_memory.append(sum(one.is_whole for one in alive))
        if len(in_memory) == 3:
            raise KeyboardInterrupt
        return take_in(*arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr("imu.followup.arrival.take_in", watched)
        stopped = restride("import", export)
    assert in_memory == [0, 0, 0]
    assert "stopped: 2 read, 0 refused, 2 new; the same command again goes on from there" in stopped.stderr
    again = restride("import", export, "--json")
    assert [one["is_new"] for one in json.loads(again.stdout)] == [False, False, True]


@pytest.mark.unhurried
def test_recordings_and_files_of_others_come_together(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    both = tmp_path / "all"
    own = both / "own"
    imu.save(
        simulate(SimulationConfig(pattern="stand:6,run:20@3", start=START.replace(day=3))).recording, own
    )
    metabase_pair(run, both)
    (both / "notes.txt").write_text("slept badly")
    (both / ".hidden.csv").write_text("not to be read")
    done = restride("import", both, "--json")
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert [result["is_new"] for result in results] == [True, True]
    assert "notes.txt: is of no kind known here" in done.stderr
    assert "hidden" not in done.stderr


@pytest.mark.unhurried
def test_one_file_that_cannot_be_read_costs_no_other(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    files = metabase_pair(run, tmp_path)
    broken = tmp_path / "broken_Accelerometer.csv"
    broken.write_text(files[0].read_text()[:200] + "\nnonsense,1,2,3,4,5\n" + files[0].read_text()[200:])
    done = restride("import", *files, broken)
    assert done.returncode == 2
    assert "min of running" in done.stdout or "km" in done.stdout
    assert f"{broken}: line" in done.stderr
    assert "1 of 2 recordings could not be imported" in done.stderr


@pytest.mark.unhurried
def test_where_a_sensor_was_worn_and_units_are_told_by_options(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    file = tmp_path / "logger.csv"
    samples = run.tracks["pelvis"].samples()
    file.write_text(plain(samples, names="time,ax,ay,az,gx,gy,gz", acc=1 / G))
    asked = restride("import", file)
    assert (asked.returncode, "--unit acc=g" in asked.stderr) == (2, True)
    units = ("--unit", "acc=g", "--unit", "gyr=rad/s")
    asked = restride("import", file, *units)
    assert (asked.returncode, "--wear shank_left=logger.csv" in asked.stderr) == (2, True)
    asked = restride("import", file, *units, "--wear", "pelvis=logger.csv")
    assert (asked.returncode, "give --start" in asked.stderr) == (2, True)
    done = restride(
        "import", file, *units, "--wear", f"pelvis={file}", "--start", "2026-03-02T07:30:00"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "its columns were read as time time in s" in done.stderr


@pytest.mark.unhurried
def test_where_each_of_two_files_of_one_name_was_worn_is_answered_as_the_advice_says(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    for side in ("left", "right"):
        (tmp_path / f"on the {side}").mkdir()
        table = dot(run.tracks[f"shank_{side}"].samples(), tag="")
        (tmp_path / f"on the {side}" / "a.csv").write_text(table)
    wear: list[str] = []
    for placement in ("shank_left", "shank_right"):
        asked = restride("import", tmp_path, *wear)
        assert asked.returncode == 2
        wear += shlex.split(asked.stderr[asked.stderr.index("--wear") : asked.stderr.index(", or")])
        wear[-1] = wear[-1].replace("shank_left", placement)
    done = restride("import", tmp_path, *wear)
    assert done.returncode == 0, done.stderr


def test_a_sensor_that_does_not_say_when_joins_one_that_does_by_the_start_that_is_asked(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    dated, undated = tmp_path / "left_shank.csv", tmp_path / "right_shank.csv"
    dated.write_text(dot(run.tracks["shank_left"].samples()))
    undated.write_text(dot(run.tracks["shank_right"].samples(), preamble=False))
    asked = restride("import", dated, undated)
    assert asked.returncode == 2
    assert f"{undated} does not say when it began, and {dated} does" in asked.stderr
    start = START.astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    done = restride("import", dated, undated, "--start", start, "--json")
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)
    assert "right shank: when it began was told by hand" in result["doubts"]


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("--unit", "acc=stones"), "--unit acc=stones: known are acc=m/s2 or"),
        (("--zone", "Atlantis"), "--zone Atlantis: write it like Europe/Berlin or +01:00"),
        (("--wear", "elbow=dot.csv"), "unknown placement 'elbow'"),
        (("--wear", "pelvis"), "--wear pelvis: write it like --wear shank_left=left.csv"),
        (("--wear", "pelvis=other.csv"), "none of the sensor files is called so"),
        (("--map", "missing.json"), "--map missing.json: does not exist, and nobody can be asked here"),
    ],
)
def test_options_that_cannot_be_are_refused_in_one_line(
    run: Recording, restride: Restride, tmp_path: Path, words: tuple[str, ...], refused: str
) -> None:
    file = tmp_path / "dot.csv"
    file.write_text(dot(run.tracks["shank_left"].samples()))
    done = restride("import", file, *words)
    assert done.returncode == 2
    assert refused in done.stderr
    assert done.stderr.count("\n") == 1


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_rate_that_no_map_may_have_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, told = tmp_path / "t.csv", tmp_path / "t.json"
    table.write_text("a,b,c\n" + "1,2,3\n" * 20)
    typed = ["-", "0", "-5", "nan", "1e9", "50", "1 2 3", "g", "-"]
    monkeypatch.setattr("sys.stdin", _Terminal("\n".join([*typed, ""])))
    monkeypatch.setattr("sys.stderr", _Terminal())
    columns = column_map(told, [table], {})
    assert columns is not None
    assert columns.rate_hz == 50
    assert load_columns(told) == columns


def test_why_a_table_cannot_be_read_is_said_also_when_it_was_told_where_it_was_worn(
    run: Recording, restride: Restride, tmp_path: Path
) -> None:
    file = tmp_path / "logger.csv"
    file.write_text(plain(run.tracks["pelvis"].samples(), names="n,a,b,c,d,e,f", acc=1 / G, time=1e3))
    done = restride("import", file, "--wear", f"pelvis={file}", "--start", "2026-03-02T07:30:00")
    assert done.returncode == 2
    assert "for a table of samples give --map" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_the_columns_of_a_table_are_asked_once(run: Recording, restride_home: Path, tmp_path: Path) -> None:
    file, told = tmp_path / "left_shank.csv", tmp_path / "logger.json"
    samples = run.tracks["shank_left"].samples()
    file.write_text(plain(samples, names="n,a,b,c,d,e,f", acc=1 / G, time=1e3))
    words = ["import", str(file), "--map", str(told), "--start", "2026-03-02T07:30:00"]
    shown = _typed([*COMMAND, *words], ["1", "ms", "2 3 4", "g", "5 6 7", "rad/s"], home=restride_home)
    assert "which columns are what?" in shown
    assert json.loads(told.read_text()) == {
        "format": "restride-columns/1",
        "time": "n",
        "acc": ["a", "b", "c"],
        "gyr": ["d", "e", "f"],
        "time_unit": "ms",
        "acc_unit": "g",
        "gyr_unit": "rad/s",
    }
    again = subprocess.run(
        [*COMMAND, *words],
        env={**os.environ, "RESTRIDE_HOME": str(restride_home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "already there as run" in again.stderr


def _typed(command: list[str], answers: list[str], *, home: Path) -> str:
    """What a terminal shows when these lines are typed, each after a question."""
    assert shutil.which("env")
    parent, child = pty.openpty()
    env = {**os.environ, "RESTRIDE_HOME": str(home), "NO_COLOR": "1"}
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env)
    os.close(child)
    shown, waiting, ends = "", list(answers), time.monotonic() + 120
    while time.monotonic() < ends:
        if select.select([parent], [], [], 0.2)[0]:
            try:
                part = os.read(parent, 4096).decode(errors="replace")
            except OSError:
                break
            shown += part
        elif process.poll() is not None:
            break
        elif waiting and shown.rstrip(" ").endswith(":"):
            os.write(parent, f"{waiting.pop(0)}\n".encode())
            shown += "\n"
    os.close(parent)
    assert process.wait(timeout=60) == 0, shown
    return shown
