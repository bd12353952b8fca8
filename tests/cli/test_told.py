"""What somebody else wrote is shown on a terminal, and never obeyed by it."""

import json
import os
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from imu.errors import RecordingError, harmless, printable
from imu.store import Store
from imu.training.history import Injury
from tests.conftest import COMMAND, Restride

REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HOSTILE = "ham\x1b[2J\x1b]0;mine\x07\x9bstring"


@given(st.text())
def test_nothing_that_is_told_moves_a_terminal(text: str) -> None:
    told = harmless(text)
    assert all(c.isprintable() or c in "\n\t" or ord(c) >= 0xA0 for c in told)
    assert not REORDERING.intersection(told)
    assert harmless(told) == told
    assert printable(text) == told.replace("\n", "\\n").replace("\t", "\\t")  # one rule, and one line


@pytest.mark.parametrize("mark", sorted(REORDERING))
def test_no_name_reads_as_another_one(mark: str) -> None:
    """12.5 km of `fast` backwards: what is shown is what was kept."""
    written_out = f"\\u{ord(mark):04x}"
    assert harmless(f"Anna{mark}tsaf") == f"Anna{written_out}tsaf"
    assert str(RecordingError(f"run{mark}.fit", "is empty")) == f"run{written_out}.fit: is empty"


def test_words_of_every_language_stay_as_they_are() -> None:
    words = "Größe, 走る, \N{FLEXED BICEPS}\N{ZERO WIDTH JOINER}, 10\N{NO-BREAK SPACE}km"
    words += ", שלום\N{RIGHT-TO-LEFT MARK}!"
    assert harmless(words) == printable(words) == words
    assert harmless("a\n\tb") == "a\n\tb"


@pytest.fixture
def hostile_home(restride: Restride, restride_home: Path) -> Path:
    restride("athletes", "add", "Anna")
    store = Store.at(restride_home)
    account = store.only_account()
    with store.changed_by(account) as repository:
        injury = Injury(injury_id="i", side="left", site=HOSTILE, onset=date(2026, 3, 1))
        repository.care.add_injury(repository.sharing.athlete().athlete_id, injury)
    store.close()
    return restride_home


@pytest.mark.unhurried
@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals of POSIX")
def test_on_a_real_terminal_it_is_written_out(hostile_home: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [*COMMAND, "injury", "list"], stdout=theirs, env={**os.environ, "RESTRIDE_HOME": str(hostile_home)}
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how Linux tells that the other end is gone
        pass
    os.close(ours)
    assert done.wait() == 0
    assert r"ham\u001b[2J\u001b]0;mine\u0007\u009bstring" in shown.decode()
    assert not any(byte in shown for byte in b"\x1b\x07\x9b")


def test_as_json_it_is_still_the_same_text(restride: Restride, hostile_home: Path) -> None:
    assert hostile_home.is_dir()
    shown = restride("injury", "list", "--json").stdout
    assert "\x9b" not in shown
    assert json.loads(shown)[0]["site"] == HOSTILE
