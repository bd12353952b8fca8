"""A page that stays open: it follows what happens, keeps what is typed, and never waits for ever."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dashboard.components.follower import EVERY_MS
from imu.store import Store
from tests.browser.looking import DESKTOP, Window, sign_in, window
from tests.browser.story import Story
from tests.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WITHIN_MS = 20_000


@pytest.fixture(scope="module")
def open_story(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The story, served to the tests of this module, which change it."""
    home = tmp_path_factory.mktemp("open") / "home"
    shutil.copytree(told_home, home)
    with served(home, "--workers", "1", "--no-worker") as here:
        yield here


def writes(home: Path, athlete_id: str, text: str) -> None:
    """Somebody writes from elsewhere."""
    store = Store.at(home)
    with store.changed_by("ito") as repository:
        repository.sharing.add_note(athlete_id, text)
    store.close()


def some_time_later(page: Page) -> None:
    page.clock.fast_forward(EVERY_MS + 1000)


def test_today_shows_what_arrives_and_keeps_what_is_typed(
    browser: Browser, open_story: Served, told: Story
) -> None:
    athlete_id = told.variables["athlete_id"]
    with window(browser, open_story.address) as here:
        page = here.page
        page.clock.install()
        sign_in(page, here.address, *told.logins["runner"])
        here.settle()
        writes(open_story.home, athlete_id, "First word from elsewhere.")
        some_time_later(page)
        expect(page.get_by_text("First word from elsewhere.")).to_be_visible(timeout=WITHIN_MS)

        page.get_by_text("Tell more").click()
        field = page.get_by_label("Note", exact=True)
        field.fill("half a sentence")
        page.locator("h1").click()  # and looks away
        writes(open_story.home, athlete_id, "Second word from elsewhere.")
        for _ in range(3):
            some_time_later(page)
            here.settle()
        expect(field).to_have_value("half a sentence")
        expect(page.get_by_text("Second word from elsewhere.")).to_have_count(0)

        field.fill("")
        page.get_by_text("Tell more").click()
        some_time_later(page)
        expect(page.get_by_text("Second word from elsewhere.")).to_be_visible(timeout=WITHIN_MS)
        assert here.wrong == []


def test_a_squad_gains_an_athlete_and_keeps_its_filter(
    browser: Browser, open_story: Served, told: Story
) -> None:
    with window(browser, open_story.address) as here:
        page = here.page
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        page.clock.install()
        sign_in(page, here.address, *told.logins["coach"])
        here.settle()
        page.get_by_label("Name or words").fill("zoe")
        some_time_later(page)
        expect(page.get_by_text("Nobody fits these filters.").first).to_be_visible()
        store = Store.at(open_story.home)
        zoe = store.add_account("zoe", "runner")
        with store.changed_by(zoe) as repository:
            athlete = repository.sharing.add_athlete("Zoe", own=True)
            repository.sharing.grant(athlete.athlete_id, "cleo", "training")
        store.close()
        some_time_later(page)
        expect(page.get_by_role("link", name="Zoe").first).to_be_visible(timeout=WITHIN_MS)
        expect(page.get_by_label("Name or words")).to_have_value("zoe")
        assert here.wrong == []


def test_whoever_was_signed_out_is_told_so_and_comes_back_to_his_page(
    browser: Browser, open_story: Served, told: Story
) -> None:
    name, password = told.logins["runner"]
    with window(browser, open_story.address) as here:
        page = here.page
        page.clock.install()
        sign_in(page, here.address, name, password)
        here.open("/runs")
        here.page.context.clear_cookies()
        some_time_later(page)
        expect(page.get_by_text("You were signed out meanwhile.", exact=False)).to_be_visible()
        page.fill("[name=name]", name)
        page.fill("[name=password]", password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{here.address}/runs")
        here.settle()
        assert [one for one in here.wrong if "401" not in one] == []


def test_an_unknown_id_within_the_pages_says_that_nothing_is_there(
    browser: Browser, open_story: Served, told: Story
) -> None:
    with window(browser, open_story.address) as here:
        page = here.page
        sign_in(page, here.address, *told.logins["runner"])
        for path in ("/run/{no}", "/athlete/{no}/today", "/compare/{no}/{no}"):
            here.open("/help")
            page.evaluate(
                "to => { history.pushState({}, '', to); "
                "window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }",
                path.format(no="0" * 32),
            )
            expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
            expect(page.get_by_text("it is not shared with you", exact=False)).to_be_visible()
            expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
        assert [one for one in here.wrong if "404" not in one] == []


def test_what_fails_is_said_and_can_be_tried_again(browser: Browser, open_story: Served, told: Story) -> None:
    with window(browser, open_story.address) as here:
        sign_in(here.page, here.address, *told.logins["runner"])
        fails_and_is_tried_again(
            here, lambda route: route.fulfill(status=500, body="a defect"), says="Open the page again"
        )
        fails_and_is_tried_again(
            here,
            lambda route: route.fulfill(status=400, body="cannot be read", content_type="text/plain"),
            says="cannot be read",
        )
        fails_and_is_tried_again(here, lambda route: route.abort(), says="Open the page again")


def fails_and_is_tried_again(here: Window, fail: Callable[[Route], None], *, says: str) -> None:
    page, calls = here.page, "**/_dash-update-component*"  # Dash asks with a query
    here.open("/today")
    page.get_by_text("Tell more").click()
    page.route(calls, fail)
    page.get_by_role("button", name="Keep", exact=True).last.click()
    expect(page.get_by_text("This did not work")).to_be_visible()
    expect(page.get_by_text(says, exact=False)).to_be_visible()

    page.unroute(calls)
    here.open("/help")
    page.route(
        calls,
        lambda route: fail(route) if '"runs"' in (route.request.post_data or "") else route.continue_(),
    )
    page.evaluate(
        "() => { history.pushState({}, '', '/runs'); "
        "window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }"
    )
    expect(page.get_by_role("heading", name="This cannot be shown now")).to_be_visible()
    expect(page.locator(".mantine-Skeleton-root")).to_have_count(0)
    page.unroute(calls)
    page.get_by_role("link", name="Try again").click()
    here.settle()
    expect(page.get_by_text("This cannot be shown now")).to_have_count(0)
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
