"""The list of runs, and two of them compared: what their readers are promised."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.components.run_filters import Wanted
from dashboard.components.run_list import PER_PAGE, Line, page_of, pages
from imu.training.history import Run, Surface, Trust
from tests.dashboard.asking import call, shown, value, words
from tests.dashboard.conftest import ClientOf, Ids

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def line(days_ago: int, *, surface: Surface = "road", trust: Trust = "good") -> Line:
    start = NOW - timedelta(days=days_ago)
    run = Run(run_id=f"{days_ago:032x}", start=start, duration_s=600, bouts=(), surface=surface, trust=trust)
    return Line(run=run, headline={})


LINES = [line(400), line(60, surface="track"), line(20, trust="poor"), line(1)]


def days(lines: Any) -> list[int]:
    return [(NOW - one.run.start).days for one in lines]


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(), [1, 20, 60, 400]),
        (Wanted(period="30"), [1, 20]),
        (Wanted(period="365"), [1, 20, 60]),
        (Wanted(surface="track"), [60]),
        (Wanted(trust="judged"), [1, 60, 400]),
        (Wanted(period="90", surface="road", trust="judged"), [1]),
        (Wanted(period="nonsense", surface="moon", trust="?"), [1, 20, 60, 400]),
    ],
)
def test_filters_leave_what_was_asked_for_the_latest_first(wanted: Wanted, left: list[int]) -> None:
    assert days(wanted.among(LINES, now=NOW)) == left


def test_every_run_is_on_exactly_one_page() -> None:
    lines = [line(days_ago) for days_ago in range(2 * PER_PAGE + 3)]
    shown_lines = [one for number in range(1, pages(lines) + 1) for one in page_of(lines, number)]
    assert shown_lines == lines
    assert pages([]) == 1


@pytest.mark.parametrize("number", [0, -1, 99, None, "2", 1.5, True])
def test_a_page_that_is_not_there_is_the_first(number: Any) -> None:
    lines = [line(days_ago) for days_ago in range(PER_PAGE + 1)]
    assert len(page_of(lines, number)) == PER_PAGE


def test_the_list_shows_the_latest_runs_by_injured_and_other_side(client_of: ClientOf, ids: Ids) -> None:
    for client, of in ((client_of("anna"), ""), (client_of("kim"), ids.anna)):
        told = words(shown(client, "runs", of))
        assert ids.recorded in told
        assert "injured" in told
        assert ids.run_of_ben not in told


def test_nobody_lists_the_runs_of_another(client_of: ClientOf, ids: Ids) -> None:
    for name in ("anna", "kim", "otto", "office"):
        assert shown(client_of(name), "runs", ids.ben).status_code == 404


def narrowed(client: Any, of: str, **chosen: Any) -> Any:
    names = ("rows", "page", "count", "period", "surface", "trust", "newest")
    at = {name: {"control": "runs", "key": "", "name": name, "of": of} for name in names}
    key = '{{"control":"runs","key":"","name":"{}","of":["MATCH"]}}.{}'
    targets = [("rows", "children"), ("page", "total"), ("count", "children")]
    output = f"..{'...'.join(key.format(name, prop) for name, prop in targets)}.."
    inputs = [
        value(at["rows"], "id", at["rows"]),
        *(value(at[name], "value", chosen.get(name)) for name in ("period", "surface", "trust", "page")),
        value(at["newest"], "data", None),
    ]
    to = [{"id": at[name], "property": prop} for name, prop in targets]
    return call(client, output, to=to, inputs=inputs)


def test_a_filter_changes_rows_pages_and_count(client_of: ClientOf, ids: Ids) -> None:
    every, month = (
        words(narrowed(client_of("anna"), ids.anna, period=period, page=1)) for period in ("all", "30")
    )
    assert every != month
    assert ids.recorded in month
    assert narrowed(client_of("anna"), ids.ben, period="all").status_code == 404


def verdict_of(client: Any, run_ids: list[str]) -> Any:
    at = [{"control": "runs", "key": "table", "name": "verdict", "of": run_id} for run_id in run_ids]
    output = '{"control":"runs","key":["ALL"],"name":"verdict","of":["ALL"]}.children'
    to = [{"id": one, "property": "children"} for one in at]
    return call(client, output, to=to, inputs=[[value(one, "id", one) for one in at]])


def test_whether_a_session_counted_is_told_and_only_to_those_who_may_see_the_run(
    client_of: ClientOf, ids: Ids
) -> None:
    told = verdict_of(client_of("anna"), [ids.recorded])
    assert told.status_code == 200
    assert "counted" in words(told) or "waits for answers" in words(told)
    assert verdict_of(client_of("anna"), [ids.recorded, ids.run_of_ben]).status_code == 404


def test_two_runs_are_compared_the_earlier_first(client_of: ClientOf, ids: Ids) -> None:
    client = client_of("anna")
    one_way, other_way = (
        words(shown(client, "compare", f"{first}/{second}")).replace(f"{first}/{second}", "")
        for first, second in ((ids.recorded, ids.run_of_anna), (ids.run_of_anna, ids.recorded))
    )
    assert one_way == other_way
    assert "Cadence" in one_way
    assert "one of these came without a recording" in one_way


def test_runs_of_two_people_are_not_compared(client_of: ClientOf, ids: Ids) -> None:
    told = shown(client_of("anna"), "compare", f"{ids.recorded}/{ids.run_of_ben}")
    assert told.status_code == 404  # anna may not see it, so for her it is not there


@pytest.mark.parametrize("of", ["", "/", "a/b", "a/b/c", "a"])
def test_nonsense_is_not_there(client_of: ClientOf, of: str) -> None:
    assert shown(client_of("anna"), "compare", of).status_code == 404
