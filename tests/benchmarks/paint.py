"""`python -m tests.benchmarks.paint`: how soon a page is seen in a browser, and its largest part.

The home and the server are those of `tests.benchmarks.dashboard`. Each page is opened once with an empty
cache, as after an upgrade, and then again as on any other day. Times are the browser's, from the click on.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.dashboard import serving
from tests.benchmarks.dashboard_home import PASSWORD, Home, home_of
from tests.browser.looking import DESKTOP, Window, sign_in

_GOAL_MS = 2000.0
_PAINTED = """() => new Promise(told => new PerformanceObserver(list => told([
    performance.getEntriesByName('first-contentful-paint')[0].startTime,
    Math.max(...list.getEntries().map(one => one.startTime)),
])).observe({type: 'largest-contentful-paint', buffered: true}))"""


def main() -> None:
    """Serve the home, look at it, print when things were seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.paint", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="made by tests.benchmarks.dashboard")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    home = home_of(options.home, athletes=500, years=3, patients=10)
    with (
        tempfile.TemporaryDirectory(prefix="restride-bench-") as made,
        serving(options.home, Path(made) / "serve.log") as (address, _),
        sync_playwright() as playwright,
    ):
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        print("| page | empty cache: first | largest | later: first, median | largest, median | goal |")
        print("|---|--:|--:|--:|--:|---|")
        for name, path in _pages(home):
            print(_line(path, list(_seen(browser, address, name, path, options.times))), flush=True)
        browser.close()


def _pages(home: Home) -> Iterator[tuple[str, str]]:
    """Who opens what."""
    yield from (
        (home.runners[0], path) for path in ("/today", "/progress", "/runs", f"/run/{home.recorded[0]}")
    )
    yield home.coach, "/squad"
    yield home.clinician, f"/athlete/{home.patients[0]}/episode"


def _seen(browser: Browser, address: str, name: str, path: str, times: int) -> Iterator[tuple[float, float]]:
    """First and largest paint, with an empty cache at first."""
    entered = browser.new_context()
    sign_in(entered.new_page(), address, name, PASSWORD)
    cookies = entered.storage_state()
    entered.close()
    width, height = DESKTOP
    fresh = browser.new_context(storage_state=cookies, viewport={"width": width, "height": height})
    for _number in range(times + 1):
        page = fresh.new_page()
        Window(page, address).open(path)
        first_ms, largest_ms = page.evaluate(_PAINTED)
        yield first_ms, largest_ms
        page.close()
    fresh.close()


def _line(path: str, seen: list[tuple[float, float]]) -> str:
    (first, largest), *later = seen
    told = " | ".join(f"{value:.0f} ms" for value in (first, largest, *np.median(later, axis=0)))
    whose = "/".join("…" if len(part) == 32 else part for part in path.split("/"))
    met = "met" if max(value for value, _ in seen) < _GOAL_MS else "**missed**"
    return f"| {whose} | {told} | first < {_GOAL_MS:.0f} ms, {met} |"


if __name__ == "__main__":
    main()
