"""What is told on a terminal. Verbs write nothing but by this: the words may be somebody else's."""

import typer

from imu.errors import harmless


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """A line, or several. Control characters are shown as JSON writes them: a terminal would obey them."""
    typer.echo(harmless(str(text)), err=err, nl=nl)  # noqa: TID251 - the one place where it is right
