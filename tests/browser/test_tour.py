"""The animated picture that README.md begins with."""

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.tour_frames import HEIGHT, SCALE, WIDTH, Frame, animated

_FRAMES = (Frame("one", "", "", 2.0), Frame("two", "", "", 1.0), Frame("two", "", "", 1.5))
_KEPT = Path("docs/images/tour.webp")


def lasting_ms(file: Path) -> list[int]:
    with Image.open(file) as picture:
        found = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            picture.load()
            found.append(int(picture.info["duration"]))
        return found


def test_each_picture_stays_as_long_as_told_and_only_a_new_caption_fades_in(tmp_path: Path) -> None:
    colours = ((200, 0, 0), (0, 200, 0), (0, 0, 200))
    animated(tmp_path / "it.webp", _FRAMES, [Image.new("RGB", (40, 25), colour) for colour in colours])
    assert lasting_ms(tmp_path / "it.webp") == [2000, 70, 70, 70, 1000, 1500, 70, 70, 70]


@pytest.mark.unhurried
def test_the_kept_one_takes_half_a_minute_and_no_reader_waits_for_it() -> None:
    with Image.open(_KEPT) as picture:
        assert picture.size == (WIDTH * SCALE, HEIGHT * SCALE)
        assert picture.info["loop"] == 0
    assert 25_000 <= sum(lasting_ms(_KEPT)) <= 35_000
    assert _KEPT.stat().st_size < 2_500_000
