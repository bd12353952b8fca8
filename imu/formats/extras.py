"""Libraries that are not installed with the program: one sentence says which, and how to get it."""

from importlib import import_module
from types import ModuleType

from imu.errors import RestrideError


def needed(module: str, *, package: str, extra: str) -> ModuleType:
    """The module of an optional package. RestrideError, one line, where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise RestrideError(f"needs {package}; run: pip install 'restride[{extra}]'") from error
