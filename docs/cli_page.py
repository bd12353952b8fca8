"""Prints docs/cli.md, made from the help pages themselves (`make docs`); a test holds the two together."""

from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from imu.cli.app import app

_HEAD = """# The command line

Made from the help pages by `make docs`; every page is also at `restride VERB --help`.

Results go to standard output, everything else to standard error. No progress bar is drawn into a file or a
pipe, and `NO_COLOR` is respected.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a check failed (`validate`, `doctor`, `hardware-check`) |
| 2 | wrong use or bad input: one line on standard error says what and where |
| 3 | a sensor, radio or server is not reachable: one line says which and what to do |
| 70 | a bug in restride: one line says which; `RESTRIDE_DEBUG=1` shows where |
| 130 | interrupted; what was finished is kept |

`RESTRIDE_HOME` names the folder of everything remembered; by default it is the platform's user data folder.
"""


def cli_page() -> str:
    """The whole page as Markdown."""
    top = typer.main.get_command(app)
    context = top.make_context("restride", [], resilient_parsing=True, terminal_width=80)
    sections = [f"## {title}\n\n```text\n{text}\n```\n" for title, text in _pages(top, context)]
    return "\n".join([_HEAD, *sections])


def _pages(command: TyperCommand | TyperGroup, context: typer.Context) -> Iterator[tuple[str, str]]:
    """The help of a command and of all that are below it."""
    yield context.command_path, command.get_help(context).rstrip()
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            below = command.commands[name]
            inner = below.make_context(name, [], parent=context, resilient_parsing=True)
            yield from _pages(below, inner)


if __name__ == "__main__":
    print(cli_page(), end="")
