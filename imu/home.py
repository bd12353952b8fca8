"""Where everything remembered lives: one folder per user, named by RESTRIDE_HOME."""

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder of store, recordings and settings; it need not exist yet."""
    named = os.environ.get("RESTRIDE_HOME")
    return Path(named) if named else Path(platformdirs.user_data_dir("restride", appauthor=False))
