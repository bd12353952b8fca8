"""Without a plan there is one limit: the next session, the load's warning and its advice say the same."""

from dataclasses import replace

import pytest

from imu.training.history import History, Run
from imu.training.load import START_MIN, Spike, session_spike
from imu.training.next_session import next_session
from imu.training.warnings import warnings
from tests.training.athlete import INJURY, PLAN, at, run

USUAL = tuple(run(day, ("run", 1800)) for day in range(-20, 0, 4))  # 30 min, 5.04 km


def further(day: int, minutes: float, *, hour: float = 8, km: float | None = None) -> Run:
    made = run(day, ("run", 60 * minutes), run_id=f"run-{day}-{hour:g}")
    return replace(made, start=at(day, hour), distance_m=made.distance_m if km is None else 1000 * km)


def spike_of(history: History, *, day: int) -> Spike:
    found = session_spike(history, now=at(day))
    assert isinstance(found, Spike)
    return found


@pytest.mark.parametrize("days_later", [1, 2, 9])
def test_after_a_spike_the_next_session_is_as_long_as_its_warning_says(days_later: int) -> None:
    history = History(runs=(*USUAL, further(0, 48, km=8.1)))
    coming = next_session(history, PLAN, now=at(days_later))
    assert spike_of(history, day=days_later).evidence.to_do == ("Take the next runs easy, each below 5.5 km.")
    assert coming.words == "An easy run of up to 33 min, 5.5 km at most"
    assert coming.reasons[0] == "no plan is followed: the longest run before that of 2026-03-02 leads"


def test_the_advice_is_no_tenth_of_a_kilometre_more_than_the_next_session() -> None:
    """1.1 times 5.14 km are 5.654 km: rounded to the nearest that would be 5.7 km."""
    runs = (*(replace(one, distance_m=5140.0) for one in USUAL), further(0, 48, km=8.1))
    history = History(runs=runs)
    assert "each below 5.6 km" in spike_of(history, day=1).evidence.to_do
    assert "5.6 km at most" in next_session(history, PLAN, now=at(1)).words


def test_in_minutes_too() -> None:
    unmeasured = tuple(replace(one, distance_m=None) for one in (*USUAL, further(0, 48)))
    history = History(runs=unmeasured)
    assert "each below 33.0 min" in spike_of(history, day=1).evidence.to_do
    assert next_session(history, PLAN, now=at(1)).words == "An easy run of up to 33 min"


def test_whoever_does_what_the_next_session_says_is_warned_of_nothing() -> None:
    """Day by day for two months, from a first trial, through a spike of his own."""
    runs: tuple[Run, ...] = (further(0, 2),)
    for day in range(1, 60):
        coming = next_session(History(runs=runs), PLAN, now=at(day, 7))
        assert coming.running_min is not None
        runs = (*runs, further(day, 70 if day == 20 else coming.running_min))
        state = session_spike(History(runs=runs), now=at(day, 23))
        assert not (isinstance(state, Spike) and state.level != "usual") or day == 20


def test_a_red_spike_leads_until_a_run_is_usual_whatever_amber_came_after_it() -> None:
    history = History(runs=(*USUAL, further(0, 42), further(2, 48)))  # 1.4 times 30 min, 1.14 times 42 min
    (warning,) = warnings(history, now=at(3), state=None)
    assert warning.level == "red"
    assert warning.evidence.sentence == (
        "The run of 2026-03-02 was 7.1 km, 1.40 times the longest of the 30 days before (5.0 km). Since "
        "then amber, last on 2026-03-04."
    )
    assert warning.evidence.to_do == "Take the next runs easy, each below 5.5 km."
    latest = spike_of(history, day=3)
    assert (latest.level, latest.day) == ("amber", at(2).date())
    assert latest.evidence.to_do == warning.evidence.to_do
    coming = next_session(history, PLAN, now=at(3))
    assert coming.words == "An easy run of up to 33 min, 5.5 km at most"
    assert warning.evidence.sentence in coming.reasons
    usual = replace(history, runs=(*history.runs, further(4, 33)))
    assert next_session(usual, PLAN, now=at(6)).running_min == 52


# --- What was run today already ---------------------------------------------------------------------------


def test_what_was_run_today_is_taken_off_what_may_be_run_today() -> None:
    history = History(runs=(*USUAL, further(0, 20)))
    coming = next_session(history, PLAN, now=at(0, 12))
    assert (coming.may_run, coming.earliest) == ("yes", at(0).date())
    assert coming.words == "An easy run of up to 13 min, 2.1 km at most"
    assert coming.reasons[-1] == "all running of a day counts together: 20 min are done today"
    both = replace(history, runs=(*history.runs, further(0, 12.5, hour=17)))
    assert spike_of(both, day=1).level == "usual"


@pytest.mark.parametrize("minutes", [28.5, 33, 60])
def test_where_little_is_left_of_today_it_is_tomorrow(minutes: float) -> None:
    history = History(runs=(*USUAL, further(0, minutes)))
    coming = next_session(history, PLAN, now=at(0, 12))
    assert (coming.may_run, coming.earliest) == ("rest", at(1).date())
    tomorrow = next_session(history, PLAN, now=at(1))
    assert coming.words == tomorrow.words
    assert tomorrow.may_run == ("easy" if minutes == 60 else "yes")


def test_kilometres_that_are_used_up_leave_nothing_of_today() -> None:
    history = History(runs=(*USUAL, further(0, 20, km=5.3)))
    assert next_session(history, PLAN, now=at(0, 12)).may_run == "rest"


def test_of_a_day_with_two_runs_no_run_is_said_to_have_been_as_long_as_both() -> None:
    history = History(runs=(*USUAL, further(0, 20), further(0, 21, hour=11)))
    (warning,) = warnings(history, now=at(0, 13), state=None)
    assert warning.evidence.sentence == (
        "The running of 2026-03-02 was 6.9 km, 1.37 times the longest of the 30 days before (5.0 km)."
    )


# --- A first short trial ----------------------------------------------------------------------------------


def test_what_running_begins_with_is_the_first_session_of_the_default_plan() -> None:
    assert PLAN.walk_run.blocks * PLAN.walk_run.block_min == START_MIN


@pytest.mark.parametrize(("minutes", "most"), [(2, 20), (18, 20), (19, 20), (20, 22)])
def test_a_first_short_trial_leads_to_no_less_than_no_run_at_all(minutes: float, most: int) -> None:
    assert next_session(History(), PLAN, now=at(1)).running_min == 20
    tried = History(runs=(further(0, minutes),))
    coming = next_session(tried, PLAN, now=at(1))
    assert coming.running_min == most
    done = replace(tried, runs=(*tried.runs, further(1, most)))
    assert spike_of(done, day=2).level == "usual"


def test_it_is_said_why_more_is_suggested_than_was_ever_run() -> None:
    coming = next_session(History(runs=(further(0, 2),)), PLAN, now=at(1))
    assert coming.words == "An easy run of up to 20 min"
    assert coming.reasons == (
        "no plan is followed, and every run on record is short: begin with 20 min, with walking in them",
    )


def test_on_the_day_of_the_trial_the_rest_of_it_is_left() -> None:
    assert next_session(History(runs=(further(0, 2),)), PLAN, now=at(0, 12)).running_min == 18


def test_a_beginner_who_runs_far_more_than_that_is_warned_by_the_same_limit() -> None:
    history = History(runs=(further(0, 10), further(2, 40)))
    found = spike_of(history, day=3)
    assert found.level == "red"
    assert found.evidence.sentence == (
        "The run of 2026-03-04 was 40.0 min, 2.00 times the 20 min that running begins with."
    )
    assert found.evidence.to_do == "Take the next runs easy, each below 22.0 min."
    assert next_session(history, PLAN, now=at(3)).words == "An easy run of up to 22 min"


def test_after_longer_runs_or_an_injury_short_ones_are_no_beginning() -> None:
    """They are short on purpose."""
    once_longer = History(runs=(further(-40, 30), further(0, 5), further(2, 5)))
    assert next_session(once_longer, PLAN, now=at(4)).running_min == 5
    over = replace(INJURY, onset=at(-30).date(), resolved=at(1).date())
    injured = History(runs=(further(-3, 5), further(0, 5)), injuries=(over,))
    assert next_session(injured, PLAN, now=at(4)).running_min == 5
