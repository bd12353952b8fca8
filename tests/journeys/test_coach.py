"""A coach of 24 athletes over weeks: whoever changes rises, whoever takes back what was shared is gone."""

import json
import re

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.calm import calm, counted
from tests.browser.looking import DESKTOP, Window, sign_in, window
from tests.journeys.machine import Machine, squad_of

pytestmark = [pytest.mark.long, pytest.mark.browser]
ATHLETES = 24
NOTE = "No run until we have spoken."


def test_a_squad_over_weeks(machine: Machine, browser: Browser) -> None:
    coach = squad_of(machine, ATHLETES)["coach"]
    with machine.serves() as here, window(browser, here.address) as seen:
        counted(seen.page)
        seen.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        sign_in(seen.page, here.address, *coach)
        name = next(one for one in reversed(board(seen)) if "none" in one.split("\n")).split("\n")[0]
        who_changes_rises_to_the_top(machine, seen, name)
        hears_from_the_coach_and_is_answered_for(machine, seen, name)
        filters_leave_whom_they_name(seen)
        what_is_shown_grows_old_in_sight(machine, seen, name, coach)
        who_takes_it_back_is_gone_at_once(machine, seen, name, made_key(seen, coach[1]))


def account_of(name: str) -> str:
    return name.split()[0].lower()


def board(seen: Window) -> list[str]:
    """The lines of the squad, from the top, read anew."""
    seen.page.goto(f"{seen.address}/squad")
    calm(seen)
    lines = [(int(one.get_attribute("row-index") or -1), one.inner_text()) for one in rows(seen).all()]
    return [text for _at, text in sorted(lines)]


def rows(seen: Window) -> Locator:
    return seen.page.locator(".ag-center-cols-container .ag-row, .ag-center-cols-viewport .ag-row")


def line_of(seen: Window, name: str) -> str:
    board(seen)
    seen.page.get_by_label("Name or words").fill(name)
    expect(rows(seen)).to_have_count(1)
    return rows(seen).inner_text()


def who_changes_rises_to_the_top(machine: Machine, seen: Window, name: str) -> None:
    """Somebody of whom nothing was asked tells sudden pain, and no plan is followed that could notice."""
    assert not board(seen)[0].startswith(name)
    machine.says("checkin", "--pain", "7", "--red-flag", "sudden_sharp", who=account_of(name))
    lines = board(seen)
    red = [one for one in lines if "Look now" in one]
    (own,) = [one for one in red if one.startswith(name)]
    assert lines[: len(red)] == red
    assert "Rest today" in own
    assert "Pain" in own


def hears_from_the_coach_and_is_answered_for(machine: Machine, seen: Window, name: str) -> None:
    """A note that he reads; then the warning is acknowledged, and he no longer stands above the others."""
    machine.says("note", NOTE, "--athlete", name, who="cleo")
    assert f"cleo: {NOTE}" in machine.says("note", who=account_of(name))
    (warning,) = machine.knows("warnings", "--athlete", name, who="cleo")
    assert (warning["code"], warning["level"]) == ("pain_response", "red")
    machine.says(
        "warnings", "acknowledge", warning["key"], "--athlete", name, "--reason", "we spoke", who="cleo"
    )
    assert machine.knows("warnings", who=account_of(name)) == []
    assert "Look now" not in line_of(seen, name)


def filters_leave_whom_they_name(seen: Window) -> None:
    board(seen)
    counted_words = seen.page.get_by_text(re.compile(rf"^{ATHLETES} athletes · \d+ asks? for attention"))
    expect(counted_words).to_be_visible()
    asking = int(re.findall(r"· (\d+) ask", counted_words.inner_text())[0])
    seen.page.get_by_text("Needs attention", exact=True).click()
    expect(seen.page.get_by_text(re.compile(rf"{asking} shown"))).to_be_visible()
    expect(rows(seen)).to_have_count(asking)


def what_is_shown_grows_old_in_sight(
    machine: Machine, seen: Window, name: str, coach: tuple[str, str]
) -> None:
    """Nobody runs for two weeks and nothing judges anew: every line says of when it is."""
    machine.is_later(days=15)
    seen.page.goto(f"{seen.address}/squad")
    seen.page.wait_for_url(re.compile("/sign-in"))
    sign_in(seen.page, seen.address, *coach)
    lines = board(seen)
    assert all("as of " in one for one in lines)
    assert all(re.search(r"ran \d+ (weeks|months) ago|ran 1 month ago", one) for one in lines), lines
    machine.says("status", who=account_of(name))
    told = line_of(seen, name)
    assert "as of " not in told
    assert "No recent data" in told


def made_key(seen: Window, password: str) -> str:
    """A key for the API, from the account's page."""
    seen.page.goto(f"{seen.address}/account")
    calm(seen)
    devices = seen.page.locator("section, .mantine-Paper-root").filter(
        has=seen.page.get_by_role("heading", name="Devices")
    )
    devices.last.get_by_label("Name of the device").fill("a program")
    devices.last.get_by_label("Your password now").fill(password)
    devices.last.get_by_role("button", name="Add", exact=True).click()
    key = seen.page.get_by_text(re.compile(r"^restride_\w"))
    expect(key).to_be_visible()
    return key.inner_text().strip()


def who_takes_it_back_is_gone_at_once(machine: Machine, seen: Window, name: str, key: str) -> None:
    """From the board, from every page and from the API, whose key was good before."""
    (athlete_id,) = [
        one["athlete_id"] for one in machine.knows("athletes", "list", who="cleo") if one["name"] == name
    ]
    address = seen.address

    def asked(path: str) -> httpx.Response:
        return httpx.get(f"{address}/api/v1{path}", headers={"Authorization": f"Bearer {key}"}, timeout=60)

    runs = asked(f"/runs?athlete_id={athlete_id}").json()["runs"]
    assert runs
    machine.says("share", "revoke", "cleo", who=account_of(name))
    assert asked(f"/runs?athlete_id={athlete_id}").status_code == 404
    assert asked(f"/runs/{runs[0]['run_id']}").status_code == 404
    board(seen)
    expect(seen.page.get_by_text(re.compile(rf"^{ATHLETES - 1} athletes"))).to_be_visible()
    seen.page.get_by_label("Name or words").fill(name)
    expect(rows(seen)).to_have_count(0)
    for page in ("", "/episode.pdf"):
        answer = seen.page.goto(f"{address}/athlete/{athlete_id}{page}")
        assert answer is not None
        assert answer.status == 404, page
    assert json.dumps(name) not in machine.says("athletes", "list", "--json", who="cleo")
