"""Frames of one size with a caption, and the animated picture that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

WIDTH, HEIGHT = 960, 600
SCALE = 1.25  # pixels for one of CSS: README shows it smaller, most screens have more than one
_FADE_MS = 70
_FADES = (0.25, 0.5, 0.75)

_SHEET = Path(__file__).with_name("tour.css").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands above, what is shown (HTML), and for how long. Frames of one caption are one step."""

    caption: str
    more: str
    shown: str
    seconds: float


def drawn(browser: Browser, frames: Sequence[Frame]) -> list[Image.Image]:
    """Each frame as a picture of `WIDTH` x `HEIGHT`, times `SCALE`."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SCALE)
    steps = list(dict.fromkeys(frame.caption for frame in frames))
    pictures = []
    for frame in frames:
        dots = "".join(f'<i class="{"now" if step == frame.caption else ""}"></i>' for step in steps)
        head = f'<header><h1>{frame.caption}</h1><p>{frame.more}</p></header><div class="dots">{dots}</div>'
        page.set_content(f"<style>{_SHEET}</style>{head}<main>{frame.shown}</main>")
        page.evaluate("() => Promise.all([...document.images].map(one => one.decode()))")
        pictures.append(Image.open(BytesIO(page.screenshot())).convert("RGB"))
    page.close()
    return pictures


def animated(file: Path, frames: Sequence[Frame], pictures: Sequence[Image.Image]) -> None:
    """Write an animated WebP that begins again; from one step to the next, pictures fade."""
    shown: list[Image.Image] = []
    lasts_ms: list[int] = []
    for number, (frame, picture) in enumerate(zip(frames, pictures, strict=True)):
        shown.append(picture)
        lasts_ms.append(round(1000 * frame.seconds))
        after = (number + 1) % len(frames)
        if frames[after].caption != frame.caption:
            shown += [Image.blend(picture, pictures[after], share) for share in _FADES]
            lasts_ms += [_FADE_MS] * len(_FADES)
    shown[0].save(
        file,
        "webp",
        save_all=True,
        append_images=shown[1:],
        duration=lasts_ms,
        loop=0,
        quality=90,
        method=6,
        kmin=0,
        kmax=1,  # each stands by itself: what differs little from before would keep traces of it
    )
