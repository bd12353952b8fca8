"""`python -m tests.browser.pictures FOLDER`: the pictures of README.md, of a squad that is simulated anew."""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import story
from tests.browser.looking import sign_in, window
from tests.browser.story import Story
from tests.served import served

# Name, who looks, path, width and height of what is seen, scheme.
PICTURES = (
    ("dashboard-today", "runner", "/today", (390, 844), "light"),
    ("dashboard-run", "runner", "/run/{run_id}", (1280, 900), "light"),
    ("dashboard-squad", "coach", "/squad", (1280, 560), "light"),
    ("dashboard-episode", "clinician", "/athlete/{athlete_id}/episode", (1280, 900), "dark"),
)


def draw(folder: Path) -> None:
    """Write one PNG for each of `PICTURES`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="restride-pictures-") as made, sync_playwright() as playwright:
        home = Path(made)
        story.tell(home)
        told = Story.read(home)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"], timeout=120_000
        )
        with served(home) as here:
            for name, role, path, size, scheme in PICTURES:
                with window(browser, here.address) as seen:
                    seen.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                    seen.page.set_viewport_size({"width": size[0], "height": size[1]})
                    sign_in(seen.page, here.address, *told.logins[role])
                    seen.open(path.format(**told.variables))
                    seen.page.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
