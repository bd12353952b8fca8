"""`restride live` in one process, the dashboard in another, and a telephone's browser that looks at both."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imu.collect.ongoing import ongoing
from imu.store.passwords import hashed
from tests.conftest import COMMAND
from tests.served import served
from tests.store.fresh import fresh_store

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.long,
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send this signal"),
]


def with_a_runner(home: Path) -> None:
    """A store with one account that can sign in."""
    store = fresh_store(home)
    store.add_account("anna", "runner")
    with store.changed_by("anna") as repository:
        repository.sharing.add_athlete("Anna", own=True)
    store.sign_ins.set_password_hash("anna", hashed("anna anna anna"))
    store.close()


@contextmanager
def on_the_treadmill(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Somebody whose angles lie above a limit of 2 degrees from the first stride on."""
    command = [*COMMAND, "live", "--virtual", "--virtual-sensors", "esp32", "--minutes", "10"]
    command += ["--cue", "--limit", "2", "--hold", "5"]
    with (home / "live.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "RESTRIDE_HOME": str(home)}
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_a_runner_sees_and_hears_the_session_on_a_telephone(tmp_path: Path) -> None:
    wrong: list[str] = []
    with_a_runner(tmp_path)
    with served(tmp_path) as server, playwright.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport=PHONE, has_touch=True).new_page()
        page.set_default_timeout(90_000)
        page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{server.address}/sign-in")
        page.fill("[name=name]", "anna")
        page.fill("[name=password]", "anna anna anna")
        page.click("button")
        page.goto(f"{server.address}/live")
        page.get_by_text("restride live --cue --limit 12 --virtual").wait_for()
        with on_the_treadmill(tmp_path) as process:
            page.get_by_text("Getting ready").wait_for()
            page.locator(".mantine-Switch-track").click()
            page.wait_for_selector(".treadmill-side.is-above >> nth=1")
            for number in page.locator(".treadmill-number").all_text_contents():
                assert number.endswith("°")
            assert page.get_by_text("limit 2.0°").count() == 2
            # One tone told that sounds are on; the next comes with a cue.
            page.wait_for_selector("html[data-restride-tones]:not([data-restride-tones='1'])")
            page.get_by_text("Fill the screen").click()
            page.wait_for_selector(".treadmill-fills")
            box = page.locator(".treadmill-number").first.bounding_box()
            assert box is not None
            assert box["height"] > 100  # of 844: as large as a hand's width allows
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"]
            page.keyboard.press("Escape")
            process.send_signal(signal.SIGINT)
            page.get_by_text("Nobody is on the treadmill").wait_for()
            assert process.wait(30) == 0
        browser.close()
    assert ongoing(tmp_path / "virtual") is None
    assert wrong == []
