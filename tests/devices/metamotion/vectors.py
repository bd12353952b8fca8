"""What the vendor's software sends and reads, recorded as vectors; absent where the shared folder is."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
FILE = Path(os.environ.get("RESTRIDE_SHARED", REPOSITORY.parent / "shared")) / "vectors" / "metawear.json"


@dataclass(frozen=True, slots=True)
class Vector:
    """One case: what a host writes, what a board answers, what that means."""

    case: str
    board: str
    inputs: Mapping[str, Any]
    commands: Sequence[bytes]
    responses: Sequence[bytes]
    decoded: Any


def load() -> list[Vector]:
    """All vectors, or none where the file is absent."""
    if not FILE.is_file():
        return []
    return [
        Vector(
            one["case"],
            one["board"],
            one["inputs"],
            [bytes.fromhex(command) for command in one["commands"]],
            [bytes.fromhex(response) for response in one["responses"]],
            one["decoded"],
        )
        for one in json.loads(FILE.read_text())["vectors"]
    ]
