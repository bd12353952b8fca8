"""`python -m tests.browser.tour FILE`: half a minute of `restride demo`, moving, for README.md.

The demo is run anew, its squad is served, and what is seen of both is laid out with a caption each.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
from playwright.sync_api import Browser, Locator, sync_playwright

from imu.store import Store
from tests.browser.calm import calm, counted
from tests.browser.looking import Window, sign_in
from tests.browser.tour_frames import SCALE, Frame, animated, drawn
from tests.conftest import COMMAND
from tests.served import served

ATHLETES = 8
_DEMO_S = 600
_DRAWINGS = Path("docs/images")
_FETCHED = " % fetched"
_TERMINAL_LINES = 18


def make(file: Path) -> None:
    """Run the demo, look at it, and write the animated picture."""
    with tempfile.TemporaryDirectory(prefix="restride-tour-") as made, sync_playwright() as playwright:
        folder = Path(made) / "demo-run"
        printed = _demo(folder)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"], timeout=120_000
        )
        told = [*_strapped(), *_synced(printed), *_seen(browser, folder)]
        pictures = drawn(browser, told)
        browser.close()
    animated(file, told, pictures)


def _demo(folder: Path) -> list[str]:
    """What `restride demo` prints while it fills a folder."""
    done = subprocess.run(
        [*COMMAND, "demo", "--no-serve", "--squad", str(ATHLETES), "--out", folder.name],
        cwd=folder.parent,
        env={**os.environ, "RESTRIDE_HOME": str(folder.parent / "own")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_DEMO_S,
        check=True,
    )
    return done.stdout.splitlines()


def _strapped() -> Iterator[Frame]:
    drawings = "".join(
        f"<figure>{(_DRAWINGS / f'strap_{where}.svg').read_text('utf-8')}</figure>"
        for where in ("shank", "pelvis")
    )
    yield Frame(
        "Strap on, run, sync",
        "A motion sensor on each shank and one on the pelvis. No phone, no laptop, no laboratory.",
        f'<div class="pair">{drawings}</div>',
        2.8,
    )


def _synced(printed: list[str]) -> Iterator[Frame]:
    """The demo's lines in three steps; of the download only its end, for a terminal shows it as bars."""
    lines = [line for line in printed if _FETCHED not in line or f"100{_FETCHED}" in line]
    fetched = next(at for at, line in enumerate(lines) if _FETCHED in line)
    ran = next(at for at, line in enumerate(lines) if "of running in" in line)
    told = next(at for at, line in enumerate(lines) if line.startswith("Vertical oscillation"))
    for until, seconds in ((fetched, 1.2), (ran, 1.2), (told + 1, 2.8)):
        yield Frame(
            "One command fetches and analyses the run",
            "Downloaded, verified, and only then erased from the sensors. Here they are virtual: make demo",
            _terminal(["$ restride demo", *lines[:until]]),
            seconds,
        )


def _terminal(lines: list[str]) -> str:
    text = escape("\n".join(lines[-_TERMINAL_LINES:]))
    return f'<div class="window"><div class="bar"><i></i><i></i><i></i></div><pre>{text}</pre></div>'


def _seen(browser: Browser, folder: Path) -> Iterator[Frame]:
    home = folder / "home"
    logins = {role: (name, word) for role, name, word in map(str.split, _lines(folder / "logins.txt"))}
    store = Store.at(home)
    with store.seen_by("alma") as repository:
        athlete_id = repository.sharing.athlete().athlete_id
        run_id = repository.runs.listed(athlete_id)[-1].run.run_id
    store.close()

    with served(home) as here:

        def looked(role: str, path: str, width: int, zoom: float) -> Any:
            return _Look(browser, here.address, logins[role], path, width, zoom)

        with looked("runner", "/today", 390, 0.86) as page:
            phones = "".join(f'<div class="phone">{page.part(0, y, 390, 566)}</div>' for y in (0, 534))
            yield Frame(
                "Today: may I run, what, and why",
                "One answer first, with each of its reasons. After a run, a few taps tell how it was.",
                f'<div class="pair phones">{phones}</div>',
                3.6,
            )
        with looked("runner", f"/run/{run_id}", 960, 1.08) as page:
            box = page.box(page.card("Shank angle at contact"))
            end = page.box(page.seen.get_by_text("Grey: where about").first)
            yield Frame(
                "Each run: what changed, and from which minute",
                "Every stride, each side for itself, over your own usual range at that speed.",
                page.part(box["x"], box["y"], box["width"], end["y"] + end["height"] + 5 - box["y"]),
                3.8,
            )
        with looked("runner", f"/run/{run_id}", 960, 1.28) as page:
            said = page.seen.get_by_text("From about minute").first
            box = page.box(
                said.locator("xpath=ancestor::*[@role='alert' or contains(@class, 'mantine-Alert-root')][1]")
            )
            yield Frame(
                "Said in words, with how sure it is",
                "Compared with yourself, never with a threshold. A pattern to discuss, not a diagnosis.",
                f'<div class="middle">{page.whole(box)}</div>',
                3.8,
            )
        with looked("coach", "/squad", 1280, 0.88) as page:
            box = page.box(page.seen.locator(".ag-root-wrapper").first)
            yield Frame(
                "A coach sees who needs somebody first",
                "Stage, load, warnings, check-in and twelve weeks of everyone who shares with you.",
                page.part(box["x"], box["y"], box["width"], 441),
                3.8,
            )
        with looked("clinician", f"/athlete/{athlete_id}/episode", 960, 1.0) as page:
            box = page.box(page.card("Over time"))
            yield Frame(
                "A clinician sees the whole episode",
                "Stages of the plan, running and pain on one axis of time, "
                "from before the injury until today.",
                page.part(box["x"], box["y"] + 82, box["width"], 426),
                3.8,
            )
            answer = page.seen.request.get(f"{here.address}/athlete/{athlete_id}/episode.pdf")
            yield Frame(
                "... and takes it along as one printed page",
                "Also as tables (CSV) and for a clinic's record (FHIR).",
                _printed(answer.body()),
                3.2,
            )


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


class _Look:
    """A page at rest, and parts of it as pictures, drawn at the size at which they are shown: sharp."""

    def __init__(
        self, browser: Browser, address: str, login: tuple[str, str], path: str, width: int, zoom: float
    ) -> None:
        self._context = browser.new_context(
            viewport={"width": width, "height": 3000}, device_scale_factor=SCALE * zoom
        )
        self.seen = self._context.new_page()
        self._zoom = zoom
        there = Window(self.seen, address)
        counted(self.seen)
        self.seen.emulate_media(color_scheme="light", reduced_motion="reduce")
        sign_in(self.seen, address, *login)
        there.open(path)
        calm(there)

    def __enter__(self) -> "_Look":
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def card(self, title: str) -> Locator:
        heading = self.seen.get_by_role("heading", name=title).first
        return heading.locator("xpath=ancestor::*[contains(@class, 'mantine-Paper-root')][1]")

    def box(self, what: Locator) -> Any:
        return what.bounding_box()

    def whole(self, box: Any) -> str:
        return self.part(box["x"], box["y"], box["width"], box["height"])

    def part(self, x: float, y: float, width: float, height: float) -> str:
        png = self.seen.screenshot(clip={"x": x, "y": y, "width": width, "height": height})
        return picture(png, width * self._zoom)


def picture(png: bytes, width: float) -> str:
    source = f"data:image/png;base64,{b64encode(png).decode()}"
    return f'<img class="part" style="width:{width:.1f}px" src="{source}">'


def _printed(pdf: bytes) -> str:
    """The page as a whole, and its upper part so that it can be read."""
    page = pypdfium2.PdfDocument(pdf)[0]
    width_pt, _ = page.get_size()
    parts = []
    for width, share in ((316.0, 1.0), (520.0, 0.584)):
        image = page.render(scale=SCALE * width / width_pt).to_pil()
        kept = BytesIO()
        image.crop((0, 0, image.width, round(image.height * share))).save(kept, "png")
        parts.append(picture(kept.getvalue(), width))
    return f'<div class="papers">{"".join(parts)}</div>'


if __name__ == "__main__":
    make(Path(sys.argv[1]))
