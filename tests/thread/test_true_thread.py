"""One number on its way from the strap to everybody who reads it, with its uncertainty; and one that nobody
may be told.

The run of `restride demo` is logged by virtual sensors, synced over a virtual radio, analysed and taken into
a history. Within it the left shank begins to land 3 degrees further ahead.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import fitdecode
import numpy as np
import pandas as pd
import pytest
from dash import Dash
from flask.testing import FlaskClient

from dashboard.app import create_app
from dashboard.settings import Settings
from imu.cli.demo_squad import accounts_opened
from imu.cli.demo_story import season_kept, season_until_yesterday, session_of
from imu.recording import save
from imu.simulate import simulate
from tests.analysis.days import lost_in_bursts, spoiled
from tests.conftest import Restride
from tests.dashboard.asking import on_a_page, plain, shown, signed_in, store_of, text_of, words

pytestmark = pytest.mark.slow
ANGLE, COLUMN = "Shank angle at contact", "shank_angle_ic_deg"
SIGNED = r"([+−]\d+\.\d)"
SHORT = "stand:8,run:600@2.7,stand:6"
NUMBER = r"(\d+\.\d)"


@dataclass(frozen=True, slots=True)
class Told:
    """A number as somebody reads it."""

    value: float
    error: float

    def agrees_with(self, other: "Told") -> bool:
        """Within what both call their uncertainty, and the last digit that is shown."""
        return bool(abs(self.value - other.value) <= np.hypot(self.error, other.error) + 0.05)


@dataclass(frozen=True, slots=True)
class Known:
    """What a demo left behind, and who looks at it."""

    folder: Path
    told: dict[str, Any]  # what `restride demo --json` printed
    app: Dash

    @property
    def athlete_id(self) -> str:
        with store_of(self.app).seen_by("alma") as repository:
            return repository.sharing.athlete().athlete_id

    @property
    def run_id(self) -> str:
        with store_of(self.app).seen_by("alma") as repository:
            runs = repository.runs.listed(self.athlete_id)
        return max(runs, key=lambda one: one.run.start).run.run_id

    def client(self, name: str) -> FlaskClient:
        return signed_in(self.app, name)

    def page(self, who: str, page: str, of: str = "", *, at_once: bool = False) -> str:
        return words(shown(self.client(who), page, of, at_once=at_once))

    def changed(self, strides: pd.DataFrame, column: str, *, side: str | None = None) -> float:
        """Minutes 12.3 to 19 against 7.3 to 11.7, as the demo itself compares them."""
        own = strides if side is None else strides[strides["side"] == side]
        early, late = (
            own[own["minute"].between(*window)][column].median() for window in ((7.3, 11.7), (12.3, 19))
        )
        return float(late - early)


@pytest.fixture
def known(restride: Restride, tmp_path: Path) -> Iterator[Known]:
    folder = tmp_path / "demo"
    done = restride("demo", "--out", folder, "--squad", "2", "--json")
    assert done.returncode == 0
    app = create_app(Settings(home=folder / "home", secret_key=b"k" * 32, secure_cookies=False))
    yield Known(folder, json.loads(done.stdout), app)
    store_of(app).close()


def test_three_degrees_are_the_same_at_every_stop(known: Known, restride: Restride) -> None:
    _within_the_run(known)
    _against_the_runs_before(known, restride)


def _within_the_run(known: Known) -> None:
    """The 3 degrees themselves."""
    summary = known.told["summary"]
    (put_in,) = [one for one in known.told["changes"] if (one["name"], one["side"]) == (ANGLE, "left")]
    truth = Told(put_in["true_deg"], 0.0)
    assert truth.value == pytest.approx(3.0, abs=0.3)

    strides = pd.read_parquet(known.folder / "results" / "strides.parquet")
    began_s = strides.loc[strides["activity"] == "run", "ic_time_s"].min()
    strides["minute"] = (strides["ic_time_s"] - began_s) / 60
    found_deg = known.changed(strides, COLUMN, side="left")
    assert found_deg == pytest.approx(truth.value, abs=0.3)

    (finding,) = [one for one in summary["warnings"] if one["code"] == "shank_angle_changed"]
    analysed = Told(finding["value"], finding["uncertainty"])
    assert analysed.agrees_with(truth)
    assert (finding["side"], round(finding["onset_min"])) == ("left", 12)
    page = plain((known.folder / "results" / "report.html").read_text())
    assert finding["sentence"] in page

    run = known.page("alma", "run", known.run_id)
    minute, size, error = found_in(
        rf"From about minute (\d+) of running.*?, the left shank angle at contact was {NUMBER}° larger "
        rf"\(± {NUMBER}°\)",
        run,
    )
    assert minute == 12
    assert Told(size, error).agrees_with(truth)
    assert Told(size, error).agrees_with(analysed)

    of_csv = pd.read_csv(BytesIO(known.client("alma").get(f"/run/{known.run_id}/strides.csv").data))
    np.testing.assert_allclose(of_csv[COLUMN], strides[COLUMN], atol=5e-6)
    seconds = fit_records(known.client("alma").get(f"/run/{known.run_id}/run.fit").data, began_s=began_s)
    assert known.changed(seconds, "shank_angle_contact_left") == pytest.approx(found_deg, abs=0.2)

    median_deg = summary["running"]["left"][COLUMN]["median"]
    bundle = known.client("ito").get(f"/athlete/{known.athlete_id}/episode-fhir.json").get_json()
    assert observed(bundle, summary["start"], "shank-angle-at-contact", "left") == median_deg
    with store_of(known.app).seen_by("cleo") as repository:
        listed = next(
            one for one in repository.runs.listed(known.athlete_id) if one.run.run_id == known.run_id
        )
    assert listed.headline["left"][COLUMN] == median_deg


def _against_the_runs_before(known: Known, restride: Restride) -> None:
    """What the history makes of it."""
    home = {"RESTRIDE_HOME": str(known.folder / "home")}
    said = json.loads(restride("warnings", "--as", "alma", "--json", **home).stdout)
    (warning,) = [one for one in said if one["code"] == "overstriding_appeared"]
    evidence = warning["evidence"]
    (further, error) = found_in(rf"{NUMBER}° further ahead \(± {NUMBER}°\)", evidence["sentence"])
    assert further == pytest.approx(evidence["value"] - evidence["reference"], abs=0.05)
    assert error == pytest.approx(evidence["uncertainty"], abs=0.05)

    rests_on = (
        f"{evidence['value']:.1f} ± {error:.1f}°, compared with {evidence['reference']:.1f}° "
        f"({evidence['compared_with']}). Runs: {evidence['n']}."
    )
    today = known.page("alma", "today", known.athlete_id)
    board = known.page("cleo", "squad", at_once=True)
    episode = known.page("ito", "episode", known.athlete_id)
    assert evidence["sentence"] in restride("status", "--as", "alma", **home).stdout
    for place in (today, board, episode):
        assert on_a_page(evidence["sentence"]) in place
    assert rests_on in plain(restride("warnings", "--as", "alma", **home).stdout)
    for place in (today, episode):
        assert on_a_page(rests_on) in place
        assert evidence["to_do"] in place
    pdf = known.client("ito").get(f"/athlete/{known.athlete_id}/episode.pdf").data
    assert on_a_page(evidence["sentence"]) in text_of(pdf)
    bundle = known.client("ito").get(f"/athlete/{known.athlete_id}/episode-fhir.json").get_json()
    conclusion = json.dumps(bundle, ensure_ascii=False)
    assert on_a_page(evidence["sentence"]) in conclusion
    assert "\N{NO-BREAK SPACE}" not in conclusion

    against = rf"left shank angle at contact: {SIGNED} ± {NUMBER}° against your baseline"
    paragraph = found_in(against, known.told["story"]["paragraph"])
    assert found_in(against, today) == paragraph
    run = known.page("alma", "run", known.run_id)
    assert found_in(rf"{SIGNED}° against your usual", run)[0] == paragraph[0]


def test_a_leg_that_lost_its_samples_warns_nobody_and_everybody_reads_why(
    restride: Restride, tmp_path: Path
) -> None:
    """It landed 8 degrees further ahead, as far as anybody could know."""
    start = datetime.now().astimezone().replace(microsecond=0) - timedelta(minutes=30)
    season = season_until_yesterday(start.date())
    home = tmp_path / "home"
    season_kept(home, season)
    accounts_opened(home, season, out=tmp_path)
    config = replace(session_of(season, start=start), injections=("left-shank+8@0",), pattern=SHORT)
    save(spoiled(simulate(config).recording, lost_in_bursts(0.35, seed=1), "shank_left"), tmp_path / "run")
    as_alma = {"RESTRIDE_HOME": str(home), "RESTRIDE_AS": "alma"}
    before = restride("warnings", "--all", "--json", **as_alma).stdout
    paragraph = restride("import", tmp_path / "run", "--surface", "road", **as_alma).stdout

    app = create_app(Settings(home=home, secret_key=b"k" * 32, secure_cookies=False))
    try:
        _is_silent_and_says_why(Known(tmp_path, {}, app), restride, paragraph, before, as_alma)
    finally:
        store_of(app).close()


def _is_silent_and_says_why(
    known: Known, restride: Restride, paragraph: str, before: str, as_alma: dict[str, str]
) -> None:
    after = json.loads(restride("warnings", "--all", "--json", **as_alma).stdout)
    new = {one["key"] for one in after} - {one["key"] for one in json.loads(before)}
    assert not {key for key in new if not key.startswith(("load", "plan", "pain"))}

    (share,) = found_in(rf"left shank: {NUMBER} % of its samples are missing", paragraph)
    why = f"left shank: {share} % of its samples are missing"
    status = restride("status", **as_alma).stdout
    today = known.page("alma", "today", known.athlete_id)
    run = known.page("alma", "run", known.run_id)
    episode = known.page("ito", "episode", known.athlete_id)
    for place in (paragraph, status, today, run, episode):
        assert why in place
    for place in (paragraph, status, today, run):
        assert "nothing worn" not in place
    pdf = known.client("ito").get(f"/athlete/{known.athlete_id}/episode.pdf").data
    assert why in text_of(pdf)
    seconds = fit_records(known.client("alma").get(f"/run/{known.run_id}/run.fit").data, began_s=0.0)
    assert "shank_angle_contact_left" not in seconds
    assert seconds["shank_angle_contact_right"].notna().any()
    bundle = known.client("ito").get(f"/athlete/{known.athlete_id}/episode-fhir.json").get_json()
    with store_of(known.app).seen_by("ito") as repository:
        start = repository.runs.run(known.run_id).start
    absent = observed(bundle, start.isoformat(), "shank-angle-at-contact", "left")
    assert isinstance(absent, str)
    assert why in absent


def found_in(pattern: str, text: str) -> list[float]:
    """The numbers of the one place in a text."""
    found = re.search(pattern, text)
    assert found is not None, (pattern, text[:2000])
    return [float(number.replace("−", "-")) for number in found.groups()]


def fit_records(fit: bytes, *, began_s: float) -> pd.DataFrame:
    """The seconds of a FIT file as a library reads them; `minute` is that of running."""
    with fitdecode.FitReader(BytesIO(fit)) as frames:
        rows = [
            {field.name: field.value for field in frame.fields}
            for frame in frames
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record"
        ]
    records = pd.DataFrame(rows)
    records["minute"] = (np.arange(len(records)) - began_s) / 60
    return records


def observed(bundle: dict[str, Any], start: str, code: str, side: str) -> float | str:
    """The value of a run's measure, or why there is none."""
    began = datetime.fromisoformat(start).timestamp()
    for resource in (entry["resource"] for entry in bundle["entry"]):
        codes = [one["code"] for one in resource.get("code", {}).get("coding", [])]
        if resource["resourceType"] != "Observation" or code not in codes:
            continue
        is_then = abs(datetime.fromisoformat(resource["effectivePeriod"]["start"]).timestamp() - began) < 1
        if is_then and side in json.dumps(resource["component"]):
            value = resource.get("valueQuantity")
            return value["value"] if value else json.dumps(resource["dataAbsentReason"])
    raise AssertionError(f"no {code} of the {side} side at {start}")
