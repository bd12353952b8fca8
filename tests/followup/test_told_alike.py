"""Whoever asks about a run is told the same of it: in a terminal, on its page, in the dashboard and lists."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imu.analysis import RunAnalysis, analyze
from imu.analysis.trust import TOLD
from imu.analysis.withheld import as_told, not_told, with_not_told
from imu.cli.summary import run_text, runs_table
from imu.followup.fhir_runs import sentences
from imu.followup.importing import headline_of
from imu.followup.one_run import average_strides, numbers
from imu.followup.redcap_rows import row_of
from imu.followup.run_to_export import RunToExport
from imu.report.metrics import CURVES, SIDED, WHOLE
from imu.report.page import page
from imu.simulate import Simulation
from tests.analysis.days import SHANKS, Spoil, lost_in_bursts, rate_times, spoiled
from tests.followup.conftest import START, derived
from tests.followup.days import slipping

pytestmark = pytest.mark.unhurried

LOOSE = slipping(first_s=35, every_s=30, times=4)
DAYS: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "a strap that slips": (LOOSE, ("shank_left",)),
    "both straps slip": (LOOSE, SHANKS),
    "a pelvis that loses packets": (lost_in_bursts(0.15, seed=1), ("pelvis",)),
    "an axis mirrored": (rate_times((-1, -1, -1)), ("shank_left",)),
}
Cells = dict[tuple[str, str], str]


@pytest.fixture(scope="module", params=DAYS)
def day(request: pytest.FixtureRequest, even: Simulation) -> RunAnalysis:
    spoil, placements = DAYS[request.param]
    return analyze(spoiled(even.recording, spoil, *placements))


@pytest.fixture(scope="module")
def slipped(even: Simulation) -> RunAnalysis:
    return analyze(spoiled(even.recording, LOOSE, "shank_left"))


def in_text(text: str) -> Cells:
    """What a terminal shows of each measure and side."""
    found = {}
    for metric in (*SIDED, *WHOLE):
        (line,) = (one for one in text.splitlines() if re.match(rf"{metric.name}  ", one))
        values = re.split(r"\s{2,}", line.strip())[1:]
        sides = ("left", "right") if metric.sided else ("overall",)
        found.update({(metric.column, side): value for side, value in zip(sides, values, strict=True)})
    return found


def in_page(source: str) -> Cells:
    """The same of the page's numbers."""
    found = {}
    section = source.split('<section id="numbers"')[1].split("</section>")[0]
    for metric in SIDED:
        row = section.split(f">{metric.name}<small>")[1].split("</tr>")[0]
        cells = row.split("<td")[1:]
        found.update(
            {(metric.column, side): _shown(cell) for side, cell in zip(("left", "right"), cells, strict=True)}
        )
    tiles = section.split("<dl")[1]
    for metric in WHOLE:
        found[metric.column, "overall"] = _shown(tiles.split(f"<dt>{metric.name}</dt>")[1].split("</dd>")[0])
    return found


def _shown(cell: str) -> str:
    if ">not told<" in cell:
        return "not told"
    value = re.search(r"<b>(.*?)</b>", cell)
    assert value is not None
    return value[1]


def in_dashboard(analysis: RunAnalysis) -> Mapping[str, Mapping[str, Any]]:
    return numbers(derived(analysis), analysis.summary)


def test_terminal_page_and_dashboard_leave_out_the_same(day: RunAnalysis) -> None:
    text, shown = in_text(run_text(day.summary, out=Path("out"))), in_page(page(day))
    assert text == shown
    dashboard = in_dashboard(day)
    listed = headline_of(day.summary)
    for (column, side), value in text.items():
        assert (value == "not told") == (column not in dashboard[side]), (column, side)
        assert value != "not told" or listed[side].get(column) is None
    assert "not told" in text.values()
    assert text["contact_time_s", "left"] != "not told"


def test_a_run_has_one_verdict(day: RunAnalysis) -> None:
    verdict = derived(day).trust
    source = page(day)
    assert f'href="#quality">{TOLD[verdict]}</a>' in source
    assert f">{TOLD[verdict]}: " in source.split('<section id="quality"')[1]
    told = RunToExport(name="a", subject="a", number=1, start=START, summary=day.summary, strides=day.strides)
    values = row_of(told).values
    assert values["data_trust"] == verdict
    assert values["data_grade"] == day.summary["grade"]


def test_the_verdict_is_that_of_the_run_and_not_of_its_worst_sensor(slipped: RunAnalysis) -> None:
    assert slipped.summary["grade"] == "poor"
    assert "Usable recording: left shank: it shifted 4 times" in page(slipped)


def test_what_is_left_out_is_said_with_the_reason(slipped: RunAnalysis) -> None:
    line = (
        "left shank: angles and impact are not told, because it shifted 4 times; "
        "angles before and after are aligned apart"
    )
    assert f"Not told:\n  - {line}\n" in run_text(slipped.summary, out=Path("out"))
    assert f"L{line[1:]}." in page(slipped)
    several = runs_table([{"name": "monday", "summary": slipped.summary}])
    assert f"  - monday: {line}" in several
    assert "not told" in several.splitlines()[1]


def test_charts_and_bars_of_the_page_say_what_they_do_not_show(slipped: RunAnalysis) -> None:
    source = page(slipped)
    shank, curves, sides = (
        source.split(f'<section id="{anchor}"')[1].split("</section>")[0]
        for anchor in ("shank", "curves", "sides")
    )
    assert "Not told: left." in shank
    assert "Not told: shank angle, left." in curves
    assert "Not told: shank angle at contact, largest shank angle, peak tibial acceleration." in sides
    assert "Left: " not in source.split('<section id="impact"')[1].split("</section>")[0]


def test_without_a_sound_shank_no_chart_tells_an_angle(even: Simulation) -> None:
    source = page(analyze(spoiled(even.recording, LOOSE, *SHANKS)))
    shank = source.split('<section id="shank"')[1].split("</section>")[0]
    assert "Not told: left, right." in shank
    assert "application/json" not in shank
    assert '<section id="shank-change"' not in source


def test_page_and_dashboard_draw_a_curve_with_one_sign(even: Simulation) -> None:
    """Both feet read alike, so that the pelvis is higher on the side of a foot in its stance."""
    analysis = analyze(even.recording)
    section = page(analysis).split('<section id="curves"')[1].split("</section>")[0]
    figures = [json.loads(one) for one in re.findall(r'type="application/json">(.*?)</script>', section)]
    drawn = [{trace["name"]: trace["y"] for trace in one["data"] if "name" in trace} for one in figures]
    told = average_strides(analysis.curves)
    assert {curve.signal for curve in CURVES} == set(told)
    for curve, lines in zip(CURVES, drawn, strict=True):
        assert curve.up in section
        for one in told[curve.signal]:
            on_page = np.frombuffer(b64decode(lines[one.side.capitalize()]["bdata"]), "<f8")
            assert np.allclose(on_page, one.mean_deg)
    for one in told["pelvic_obliquity_deg"]:
        assert np.mean(one.mean_deg[5:25]) > np.mean(one.mean_deg[55:75])


def test_the_summary_and_the_strides_keep_them_and_the_summary_says_which_are_not_told(
    slipped: RunAnalysis,
) -> None:
    assert slipped.summary["running"]["left"]["shank_angle_ic_deg"]["n"] > 100
    assert slipped.strides.loc[slipped.strides["side"] == "left", "shank_angle_ic_deg"].notna().any()
    (entry,) = slipped.summary["not_told"]
    assert entry["placement"] == "shank_left"
    assert entry["what"] == "angles and impact"
    assert entry["why"].startswith("it shifted 4 times")


def test_a_change_that_only_a_distrusted_sensor_saw_is_no_finding(slipped: RunAnalysis) -> None:
    changed = {
        "code": "shank_angle_changed",
        "side": "left",
        "onset_s": 100.0,
        "sentence": "From about minute 2 of running, the left shank met the ground further ahead.",
    }
    other = {**changed, "side": "right", "sentence": "The right shank met the ground further ahead."}
    summary = {**slipped.summary, "warnings": [changed, other, *slipped.summary["warnings"]]}
    assert [one["code"] for one in as_told(summary)["warnings"]] == ["shank_angle_changed", "sensor_poor"]
    for told in (run_text(summary, out=Path("out")), "\n".join(sentences(summary))):
        assert "the left shank met the ground" not in told
        assert "The right shank met the ground" in told


def test_a_kept_summary_that_says_nothing_of_it_is_handed_out_with_it(slipped: RunAnalysis) -> None:
    older = {name: value for name, value in slipped.summary.items() if name != "not_told"}
    assert with_not_told(older) == slipped.summary
    assert with_not_told({}) == {}


def test_of_a_sensor_only_its_own_reasons_are_told(slipped: RunAnalysis) -> None:
    unsure = {
        "code": "sides_swapped",
        "sentence": "Left and right contradict each other; the left shank leads.",
    }
    summary = {**slipped.summary, "warnings": [unsure, *slipped.summary["warnings"]]}
    (entry,) = not_told(summary)
    assert entry.why.startswith("it shifted 4 times")


def test_a_clinics_record_is_told_what_was_found_and_not_what_to_do(slipped: RunAnalysis) -> None:
    (warning,) = (one for one in slipped.summary["warnings"] if one["code"] == "sensor_poor")
    conclusion = "\n".join(sentences(slipped.summary))
    assert "The left shank sensor is not to be trusted in this run." in conclusion
    assert "Strap it tighter" in warning["sentence"]
    assert "Strap it tighter" not in conclusion


def test_of_good_sensors_everything_is_told(even: Simulation) -> None:
    analysis = analyze(even.recording)
    assert not_told(analysis.summary) == ()
    assert analysis.summary["not_told"] == []
    assert "Not told" not in run_text(analysis.summary, out=Path("out"))
    assert "not-told" not in page(analysis)
