"""What is told on a terminal. Verbs write nothing but by this: the words may be somebody else's."""

from unicodedata import category

import typer


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """A line, or several. Control characters are shown as JSON writes them: a terminal would obey them."""
    typer.echo(harmless(str(text)), err=err, nl=nl)  # noqa: TID251 - the one place where it is right


def harmless(text: str) -> str:
    """The text with everything that is no letter, sign, line break or tab written out."""
    return "".join(c if c in "\n\t" or category(c) not in ("Cc", "Cs") else f"\\u{ord(c):04x}" for c in text)
