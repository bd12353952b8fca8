"""Prints the worked example of docs/following.md by running it (`make docs`); a test holds the two together.

A simulated season lies in a throw-away store, and every verb runs at a time that is written down here.
"""

import io
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from imu.cli import main
from imu.followup.seasons import keep_season
from imu.followup.standing import judged_and_kept
from imu.simulate.season import tell
from imu.store import Derived, Store

EVENING = datetime(2026, 6, 30, 21, tzinfo=UTC)
MORNING = EVENING + timedelta(hours=10)
STEPS = (
    (EVENING, 'restride checkin --during 0 --after 1 --site "left hamstring" --effort 3'),
    (MORNING, "restride checkin --morning 0"),
    (MORNING, "restride exercise today"),
    (MORNING, "restride exercise log chair_bridge --sets 2 --reps 10 --hold 4 --pain 0"),
    (MORNING, "restride warnings"),
    (MORNING, "restride warnings seen overstride_left --as ito"),
    (MORNING, 'restride plan hold --reason "let us look at the stride first" --as ito'),
    (MORNING + timedelta(days=1), 'restride plan resume --reason "strap was fine, quicker steps" --as ito'),
    (MORNING + timedelta(days=1), 'restride warnings acknowledge overstride_left --reason "quicker steps"'),
    (MORNING + timedelta(days=1), "restride share log --limit 5"),
)


def example() -> str:
    """Every command and what it printed."""
    with TemporaryDirectory() as folder, patch.dict(os.environ):
        os.environ.update(RESTRIDE_HOME=folder, RESTRIDE_AS="Anna")
        now = [EVENING]
        at = partial(Store.at, clock=lambda: now[0])
        with patch.object(Store, "at", at):
            _live(Store.at(Path(folder)))
            return "\n".join(_steps(now))


def _live(store: Store) -> None:
    """A season with a strain, the way back, and a change that creeps in; the last run is of this evening."""
    anna = store.add_account("Anna", "runner")
    store.add_account("ito", "clinician")
    season = tell("overstride", until=EVENING.date() - timedelta(days=1), name="Anna")
    ids = (f"{number:032x}" for number in count(1))  # the same at every run, and so the names of warnings
    with patch("imu.store.sharing.new_id", side_effect=ids):
        athlete_id = keep_season(store, anna, season, analysis_version="example")
    with store.changed_by(anna) as repository:
        repository.sharing.grant(athlete_id, "ito", "clinical")
        last = repository.record(athlete_id).history.runs[-1]
        today = replace(last, run_id="b" * 32, start=EVENING - timedelta(hours=2))
        derived = Derived(run=today, headline={}, summary={}, analysis_version="example")
        repository.runs.add(athlete_id, derived, None)
        judged_and_kept(repository, athlete_id, analysis_version="example")
    store.close()


def _steps(now: list[datetime]) -> Iterator[str]:
    for at, line in STEPS:
        now[0] = max(at, now[0] + timedelta(minutes=1))
        shown = io.StringIO()
        typed = patch.object(sys, "argv", shlex.split(line))
        with redirect_stdout(shown), redirect_stderr(shown), typed, suppress(SystemExit):
            main()
        yield f"$ {line}\n{shown.getvalue()}"


if __name__ == "__main__":
    print(example(), end="")
