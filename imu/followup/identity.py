"""The name of a run: the same recording of the same athlete has the same one, wherever it is imported."""

import hashlib


def run_id_of(athlete_id: str, content_hash: str) -> str:
    """32 hexadecimal digits; of the athlete too, so that it tells nobody whether another one has this run."""
    return hashlib.sha256(f"{athlete_id} {content_hash}".encode()).hexdigest()[:32]
