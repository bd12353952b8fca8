"""`python -m tests.browser.pictures FOLDER`: the pictures of README.md, of a squad that is simulated anew."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser import story
from tests.browser.calm import calm, counted
from tests.browser.looking import sign_in, window
from tests.browser.story import Story
from tests.served import served

ATHLETES = 8
# Name, who looks, path, width and height of what is seen, and the title at its top, where not the page's own.
PICTURES = (
    ("dashboard-today", "runner", "/today", (390, 760), None),
    ("dashboard-run", "runner", "/run/{run_id}", (1000, 760), "Shank angle at contact"),
    ("dashboard-squad", "coach", "/squad", (1280, 760), None),
    ("dashboard-episode", "clinician", "/athlete/{athlete_id}/episode", (1000, 760), "Over time"),
)
_TO_THE_TOP = "title => window.scrollBy(0, title.getBoundingClientRect().top - 90)"


def draw(folder: Path) -> None:
    """Write one PNG for each of `PICTURES`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restride-pictures-") as made, sync_playwright() as playwright:
        home = Path(made)
        story.tell(home, athletes=ATHLETES, as_planned=True)
        told = Story.read(home)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"], timeout=120_000
        )
        with served(home) as here:
            for name, role, path, (width, height), title in PICTURES:
                with window(browser, here.address) as seen:
                    page: Any = seen.page
                    counted(page)
                    page.emulate_media(color_scheme="light", reduced_motion="reduce")
                    page.set_viewport_size({"width": width, "height": height})
                    sign_in(page, here.address, *told.logins[role])
                    seen.open(path.format(**told.variables))
                    calm(seen)
                    if title is not None:
                        page.get_by_role("heading", name=title).first.evaluate(_TO_THE_TOP)
                        calm(seen)
                    page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
