"""The report of an episode: one page whatever there is to say, and nobody's words become markup."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from dashboard.components.episode_sides import changed, detectable, verdict
from dashboard.figures.sides import over_runs
from dashboard.report.drawing import Days
from dashboard.report.drawings import dates, of_sides
from dashboard.report.page import html_of
from dashboard.report.pdf import episode_pdf
from dashboard.report.sheet import ROOMS, sheet_of
from dashboard.text.evidence import figures
from dashboard.text.numbers import date_words
from imu.followup.episode import Episode, Unjudged, episode_of
from imu.followup.judgement import judge
from imu.simulate.season import tell
from imu.store import Athlete, AthleteRecord, PlanVersion
from imu.training.evidence import Evidence
from imu.training.gates import Gate
from imu.training.history import Decision, Side
from imu.training.next_session import next_words
from imu.training.plan_state import PlanState
from imu.training.sides import SideBySide
from imu.training.warnings import Act, Code

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG = "a very long word for it: Muskelfaserrissnachbehandlungsbesprechung & <b>bold</b> " * 12

# All that can be open at once, each in its longest form.
AHEAD = (
    "From the run of 2026-02-01 on the {side} shank met the ground further ahead than usual: changed from "
    "your baseline. In the last 3 runs it differed by 1.2° (± 1.1°), no more than usual runs do."
)
DEEPER = (
    "From the run of 2026-02-01 on the pelvis sank more in right stance, compared with left, than usual: "
    "changed from your baseline. In the last 3 runs it differed by 1.2° (± 1.1°), no more than usual runs do."
)
UNPLANNED = (
    "The run of 2026-02-01 was not in the plan: no day of rest since the run of 2026-01-31; "
    "26.6 min of running instead of 20 min; a jog of 12 min instead of 4 min; breaks of 2 min altogether "
    "instead of 1 min each; 3 accelerations, which the stage does not let in."
)
UNTRUSTED = (
    "The recording of 2026-02-01 cannot be trusted (many samples of the left shank were lost; the clocks "
    "of the pelvis and the right shank do not agree): it counts as load, and its movement is not judged."
)
SPIKE = (
    "The running of 2026-02-01 was 14.3 km, 2.33 times the longest of the 30 days before (6.1 km). Since "
    "then amber, last on 2026-02-05."
)
HURTS = (
    "Pain of the run of 2026-02-01: 6 of 10 in the run and after, 4 the next morning, at rest before 0, a "
    "limp. Since then amber, last on 2026-02-05."
)
USUAL = (
    "your baseline of 10 runs until 2026-01-25, at the same speed, surface, shoe and minute of the run, and "
    "at its slope where a watch told it"
)
LONGEST = "longest run of the 30 days before"
AT_REST = "lowest pain at rest in 14 days before, 2 at most"
OPEN: tuple[tuple[Code, Side | None, str, str], ...] = (
    ("overstriding_appeared", "left", AHEAD.format(side="left"), USUAL),
    ("overstriding_appeared", "right", AHEAD.format(side="right"), USUAL),
    ("drop_asymmetry_changed", None, DEEPER, USUAL),
    (
        "load_spike",
        None,
        SPIKE,
        LONGEST,
    ),
    (
        "pain_response",
        None,
        HURTS,
        AT_REST,
    ),
    ("plan_exceeded", None, UNPLANNED, "stage 3"),
    ("data_not_trusted", None, UNTRUSTED, ""),
)


def rests_on(sentence: str, compared_with: str) -> Evidence:
    return Evidence(
        value=16.06,
        unit="deg",
        reference=11.4 if compared_with else None,
        compared_with=compared_with,
        uncertainty=1.1,
        n=3,
        counted="runs",
        sentence=sentence,
        to_do="Take shorter steps.",
    )


@pytest.fixture(scope="module")
def episode() -> Episode:
    season = tell("relapse", until=date(2026, 3, 1))
    athlete = Athlete(
        athlete_id="a", name="Anna", is_own=True, simulated=True, revision=1, rights=frozenset({"read"})
    )
    record = AthleteRecord(athlete=athlete, history=season.history, plans=(), baselines=(), acts=())
    found = episode_of(record, judge(record, now=NOW), compared=(), notes=())
    assert found is not None
    return found


@pytest.fixture(scope="module")
def longest(episode: Episode) -> Episode:
    """As much as an episode may ever hold, in the longest words: years of it."""
    assert isinstance(episode.state, PlanState)
    (first, *_others) = episode.warnings
    wordy = replace(first.evidence, sentence=LONG, compared_with=LONG)
    acts = tuple(
        Act(at=NOW, warning=first.key, kind="overruled", by=LONG, reason=LONG) for _number in range(9)
    )
    gate = Gate(key=LONG, met=False, sentence=LONG, to_do=LONG, answered_by=LONG, answered_at=NOW)
    assert episode.plan is not None
    return replace(
        episode,
        athlete=LONG,
        begin=date(2023, 1, 1),
        injury=replace(episode.injury, site=LONG, grade=LONG, onset=date(2023, 2, 1)),
        plan_version=PlanVersion(version=99, content={}, reason=LONG, signed=True, by=LONG, adopted_at=NOW),
        plan=replace(episode.plan, boundary=LONG, review_status=LONG),
        state=replace(episode.state, held_because=LONG, gates=(gate,) * 20),
        next=replace(episode.next, words=LONG, reasons=(LONG,) * 20),
        warnings=tuple(
            replace(first, evidence=wordy, acts=acts, raised_at=NOW - timedelta(days=day), resolved_at=None)
            for day in range(60)
        ),
        decisions=tuple(
            Decision(at=NOW - timedelta(days=day), kind="step_back", by=LONG, reason=LONG, stage="3")
            for day in range(60)
        ),
        unjudged=tuple(Unjudged(day=NOW.date(), what=LONG, because=LONG) for _number in range(60)),
        sides=episode.sides * 2,
        analysis_versions=(LONG,),
    )


@pytest.mark.unhurried
def test_the_longest_episode_fits_on_one_page(longest: Episode) -> None:
    made = episode_pdf(longest, made_by=LONG, made_at=NOW, version="9.9.9")
    assert made.pages == 1
    assert made.content.startswith(b"%PDF")


@pytest.mark.unhurried
def test_an_ordinary_one_needs_no_shortening(episode: Episode) -> None:
    made = episode_pdf(episode, made_by="ito", made_at=NOW, version="9.9.9")
    assert made.pages == 1
    sheet = sheet_of(episode, ROOMS[0], made_by="ito", made_at=NOW, version="9.9.9")
    assert not any("…" in cell for row in (*sheet.gates, *sheet.warnings, *sheet.sides) for cell in row)
    assert ("Injury", "right hamstring") in sheet.facts
    assert "ito" in sheet.made
    assert "9.9.9" in sheet.made


def test_paper_names_the_day_from_which_what_comes_next_is_meant(episode: Episode) -> None:
    day = NOW.date() + timedelta(days=1)
    tomorrow = replace(episode.next, words="a walk", earliest=day)
    sheet = sheet_of(replace(episode, next=tomorrow), ROOMS[0], made_by="ito", made_at=NOW, version="1")
    assert sheet.reasons[0] == f"Next, from {date_words(day)} on: a walk."
    assert str(next_words(tomorrow, today=NOW.date())) == "Next, from tomorrow on: a walk."


def test_what_comes_next_and_why_something_is_not_judged_are_whole_on_all_but_the_fullest_page(
    episode: Episode,
) -> None:
    lost = "{} shank: 29.7 % of its samples are missing; strides with a gap are not judged"
    why = f"nothing shows it ({lost.format('left')}; {lost.format('right')})"
    one = Unjudged(day=NOW.date(), what="left shank angle at contact", because=why)
    walk = "6 times walk 3 minutes, run 1 minute, at 65 % of your usual pace at most, on level ground"
    tomorrow = replace(episode.next, words=walk, earliest=NOW.date() + timedelta(days=1))
    crowded = replace(episode, next=tomorrow, unjudged=(one,))
    for room in ROOMS[:-1]:
        told = sheet_of(crowded, room, made_by="ito", made_at=NOW, version="1")
        assert told.reasons[0].endswith(f"{walk}.")
        assert told.limits[0].endswith(why)


def test_what_is_open_comes_first_in_a_whole_sentence(longest: Episode) -> None:
    over = tuple(replace(one, resolved_at=NOW) for one in longest.warnings[:-1])
    sentence = "In the last 3 runs the left shank met the ground 5.9° further ahead (± 1.1°) than usual: " * 2
    last = longest.warnings[-1]
    still = replace(last, resolved_at=None, evidence=replace(last.evidence, sentence=sentence.strip()))
    told = sheet_of(
        replace(longest, warnings=(*over, still)), ROOMS[-3], made_by="ito", made_at=NOW, version="1"
    )
    assert told.warnings[0][-1].startswith(sentence.strip())
    assert told.warnings[1][-1].endswith("…")


@pytest.mark.unhurried
def test_however_many_are_open_none_is_cut_and_all_is_still_one_page(longest: Episode) -> None:
    first = longest.warnings[0]
    still = tuple(
        replace(first, code=code, side=side, resolved_at=None, evidence=rests_on(sentence, compared_with))
        for code, side, sentence, compared_with in OPEN
    )
    over = tuple(replace(one, resolved_at=NOW) for one in longest.warnings)
    crowded = replace(longest, warnings=(*over, *still))
    made = episode_pdf(crowded, made_by=LONG, made_at=NOW, version="9.9.9")
    assert made.pages == 1
    (page,) = PdfReader(BytesIO(made.content)).pages
    printed = "".join(page.extract_text().split())
    for one in still:
        assert "".join(one.evidence.sentence.split()) in printed
        assert "".join((figures(one.evidence) or "").split()) in printed


@pytest.mark.unhurried
def test_an_open_warning_says_its_value_its_uncertainty_and_what_to_do(episode: Episode) -> None:
    one = replace(episode.warnings[0], resolved_at=None, evidence=rests_on(AHEAD.format(side="left"), USUAL))
    few = replace(episode, warnings=(one,))
    made = episode_pdf(few, made_by="ito", made_at=NOW, version="9.9.9")
    printed = " ".join(PdfReader(BytesIO(made.content)).pages[0].extract_text().split()).replace("\xa0", " ")
    assert f"16.1 ± 1.1°, compared with 11.4° ({USUAL}). Runs: 3." in printed
    assert "Take shorter steps." in printed


def test_what_is_left_out_is_counted(longest: Episode) -> None:
    longest = replace(longest, warnings=tuple(replace(one, resolved_at=NOW) for one in longest.warnings))
    for room in ROOMS:
        sheet = sheet_of(longest, room, made_by="ito", made_at=NOW, version="1")
        assert sheet.decisions[-1] == f"and {60 - room.rows} more"
        assert sheet.warnings[-1][0] == f"and {60 - room.rows} more"
        assert len(sheet.warnings) == room.rows + 1


def test_an_empty_episode_is_told_as_well(episode: Episode) -> None:
    bare = replace(
        episode, spells=(), holds=(), weeks=(), answers=(), warnings=(), decisions=(), sides=(), unjudged=()
    )
    assert episode_pdf(bare, made_by="ito", made_at=NOW, version="1").pages == 1


def test_nobodys_words_become_markup(longest: Episode) -> None:
    sheet = sheet_of(longest, ROOMS[0], made_by=LONG, made_at=NOW, version="1")
    page = html_of(sheet, ROOMS[0], over_time="<svg/>", sides=[])
    assert "<b>bold</b>" not in page
    assert "&lt;b&gt;bold" in page


def test_the_last_date_below_a_picture_is_not_cut_off() -> None:
    days = Days(datetime(2026, 8, 19), datetime(2026, 11, 27), 52.0, 521.0)
    last = list(dates(days, 100.0, most=9))[-1]
    assert "2026" in last
    assert 'text-anchor="end"' in last


def shifted(one: SideBySide, by: float) -> SideBySide:
    """The same with the last runs lying that far from what was usual."""
    assert one.usual is not None
    level = one.usual + by
    last = {run.run_id for run in one.recent}
    return replace(
        one,
        runs=tuple(
            replace(run, injured=run.other + level) if run.run_id in last else run for run in one.runs
        ),
    )


@pytest.mark.parametrize("share", [-1.5, -1.05, -0.95, 0.95, 1.05, 1.5])
@pytest.mark.parametrize("last", [1, 2, 3])
def test_what_is_called_changed_is_a_bar_outside_the_band_that_is_drawn(
    episode: Episode, share: float, last: int
) -> None:
    told = next(one for one in episode.sides if one.change is not None)
    since = [run for run in told.runs if not run.is_usual][:last]
    few = replace(told, runs=(*(run for run in told.runs if run.is_usual), *since))
    assert few.detectable is not None
    one = shifted(few, share * few.detectable)
    shapes = over_runs(one, onset=NOW)["layout"]["shapes"]
    band = next(shape for shape in shapes if shape["type"] == "rect")
    bar = next(shape for shape in shapes if shape["type"] == "line" and shape["line"]["width"] == 4)
    is_outside = not band["y0"] <= bar["y0"] <= band["y1"]
    assert is_outside == verdict(one).startswith("changed") == (abs(share) > 1)


def test_the_printed_band_has_the_number_of_the_table(episode: Episode) -> None:
    one = next(one for one in episode.sides if one.change is not None)
    drawn = of_sides(one, onset=NOW)
    assert f">+ {detectable(one)}<" in drawn
    assert f">− {detectable(one)}<" in drawn


def test_a_difference_of_legs_has_an_error_even_where_usual_runs_were_alike(
    episode: Episode,
) -> None:
    one = next(one for one in episode.sides if one.change is not None)
    told = changed(replace(one, usual_sd=0.0))
    assert "±" in told
    assert float(re.sub(r"[^\d.]", "", told.partition("±")[2])) > 0
