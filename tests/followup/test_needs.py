"""A squad is listed by need: what is red first, what asks for nothing last."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest

from imu.followup.needs import STALE_AFTER, Need, by_need, need_of
from imu.store.people import Athlete
from imu.store.standings import Standing

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def content(
    *levels: str, due: tuple[str, ...] = (), held: str | None = None, ran: timedelta | None = timedelta(1)
) -> dict[str, Any]:
    return {
        "plan": {"held_because": held},
        "warnings": [{"level": level} for level in levels],
        "due": [{"kind": kind} for kind in due],
        "last_run": None if ran is None else {"start": (NOW - ran).isoformat()},
    }


def standing(name: str, kept: dict[str, Any] | None) -> Standing:
    athlete = Athlete(
        athlete_id=name, name=name, is_own=False, simulated=True, revision=1, rights=frozenset({"read"})
    )
    return Standing(athlete=athlete, as_of=NOW, content=kept, is_current=True)


SQUAD = {
    "two red": content("red", "red", "amber"),
    "one red": content("amber", "red"),
    "zoe on hold": content(held="wait for the scan"),
    "three amber": content("amber", "amber", "amber", due=("check_in_run",)),
    "one amber": content("amber"),
    "asked": content(due=("check_in_run",)),
    "away": content(ran=STALE_AFTER + timedelta(hours=1)),
    "never judged": None,
    "never ran": content(ran=None),
    "calm": content(due=("exercise", "gate")),
}


@pytest.mark.parametrize("seed", range(5))
def test_need_orders_a_squad_however_it_comes(seed: int) -> None:
    shuffled = Random(seed).sample(list(SQUAD), len(SQUAD))
    found = by_need([standing(name, SQUAD[name]) for name in shuffled], now=NOW)
    assert [one.athlete.name for one, _ in found] == list(SQUAD)


def test_two_alike_are_listed_by_name() -> None:
    for order in permutations(("Bea", "anna", "Cem")):
        found = by_need([standing(name, content("amber")) for name in order], now=NOW)
        assert [one.athlete.name for one, _ in found] == ["anna", "Bea", "Cem"]


def test_exercises_that_are_due_are_the_athletes_own_business() -> None:
    assert need_of(content(due=("exercise", "gate")), now=NOW) == Need(level="calm")


def test_a_note_of_the_sensors_is_looked_at_without_alarm() -> None:
    assert need_of(content("note"), now=NOW) == Need(level="due", things=1)


def test_a_standing_of_an_older_version_is_read_as_far_as_it_goes() -> None:
    assert need_of({"stage": "7"}, now=NOW) == Need(level="stale")
