"""In which order tests run when several processes share them.

Each process begins with an equal part of the list, and whoever is through takes over the later half of what
another has left. A slow test at the end of a part would have all others wait for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from math import sqrt

import pytest

_EARLY = 1 / 2  # of a part's modules: where slow ones begin


@dataclass(frozen=True, slots=True)
class Module:
    """Tests that may share what they have set up."""

    tests: list[pytest.Item]
    slow: float  # how much of it is; the many of one module share a server or a browser, and each is less


@dataclass(slots=True)
class Part:
    """What one process begins with."""

    modules: list[Module] = field(default_factory=list)
    tests: int = 0
    slow: float = 0.0

    def take(self, module: Module) -> None:
        self.modules.append(module)
        self.tests += len(module.tests)
        self.slow += module.slow

    def in_order(self, *, from_the_middle: bool) -> Iterator[pytest.Item]:
        """Slow modules at even distances, so that what waits and what works goes on at the same time; at the
        end those of the most tests, all of them short.
        """
        slow = [module for module in self.modules if module.slow]
        if from_the_middle:
            slow = [*slow[len(slow) // 2 :], *slow[: len(slow) // 2]]
        quick = [module for module in reversed(self.modules) if not module.slow]
        places = [(number * _EARLY * len(quick) / len(slow), module) for number, module in enumerate(slow)]
        in_turn = sorted([*places, *enumerate(quick)], key=lambda placed: placed[0])
        return (test for _, module in in_turn for test in module.tests)


def shared_out(tests: list[pytest.Item], *, processes: int) -> list[pytest.Item]:
    """The same tests, modules whole: a part for each process, with its share of the slow ones early in it."""
    modules = [_module(list(found)) for _, found in groupby(tests, key=lambda test: test.path)]
    parts = [Part() for _ in range(processes)]
    # The largest first, so that small ones even out what they leave.
    for module in sorted(modules, key=lambda module: (module.slow, len(module.tests)), reverse=True):
        min(parts, key=lambda part: part.slow if module.slow else part.tests).take(module)
    # Every second one from the middle, so that modules that are alike do not wait at the same time.
    return [
        test for number, part in enumerate(parts) for test in part.in_order(from_the_middle=number % 2 == 1)
    ]


def _module(tests: list[pytest.Item]) -> Module:
    return Module(tests, slow=sqrt(sum(test.get_closest_marker("slow") is not None for test in tests)))
