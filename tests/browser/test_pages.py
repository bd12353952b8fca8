"""Every page, by everybody who may see it, on a phone and on a desk, light and dark."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser

from dashboard.pages import PAGES
from tests.browser.conftest import WindowOf
from tests.browser.looking import DESKTOP, PHONE, sign_in, window
from tests.browser.story import Story
from tests.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOOKS = tuple(product((PHONE, DESKTOP), ("light", "dark")))
_BEGINS = "/"  # leads on to another page


def _seen() -> Iterator[tuple[str, str]]:
    yield from ((page.path, role) for page in PAGES for role in page.roles if page.path != _BEGINS)


@pytest.mark.parametrize(("path", "role"), list(_seen()))
def test_a_page_is_whole_and_readable_for_everybody(
    path: str, role: str, window_of: WindowOf, told: Story
) -> None:
    here = window_of(role)
    here.open(re.sub(r"<(\w+)>", lambda found: told.variables[found[1]], path))
    name = re.sub(r"\W+", "-", path).strip("-") + f"-{role}"
    for size, scheme in LOOKS:
        here.look(name, size=size, scheme=scheme)


@pytest.mark.parametrize("role", ["runner", "coach", "clinician", "admin"])
def test_signing_in_leads_to_where_a_role_begins(
    role: str, browser: Browser, dashboard: Served, told: Story
) -> None:
    begins = {"runner": "/today", "coach": "/squad", "clinician": "/squad", "admin": "/admin"}[role]
    with window(browser, dashboard.address) as here:
        sign_in(here.page, dashboard.address, *told.logins[role])
        here.page.wait_for_url(dashboard.address + begins)
        here.settle()


def test_the_sign_in_page_is_readable_for_everybody(browser: Browser, dashboard: Served) -> None:
    with window(browser, dashboard.address) as here:
        here.open("/sign-in")
        for size, scheme in LOOKS:
            here.look("sign-in", size=size, scheme=scheme)


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


def test_what_is_not_shared_looks_as_what_is_not_there(
    window_of: WindowOf, told: Story, dashboard: Served
) -> None:
    shown = []
    for athlete_id in (told.variables["athlete_id"], "0" * 32):
        here = window_of("admin")
        answer = here.page.goto(f"{dashboard.address}/athlete/{athlete_id}/runs")
        assert answer is not None
        here.page.wait_for_timeout(1000)
        shown.append((answer.status, here.page.inner_text("body").replace(athlete_id, "")))
    assert shown[0] == shown[1]
    assert "Alma" not in shown[0][1]
