"""Prints docs/cli.md, made from the help pages themselves (`make docs`); a test holds the two together.

`help_pages` is what the man page is made of, too (docs/man_page.py).
"""

from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from imu.cli.app import app

HEAD = """# The command line

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
| 141 | nobody reads the results any more, as in `restride status \\| head -1`; what was finished is kept |

A recording goes on where nobody reads standard error any more: what is only told never ends what is recorded.

`RESTRIDE_HOME` names the folder of everything remembered; by default it is the platform's user data folder.

## Tab

`restride --install-completion` has the shell in use (bash, zsh, fish, PowerShell) complete verbs and
options from its next start on; `--show-completion` prints what would be installed. `make man` writes this
page as a man page, `build/man/restride.1`.
"""


def cli_page() -> str:
    """The whole page as Markdown."""
    sections = [f"## {title}\n\n```text\n{text}\n```\n" for title, text in help_pages()]
    return "\n".join([HEAD, *sections])


def help_pages(width: int = 80) -> Iterator[tuple[str, str]]:
    """Title and text of every help page, in the order of the list that `restride --help` shows."""
    top = typer.main.get_command(app)
    context = top.make_context("restride", [], resilient_parsing=True, terminal_width=width)
    return _pages(top, context)


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
