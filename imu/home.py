"""Where everything remembered lives: one folder per user, named by RESTRIDE_HOME."""

import os
from pathlib import Path

_FOR_OTHERS = 0o077  # what a group and everybody else may do with a file


def home() -> Path:
    """The folder of store, recordings and settings; it need not exist yet."""
    if named := os.environ.get("RESTRIDE_HOME"):
        return Path(named)
    import platformdirs  # here, so that restride doctor can say that it is missing

    return Path(platformdirs.user_data_dir("restride", appauthor=False))


def keep_to_owner() -> None:
    """From now on what this process writes, which is about health, is for its user alone (POSIX)."""
    os.umask(os.umask(_FOR_OTHERS) | _FOR_OTHERS)
