"""HTML that is escaped unless it was built here: text from a recording can never become markup."""

from html import escape

from imu.report.unparted import unparted

# What stands in a page's head: the browser itself refuses anything that would leave the file.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"


class Html(str):
    """Finished markup. Everything else is text and is escaped on its way in."""

    __slots__ = ()


Part = str | Html | None


def join(*parts: Part) -> Html:
    """Parts one after the other; plain text is escaped, and no line parts a number from its unit."""
    return Html(
        "".join(
            part if isinstance(part, Html) else escape(unparted(part)) for part in parts if part is not None
        )
    )


def element(name: str, *children: Part, **attributes: str | bool | None) -> Html:
    """One element. `class_` is written `class`, `aria_label` `aria-label`; None and False leave one out."""
    written = [
        f" {_attribute(key)}" if value is True else f' {_attribute(key)}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    ]
    return Html(f"<{name}{''.join(written)}>{join(*children)}</{name}>")


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")
