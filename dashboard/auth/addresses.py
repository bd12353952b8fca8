"""Which page an address is, and whether this viewer may open it. Pages ask the repository all the same."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from imu.errors import StoreError
from imu.store import Repository, Right, Role


class AnyPage(Protocol):
    """What the door knows of a page."""

    @property
    def path(self) -> str: ...
    @property
    def roles(self) -> tuple[Role, ...]: ...
    @property
    def in_navigation(self) -> bool: ...
    @property
    def right(self) -> Right: ...


Whose = Callable[[Repository, str], str]

# Whose a variable of an address is, by the end of its own name; each raises for what is not shared.
_SHARED: Mapping[str, Whose] = {
    "athlete_id": lambda repository, value: repository.sharing.by_id(value).athlete_id,
    "run_id": lambda repository, value: repository.runs.athlete_of(value),
}
_VARIABLE = re.compile(r"<(\w+)>")


class Addresses:
    """All pages. ValueError for a page with a variable that nobody here can judge."""

    def __init__(self, pages: Iterable[AnyPage]) -> None:
        self._pages = [(re.compile(_pattern(page.path)), page) for page in pages]

    def first(self, role: Role) -> str:
        """Where somebody of this role begins."""
        return next(page.path for _, page in self._pages if page.in_navigation and role in page.roles)

    def may_open(self, path: str, repository: Repository) -> bool:
        """False for an address of no page, of another role's, and of what is not shared: all alike."""
        path = "/" + path.strip("/")
        for pattern, page in self._pages:
            if (found := pattern.fullmatch(path)) and repository.viewer.role in page.roles:
                return _all_shared(found.groupdict(), page.right, repository)
        return False


def _all_shared(variables: Mapping[str, str], right: Right, repository: Repository) -> bool:
    try:
        whose = {_judge(name)(repository, value) for name, value in variables.items()}
        return all(right in repository.sharing.by_id(athlete_id).rights for athlete_id in whose)
    except StoreError:  # Forbidden is one
        return False


def _pattern(path: str) -> str:
    for name in _VARIABLE.findall(path):
        _judge(name)
    return "".join(
        f"(?P<{part}>[^/]+)" if number % 2 else re.escape(part)
        for number, part in enumerate(_VARIABLE.split(path))
    )


def _judge(name: str) -> Whose:
    for end, known in _SHARED.items():
        if name.endswith(end):
            return known
    raise ValueError(f"<{name}> in the address of a page: nothing here tells whether it is shared")
