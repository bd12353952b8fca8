"""The main way of each role through the dashboard, from the sign-in to what it came for."""

import csv
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

import imu
from imu.store import Derived, Repository, Store
from imu.training.history import CheckIn
from tests.browser.calm import calm, counted
from tests.browser.looking import DESKTOP, PHONE, Window, sign_in, window
from tests.browser.story import ATHLETES, Story
from tests.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

YESTERDAY_ID = "5e" * 16
_CALLBACK = "/_dash-update-component"  # with a version behind it


@pytest.fixture
def served_story(told_home: Path, tmp_path: Path) -> Iterator[Served]:
    """The story, served to one test that changes it."""
    home = tmp_path / "home"
    shutil.copytree(told_home, home)
    with served(home, "--workers", "1", "--no-worker") as here:
        yield here


@contextmanager
def seen_by(home: Path, name: str) -> Iterator[Repository]:
    store = Store.at(home)
    try:
        with store.seen_by(name) as repository:
            yield repository
    finally:
        store.close()


def entered(here: Window, told: Story, role: str) -> Page:
    counted(here.page)
    sign_in(here.page, here.address, *told.logins[role])
    calm(here)
    return here.page


def part(page: Page, title: str) -> Locator:
    """The innermost part of a page that has this title."""
    return page.locator("section, .mantine-Paper-root", has=page.get_by_role("heading", name=title)).last


def warning(page: Page, words: str) -> Locator:
    """The innermost part about the warning with these words, with its buttons."""
    own = part(page, "Warnings").locator(".mantine-Stack-root", has_text=words)
    return own.filter(has=page.get_by_role("button", name="Acknowledge")).last


def pressed(here: Window, button: Locator) -> None:
    """Press it, and wait for what the server says to it."""
    with here.page.expect_response(_answers_a_press) as answer:
        button.click()
    assert answer.value.ok
    calm(here)


def _answers_a_press(answer: Response) -> bool:
    """Whether it answers something that somebody pressed or filled in, and not a page that appears."""
    sent = answer.request.post_data_json if _CALLBACK in answer.url else None
    if not sent or len(sent["changedPropIds"]) != 1:
        return False
    changed = sent["changedPropIds"][0]
    given = (one for each in sent["inputs"] for one in (each if isinstance(each, list) else [each]))
    return any(one.get("value") for one in given if changed.endswith(f".{one['property']}"))


# --- A runner ---------------------------------------------------------------------------------------------


def ran_yesterday(home: Path, athlete_id: str) -> None:
    """A run about which only the next morning is still to be told."""
    store = Store.at(home)
    now = datetime.now().astimezone()
    with store.changed_by("alma") as repository:
        last = repository.record(athlete_id).history.runs[-2]
        run = replace(last, run_id=YESTERDAY_ID, start=now - timedelta(hours=30))
        derived = Derived(run=run, headline={}, summary={}, analysis_version=imu.__version__)
        repository.runs.add(athlete_id, derived, None)
        for moment in ("during", "after"):
            told = CheckIn(at=run.end, moment=moment, pain=0, run_id=run.run_id)
            repository.care.add_check_in(athlete_id, told)
    store.close()


def answers(home: Path, athlete_id: str, *run_ids: str) -> set[tuple[str | None, str, int]]:
    with seen_by(home, "alma") as repository:
        kept = repository.record(athlete_id).history.check_ins
    return {(one.run_id, one.moment, one.pain) for one in kept if one.run_id in run_ids}


def test_a_runner_learns_whether_to_run_answers_and_looks_closer(
    browser: Browser, served_story: Served, told: Story
) -> None:
    home, athlete_id, run_id = served_story.home, told.variables["athlete_id"], told.variables["run_id"]
    ran_yesterday(home, athlete_id)
    with window(browser, served_story.address) as here:
        here.page.emulate_media(color_scheme="dark")
        page = entered(here, told, "runner")
        assert page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}
        expect(page).to_have_url(f"{here.address}/today")

        # May I run, what, and why.
        hero = page.locator(".hero")
        expect(hero.get_by_role("heading", name="Rest today")).to_be_visible()
        expect(hero.get_by_text(re.compile(r"^Stage \d+: \d+\smin"))).to_be_visible()
        expect(hero.get_by_text("the plan asks for a day of rest", exact=False)).to_be_visible()

        # Three taps, and all three are kept.
        before = answers(home, athlete_id, run_id, YESTERDAY_ID)
        for tap in ("This morning: pain 1 of 10", "In the run: pain 2 of 10", "Right after it: pain 0 of 10"):
            pressed(here, page.get_by_role("button", name=tap, exact=True))
        expect(part(page, "How was it?")).to_have_count(0)
        assert answers(home, athlete_id, run_id, YESTERDAY_ID) - before == {
            (YESTERDAY_ID, "next_morning", 1),
            (run_id, "during", 2),
            (run_id, "after", 0),
        }

        # An exercise is ticked off.
        exercises = part(page, "Exercises for today")
        bridge = exercises.locator(".row", has_text="Chair bridge")
        pressed(here, bridge.get_by_role("button", name="Done"))
        expect(bridge.get_by_text("done")).to_be_visible()
        with seen_by(home, "alma") as repository:
            assert repository.record(athlete_id).history.exercises[-1].exercise == "chair_bridge"

        # The open warning: value, what it is compared with, what to do; then it is answered.
        warned = warning(page, "further ahead")
        expect(
            warned.get_by_text(re.compile(r"\d+\.\d\s±\s\d+\.\d°, compared with \d+\.\d° \(your baseline"))
        ).to_be_visible()
        expect(warned.get_by_text("A pattern to discuss", exact=False)).to_be_visible()
        pressed(here, warned.get_by_role("button", name="Acknowledge"))
        expect(warned.get_by_role("button", name="Acknowledge")).to_have_count(0)
        with seen_by(home, "alma") as repository:
            acts = repository.record(athlete_id).acts
        assert ("acknowledged", "alma") in {(act.kind, act.by) for act in acts}

        # The run, and its raw signal from close by.
        page.get_by_role("link", name="See this run").click()
        page.wait_for_url(f"{here.address}/run/{run_id}")
        calm(here)
        expect(part(page, "Shank angle at contact").locator(".main-svg").first).to_be_visible()
        zoomed(here, part(page, "Raw signal"))

        # Two runs beside each other.
        page.get_by_label("Menu").click()
        page.get_by_role("link", name="Runs", exact=True).click()
        calm(here)
        boxes = page.get_by_role("checkbox", name=re.compile("^Compare the run of"))
        for number in (0, 1):
            pressed(here, boxes.nth(number))
        page.get_by_role("link", name="Compare these two").click()
        page.wait_for_url("**/compare/*/*")
        calm(here)
        expect(part(page, "In numbers").get_by_text("Cadence", exact=False).first).to_be_visible()

        page.get_by_label("Menu").click()
        page.get_by_role("link", name="Progress", exact=True).click()
        calm(here)
        expect(part(page, "Stages").locator("[aria-current=step]")).to_contain_text("Stage 13")
        expect(page.get_by_role("img", name=re.compile("worst pain since the injury"))).to_be_visible()
        assert here.wrong == []


def zoomed(here: Window, card: Locator) -> None:
    """Draw over the middle of the chart: it shows less time, fetched anew."""
    plot = card.locator(".js-plotly-plot")
    plot.scroll_into_view_if_needed()
    before = shown_s(plot)
    box = plot.locator(".nsewdrag").first.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    with here.page.expect_response(_answers_a_press) as answer:
        here.page.mouse.move(box["x"] + 0.4 * box["width"], y)
        here.page.mouse.down()
        here.page.mouse.move(box["x"] + 0.6 * box["width"], y, steps=5)
        here.page.mouse.up()
    assert answer.value.ok
    calm(here)
    assert shown_s(plot) < 0.5 * before


def shown_s(plot: Locator) -> float:
    """How long the time is that a chart holds points of."""
    return float(plot.evaluate("gd => { const x = gd.data[0].x; return x[x.length - 1] - x[0]; }"))


# --- A coach ----------------------------------------------------------------------------------------------

_NEEDS = ("Look now", "Look today", "Answers due", "No recent data", "Nothing asks")
NOTE = "Keep it easy this week, and tell me on Friday how it went."


def test_a_coach_sees_who_needs_him_writes_and_answers_a_warning(
    browser: Browser, served_story: Served, told: Story
) -> None:
    athlete_id = told.variables["athlete_id"]
    with window(browser, served_story.address) as here:
        on_a_desk(here)
        page = entered(here, told, "coach")
        expect(page).to_have_url(f"{here.address}/squad")

        lines = page.locator(".ag-center-cols-container .ag-row, .ag-center-cols-viewport .ag-row")
        expect(lines).to_have_count(ATHLETES)
        inner = sorted((int(one.get_attribute("row-index") or -1), one.inner_text()) for one in lines.all())
        needs = [next(at for at, need in enumerate(_NEEDS) if need in text) for _index, text in inner]
        assert needs == sorted(needs)

        page.get_by_text("With warnings", exact=True).click()
        expect(
            page.get_by_text(re.compile(rf"{ATHLETES} athletes · .* [1-{ATHLETES}] shown"))
        ).to_be_visible()
        page.get_by_label("Name or words").fill("alma")
        expect(lines).to_have_count(1)
        lines.get_by_role("link", name=re.compile("^Alma")).click()
        page.wait_for_url(f"{here.address}/athlete/{athlete_id}")
        calm(here)

        page.get_by_label("A note to the athlete").fill(NOTE)
        pressed(here, page.get_by_role("button", name="Send"))
        expect(part(page, "Notes").get_by_text(NOTE)).to_be_visible()

        warned = warning(page, "further ahead")
        expect(warned.get_by_text("A pattern to discuss", exact=False)).to_be_visible()
        pressed(here, warned.get_by_role("button", name="Acknowledge"))
        expect(warned.get_by_role("button", name="Acknowledge")).to_have_count(0)
        with seen_by(served_story.home, "alma") as repository:
            acts = repository.record(athlete_id).acts
        assert ("acknowledged", "cleo") in {(act.kind, act.by) for act in acts}
        assert here.wrong == []

    with window(browser, served_story.address) as hers:
        page = entered(hers, told, "runner")
        expect(part(page, "Notes").get_by_text(NOTE)).to_be_visible()
        expect(part(page, "Notes").get_by_text(re.compile("^cleo"))).to_be_visible()
        assert hers.wrong == []


def on_a_desk(here: Window) -> None:
    here.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})


# --- A clinician ------------------------------------------------------------------------------------------


def test_a_clinician_decides_plans_and_takes_files_until_it_is_taken_back(
    browser: Browser, served_story: Served, told: Story
) -> None:
    athlete_id = told.variables["athlete_id"]
    episode = f"{served_story.address}/athlete/{athlete_id}/episode"
    with window(browser, served_story.address) as here:
        on_a_desk(here)
        page = entered(here, told, "clinician")
        page.get_by_role("link", name=re.compile("^Alma")).first.click()
        page.wait_for_url(episode)
        calm(here)
        expect(page.get_by_text("Stage 13", exact=True)).to_be_visible()

        # A gate, and what a clinician decides; each with what follows from it.
        words = part(page, "Exercises that need your word")
        pressed(here, words.get_by_role("button", name=re.compile("^Yes")))
        expect(words.get_by_text("agreed")).to_be_visible()
        for decision, reason, badge in (
            ("Hold", "wait for the scan", "On hold at stage 13"),
            ("Resume", "the scan is clear", "Stage 13"),
            ("Step back", "one week lighter", "Stage 12"),
            ("Sign off stage 13", "seen in the clinic", "Stage 12"),
        ):
            decide(here, decision, reason)
            expect(part(page, "Now").get_by_text(badge, exact=True)).to_be_visible()
            if decision == "Hold":
                part(page, "Decide").get_by_label("Exercises go on").check()
                decide(here, "Hold anew", "no running, exercises are fine")
                expect(part(page, "Now").get_by_text("Exercises go on: ito said so")).to_be_visible()
                expect(part(page, "Decide").get_by_label("Exercises go on")).to_be_checked()
        with seen_by(served_story.home, "ito") as repository:
            record = repository.record(athlete_id)
        made = [(one.kind, one.reason) for one in record.history.decisions if one.by == "ito"]
        assert made[-5:] == [
            ("hold", "wait for the scan"),
            ("hold_running", "no running, exercises are fine"),
            ("resume", "the scan is clear"),
            ("step_back", "one week lighter"),
            ("sign_off", "seen in the clinic"),
        ]

        # Another version of the plan: seen first, then followed.
        page.get_by_role("button", name="Follow another version").click()
        page.get_by_label("Days of rest between runs").fill("2")
        pressed(here, page.get_by_role("button", name="Show what changes"))
        expect(page.get_by_text(re.compile(r"min_rest_days_between_runs: 1, now 2"))).to_be_visible()
        page.get_by_label("Reason").last.fill("more rest after the scan")
        pressed(here, page.get_by_role("button", name="Sign and follow this version"))
        expect(page.get_by_text("Version 1 is followed now.")).to_be_visible()
        with seen_by(served_story.home, "ito") as repository:
            record = repository.record(athlete_id)
        assert (record.plans[-1].version, record.plans[-1].by, record.plans[-1].signed) == (1, "ito", True)

        assert taken(page, "Report, one page (PDF)").startswith(b"%PDF-")
        for name, columns in (
            ("Runs (CSV)", {"start", "running_s", "shank_angle_ic_deg_injured"}),
            ("Check-ins (CSV)", {"at", "moment", "pain"}),
        ):
            rows = list(csv.DictReader(StringIO(taken(page, name).decode())))
            assert len(rows) > 10
            assert columns <= rows[0].keys()
        assert here.wrong == []

        with window(browser, served_story.address) as hers:
            runner = entered(hers, told, "runner")
            runner.get_by_label("Menu").click()
            runner.get_by_role("link", name="Sharing and data").click()
            calm(hers)
            ito = part(runner, "Who may see your data").get_by_role("row", name=re.compile("^ito"))
            pressed(hers, ito.get_by_role("button", name="Take back"))
            expect(ito.get_by_text("taken back", exact=False)).to_be_visible()
            assert hers.wrong == []

        answer = page.goto(episode)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", name="Nothing here")).to_be_visible()
        expect(page.get_by_text("Alma", exact=False)).to_have_count(0)
        assert [one for one in here.wrong if "404" not in one] == []


def decide(here: Window, decision: str, reason: str) -> None:
    card = part(here.page, "Decide")
    card.get_by_label("Reason").fill(reason)
    pressed(here, card.get_by_role("button", name=decision, exact=True))


def taken(page: Page, link: str) -> bytes:
    """The file behind a link, as a browser saves it."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return Path(download.value.path()).read_bytes()
