"""Who looked at what: a line for a day and a kind, in words, without the names of rows."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard.components.sharing import MOST_LOOKS, looks
from dashboard.text.deeds import deed
from imu.store import AuditEntry
from tests.dashboard.asking import plain

MORNING = datetime(2026, 3, 2, 9, 12, tzinfo=UTC)


def entry(action: str, subject: str | None, *, later_min: int = 0, by: str = "cleo") -> AuditEntry:
    at = MORNING + timedelta(minutes=later_min)
    return AuditEntry(at=at, by=by, action=action, subject=subject, detail={})


def cells(log: list[AuditEntry]) -> str:
    return plain(json.dumps(looks(log, now=MORNING), cls=PlotlyJSONEncoder, ensure_ascii=False))


def test_many_runs_of_one_day_are_one_line() -> None:
    told = cells([entry("read", f"run {number:032x}", later_min=number) for number in range(14)])
    assert told.count("looked at: a run") == 1
    assert "looked at: a run (14 times)" in told
    assert "2 Mar 2026, 09:12–09:25" in told
    assert "0000" not in told.replace("2 Mar 2026, 09:12–09:25", "")


def test_another_day_and_another_person_have_lines_of_their_own() -> None:
    told = cells(
        [
            entry("read", "record"),
            entry("read", "record", by="ito"),
            entry("read", "record", later_min=1440),
        ]
    )
    assert told.count("looked at: the history") == 3


def test_times_are_those_of_the_runner_wherever_the_others_were() -> None:
    at_home = entry("decided", "hold")
    away = replace(at_home, at=(MORNING + timedelta(minutes=2)).astimezone(timezone(timedelta(hours=-8))))
    assert "2 Mar 2026, 09:12–09:14" in cells([away, at_home])


@pytest.mark.parametrize(
    ("action", "subject", "told"),
    [
        ("read", f"run {7:032x} as fit with name", "looked at: a run, taken away as fit with name"),
        ("read", "episode as fhir", "looked at: the injury, taken away as FHIR"),
        ("warning acknowledged", "load_spike", "answered a warning: acknowledged"),
        ("decided", "hold", "decided about the plan"),
        ("a deed of tomorrow", None, "a deed of tomorrow"),
    ],
)
def test_a_deed_is_told_in_words(action: str, subject: str | None, told: str) -> None:
    assert deed(action, subject) == told


def test_whoever_reads_not_all_of_the_log_is_told_where_the_rest_is() -> None:
    log = [entry("read", "record", later_min=-number) for number in range(MOST_LOOKS)]
    assert "Older than these" in cells(log)
    assert "Older than these" not in cells(log[:-1])
