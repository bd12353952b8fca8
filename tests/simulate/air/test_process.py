"""The world as a process: it starts, it is killed, its parent dies, and what it remembers."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from imu.errors import SensorError
from imu.radio.radio import Radio
from imu.radio.scan import scan
from imu.simulate.air.launch import launch
from imu.simulate.air.remote import AirControl
from tests.simulate.air.echo_board import COMMAND, SERIAL, SERVICE
from tests.simulate.air.worlds import config, linked, live

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[3]
ECHO_WORLD = (sys.executable, "-m", "tests.simulate.air.echo_world")


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)  # so that the child finds the echo boards


def saved(state: Path) -> int:
    return int(json.loads(state.read_text())["boards"]["left"]["written"])


def test_a_world_starts_without_what_it_never_uses() -> None:
    """Libraries of tables and of files, which take longer to load than sensors to appear."""
    script = "import sys, imu.simulate.air.process; print({'pandas', 'pyarrow', 'plotly'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_world_in_another_process_is_used_like_any_radio(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with launch(config("left", state=state), command=ECHO_WORLD) as running:

        async def story() -> None:
            async with Radio(running.transport) as radio, linked(radio, "left") as link:
                assert await link.read(SERIAL) == b"E-1"
                await link.write(COMMAND, b"a", response=True)

        live(story)
        with AirControl.at(running.control) as control:
            assert control.skip(1200.0) > 1200.0
    assert running.process.returncode == 0
    assert saved(state) == 1


def test_a_killed_world_is_a_lost_link_and_a_lost_radio() -> None:
    with launch(config("left"), command=ECHO_WORLD) as running:

        async def story() -> None:
            async with Radio(running.transport) as radio:
                async with linked(radio, "left") as link:
                    gone = asyncio.Event()
                    link.when_lost(gone.set)
                    began = time.monotonic()
                    running.process.kill()
                    async with asyncio.timeout(5.0):
                        await gone.wait()
                    assert time.monotonic() - began < 2.0
                with pytest.raises(SensorError, match="scanning: the controller is gone"):
                    await scan(radio, seconds=0.2, services=[SERVICE])

        live(story)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_a_terminated_world_saves_and_ends(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with launch(config("left", state=state), command=ECHO_WORLD) as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(15.0) == 0
        assert saved(state) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot ask whether a process runs by a signal")
def test_a_world_does_not_outlive_the_process_that_started_it(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    parent = textwrap.dedent(
        f"""
        import os, sys
        from pathlib import Path
        from imu.simulate.air.launch import launch
        from tests.simulate.air.worlds import config
        with launch(config("left", state=Path({str(state)!r})), command={ECHO_WORLD!r}) as running:
            print(running.process.pid, flush=True)
            os._exit(9)  # no clean-up of any kind
        """
    )
    died = subprocess.run([sys.executable, "-c", parent], stdout=subprocess.PIPE, check=False)
    assert died.returncode == 9
    deadline = time.monotonic() + 15.0
    while not state.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert saved(state) == 0
    while _runs(int(died.stdout)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(int(died.stdout))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # An orphan that nobody waits for is done all the same.
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_config_that_makes_no_world_ends_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text('{"sensors": {"left": {"kind": "abacus"}}}')
    ended = subprocess.run(
        [sys.executable, "-m", "imu.simulate.air", "--config", str(tmp_path / "world.json")],
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "imu.simulate.air: virtual sensor of kind 'abacus': unknown; "
        "there are esp32, foot_pod, heart_rate, metamotion\n"
    )
