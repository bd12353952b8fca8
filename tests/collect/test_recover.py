"""A session that was interrupted is found, described and finished, once."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imu.collect.assemble import NoRecordingError
from imu.collect.records import Progress, Record
from imu.collect.recover import Finished, finish, let_go, set_aside, unfinished
from imu.collect.session import create_session, journal_path, load_session, sessions_in
from imu.collect.writer import JournalWriter
from imu.errors import RecordingError
from imu.recording import load, save
from imu.simulate import SimulationConfig, simulate
from tests.collect.links import START_NS, Clock
from tests.collect.test_assemble import US, exchanged, framed
from tests.collect.toys import a_session, coded, coding, moving, session_folder, toy_decoder_for


def a_run(seconds: float, *, clock: Clock = Clock()) -> list[Record]:
    sample_s = 1.0 + np.arange(round(seconds * 200)) / 200.0
    return [*exchanged(clock, 0.0), coded(coding(tick_s=US)), *framed(moving(len(sample_s)), sample_s, clock)]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_session_is_remembered_as_it_was_made(tmp_path: Path) -> None:
    session = a_session("pelvis", "shank_left")
    create_session(tmp_path / "s", session)
    assert load_session(tmp_path / "s") == session
    with pytest.raises(RecordingError, match="exists already; a session is never overwritten"):
        create_session(tmp_path / "s", session)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "restride-session/9"}', "{"])
def test_a_session_file_that_is_none_is_one_clear_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "session.json").write_text(content)
    with pytest.raises(RecordingError, match=r"session.json: is not"):
        load_session(tmp_path)


def test_what_was_interrupted_is_found_and_described(tmp_path: Path) -> None:
    session_folder(tmp_path / "b", {"pelvis": a_run(10)})
    create_session(tmp_path / "a", a_session("pelvis"))
    with JournalWriter(journal_path(tmp_path / "a", "pelvis")) as writer:
        for record in [*a_run(10), Progress(START_NS, 50, 100)]:
            writer.append(record)
        writer.sync()
        running = {one.folder.name: one.is_running for one in unfinished(tmp_path)}
    assert running == {"a": True, "b": False}
    path = journal_path(tmp_path / "a", "pelvis")
    path.write_bytes(path.read_bytes() + b"torn")
    (tmp_path / "other").mkdir()
    held = {one.folder.name: one.held["pelvis"] for one in unfinished(tmp_path)}
    assert held["a"].packets == held["b"].packets == 106
    assert held["a"].progress == Progress(START_NS, 50, 100)
    assert (held["a"].closed, held["a"].torn_bytes) == (False, 4)
    assert (held["b"].closed, held["b"].torn_bytes) == (True, 0)


def test_finishing_twice_changes_nothing(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(10), "shank_left": a_run(10, clock=Clock(5.0, 30.0))})
    first = finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)
    again = load(first.recording)
    assert first.rows == {name: track.n_samples for name, track in again.tracks.items()}
    assert min(first.rows.values()) >= 1990
    before = contents(tmp_path)
    assert finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for) == first
    assert contents(tmp_path) == before


def test_a_run_waits_until_its_session_is_let_go_and_a_log_until_it_is_saved(tmp_path: Path) -> None:
    session_folder(tmp_path / "streamed", {"pelvis": a_run(10)})
    streamed = finish(tmp_path / "streamed", tmp_path / "run", decoder_for=toy_decoder_for)
    session_folder(tmp_path / "logged", {"pelvis": a_run(10)}, mode="log")
    finish(tmp_path / "logged", tmp_path / "another", decoder_for=toy_decoder_for)
    assert [one.folder.name for one in unfinished(tmp_path)] == ["streamed"], "killed before it was let go"
    assert let_go(tmp_path / "streamed", streamed)
    assert unfinished(tmp_path) == []


def test_a_finish_that_was_killed_between_recording_and_note_goes_on(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(10)})
    first = finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)
    (tmp_path / "s" / "finished.json").unlink()
    left_over = tmp_path / ".run.0a1b2c3d"
    left_over.mkdir()
    assert [one.folder.name for one in unfinished(tmp_path)] == ["s"]
    assert finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for) == first


def test_a_recording_that_was_lost_is_made_again(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(10)})
    first = finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)
    first.recording.rename(tmp_path / "elsewhere")
    assert finish(tmp_path / "s", tmp_path / "again", decoder_for=toy_decoder_for).rows == first.rows


def test_another_recording_is_not_taken_for_this_one(tmp_path: Path) -> None:
    session_folder(tmp_path / "one", {"pelvis": a_run(10)})
    session_folder(tmp_path / "two", {"pelvis": a_run(10)})
    first = finish(tmp_path / "one", tmp_path / "run", decoder_for=toy_decoder_for)
    assert let_go(tmp_path / "one", first)
    with pytest.raises(RecordingError, match=r"holds another run, the session .* its journal is kept"):
        finish(tmp_path / "two", tmp_path / "run", decoder_for=toy_decoder_for)
    assert [one.folder.name for one in unfinished(tmp_path)] == ["two"]


def test_a_session_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    create_session(tmp_path / "s", a_session("pelvis"))
    with (
        JournalWriter(journal_path(tmp_path / "s", "pelvis")),
        pytest.raises(RecordingError, match="is being recorded or finished by another restride"),
    ):
        finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)


def test_a_session_that_ended_at_once_makes_no_recording_and_can_be_set_aside(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(0.8)})
    create_session(tmp_path / "empty", a_session("pelvis"))
    for name, held in (("s", r"holds 0\.[78] s; a recording needs 2 s"), ("empty", r"holds 0\.0 s")):
        before = contents(tmp_path / name)
        with pytest.raises(NoRecordingError, match=held):
            finish(tmp_path / name, tmp_path / "run", decoder_for=toy_decoder_for)
        assert contents(tmp_path / name) == before
    assert not (tmp_path / "run").exists()
    set_aside(tmp_path / "s")
    assert [one.folder.name for one in unfinished(tmp_path)] == ["empty"]
    assert journal_path(tmp_path / "s", "pelvis").exists()


def test_a_sensor_with_too_little_does_not_hold_up_the_others(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(0.8), "shank_left": a_run(9.0)})
    made = finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)
    assert made.rows == {"shank_left": 1800}
    collection = load(made.recording).collection
    assert collection is not None
    assert collection["sensors"]["pelvis"]["left_out"] == 160
    assert not let_go(tmp_path / "s", made)
    assert unfinished(tmp_path) == []
    assert journal_path(tmp_path / "s", "pelvis").exists()


FINISH = """
import sys
from pathlib import Path
from imu.collect.recover import finish
from tests.collect.toys import toy_decoder_for
print("ready", flush=True)
finish(Path(sys.argv[1]), Path(sys.argv[2]), decoder_for=toy_decoder_for)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_finish_killed_at_any_moment_is_made_up_for(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    session_folder(tmp_path / "s", {"pelvis": a_run(300), "shank_left": a_run(300)})
    for _ in range(8):
        command = [sys.executable, "-c", FINISH, str(tmp_path / "s"), str(tmp_path / "run")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(float(random.uniform(0, 0.6)))
            process.kill()
    done = finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)
    assert done.rows == {"shank_left": 60_000, "pelvis": 60_000}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "s"]


@pytest.mark.parametrize(
    ("told", "goes"),
    [
        ({}, True),
        ({"unpaired": 6}, True),
        ({"unpaired": 900}, False),
        ({"unplaced": 120}, False),
        ({"left_out": 9}, False),
    ],
)
def test_a_session_goes_unless_samples_of_it_are_in_no_recording(
    tmp_path: Path, told: dict[str, int], goes: bool
) -> None:
    folder = tmp_path / "session"
    folder.mkdir()
    (folder / "session.json").write_text("{}")
    made = tmp_path / "recording"
    collected = {"sensors": {"pelvis": {"rate_hz": 200.0, **told}}}
    save(replace(simulate(SimulationConfig()).recording, collection=collected), made)
    assert let_go(folder, Finished(made, {})) is goes
    assert folder.exists() is not goes
    assert unfinished(tmp_path) == []


def test_what_lies_behind_damage_in_a_journal_is_kept(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(900)})
    path = journal_path(tmp_path / "s", "pelvis")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    made = finish(tmp_path / "s", tmp_path / "run", decoder_for=toy_decoder_for)
    assert 0 < made.rows["pelvis"] < 600 * 200
    assert not let_go(tmp_path / "s", made)
    assert path.read_bytes() == content


def test_a_session_that_nobody_can_read_holds_up_no_other(tmp_path: Path) -> None:
    session_folder(tmp_path / "s", {"pelvis": a_run(10)})
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "session.json").write_text("{")
    assert [one.folder.name for one in unfinished(tmp_path)] == ["s"]
    (error,) = sessions_in(tmp_path)[1]
    assert "broken" in str(error)
