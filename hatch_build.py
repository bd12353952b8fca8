"""Tells a built package which commit it was made from: `restride --version` prints it."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_FILE = "imu/build.json"


class CommitHook(BuildHookInterface[Any]):
    """Adds `imu/build.json`. An unpacked sdist has it already, an editable install needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable" or (commit := _commit(Path(self.root))) is None:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="restride-build-")  # until this hook is gone
        made = Path(self._folder.name) / "build.json"
        made.write_text(json.dumps({"commit": commit}) + "\n", encoding="utf-8")
        build_data["force_include"][str(made)] = _FILE

    def finalize(self, *_built: object) -> None:
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def _commit(root: Path) -> str | None:
    """RESTRIDE_COMMIT where the sources come without their history, else what git says; None for neither."""
    if told := os.environ.get("RESTRIDE_COMMIT"):
        return told
    # A folder unpacked within somebody else's repository is not of that repository.
    top = _git(root, "rev-parse", "--show-toplevel")
    if top is None or Path(top).resolve() != root.resolve():
        return None
    commit = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--", "imu", "dashboard")
    return f"{commit} and changes" if commit and changed else commit


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
