"""Prints the man page restride(1), made from the same help pages as docs/cli.md (`make man`)."""

import re

from cli_page import HEAD, help_pages

import imu


def man_page() -> str:
    """The whole page in the macros of man(7)."""
    first, *others = help_pages(width=76)
    exit_codes = re.findall(r"^\| (\d+) \| (.+) \|$", HEAD, re.MULTILINE)
    parts = [
        f'.TH RESTRIDE 1 "" "restride {imu.__version__}" "User Commands"',
        ".SH NAME",
        "restride \\- running gait from body-worn IMUs",
        ".SH SYNOPSIS",
        ".B restride",
        "VERB [OPTIONS] [ARGUMENTS]",
        ".SH DESCRIPTION",
        _as_it_is(first[1]),
        ".SH VERBS",
    ]
    for title, text in others:
        parts += [f".SS {title}", _as_it_is(text)]
    parts.append(".SH EXIT STATUS")
    for code, meaning in exit_codes:
        parts += [".TP", f".B {code}", _escaped(meaning.replace("`", "").replace("\\|", "|"))]
    parts += [".SH ENVIRONMENT", ".TP", ".B RESTRIDE_HOME", "The folder of everything remembered."]
    return "\n".join(parts) + "\n"


def _as_it_is(text: str) -> str:
    """Lines that are broken already."""
    return f".nf\n{_escaped(text)}\n.fi"


def _escaped(text: str) -> str:
    """Nothing in it is a request of roff: no backslash, and no line that begins with a dot or quote."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)


if __name__ == "__main__":
    print(man_page(), end="")
