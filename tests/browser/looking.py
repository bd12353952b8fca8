"""One browser window on the dashboard, and what must hold of everything that is seen in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Response

PHONE, DESKTOP = (390, 844), (1280, 900)
_SETTLED = """() => document.querySelector('h1')
    && !document.querySelector('.mantine-Skeleton-root, [data-dash-is-loading="true"]')
    && [...document.querySelectorAll('.js-plotly-plot')].every(one => one.querySelector('.main-svg'))"""
_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_PATIENCE_MS = 120_000  # on a machine full of other work; an idle one shows a page within a second

Judged = Literal["all", "colours"]
# Nothing here plays by itself, for which alone axe would load all styles again.
_AXE: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
_RULES: dict[Judged, dict[str, Any]] = {
    "all": {},
    "colours": {"runOnly": ["color-contrast", "link-in-text-block"]},
}


@dataclass
class Window:
    """A page of the browser with everything that went wrong in it."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(_PATIENCE_MS)
        self.page.on("console", self._said)
        self.page.on("pageerror", self._failed)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def leave(self) -> None:
        """Hear no more of the page, which another window goes on with."""
        self.page.remove_listener("console", self._said)
        self.page.remove_listener("pageerror", self._failed)
        self.page.remove_listener("request", self._asked)
        self.page.remove_listener("response", self._answered)

    def open(self, path: str) -> None:
        """Open a path and wait until all of it is there."""
        self.page.goto(self.address + path)
        self.settle()

    def settle(self) -> None:
        self.page.wait_for_function(_SETTLED)
        self.page.evaluate(_TWO_FRAMES)

    def resize(self, size: tuple[int, int], scheme: Any) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.settle()

    def look(
        self,
        name: str,
        *,
        size: tuple[int, int],
        scheme: Any,
        of: Judged = "all",
        pictures: Path | None = None,
    ) -> None:
        """See it at a size and in a scheme: nothing wrong, readable for everybody, nothing cut off.

        `pictures`: a folder for what was seen.
        """
        self.resize(size, scheme)
        seen = f"{name} at {size[0]}, {scheme}"
        if pictures is not None:
            self.page.screenshot(path=pictures / f"{name}-{size[0]}-{scheme}.png", full_page=True)
        assert self.wrong == [], f"{seen}: {self.wrong}"
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{seen}: {wide} pixels wider than the window"
        assert self.page.locator("h1").count() == 1, f"{seen}: not one title"
        assert self.page.locator("html").get_attribute("lang"), f"{seen}: in no language"
        serious = self.serious_violations(of)
        assert serious == [], f"{seen}: {serious}"

    def serious_violations(self, of: Judged = "all") -> list[str]:
        """Of axe-core: what keeps somebody from using the page, with where it is."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        found = self.page.evaluate("options => axe.run(options)", {**_AXE, **_RULES[of]})
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def _said(self, told: ConsoleMessage) -> None:
        if told.type == "error":
            self.wrong.append(f"console: {told.text}")

    def _failed(self, error: Error) -> None:
        self.wrong.append(f"error: {error}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("button")
    page.wait_for_url(lambda url: "/sign-in" not in url)


@contextmanager
def window(browser: Browser, address: str) -> Iterator[Window]:
    """A window that nobody has signed in to."""
    context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
    try:
        yield Window(context.new_page(), address)
    finally:
        context.close()
