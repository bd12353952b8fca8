"""Prints docs/cli.md, made from the help pages themselves (`make docs`); a test holds the two together."""

import typer
from typer.core import TyperGroup

from imu.cli.app import app

_HEAD = """# The command line

Made from the help pages by `make docs`; every page is also at `restride VERB --help`.

Results go to standard output, everything else to standard error. No progress bar is drawn into a file or a
pipe, and `NO_COLOR` is respected.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a check failed (`validate`, `doctor`) |
| 2 | wrong use or bad input: one line on standard error says what and where |
| 70 | a bug in restride: one line says which; `RESTRIDE_DEBUG=1` shows where |
| 130 | interrupted; what was finished is kept |

`RESTRIDE_HOME` names the folder of everything remembered; by default it is the platform's user data folder.
"""


def cli_page() -> str:
    """The whole page as Markdown."""
    top = typer.main.get_command(app)
    assert isinstance(top, TyperGroup)
    context = top.make_context("restride", [], resilient_parsing=True, terminal_width=80)
    pages = [("restride", top.get_help(context))]
    for name in top.list_commands(context):
        verb = top.commands[name]
        inner = verb.make_context(name, [], parent=context, resilient_parsing=True)
        pages.append((f"restride {name}", verb.get_help(inner)))
    sections = [f"## {title}\n\n```text\n{text.rstrip()}\n```\n" for title, text in pages]
    return "\n".join([_HEAD, *sections])


if __name__ == "__main__":
    print(cli_page(), end="")
