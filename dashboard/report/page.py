"""The report as HTML. Every text is escaped here, once."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path

from dashboard.components.episode_sides import heads
from dashboard.report.sheet import GATES, SIDES, WARNINGS, Room, Row, Sheet
from dashboard.text import _, language

_STYLE = Path(__file__).with_name("report.css")


def html_of(sheet: Sheet, room: Room, *, over_time: str, sides: Sequence[tuple[str, str]]) -> str:
    """The whole document. over_time, sides: drawings; each of `sides` under its title."""
    style = f"html {{ font-size: {room.type_pt}pt }}\n{_STYLE.read_text('utf-8')}"
    return (
        f'<!doctype html><html lang="{language()}"><head><meta charset="utf-8">'
        f"<title>{escape(_('Episode'))}: {escape(sheet.athlete)}</title><style>{style}</style></head>"
        f"<body>{''.join(_parts(sheet, over_time, sides))}</body></html>"
    )


def _parts(sheet: Sheet, over_time: str, sides: Sequence[tuple[str, str]]) -> list[str]:
    by = f"{escape(_('Restride: report of an episode'))}<br>{escape(sheet.made)}"
    none = f"<p>{escape(_('None.'))}</p>"
    facts = [
        f'<p><span class="soft">{escape(name)}</span> <b>{escape(value)}</b></p>'
        for name, value in sheet.facts
    ]
    half = (len(facts) + 1) // 2
    figures = [f"{escape(title)}{_image(drawn)}" for title, drawn in sides]
    asked = (_("Gate"), _("State"), _("What it rests on"), _("Answered"))
    raised = (_("What"), _("From"), _("To"), _("Said"))
    return [
        _columns(f"<h1>{escape(sheet.athlete)}</h1>", by, kind="head", widths=(36, 64)),
        _columns(
            _h2(_("The injury")) + _columns("".join(facts[:half]), "".join(facts[half:])),
            _h2(_("Now")) + f'<p class="big">{escape(sheet.now)}</p>' + _list(sheet.reasons),
        ),
        _h2(_("Over time")),
        f'<p class="soft">{escape(_legend())}</p>',
        _image(over_time),
        _h2(_("Injured side against the other")),
        f'<p class="soft">{escape(_legend_of_sides())}</p>{_columns(*figures)}' if figures else "",
        _table(heads(), sheet.sides, widths=SIDES) or none,
        _h2(_("Gates")),
        _table(asked, sheet.gates, widths=GATES) or none,
        _h2(_("Warnings")),
        _table(raised, sheet.warnings, widths=WARNINGS) or none,
        _columns(
            _h2(_("Decisions")) + (_list(sheet.decisions) or none),
            _h2(_("What could not be judged")) + (_list(sheet.limits) or none),
        ),
        f"<footer>{escape(_('Plan'))}: {escape(sheet.plan)}<br>{escape(sheet.boundary)}</footer>",
    ]


def _legend() -> str:
    return _(
        "Hatched: on hold. Dashed: the injury. Warnings: thick red, thin amber, dotted note; without an end "
        "mark still open. ▲ decision, ✕ red flag."
    )


def _legend_of_sides() -> str:
    return _(
        "○ before the injury, ● since. Bar: the mean of the last runs, three at most. Grey: what is too "
        "small to tell of that mean; of a single run, where none came since."
    )


def _image(drawn: str) -> str:
    """A drawing beside the text, so that its many parts are not styled one by one."""
    return f'<img alt="" src="data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}">'


def _h2(title: str) -> str:
    return f"<h2>{escape(title)}</h2>"


def _columns(*cells: str, kind: str = "two", widths: Sequence[int] = ()) -> str:
    told = widths or [100 // len(cells)] * len(cells)
    columns = "".join(f'<col style="width: {width}%">' for width in told)
    return f'<table class="{kind}">{columns}<tr>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr></table>'


def _list(rows: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(row)}</li>" for row in rows) + "</ul>" if rows else ""


def _table(head: Sequence[str], rows: Sequence[Row], *, widths: Sequence[int]) -> str:
    if not rows:
        return ""
    columns = "".join(f'<col style="width: {width}%">' for width in widths)
    heads = "".join(f"<th>{escape(one)}</th>" for one in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="rows">{columns}<tr>{heads}</tr>{lines}</table>'
