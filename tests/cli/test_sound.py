"""Sounds that can be played, and none where they would be noise."""

import io
import sys
import time
import wave
from pathlib import Path

import pytest

from imu.cli.sound import Sound, sounds, write_tone
from imu.errors import RestrideError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bell_rings_in_a_terminal_and_not_in_a_file() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with sounds(Sound.bell, stream) as playing:
            playing.cue()
            playing.tick()
    assert terminal.getvalue() == "\a\a"
    assert file.getvalue() == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")
def test_a_tone_is_played_by_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    player = tmp_path / "aplay"
    player.write_text('#!/bin/sh\n[ -s "$2" ] && echo "$2" > "$0.played"\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with sounds(Sound.tone, Terminal()) as playing:
        playing.cue()
        played = Path(f"{player}.played")
        for _ in range(100):
            if played.exists() and played.read_text():
                break
            time.sleep(0.05)
    assert "cue.wav" in played.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays by itself")
def test_without_a_player_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RestrideError, match="use --sound bell"), sounds(Sound.tone, Terminal()):
        pass


def test_a_tone_is_a_wave_file_without_clicks(tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.wav", 660.0, 0.1)
    with wave.open(str(tmp_path / "tone.wav")) as file:
        levels = memoryview(file.readframes(file.getnframes())).cast("h").tolist()
        assert file.getnframes() == 4410
    assert abs(levels[0]) < 100
    assert abs(levels[-1]) < 2000
    assert max(levels) > 15000
