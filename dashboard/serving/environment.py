"""What the server's processes are told, by the variables of their environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.serving.secret import secret_key
from dashboard.settings import Settings
from imu.home import home

INSECURE_COOKIES = "RESTRIDE_INSECURE_COOKIES"
BEHIND_PROXY = "RESTRIDE_BEHIND_PROXY"
SECRET = "RESTRIDE_SECRET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the server is reached. Home, database and blobs have variables of their own in `imu`."""

    insecure_cookies: bool = False
    behind_proxy: bool = False

    def variables(self, *, database: str | None = None, blobs: str | None = None) -> dict[str, str]:
        """For the environment of a process that serves."""
        named = {"RESTRIDE_DATABASE": database, "RESTRIDE_BLOBS": blobs}
        return {
            "RESTRIDE_HOME": str(home().absolute()),
            INSECURE_COOKIES: str(int(self.insecure_cookies)),
            BEHIND_PROXY: str(int(self.behind_proxy)),
            **{name: value for name, value in named.items() if value},
        }


def told(variables: Mapping[str, str] = os.environ) -> Told:
    """What this process was told."""
    return Told(
        insecure_cookies=variables.get(INSECURE_COOKIES) == "1",
        behind_proxy=variables.get(BEHIND_PROXY) == "1",
    )


def settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Of the dashboard. StoreError for a secret that is none."""
    folder = Path(variables["RESTRIDE_HOME"]) if variables.get("RESTRIDE_HOME") else home()
    return Settings(
        home=folder,
        secret_key=secret_key(folder, given=variables.get(SECRET)),
        database=variables.get("RESTRIDE_DATABASE"),
        blobs=variables.get("RESTRIDE_BLOBS"),
        secure_cookies=not told(variables).insecure_cookies,
    )
