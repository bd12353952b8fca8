"""What a look at an installation comes to, and that a look that fails is an answer, too."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, and what to do. Not `ok` is what has to be put right."""

    name: str
    ok: bool
    detail: str
    advice: str = ""

    def __str__(self) -> str:
        mark = "FAIL" if not self.ok else "note" if self.advice else "ok  "
        return f"{mark}  {self.name}: {self.detail}" + (f"; {self.advice}" if self.advice else "")


def looked(name: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """What `look` finds. Whatever stops it becomes a check of this name that failed: the others go on."""
    try:
        yield from look()
    except ModuleNotFoundError as error:
        yield Check(name, False, f"needs {error.name}, which is missing", "install restride again")
    except Exception as error:  # a look at something broken may raise anything, and has then found it
        yield Check(name, False, " ".join(f"{type(error).__name__}: {error}".split()), "please report this")
