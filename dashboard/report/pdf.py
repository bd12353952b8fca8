"""The report as a file of one page."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.report.drawings import of_sides, over_time
from dashboard.report.page import html_of
from dashboard.report.sheet import ROOMS, sheet_of
from dashboard.text import episode_words as words
from imu.followup.episode import Episode


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
    for room in ROOMS:
        sheet = sheet_of(episode, room, made_by=made_by, made_at=made_at, version=version)
        page = html_of(sheet, room, over_time=drawn, sides=sides[: room.shown_sides])
        document = HTML(string=page, url_fetcher=own).render()
        if len(document.pages) == 1:
            break
    return Pdf(content=document.write_pdf(), pages=len(document.pages))
