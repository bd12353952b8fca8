"""Every page, by everybody who may see it, on a phone and on a desk, light and dark; and in German."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.pages import PAGES
from dashboard.pages.route import Page
from tests.browser.calm import calm, counted
from tests.browser.conftest import WindowOf
from tests.browser.looking import DESKTOP, PHONE, Judged, Window, sign_in, window
from tests.browser.story import Story
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A scheme changes colours and nothing else, so that each size is judged whole in one of them.
Look = tuple[tuple[int, int], str, Judged]
LOOKS: tuple[Look, ...] = (
    (PHONE, "light", "all"),
    (PHONE, "dark", "colours"),
    (DESKTOP, "dark", "all"),
    (DESKTOP, "light", "colours"),
)
# Who sees what others saw before sees the same parts, or fewer: whole at each size, and once in each scheme.
SEEN_BEFORE = tuple(one for one in LOOKS if one[2] == "all")
_EVERY = [
    (page, role) for page in PAGES for role in page.roles if page.path != "/"
]  # that leads on to another
_SHARED = (
    "read",
    "read_clinical",
)  # what others than the runner may do in the story, of what a page can take


def _may(page: Page, role: str) -> bool:
    return role == "runner" or page.right in _SHARED


def _address(path: str, told: Story) -> str:
    return re.sub(r"<(\w+)>", lambda found: told.variables[found[1]], path)


_SEEN = [(page, role) for page, role in _EVERY if _may(page, role)]
_FIRST = {page.layout: (page, role) for page, role in reversed(_SEEN)}


@pytest.mark.parametrize(
    ("path", "role", "looks"),
    [
        pytest.param(
            page.path,
            role,
            LOOKS if _FIRST[page.layout] == (page, role) else SEEN_BEFORE,
            id=f"{page.path}-{role}",
        )
        for page, role in _SEEN
    ],
)
def test_a_page_is_whole_and_readable_for_everybody(
    path: str, role: str, looks: tuple[Look, ...], window_of: WindowOf, told: Story, pictures: Path | None
) -> None:
    here = window_of(role)
    here.open(_address(path, told))
    name = re.sub(r"\W+", "-", path).strip("-") + f"-{role}"
    for size, scheme, judged in looks:
        here.look(name, size=size, scheme=scheme, of=judged, pictures=pictures)


@pytest.mark.parametrize("role", ["runner", "coach", "clinician", "admin"])
def test_signing_in_leads_to_where_a_role_begins(
    role: str, browser: Browser, dashboard: Served, told: Story
) -> None:
    begins = {"runner": "/today", "coach": "/squad", "clinician": "/squad", "admin": "/admin"}[role]
    with window(browser, dashboard.address) as here:
        sign_in(here.page, dashboard.address, *told.logins[role])
        here.page.wait_for_url(dashboard.address + begins)
        here.settle()
        assert here.wrong == []


def test_the_sign_in_page_is_readable_for_everybody(
    browser: Browser, dashboard: Served, pictures: Path | None
) -> None:
    with window(browser, dashboard.address) as here:
        here.open("/sign-in")
        for size, scheme, judged in LOOKS:
            here.look("sign-in", size=size, scheme=scheme, of=judged, pictures=pictures)


def test_on_a_phone_every_account_and_what_can_be_done_with_it_is_in_sight(window_of: WindowOf) -> None:
    here = window_of("admin")
    here.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    here.open("/admin")
    for button in here.page.get_by_role("button", name=re.compile("^Change ")).all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE[0]
    frame = here.page.locator(".stacks")
    assert frame.evaluate("one => one.scrollWidth - one.clientWidth") <= 0


def test_the_menu_of_a_phone_opens_leads_on_and_signs_out(window_of: WindowOf, dashboard: Served) -> None:
    here = window_of("runner")
    here.open("/runs")
    here.page.get_by_label("Menu").click()
    link = here.page.get_by_role("link", name="Runs", exact=True)
    link.wait_for(state="visible")
    link.click()
    here.settle()
    assert here.page.url == f"{dashboard.address}/runs"
    assert here.wrong == []


@pytest.mark.parametrize(
    ("path", "role"),
    [("/athlete/<athlete_id>/runs", "admin")]
    + [(page.path, role) for page, role in _EVERY if not _may(page, role)],
)
def test_what_is_not_shared_looks_as_what_is_not_there(
    path: str, role: str, window_of: WindowOf, told: Story
) -> None:
    here, shown = window_of(role), []
    for address in (_address(path, told), re.sub(r"<\w+>", "0" * 32, path)):
        answer = here.page.goto(here.address + address)
        assert answer is not None
        shown.append((answer.status, here.page.inner_text("body")))
    assert shown[0] == shown[1]
    assert shown[0][0] == 404
    assert "Alma" not in shown[0][1]


# --- What draws itself in the browser: calendars, charts, fields for numbers -----------------------------

_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_SHORT = "Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez"


def test_calendars_charts_and_numbers_are_german_for_whoever_reads_german(
    browser: Browser, dashboard: Served, told: Story
) -> None:
    size = {"width": PHONE[0], "height": PHONE[1]}
    with browser.new_context(viewport=size, locale="de-DE") as context:  # type: ignore[arg-type]
        here = Window(context.new_page(), dashboard.address)
        counted(here.page)
        sign_in(here.page, here.address, *told.logins["runner"])
        calm(here)
        page = here.page
        expect(page.locator("html")).to_have_attribute("lang", "de")

        # A number that is typed with a comma is one.
        page.locator("summary").first.click()
        effort = page.get_by_label("Anstrengung", exact=False).first
        effort.press_sequentially("3,5")
        expect(effort).to_have_value("3,5")

        # A chart counts with commas and names days in German.
        here.open("/progress")
        days = page.locator(".xaxislayer-above .xtick text, .xtick text").first
        expect(days).to_have_text(re.compile(rf"\d+\. ({_SHORT})"))
        written = page.evaluate("() => document.querySelector('.js-plotly-plot')._fullLayout.separators")
        assert written == ",."

        # So does a calendar, and its week begins on Monday.
        here.open("/sharing")
        until = page.get_by_label("Bis", exact=False).first
        expect(until).to_have_value(re.compile(rf"^\d+\. ({_SHORT}) \d{{4}}$"))
        until.click()
        calendar = page.locator(
            ".mantine-DateInput-calendarHeader, .mantine-DateInput-calendarHeaderLevel"
        ).first
        expect(calendar).to_contain_text(re.compile(_MONTHS))
        expect(page.locator(".mantine-DateInput-weekday").first).to_have_text("Mo")
        assert here.wrong == []
