"""The dashboard in a real browser: served by real processes, on a small squad."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import story
from tests.browser.looking import Window, sign_in, window
from tests.browser.story import Story
from tests.served import Served, served

WindowOf = Callable[[str], Window]
_TOLD_WITHIN_S = 300.0


@pytest.fixture(scope="session")
def told_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the story, told once for all processes that run tests. It is only copied."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "browser-story"
    whole = home.with_name("browser-story-is-told")
    try:
        home.mkdir()
    except FileExistsError:
        until = time.monotonic() + _TOLD_WITHIN_S
        while not whole.exists():
            assert time.monotonic() < until, "another process did not tell the story"
            time.sleep(0.2)
    else:
        story.tell(home)
        whole.touch()
    return home


@pytest.fixture(scope="module")
def dashboard(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Served from a copy: what a test changes, other modules do not see."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(told_home, home)
    with served(home, log=home / "serve.log") as here:
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
def cookies_of(browser: Browser, dashboard: Served, told: Story) -> Callable[[str], list[Any]]:
    """Signed in once per role: tries are counted."""
    kept: dict[str, list[Any]] = {}

    def cookies(role: str) -> list[Any]:
        if role not in kept:
            with window(browser, dashboard.address) as here:
                sign_in(here.page, dashboard.address, *told.logins[role])
                kept[role] = list(here.page.context.cookies())
        return kept[role]

    return cookies


@pytest.fixture
def window_of(
    browser: Browser, dashboard: Served, cookies_of: Callable[[str], list[Any]]
) -> Iterator[WindowOf]:
    """A window in which somebody of a role is signed in."""
    with ExitStack() as stack:
        yield lambda role: stack.enter_context(window(browser, dashboard.address, cookies=cookies_of(role)))
