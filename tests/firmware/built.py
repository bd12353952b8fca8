"""The firmware's core as a library of this computer."""

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from cffi import FFI

_HERE = Path(__file__).parent
CORE = _HERE.parents[1] / "firmware" / "core"
_MADE_UP = CORE.parent / "test"
_FLAGS = ("-std=c11", "-O1", "-fPIC", "-shared", "-Wall", "-Wextra", "-Wconversion", "-Werror")

ffi = FFI()
ffi.cdef((_HERE / "core.h").read_text(encoding="utf-8"))


def compiler() -> str | None:
    """The system's C compiler, if it has one."""
    return shutil.which("cc")


def library_in(folder: Path) -> Path:
    """What `build` leaves there."""
    return folder / "core.so"


def build(folder: Path) -> Path:
    """Compile core and board into this folder."""
    library = library_in(folder)
    compiling = compiler()
    assert compiling is not None
    sources = [str(path) for path in (*sorted(CORE.glob("*.c")), _HERE / "core.c")]
    command = [compiling, *_FLAGS, "-I", str(CORE), "-I", str(_MADE_UP), *sources, "-o", str(library)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


@lru_cache
def opened(library: Path) -> Any:
    """Its functions, as core.h declares them."""
    return ffi.dlopen(str(library))
