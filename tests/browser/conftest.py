"""The dashboard in a real browser: served by real processes, on a small squad."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import story
from tests.browser.looking import PHONE, Window, sign_in
from tests.browser.story import Story
from tests.once import made_once
from tests.served import Served, served

WindowOf = Callable[[str], Window]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", metavar="FOLDER", help="leave a picture of every page in FOLDER")


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the story. It is only copied."""
    return made_once(tmp_path_factory, "browser-story", story.tell)


@pytest.fixture(scope="module")
def dashboard(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Served from a copy: what a test changes, other modules do not see."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(told_home, home)
    with served(home, "--workers", "1", "--no-worker", log=home / "serve.log") as here:
        yield here


@pytest.fixture(scope="module")
def told(told_home: Path) -> Story:
    return Story.read(told_home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or another that is there, or Playwright's own. Closed with the module: while it is
    open no other test in this process may run an event loop.
    """
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    program = next(filter(None, found), None)
    with sync_playwright() as playwright:
        if program is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no browser here: apt install chromium, or playwright install chromium")
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        opened = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"] if root else [], timeout=120_000
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def entered(browser: Browser, dashboard: Served, told: Story) -> Iterator[Callable[[str], Page]]:
    """A page in which somebody of a role is signed in: once, for tries are counted; and always the same, as a
    new one starts a process that reads three megabytes of scripts anew, which takes longer than all the rest.
    """
    kept: dict[str, Page] = {}

    def page_of(role: str) -> Page:
        if role not in kept:
            kept[role] = browser.new_context().new_page()
            sign_in(kept[role], dashboard.address, *told.logins[role])
        return kept[role]

    yield page_of
    for one in kept.values():
        one.context.close()


@pytest.fixture
def window_of(entered: Callable[[str], Page], dashboard: Served) -> Iterator[WindowOf]:
    """A window in which somebody of a role is signed in, as large as a phone."""
    opened: list[Window] = []

    def window(role: str) -> Window:
        page = entered(role)
        page.emulate_media(color_scheme="null", reduced_motion="null")
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        opened.append(Window(page, dashboard.address))
        return opened[-1]

    yield window
    for one in opened:
        one.leave()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where to leave pictures of all that is seen, if somebody wants to look."""
    wanted = request.config.getoption("--pictures", default=None)
    if wanted is None:
        return None
    folder = Path(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
