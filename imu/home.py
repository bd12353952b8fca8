"""Where everything remembered lives: one folder per user, named by RESTRIDE_HOME."""

import os
from pathlib import Path


def home() -> Path:
    """The folder of store, recordings and settings; it need not exist yet."""
    if named := os.environ.get("RESTRIDE_HOME"):
        return Path(named)
    import platformdirs  # here, so that restride doctor can say that it is missing

    return Path(platformdirs.user_data_dir("restride", appauthor=False))
