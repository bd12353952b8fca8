"""Which build of restride this is."""

import json
import platform
from functools import cache
from importlib import resources

import imu

_FILE = "build.json"  # written by hatch_build.py; a checkout has none


@cache
def commit() -> str | None:
    """Of the sources that the installed package was built from; None where the build did not know."""
    try:
        told = json.loads((resources.files(imu) / _FILE).read_text(encoding="utf-8"))["commit"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(told)


def version_text() -> str:
    """What `restride --version` prints: the version alone on the first line, then where it runs."""
    built = commit()
    lines = [
        f"restride {imu.__version__}",
        f"commit {built}" if built else "commit unknown: not from a built package",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    return "\n".join(lines)
