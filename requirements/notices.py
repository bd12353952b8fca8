"""Prints THIRD-PARTY.md (`make notices`): what restride needs to run, from whom, and under which licence.

Nothing of it is part of the wheel: pip fetches each from its own makers. The list is made from what is
installed, of the requirements of restride and of all extras that users may choose, and theirs.
"""

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_OF_DEVELOPERS = "dev"
_OF_PYTHON = ("pip", "setuptools")  # come with the environment, in its own version: no lock pins them
_HEAD = """# Third-party software

What an installed restride runs on, with the version tested. The wheel contains none of it: pip fetches each
package from its makers, with their licence text in its `.dist-info`. Made by `make notices`.

| package | version | licence | for |
|---|---|---|---|
"""


def notices() -> str:
    """The whole page as Markdown."""
    extras = metadata.metadata("restride").get_all("Provides-Extra") or []
    wanted: dict[str, set[str]] = {}
    for extra in ["", *sorted(set(extras) - {_OF_DEVELOPERS})]:
        for name in _closure(extra):
            wanted.setdefault(name, set()).add(extra)
    rows = []
    for name, whose in sorted(wanted.items()):
        about = metadata.distribution(name)
        reason = "always" if "" in whose else ", ".join(f"`{extra}`" for extra in sorted(whose))
        version = "any" if name in _OF_PYTHON else about.version
        rows.append(f"| {about.metadata['Name']} | {version} | {_licence(about)} | {reason} |\n")
    return _HEAD + "".join(rows)


def _closure(extra: str) -> set[str]:
    """Canonical names of everything that `restride[extra]` needs on this machine."""
    found: set[str] = set()
    waiting = list(_needs("restride", frozenset({extra} - {""})))
    while waiting:
        needed = waiting.pop()
        name = canonicalize_name(needed.name)
        if name in found or not _is_installed(name):
            continue
        found.add(name)
        waiting.extend(_needs(name, frozenset(needed.extras)))
    return found


def _needs(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in metadata.requires(name) or []:
        needed = Requirement(text)
        if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in ("", *extras)):
            yield needed


def _is_installed(name: str) -> bool:
    """What only another platform or Python needs is not here."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _licence(about: metadata.Distribution) -> str:
    """As the package says itself: an SPDX expression, a classifier, or the first line of its own words."""
    if expression := about.metadata["License-Expression"]:
        return str(expression)
    classifiers = about.metadata.get_all("Classifier") or []
    told = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    told = [one for one in told if one != "OSI Approved"]
    first = str(about.metadata["License"] or "").strip().partition("\n")[0]
    return ", ".join(told) or first or "see its files"


if __name__ == "__main__":
    print(notices(), end="")
