"""`restride live` shows angles, sounds what was asked for, and keeps nothing unless told to."""

import signal
import sys
import time
from pathlib import Path

import pytest

from imu.cli.live import cadence_change, cue_rule
from imu.errors import RestrideError
from tests.cli.outings import scene
from tests.conftest import Restride


def test_a_change_of_cadence_is_read() -> None:
    assert cadence_change("+5%") == pytest.approx(0.05)
    assert cadence_change("-2.5%") == pytest.approx(-0.025)
    assert cadence_change("+0%") == 0.0


@pytest.mark.parametrize("text", ["fast", "5 %", "180", "+50%", "%", "++5%"])
def test_what_is_no_change_of_cadence_is_refused(text: str) -> None:
    with pytest.raises(RestrideError, match="--metronome"):
        cadence_change(text)


def test_cues_fade_only_where_it_is_asked_for() -> None:
    always = cue_rule(cue=True, limit=12.0, hold=30.0, fade=False)
    fading = cue_rule(cue=True, limit=12.0, hold=30.0, fade=True)
    assert always is not None
    assert fading is not None
    assert (always.limit_deg, always.hold_s, len(always.fading)) == (12.0, 30.0, 0)
    assert len(fading.fading) == 3
    assert cue_rule(cue=False, limit=12.0, hold=30.0, fade=False) is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--cue",), "--cue needs --limit DEG"),
        (("--limit", "12", "--fade"), "--fade is about cues: add --cue"),
        (("--shoe", "blue"), "--surface and --shoe are about a recording: add --out"),
        (("--metronome", "always"), "--metronome 'always'"),
        (("--calibration", "nowhere.json"), "nowhere.json"),
    ],
)
def test_wrong_options_are_one_line(restride: Restride, options: tuple[str, ...], said: str) -> None:
    done = restride("live", *options)
    assert done.returncode == 2
    assert done.stderr.startswith("restride: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send these signals")
def test_angles_are_shown_and_a_recording_is_kept_where_it_was_asked_for_and_nowhere_else(
    tmp_path: Path,
) -> None:
    with scene(tmp_path, placements=("shank_left", "shank_right"), begins_s=30.0) as here:
        with here.recorder("--minutes", "10", "--limit", "2", verb="live") as runner:
            runner.until("Recording for 10 min.")
            runner.until("above the limit that you set", seconds=70.0)
            time.sleep(1.0)
            assert runner.end(signal.SIGINT) == 0
        assert "from your baseline" in runner.said()
        assert (runner.out / "results" / "summary.json").exists()

        with here.recorder("--no-standing", "--minutes", "0.1", verb="live", out=False) as shown:
            assert shown.end(seconds=90) == 0
        assert "Showing for 0.1 min." in shown.said()
        assert [path.name for path in shown.home.iterdir()] == ["sensors.json"]
