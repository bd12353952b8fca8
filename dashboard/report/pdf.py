"""The report as a file of one page."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from dashboard.report.drawings import of_sides, over_time
from dashboard.report.page import html_of
from dashboard.report.sheet import ROOMS, Room, sheet_of
from dashboard.text import episode_words as words
from imu.followup.episode import Episode

if TYPE_CHECKING:
    from weasyprint.document import Document


@dataclass(frozen=True, slots=True)
class Pdf:
    """A file and how many pages it has."""

    content: bytes
    pages: int


def episode_pdf(episode: Episode, *, made_by: str, made_at: datetime, version: str) -> Pdf:
    """One page A4 for black and white printers: as much as fits, and how much does not."""
    # WeasyPrint takes half a second to load and is needed for nothing else.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    onset = datetime.combine(episode.injury.onset, datetime.min.time())
    # The drawings stand in the page itself; nothing else is fetched, whatever a text may say.
    own = URLFetcher(allowed_protocols=("data",), allow_redirects=False)
    drawn = over_time(episode)
    sides = [
        (
            f"{words.quantity(one.quantity).name}: {words.quantity(one.quantity).more} ↑",
            of_sides(one, onset=onset),
        )
        for one in episode.sides[: max(room.shown_sides for room in ROOMS)]
    ]

    @cache
    def laid_out(room: Room) -> "Document":
        sheet = sheet_of(episode, room, made_by=made_by, made_at=made_at, version=version)
        page = html_of(sheet, room, over_time=drawn, sides=sides[: room.shown_sides])
        return HTML(string=page, url_fetcher=own).render()

    first = bisect_left(ROOMS[:-1], 1, key=lambda room: len(laid_out(room).pages) == 1)
    document = laid_out(ROOMS[first])
    return Pdf(content=document.write_pdf(), pages=len(document.pages))
