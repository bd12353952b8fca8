"""Answers of the rules as values that JSON knows."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from math import isfinite
from typing import Any


def plain(value: Any) -> Any:
    """Dataclasses as objects by their fields, times as ISO 8601, sets sorted, what is not finite as null.

    Fields that only rules read, whose metadata say so (`told` is False), are left out.
    """
    if is_dataclass(value) and not isinstance(value, type):
        told = [field.name for field in fields(value) if field.metadata.get("told", True)]
        return {name: plain(getattr(value, name)) for name in told}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
