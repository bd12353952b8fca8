"""What the server's processes are told, by the variables of their environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.serving.secret import secret_key
from dashboard.settings import Provider, Settings
from imu.errors import StoreError
from imu.home import home

INSECURE_COOKIES = "RESTRIDE_INSECURE_COOKIES"
BEHIND_PROXY = "RESTRIDE_BEHIND_PROXY"
MOST_PROXIES = 9
SECRET = "RESTRIDE_SECRET"  # pragma: allowlist secret
ISSUER = "RESTRIDE_OIDC_ISSUER"
CLIENT_ID = "RESTRIDE_OIDC_CLIENT_ID"
CLIENT_SECRET = "RESTRIDE_OIDC_CLIENT_SECRET"  # pragma: allowlist secret
PROVIDER_NAME = "RESTRIDE_OIDC_NAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the server is reached. Home, database and blobs have variables of their own in `imu`."""

    insecure_cookies: bool = False
    proxies: int = 0  # in front, each of which adds to X-Forwarded-For

    def variables(self, *, database: str | None = None, blobs: str | None = None) -> dict[str, str]:
        """For the environment of a process that serves."""
        named = {"RESTRIDE_DATABASE": database, "RESTRIDE_BLOBS": blobs}
        return {
            "RESTRIDE_HOME": str(home().absolute()),
            INSECURE_COOKIES: str(int(self.insecure_cookies)),
            BEHIND_PROXY: str(self.proxies),
            **{name: value for name, value in named.items() if value},
        }


def told(variables: Mapping[str, str] = os.environ) -> Told:
    """What this process was told. StoreError for a number of proxies that is none."""
    proxies = variables.get(BEHIND_PROXY) or "0"
    if not proxies.isdecimal() or int(proxies) > MOST_PROXIES:
        raise StoreError(f"{BEHIND_PROXY}: {proxies}; give the number of your proxies, 1 for most")
    return Told(insecure_cookies=variables.get(INSECURE_COOKIES) == "1", proxies=int(proxies))


def settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Of the dashboard. StoreError for a secret that is none, and for half an identity provider."""
    folder = Path(variables["RESTRIDE_HOME"]) if variables.get("RESTRIDE_HOME") else home()
    return Settings(
        home=folder,
        secret_key=secret_key(folder, given=variables.get(SECRET)),
        database=variables.get("RESTRIDE_DATABASE"),
        blobs=variables.get("RESTRIDE_BLOBS"),
        secure_cookies=not told(variables).insecure_cookies,
        proxies=told(variables).proxies,
        provider=provider(variables),
    )


def provider(variables: Mapping[str, str] = os.environ) -> Provider | None:
    """Whose word is taken for who somebody is; None where no variable names one."""
    given = {name: variables.get(name, "") for name in (ISSUER, CLIENT_ID, CLIENT_SECRET)}
    if not any(given.values()):
        return None
    if missing := [name for name, value in given.items() if not value]:
        raise StoreError(
            f"{', '.join(missing)}: missing; an identity provider needs all of {', '.join(given)}"
        )
    return Provider(
        issuer=given[ISSUER],
        client_id=given[CLIENT_ID],
        client_secret=given[CLIENT_SECRET],
        name=variables.get(PROVIDER_NAME) or "OpenID",
    )
