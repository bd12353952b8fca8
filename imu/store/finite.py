"""JSON that every database takes."""

import json
from typing import Any

from imu.errors import StoreError


def refuse_nan(content: dict[str, Any], what: str) -> None:
    """StoreError for a NaN or an infinity: JSON knows none, and a database that keeps one cannot be moved."""
    try:
        json.dumps(content, allow_nan=False)
    except ValueError as error:
        raise StoreError(f"{what}: holds a number that is not finite; nothing was kept") from error
