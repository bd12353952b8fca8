"""What is shown of a session never ends what is kept of it."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import wakepy

from imu.cli.bluetooth import Air
from imu.cli.live_screen import Moment
from imu.cli.outing import Wish, go_out
from imu.cli.wearing import Places, places
from imu.collect.live_feed import LiveFeed
from imu.collect.recover import finish
from imu.collect.registry import Registry
from imu.collect.session import create_session, load_session
from imu.devices.host_clock import HostClock
from imu.devices.sensor import Identity, Settings
from imu.errors import RecordingError
from imu.recording import Samples
from tests.cli.outings import scene
from tests.collect.toys import a_session


class Told:
    """A screen for a test."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.moments: list[Moment] = []
        self.awake: list[bool] = []  # whether the computer was kept from sleeping

    def say(self, line: str) -> None:
        self.lines.append(line)

    def show(self, moment: Moment) -> None:
        self.moments.append(moment)
        self.awake.append(any(mode.active for mode in wakepy.global_modes()))


@pytest.mark.slow
def test_a_live_view_that_fails_does_not_end_the_recording_and_no_sleep_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, threads = 0, set[threading.Thread]()
    strides = LiveFeed.strides

    def failing(feed: LiveFeed, came: Mapping[str, Samples]) -> pd.DataFrame:
        nonlocal looked
        looked += 1
        threads.add(threading.current_thread())
        if looked == 6:
            raise ZeroDivisionError("an odd window")
        return strides(feed, came)

    monkeypatch.setattr(LiveFeed, "strides", failing)
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    Registry(tmp_path).pair(Identity("esp32", "virtual", "T0001", ""), "pelvis")
    kept, screen = Places(tmp_path / "session", tmp_path / "run"), Told()
    with scene(tmp_path, placements=("pelvis",)) as here:
        air = Air(here.transport, HostClock.start(), tmp_path)
        wish = Wish(settings=Settings(), minutes=0.1, standing=False)
        go_out(air, Registry(tmp_path).worn(), wish=wish, kept=kept, screen=screen)
    assert any("the recording goes on (an odd window)" in line for line in screen.lines)
    assert len(screen.moments) > 2
    assert threading.main_thread() not in threads  # whose loop stamps what arrives
    assert all(screen.awake)
    assert finish(kept.session, kept.recording).rows["pelvis"] > 6 * 190


@pytest.mark.slow
def test_a_start_that_fails_leaves_the_session_of_another_alone(tmp_path: Path) -> None:
    Registry(tmp_path).pair(Identity("esp32", "virtual", "T0001", ""), "pelvis")
    kept = Places(tmp_path / "session", tmp_path / "run")
    another = a_session("pelvis")
    create_session(kept.session, another)
    with scene(tmp_path, placements=("pelvis",)) as here:
        air = Air(here.transport, HostClock.start(), tmp_path)
        wish = Wish(settings=Settings(), minutes=0.1, standing=False)
        with pytest.raises(RecordingError, match="a session is never overwritten"):
            go_out(air, Registry(tmp_path).worn(), wish=wish, kept=kept, screen=Told())
    assert load_session(kept.session) == another


def test_runs_of_the_same_second_have_places_of_their_own(tmp_path: Path) -> None:
    """Two runners on one computer, or a clock that was set back."""
    here, start = Air("", HostClock.start(), tmp_path), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)
    taken = []
    for _ in range(3):
        kept = places(here, start, None)
        kept.session.mkdir(parents=True)
        taken.append(kept.session.name)
    assert taken == ["2026-10-25T023000", "2026-10-25T023000-2", "2026-10-25T023000-3"]
