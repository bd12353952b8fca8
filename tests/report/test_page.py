"""The page as a whole: for every kind of run, whatever was worn and whatever was written into it."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from imu.report import theme, write_page
from imu.report.page import page

Made = Callable[..., Any]

VOID = {"meta"}
RUNS: dict[str, dict[str, Any]] = {
    "walk and run": {"minutes": 20, "left_change_deg": 3.0},
    "two hours, clipped": {"minutes": 120, "clipped_share": 0.02},
    "with a gap": {"bouts": [("stand", 0, 8), ("run", 8, 400)], "gap_s": (150, 190)},
    "one shank": {"bouts": [("stand", 0, 8), ("run", 8, 300)], "placements": ("shank_left",)},
    "no pelvis": {"bouts": [("run", 0, 90)], "placements": ("shank_left", "shank_right")},
    "pelvis, side not told": {"bouts": [("run", 0, 300)], "placements": ("pelvis",), "side_known": False},
    "walking only": {"bouts": [("stand", 0, 8), ("walk", 8, 300)]},
    "five seconds": {"bouts": [("run", 0, 5)]},
    "nothing": {"bouts": [("stand", 0, 8)]},
}


class Read(HTMLParser):
    """What a browser would see: elements, attributes, and the text outside scripts and styles."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif self.open and self.open[-1] != "style":
            self.text.append(data)

    @property
    def ids(self) -> set[str | None]:
        return {attributes["id"] for _, attributes in self.elements if "id" in attributes}

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())

    @property
    def figures(self) -> list[dict[str, Any]]:
        return [json.loads(script) for script in self.scripts if script.startswith('{"data"')]


@pytest.fixture(scope="module", params=RUNS, ids=lambda name: name.replace(" ", "_"))
def source(request: pytest.FixtureRequest, a_run: Made, walk_run: Made) -> str:
    told = dict(RUNS[request.param])
    bouts = told.pop("bouts", None) or walk_run(told.pop("minutes"))
    return page(a_run(bouts, **told))


@pytest.mark.unhurried
def test_every_kind_of_run_becomes_a_whole_page(source: str) -> None:
    read = Read(source)
    assert not read.open
    assert {"timeline", "warnings", "quality", "not-judged", "reading"} <= read.ids
    assert len(source.encode()) < 6e6


def test_nothing_outside_the_file_is_asked_for(source: str) -> None:
    for _, attributes in Read(source).elements:
        assert not {"src", "srcset", "action", "data"} & attributes.keys()
        assert (attributes.get("href") or "#").startswith("#")
    style = source[source.index("<style>") : source.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in source


def test_every_chart_speaks_and_every_colour_has_a_dark_twin(source: str) -> None:
    read = Read(source)
    plots = [
        attributes for _, attributes in read.elements if (attributes.get("class") or "").startswith("plot ")
    ]
    assert len(plots) == len(read.figures) > 0
    assert all(attributes["role"] == "img" and attributes["aria-label"] for attributes in plots)
    used = set(re.findall(r"rgba?\((\d+, ?\d+, ?\d+)", json.dumps(read.figures)))
    transparent = "0,0,0"
    assert {f"rgb({levels})" for levels in used - {transparent}} <= {
        colour.in_chart for colour in theme.COLOURS
    }


def test_no_sentence_judges_health(source: str) -> None:
    words = Read(source).words.lower()
    assert "safe" not in words
    assert words.count("diagnos") == words.count("not a diagnosis")


@pytest.mark.unhurried
def test_the_numbers_of_the_summary_stand_in_the_table(a_run: Made, walk_run: Made) -> None:
    analysis = a_run(walk_run(20))
    words = Read(page(analysis)).words
    for side in ("left", "right"):
        angle = analysis.summary["running"][side]["shank_angle_ic_deg"]
        assert f"{angle['median']:.1f}° IQR {angle['iqr']:.1f}° · n" in words
    assert "Sunday 22 November 2026, 07:30" in words
    assert "15:50 of 20:00 recorded" in words


def a_warning(sentence: str, **told: Any) -> dict[str, Any]:
    return {
        "code": "shank_angle_changed",
        "side": "left",
        "value": 3.1,
        "unit": "deg",
        "uncertainty": 0.4,
        "compared_with": "the first minutes",
        "onset_s": 120.0,
        "sentence": sentence,
    } | told


@pytest.mark.unhurried
def test_the_first_warning_leads_and_all_are_listed(a_run: Made) -> None:
    warnings = [a_warning(sentence) for sentence in ("The left shank changed.", "The right hip changed.")]
    words = Read(page(a_run([("run", 0, 300)], warnings=warnings))).words
    assert words.index("The left shank changed. 1 more below") < words.index("Numbers")
    assert words.count("The left shank changed.") == 2
    assert "shank_angle_changed +3.1° ± 0.4°, compared with the first minutes" in words


@pytest.mark.unhurried
def test_the_onset_of_a_change_is_marked_in_its_chart_only(a_run: Made) -> None:
    shank, drop = Read(page(a_run([("run", 0, 300)], warnings=[a_warning("Changed.")]))).figures[1:3]
    (mark,) = shank["layout"]["shapes"]
    assert mark["x0"] == mark["x1"] == 2.0  # minutes
    assert "shapes" not in drop["layout"]


@pytest.mark.unhurried
@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"value": 12.5, "unit": "%"}, "12.5\N{NO-BREAK SPACE}%, compared with the first minutes"),
        ({"value": 0.1, "unit": ""}, "0.1, compared with the first minutes"),
        ({"value": None, "unit": ""}, "compared with the first minutes"),
    ],
)
def test_what_is_no_change_has_neither_sign_nor_doubt(a_run: Made, told: dict[str, Any], shown: str) -> None:
    poor = a_warning("Not to be trusted.", code="sensor_poor", uncertainty=None, **told)
    source = page(a_run([("run", 0, 60)], warnings=[poor]))
    assert f"<code>sensor_poor</code>{shown}" in source


def test_walking_only_says_so_and_shows_no_running_chart(a_run: Made) -> None:
    read = Read(page(a_run([("stand", 0, 8), ("walk", 8, 300)])))
    assert "No running was found in this recording" in read.words
    assert not {"numbers", "shank", "drop", "rhythm", "impact", "curves", "sides"} & read.ids


def test_running_without_a_stride_to_judge_says_so(a_run: Made) -> None:
    analysis = a_run([("run", 0, 60)], not_judged=[{"what": "cadence", "why": "too slow a sensor"}])
    analysis.strides = analysis.strides.iloc[:0]
    analysis.summary |= {"running": {"overall": {"strides": 0}}, "asymmetry": {}}
    analysis.curves = analysis.curves.iloc[:0]
    read = Read(page(analysis))
    assert "no stride of it could be judged" in read.words
    assert "Cadence too slow a sensor" in read.words
    assert "numbers" not in read.ids


@pytest.mark.unhurried
def test_the_headline_is_one_sentence(a_run: Made) -> None:
    told = "It changed by 2.0° (± 0.1°) from minute 3. Take shorter steps."
    words = Read(page(a_run([("run", 0, 60)], warnings=[a_warning(told)]))).words
    assert "from minute 3. Details below" in words
    assert words.count("Take shorter steps.") == 1


def test_what_was_not_worn_is_named_not_guessed(a_run: Made) -> None:
    reasons = [{"what": "pelvic drop", "why": "no pelvis sensor"}]
    told = {"placements": ("shank_left",), "not_judged": reasons}
    read = Read(page(a_run([("run", 0, 300)], **told)))
    assert "Pelvic drop no pelvis sensor" in read.words
    assert "drop" not in read.ids
    assert "marked as changed. Not everything could be judged" in read.words
    assert "– not measured" in read.words


@pytest.mark.unhurried
def test_without_standing_the_change_is_shown_instead_of_the_angle(a_run: Made) -> None:
    analysis = a_run([("run", 0, 300)])
    analysis.strides["shank_angle_ic_deg"] = float("nan")
    ids = Read(page(analysis)).ids
    assert "shank-change" in ids
    assert "shank" not in ids
    assert "shank-change" not in Read(page(a_run([("run", 0, 300)]))).ids


def test_a_recording_in_which_nothing_was_recognised_is_a_page(a_run: Made) -> None:
    analysis = a_run([("stand", 0, 1)])
    analysis.summary["bouts"] = []
    assert "No activity was recognised." in Read(page(analysis)).words


HOSTILE = "</script><script>alert('x')</script><img src=x onerror=alert(1)>\"' onload=\"alert(2)"


@pytest.mark.unhurried
def test_hostile_text_stays_text(a_run: Made) -> None:
    analysis = a_run(
        [("run", 0, 60)],
        athlete=HOSTILE,
        notes=HOSTILE,
        grade=HOSTILE,
        version=HOSTILE,
        warnings=[a_warning(HOSTILE, code=HOSTILE, unit=HOSTILE, compared_with=HOSTILE)],
        not_judged=[{"what": HOSTILE, "why": HOSTILE}],
    )
    harmless = Read(page(a_run([("run", 0, 60)])))
    for sensor in analysis.summary["sensors"].values():
        sensor |= {"device": HOSTILE, "serial": HOSTILE, "grade": HOSTILE, "sentences": [HOSTILE]}
    read = Read(page(analysis))
    assert len(read.scripts) == len(harmless.scripts)
    assert not any(tag == "img" for tag, _ in read.elements)
    assert not any(name.startswith("on") for _, attributes in read.elements for name in attributes)
    assert read.words.count("<script>alert('x')</script>") >= 8


@pytest.mark.unhurried
def test_a_page_is_replaced_whole(a_run: Made, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    write_page(a_run([("run", 0, 30)]), path)
    assert path.read_text().startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_page_survives_a_failure(a_run: Made, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")
    analysis = a_run([("run", 0, 30)])
    del analysis.summary["sensors"]
    with pytest.raises(KeyError):
        write_page(analysis, path)
    assert path.read_text() == "old"


@pytest.mark.unhurried
def test_counted_exercises_are_listed_and_where_none_was_done_nothing_is(a_run: Made) -> None:
    made = a_run([("run", 0, 60)])
    assert "exercises" not in Read(page(made)).ids
    bridge = {
        "exercise": "chair_bridge",
        "side": "left",
        "start_s": 10.0,
        "end_s": 80.0,
        "reps": 9,
        "doubtful": 1,
        "hold_s": [4.0, 5.0, 4.6] * 3,
        "confidence": 0.9,
    }
    drill = bridge | {"exercise": "march_skip_drill", "side": None, "reps": 16, "doubtful": 0, "hold_s": []}
    made.summary["exercises"] = [bridge, drill]
    words = Read(page(made)).words
    held = "held 4.6 s (median); 1 more may have been one."
    assert f"Chair bridge on the left leg: 9 repetitions, {held}" in words
    assert "March and skip, its marching: 16 knees." in words
    assert "tested on simulated movement only" in words


@pytest.mark.unhurried
def test_pace_is_distance_by_time_as_in_the_dashboard(a_run: Made) -> None:
    """Whoever ran fast and slow has another median of strides."""
    words = Read(page(a_run([("run", 0, 300)], distance_m=1200.0))).words
    assert "Pace 4:10 min/km 4.00 m/s" in words.replace("\N{NO-BREAK SPACE}", " ")
