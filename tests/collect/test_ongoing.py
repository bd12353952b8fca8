"""What a session shows to others of this computer is whole, of this moment, and gone with it."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from imu.collect.coach import SideNow
from imu.collect.ongoing import FILE_NAME, STALE_S, Ongoing, OngoingFile, SensorNow, ongoing

NOW = Ongoing(
    verb="live",
    virtual=False,
    account="anna",
    limit_deg=12.0,
    said="Showing until Ctrl-C.",
    elapsed_s=192.4,
    activity="run",
    cadence_spm=172.4,
    cues=3,
    sides={"left": SideNow(12.4, 0.6, True), "right": SideNow(None, -1.1, False)},
    sensors=(SensorNow(placement="shank_left", connected=False, slow=True, battery_percent=83.0),),
    notes=("no cues for now: keep to it on your own",),
)


def test_what_is_written_is_read_until_it_is_removed(tmp_path: Path) -> None:
    assert ongoing(tmp_path) is None
    file = OngoingFile(tmp_path)
    file.write(NOW)
    assert ongoing(tmp_path) == NOW
    file.write(replace(NOW, cues=4))
    assert ongoing(tmp_path) == replace(NOW, cues=4)
    file.remove()
    assert ongoing(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("age_s", "counts"), [(0.0, True), (STALE_S - 0.5, True), (STALE_S + 0.5, False)])
def test_what_nobody_renews_counts_as_nothing(tmp_path: Path, age_s: float, counts: bool) -> None:
    OngoingFile(tmp_path).write(NOW)
    assert (ongoing(tmp_path, now_unix_s=time.time() + age_s) is not None) is counts


def test_a_clock_that_was_set_back_shows_nothing_old(tmp_path: Path) -> None:
    OngoingFile(tmp_path).write(NOW)
    assert ongoing(tmp_path, now_unix_s=time.time() - 3600) is None


def test_where_nothing_can_be_written_a_session_goes_on(tmp_path: Path) -> None:
    file = OngoingFile(tmp_path / "no such folder")
    file.write(NOW)
    file.remove()
    OngoingFile(tmp_path).write(replace(NOW, cadence_spm=float("nan")))
    assert ongoing(tmp_path) is None


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_bytes_of_any_kind_are_no_session(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / FILE_NAME).write_bytes(content)
    assert ongoing(home) is None


@pytest.mark.unhurried
@given(
    name=st.sampled_from(["sides", "sensors", "notes", "cues", "elapsed_s", "limit_deg", "format", "verb"]),
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=6,
    ),
)
def test_a_file_that_somebody_changed_is_a_session_or_nothing(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    home = tmp_path_factory.mktemp("home")
    OngoingFile(home).write(NOW)
    content = json.loads((home / FILE_NAME).read_text(encoding="utf-8"))
    (home / FILE_NAME).write_text(json.dumps({**content, name: value}), encoding="utf-8")
    found = ongoing(home)
    assert found is None or set(found.sides) <= {"left", "right"}
