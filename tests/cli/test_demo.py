"""`restride demo`: the change that was put in is found again, and the page is there."""

import importlib.util
import json
from pathlib import Path

import pytest

from tests.conftest import Restride


@pytest.mark.slow
@pytest.mark.parametrize("has_bumble", [True, False])
def test_the_demo_finds_the_change_it_simulated(
    restride: Restride, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_bumble: bool
) -> None:
    if not has_bumble:
        find_spec = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name: None if name == "bumble" else find_spec(name)
        )
    done = restride("demo", "--out", tmp_path / "demo", "--json")
    assert done.returncode == 0
    assert ("pip install 'restride[virtual]'" in done.stderr) is not has_bumble
    shown = json.loads(done.stdout)
    page = Path(shown["page"]).read_text()
    assert page.startswith("<!doctype html>")
    assert "a change in gait at minute 12" in page
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["home", "recording", "results"]
    changes = {(change["name"], change["side"]): change for change in shown["changes"]}
    assert changes["Shank angle at contact", "left"]["true_deg"] == pytest.approx(3.0, abs=0.3)
    assert changes["Pelvic drop", "right"]["true_deg"] == pytest.approx(2.0, abs=0.3)
    for change in changes.values():
        assert change["found_deg"] == pytest.approx(change["true_deg"], abs=0.5)
    assert "24 min easy running without a break" in shown["story"]["before"]
    assert "against your baseline at this speed" in shown["story"]["paragraph"]
    assert "Next: " in shown["story"]["paragraph"]


def test_the_demo_never_replaces_what_is_not_its_own(restride: Restride, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = restride("demo", "--out", tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"restride: {tmp_path}: exists and is no earlier demo; choose another --out\n"
    assert (tmp_path / "thesis.txt").read_text() == "mine"
