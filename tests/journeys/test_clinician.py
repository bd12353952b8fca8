"""A clinician's difficult case, on the command line and on the page, until its runner has gone."""

import csv
import json
import re
from io import BytesIO, StringIO
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from tests.browser.calm import calm, counted
from tests.browser.looking import DESKTOP, Window, sign_in, window
from tests.dashboard.asking import on_a_page
from tests.journeys.machine import Machine, squad_of
from tests.store.test_erase import left_in_files

pytestmark = [pytest.mark.long, pytest.mark.browser]
ALMA = ("--athlete", "Alma (simulated)")


def test_a_case_is_held_planned_anew_signed_off_printed_taken_back_and_erased(
    machine: Machine, browser: Browser
) -> None:
    logins = squad_of(machine, 1)
    with machine.serves() as here, window(browser, here.address) as seen:
        counted(seen.page)
        seen.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        sign_in(seen.page, here.address, *logins["clinician"])
        calm(seen)
        seen.page.get_by_role("link", name=re.compile("^Alma")).first.click()
        seen.page.wait_for_url("**/episode")
        episode = seen.page.url
        is_held_and_goes_on(machine, seen, logins["clinician"])
        another_version_takes_no_stage_back(machine, seen)
        files_tell_the_same(machine, seen, episode)
        assert seen.wrong == []
        is_gone_once_it_is_taken_back(machine, seen, episode)
    is_exported_and_erased(machine, machine.folder / "mine")


def decides(machine: Machine, *words: str) -> str:
    return machine.says("plan", *words, *ALMA, who="ito")


def shows(seen: Window, *words: str) -> None:
    """The episode's page says so, once it is opened again."""
    seen.page.reload()
    calm(seen)
    for each in words:
        expect(seen.page.get_by_text(each).first).to_be_visible()


def is_held_and_goes_on(machine: Machine, seen: Window, login: tuple[str, str]) -> None:
    """Each decision is read on the page, and by the runner; a day later he is asked who he is."""
    decides(machine, "hold", "--reason", "wait for the scan")
    held = machine.knows("status", who="alma")
    assert held["plan"]["held_because"] == "wait for the scan"
    assert held["next"]["to_do"] == ["Show this to your clinician."]
    shows(seen, "On hold", "wait for the scan")

    episode = seen.page.url
    machine.is_later(hours=26)
    seen.page.reload()
    seen.page.wait_for_url(re.compile("/sign-in"))
    sign_in(seen.page, seen.address, *login)
    seen.page.goto(episode)
    decides(machine, "resume", "--reason", "the scan is clear")
    decides(machine, "step-back", "--reason", "one week lighter")
    back = machine.knows("status", who="alma")["plan"]
    assert (back["stage"], back["since"][:10]) == ("12", f"{machine.now:%Y-%m-%d}")
    shows(seen, "Stage 12", "ito set stage 12: one week lighter")
    decides(machine, "sign-off", "--reason", "seen in the clinic")


def another_version_takes_no_stage_back(machine: Machine, seen: Window) -> None:
    """Signed and kept beside the first; what was done before it stays done, and warns nobody."""
    machine.is_later(hours=1)
    before = machine.knows("status", who="alma")
    plan = machine.knows("plan", "show", *ALMA, who="ito")
    plan["rules"]["min_rest_days_between_runs"] = 2
    file = machine.folder / "plan.json"
    file.write_text(json.dumps(plan))
    told = decides(machine, "choose", str(file), "--reason", "more rest")
    assert "Version 1 is followed now, signed by ito." in told
    assert "min_rest_days_between_runs: 1, now 2" in told
    after = machine.knows("status", who="alma")
    for part in ("stage", "successes", "since"):
        assert after["plan"][part] == before["plan"][part], part
    assert [one["key"] for one in after["warnings"]] == [one["key"] for one in before["warnings"]]
    assert "version 1 of" in machine.says("plan", "show", who="alma")
    shows(seen, "Stage 12", "From here on another version of the plan is followed.")


def files_tell_the_same(machine: Machine, seen: Window, episode: str) -> None:
    """The page, the report, the tables and the bundle tell one stage and one warning."""
    athlete = episode.removesuffix("/episode")
    pdf = answered(seen, f"{athlete}/episode.pdf").content
    page = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    status = machine.knows("status", who="alma")
    (warning,) = [one for one in status["warnings"] if one["code"] == "overstriding_appeared"]
    for said in (
        status["next"]["words"],
        on_a_page(warning["sentence"]),
        "one week lighter",
        "more rest",
    ):
        assert said in page, said
    bundle = answered(seen, f"{athlete}/episode-fhir.json").text
    assert json.loads(bundle)["resourceType"] == "Bundle"
    assert on_a_page(warning["sentence"]) in bundle
    runs = list(csv.DictReader(StringIO(answered(seen, f"{athlete}/episode-runs.csv").text)))
    listed = {one["start"][:10] for one in machine.knows("status", "--runs", who="alma")}
    assert len(runs) > 20
    assert {row["start"][:10] for row in runs} <= listed


def is_gone_once_it_is_taken_back(machine: Machine, seen: Window, episode: str) -> None:
    """At once: for the page that is open, for every file, and on the command line; and the log says so."""
    athlete = episode.removesuffix("/episode")
    machine.says("share", "revoke", "ito", who="alma")
    for file in ("episode", "episode.pdf", "episode-fhir.json", "episode-runs.csv", "episode-check-ins.csv"):
        assert answered(seen, f"{athlete}/{file}").status_code == 404, file
    seen.page.reload()
    expect(seen.page.get_by_role("heading", name="Nothing here")).to_be_visible()
    expect(seen.page.get_by_text("Alma")).to_have_count(0)
    refused = machine.tries("plan", "hold", "--reason", "too late", *ALMA, who="ito")
    assert (refused.returncode, "there is none, or not shared with ito" in refused.stderr) == (2, True)
    log = machine.says("share", "log", "--limit", "400", who="alma")
    assert "alma: sharing ended ito" in log
    assert "ito: read" in log


def answered(seen: Window, address: str) -> httpx.Response:
    """What whoever is signed in in a window is answered, without the window."""
    cookies = {one["name"]: one["value"] for one in seen.page.context.cookies()}
    return httpx.get(address, cookies=cookies, timeout=120)


def is_exported_and_erased(machine: Machine, folder: Path) -> None:
    """All of it is hers to take along; then neither a row nor a file of hers is left."""
    listed = machine.knows("status", "--runs", who="alma")
    machine.says("export-all", folder, who="alma")
    assert len(list((folder / "runs").iterdir())) == len(listed)
    decisions = json.loads((folder / "tables" / "decision.json").read_text())
    assert {"wait for the scan", "the scan is clear", "one week lighter"} <= {
        one["reason"] for one in decisions
    }
    (athlete,) = json.loads((folder / "tables" / "athlete.json").read_text())
    words = (athlete["athlete_id"], "Alma", "wait for the scan", *(one["run_id"] for one in listed))
    assert {word for _file, word in left_in_files(machine.home, *words)} == set(words)
    receipt = json.loads(machine.says("erase", "Alma (simulated)", "--yes", who="alma"))
    assert (receipt["rows"]["run"], receipt["account_removed"], receipt["compacted"]) == (
        len(listed),
        True,
        True,
    )
    assert left_in_files(machine.home, *words) == []
    assert machine.tries("status", who="alma").returncode == 2
    assert "Alma" not in machine.says("athletes", "list", who="ito")
